"""Somebody who listens in the place of the hub and behaves badly: slow, silent, another key, another protocol."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress

from hub.site import Site

Talk = Callable[[socket.socket, threading.Event], None]


def answer(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


class Impostor:
    """Listens on a loopback port and treats whoever connects by `talk(line, over)`; with a site it speaks its TLS."""

    def __init__(self, talk: Talk, site: Site | None = None) -> None:
        self._talk = talk
        self._context: ssl.SSLContext | None = None
        if site:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(site.certificate, site.tls_key)
        self.over = threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"https://127.0.0.1:{self._door.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._admit)]
        self._threads[0].start()

    def close(self) -> None:
        self.over.set()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()
        self._door.close()

    def _admit(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(near,)))
                self._threads[-1].start()

    def _serve(self, near: socket.socket) -> None:
        with near, suppress(OSError):
            near.settimeout(10)
            if self._context is None:
                self._talk(near, self.over)
                return
            with self._context.wrap_socket(near, server_side=True) as line:
                self._talk(line, self.over)


def say(raw: bytes) -> Talk:
    """Hear a request, answer this, and go on with the next."""

    def talk(line: socket.socket, over: threading.Event) -> None:
        while line.recv(65_536):
            line.sendall(raw)

    return talk


def hang(line: socket.socket, over: threading.Event) -> None:
    """Hear, and say nothing."""
    line.recv(65_536)
    over.wait(30)
