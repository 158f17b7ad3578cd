"""A TCP proxy that imitates bad cables, switches and overloaded CPUs; for tests and the demo.

Knows no protocol: it cuts, delays, halves and swallows bytes.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

HOST = "127.0.0.1"
CHUNK_BYTES = 65_536


class Proxy:
    """Listens on a free loopback `port` and passes everything on to `target` (host, port) until told otherwise."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._delay_s = 0.0
        self._halving = self._swallowing = False
        self._cutting = threading.Event()
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._lines: list[threading.Thread] = []
        self._door = _bound(0)
        self.port: int = self._door.getsockname()[1]
        self._listen()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def cut(self) -> None:
        """Drop every connection, and refuse new ones until `mend`."""
        self.close()
        # Bound but not listening: nobody else gets the port, and connections are refused.
        self._door = _bound(self.port)

    def mend(self) -> None:
        """Work as a plain cable again. A connection that lost bytes stays broken."""
        self._delay_s, self._halving, self._swallowing = 0.0, False, False
        if self._cutting.is_set():
            self._cutting.clear()
            self._listen()

    def delay(self, seconds: float) -> None:
        """Delay everything, each way, by so many seconds."""
        self._delay_s = seconds

    def halve(self) -> None:
        """Pass only the first half of every answer of the target."""
        self._halving = True

    def blackhole(self) -> None:
        """Accept connections, and pass nothing either way."""
        self._swallowing = True

    def close(self) -> None:
        """Drop everything and free the port."""
        self._cutting.set()
        _hang_up(self._door)
        self._porter.join()
        with self._lock:
            for end in self._ends:
                _hang_up(end)
        for line in self._lines:
            line.join()
        self._lines.clear()
        self._door.close()

    def _thread(self, work: Callable[..., None], *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, name=f"simulated:{self.port}", daemon=True)
        thread.start()
        return thread

    def _listen(self) -> None:
        self._door.listen()
        self._porter = self._thread(self._admit, self._door)

    def _admit(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = door.accept()
                with self._lock:
                    self._ends.add(near)
                line = self._thread(self._carry, near)
                self._lines = [other for other in self._lines if other.is_alive()] + [line]

    def _carry(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(self._target) as far:
            with self._lock:
                self._ends.add(far)
            back = self._thread(self._pump, far, near, True)
            self._pump(near, far, False)
            back.join()
            with self._lock:
                self._ends.discard(far)
        with self._lock:
            self._ends.discard(near)

    def _pump(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        with suppress(OSError):
            while chunk := source.recv(CHUNK_BYTES):
                self._cutting.wait(self._delay_s)
                if not self._swallowing:
                    sink.sendall(chunk[: len(chunk) // 2] if answers and self._halving else chunk)
        _hang_up(source)
        _hang_up(sink)


def _bound(port: int) -> socket.socket:
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind((HOST, port))
    return door


def _hang_up(end: socket.socket) -> None:
    # shutdown wakes a thread that waits on the socket; close alone does not.
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
