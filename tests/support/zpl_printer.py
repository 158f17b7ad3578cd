"""A label printer of ours: a real socket that keeps the labels that come whole, and answers ~HS as ZPL II says.

`trouble` is what is wrong with it, by the code of the product. `mute`: it takes bytes and never says anything.
`hangs_up`: it takes a whole label and then breaks the connection. `falls_mute`: the same, but it says nothing more.
`after`: what is wrong with it once it has a label. `busy`: so often it says that a label waits in it.
`slow_s`: so long it works on a label before it answers.
"""

from __future__ import annotations

import re
import socket
import threading
import time

from PIL import Image
from zebrafy import ZebrafyZPL

from hub.demo.processes import wait_for

_LABEL = re.compile(rb"\^XA.*?\^XZ", re.DOTALL)
_SIZE = re.compile(rb"\^PW(\d+)\^LL(\d+)")


def status(trouble: str = "", waiting: int = 0) -> bytes:
    """Its three lines: communication and paper; head, ribbon; nothing."""
    paper, paused, full = (str(int(trouble == f"printer.{code}")) for code in ("paper_out", "paused", "full"))
    head, ribbon = (str(int(trouble == f"printer.{code}")) for code in ("head_open", "ribbon_out"))
    first = f"030,{paper},{paused},0240,{waiting:03},{full},0,0,000,0,0,0"
    second = f"000,0,{head},{ribbon},1,2,6,0,00000000,1,000"
    return "".join(f"\x02{line}\x03\r\n" for line in (first, second, "1234,0")).encode()


def drawn(label: bytes) -> Image.Image:
    """The dots of a label that arrived, and nothing beside its width: a ZPL graphic has whole bytes in a row."""
    size = _SIZE.search(label)
    assert size
    image = ZebrafyZPL(label.decode()).to_images()[0].convert("1")
    width, height = int(size[1]), int(size[2])
    beside = image.crop((width, 0, image.width, height))
    assert beside.width < 8
    assert not beside.width or beside.getextrema() == (255, 255)
    return image.crop((0, 0, width, height))


class ZplPrinter:
    """Switched on when made."""

    def __init__(self) -> None:
        self.labels: list[bytes] = []
        self.trouble = ""
        self.mute = self.hangs_up = self.falls_mute = False
        self.slow_s = 0.0
        self.after = ""
        self.busy = 0
        self.port = 0
        self.on()

    def on(self) -> None:
        """Switch it on, again at the same port."""
        self._socket = socket.create_server(("127.0.0.1", self.port))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, args=(self._socket,), name="zpl-printer", daemon=True)
        self._thread.start()

    def off(self) -> None:
        """Nobody answers at its port."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def wait(self, count: int) -> list[bytes]:
        """Its labels, once there are so many."""
        wait_for(f"{count} labels", lambda: len(self.labels) >= count)
        assert len(self.labels) == count
        return self.labels

    def _serve(self, listening: socket.socket) -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with line:
                line.settimeout(10)
                try:
                    self._talk(line)
                except OSError:
                    continue

    def _talk(self, line: socket.socket) -> None:
        """Until the other side has said all."""
        buffer = b""
        while more := line.recv(65_536):
            buffer += more
            while found := _LABEL.search(buffer):
                self.labels.append(found[0])
                buffer = buffer[found.end() :]
                self.trouble = self.after or self.trouble
                if self.hangs_up:
                    return
                self.mute = self.mute or self.falls_mute
                time.sleep(self.slow_s)
            if b"~HS" in buffer:
                buffer = buffer.replace(b"~HS", b"", 1)
                if not self.mute:
                    line.sendall(status(self.trouble, int(bool(self.labels) and self.busy > 0)))
                    self.busy -= bool(self.labels)
