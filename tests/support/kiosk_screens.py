"""`./run screenshots`: every screen of the kiosk in both languages at three sizes, contact sheets, and the hub's pages.

Into build/screens. `./run screenshots NAME...` takes only the kiosk's situations whose names begin so.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PySide6.QtWidgets import QApplication

from common.text import LANGUAGES, Language
from tests.support import screens
from tests.support.kiosk_view import KioskView
from tests.support.screen import SIZES
from tests.support.situations import Situation, situations

OUT = screens.ROOT / "build" / "screens"
ACROSS, WIDTH, CAPTION = 4, 640, 26
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"


def take(to: Path, only: tuple[str, ...], *, long: bool = False) -> list[Path]:
    """The pictures, and a sheet of all that are of one size and language."""
    chosen = [one for one in situations(long=long) if not only or one.name.startswith(only)]
    sheets = []
    for size in SIZES:
        for language in LANGUAGES:
            rest = f"{language}-{size[0]}x{size[1]}{'-long' if long else ''}.png"
            pictures = [_picture(one, size, language, to / f"kiosk-{one.name}-{rest}") for one in chosen]
            sheets.append(sheet(pictures, to / f"sheet-{rest}"))
    return sheets


def _picture(one: Situation, size: tuple[int, int, float], language: Language, to: Path) -> Path:
    view = KioskView(size, language)
    view.show(one)
    view.window.grab().save(str(to))
    view.close()
    return to


def sheet(pictures: list[Path], to: Path) -> Path:
    """All of them on one picture, each with its name."""
    opened = [Image.open(path) for path in pictures]
    wide = min(WIDTH, opened[0].width // 2)
    high = opened[0].height * wide // opened[0].width
    rows = math.ceil(len(opened) / ACROSS)
    whole = Image.new("RGB", (ACROSS * wide, rows * (high + CAPTION)), "white")
    draw, font = ImageDraw.Draw(whole), ImageFont.truetype(FONT, 16)
    for n, (path, picture) in enumerate(zip(pictures, opened, strict=True)):
        x, y = n % ACROSS * wide, n // ACROSS * (high + CAPTION)
        draw.text((x + 6, y + 4), path.stem, "black", font)
        whole.paste(picture.convert("RGB").resize((wide, high), Image.Resampling.LANCZOS), (x, y + CAPTION))
    whole.save(to)
    return to


def main(arguments: list[str]) -> int:
    """Take them all; prints where the sheets are."""
    parser = argparse.ArgumentParser(prog="./run screenshots", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="how the names of the situations begin; all, and the hub's pages")
    parser.add_argument("--long", action="store_true", help="with names as long as they get")
    asked = parser.parse_args(arguments)
    OUT.mkdir(parents=True, exist_ok=True)
    _app = QApplication(["screenshots"])
    for path in take(OUT, tuple(asked.names), long=asked.long):
        print(path, flush=True)
    if not asked.names and not asked.long:
        screens.main([])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
