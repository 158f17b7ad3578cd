"""A kiosk on a real window system without a monitor: X11 under Xvfb, Wayland under weston; the pixels that it shows.

As a program it is such a kiosk, whose main thread does nothing more once the start screen was asked for.
"""

from __future__ import annotations

import ctypes
import os
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

WIDE, HIGH = 1280, 800
REDIRECT, MAP_REQUEST, SLOW_S = 1 << 20, 20, 0.3
PATIENCE_S = 60.0  # a busy machine starts an X server slowly

Colours = Counter[tuple[int, int, int]]


@contextmanager
def xvfb(folder: Path) -> Iterator[tuple[dict[str, str], Callable[[], Colours]]]:
    """An X server: (environment of its clients, the colours of its screen now)."""
    read, write = os.pipe()
    arguments = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDE}x{HIGH}x24", "-fbdir", str(folder)]
    with (folder / "xvfb.log").open("wb") as log:
        server = subprocess.Popen([*arguments, "-nolisten", "tcp"], pass_fds=[write], stdout=log, stderr=log)
    os.close(write)
    try:
        with os.fdopen(read) as said:
            display = said.readline().strip()
        assert display, (folder / "xvfb.log").read_text()
        with _manager(display):
            yield {"QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{display}"}, lambda: _xwd(folder / "Xvfb_screen0")
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


@contextmanager
def _manager(display: str) -> Iterator[None]:
    """A window manager that takes its time, as a desktop at start-up does."""
    environment = {**os.environ, "DISPLAY": f":{display}"}
    arguments = [sys.executable, "-m", "tests.support.real_window", "manage"]
    manager = subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert manager.stdout is not None and manager.stdout.readline() == "managing\n"
        yield
    finally:
        manager.kill()
        manager.communicate(timeout=PATIENCE_S)


def _manage() -> None:
    """Map each window SLOW_S after it asked to be."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = x11.XDefaultRootWindow.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    x11.XSelectInput(display, ctypes.c_void_p(x11.XDefaultRootWindow(display)), ctypes.c_long(REDIRECT))
    x11.XSync(display, 0)
    print("managing", flush=True)
    event = (ctypes.c_long * 24)()  # XEvent
    while True:
        x11.XNextEvent(display, event)
        if event[0] & 0xFFFF_FFFF == MAP_REQUEST:
            time.sleep(SLOW_S)
            x11.XMapWindow(display, ctypes.c_void_p(event[5]))
            x11.XFlush(display)


def _xwd(path: Path) -> Colours:
    """The colours of an X window dump of 32 bits a pixel."""
    raw = path.read_bytes()
    header = struct.unpack(">25I", raw[:100])
    size, wide, high, lsb_first, line, colours = (header[n] for n in (0, 4, 5, 7, 12, 19))
    assert lsb_first == 0, "the least significant byte of a pixel is the first"
    start = size + colours * 12
    found: Colours = Counter()
    for y in range(0, high, 8):
        row = raw[start + y * line : start + y * line + wide * 4]
        found.update((row[x + 2], row[x + 1], row[x]) for x in range(0, wide * 4, 32))
    return found


@contextmanager
def weston(folder: Path) -> Iterator[tuple[dict[str, str], Callable[[], Colours]]]:
    """A Wayland compositor: (environment of its clients, the colours of its screen now)."""
    folder.chmod(0o700)
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
    # Without a seat its kiosk shell shows no window.
    arguments = ["weston", "--backend=headless-backend.so", "--use-pixman", "--socket=kiosk", "--idle-time=0"]
    arguments += [f"--width={WIDE}", f"--height={HIGH}", "--shell=desktop-shell.so", "--no-config", "--debug"]
    with (folder / "weston.log").open("wb") as log:
        server = subprocess.Popen(arguments, env=environment, stdout=log, stderr=log)
    try:
        wait_for(lambda: (folder / "kiosk").exists(), (folder / "weston.log").read_text)
        clients = {"QT_QPA_PLATFORM": "wayland", "XDG_RUNTIME_DIR": str(folder), "WAYLAND_DISPLAY": "kiosk"}
        yield clients, lambda: _shot(folder, clients)
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def _shot(folder: Path, clients: dict[str, str]) -> Colours:
    """The colours of weston's own screenshot."""
    from PIL import Image

    for old in folder.glob("wayland-screenshot*"):
        old.unlink()
    subprocess.run(["weston-screenshooter"], cwd=folder, env={**os.environ, **clients}, check=True, capture_output=True)
    with Image.open(next(folder.glob("wayland-screenshot*"))) as image:
        small = image.convert("RGB").resize((WIDE // 8, HIGH // 8), Image.Resampling.NEAREST)
        found: Colours = Counter()
        for count, colour in small.getcolors(small.width * small.height) or []:
            assert isinstance(colour, tuple)
            red, green, blue = colour
            found[int(red), int(green), int(blue)] += count
    return found


def wait_for(reached: Callable[[], bool], explain: Callable[[], str]) -> None:
    """Until a condition holds."""
    end = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < end, explain()
        time.sleep(0.02)


@contextmanager
def starting(clients: dict[str, str], folder: Path, *, full: bool = False) -> Iterator[subprocess.Popen[str]]:
    """A kiosk that has asked for its start screen and whose main thread is busy now."""
    environment = {**os.environ, **clients}
    environment.pop("WAYLAND_DISPLAY" if "DISPLAY" in clients else "DISPLAY", None)
    size = () if full else (str(WIDE), str(HIGH))
    with (folder / "kiosk.log").open("wb") as log:
        kiosk = subprocess.Popen(
            [sys.executable, "-m", "tests.support.real_window", *size],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
    try:
        assert kiosk.stdout is not None
        said = kiosk.stdout.readline()
        assert said == "begun\n", (folder / "kiosk.log").read_text()
        yield kiosk
    finally:
        kiosk.kill()
        kiosk.communicate(timeout=PATIENCE_S)


def main(arguments: list[str]) -> None:
    """Be a kiosk of this size, or on the whole screen, which serves once a line comes; or manage windows."""
    if arguments == ["manage"]:
        return _manage()
    from station.config import Kiosk
    from station.kiosk.application import Application

    size = (int(arguments[0]), int(arguments[1])) if arguments else None
    kiosk = Application(Kiosk(size=size, dpi=151), "en", lambda said: None, (_mono_ms, _mono_ms))
    kiosk.begin()
    print("begun", flush=True)
    if sys.stdin.readline():
        kiosk.serve(lambda _: False, lambda said: None)
    return None


def _mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000


if __name__ == "__main__":
    main(sys.argv[1:])
