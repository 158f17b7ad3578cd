"""An A4 page to draw on, in mm, in the product's colours and fonts; and pages as a PDF. Pure except for the fonts."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from msgspec import Struct
from PIL import Image, ImageDraw

from common.labels.fonts import Face, font
from common.labels.symbols import symbol
from common.labels.typesetting import TextField, typeset
from common.theme import LIGHT

DPI = 300
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 12.0
INNER = WIDTH - 2 * MARGIN
ROOM = 1.25  # distance of lines, in line heights


class Type(Struct, frozen=True):
    """The type of a text: `mm` its height, `least` the height down to which it may shrink."""

    mm: float
    role: str = "ink"
    bold: bool = False
    face: Face = "sans"
    least: float = 0.0
    lines: int = 1


class Paper:
    """One white page."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (_dots(WIDTH), _dots(HEIGHT)), "#FFFFFF")
        self._pen = ImageDraw.Draw(self.image)

    def text(self, x: float, y: float, width: float, text: str, type: Type, align: str = "left") -> float:
        """Write into a field and return the y of the next line."""
        field = TextField(
            _dots(width), _dots(type.mm), _dots(type.least or type.mm), type.lines, type.face, bold=type.bold
        )
        found = typeset(text, field)
        face = font(type.face, found.pixels, type.bold)
        for number, line in enumerate(found.lines):
            spare = field.width - round(face.getlength(line))
            shift = {"left": 0, "centre": spare // 2, "right": spare}[align]
            base = _dots(y) + round(found.pixels * (0.88 + ROOM * number))
            self._pen.text((_dots(x) + shift, base), line, fill=LIGHT[type.role], font=face, anchor="ls")
        return y + len(found.lines) * found.pixels * 25.4 / DPI * ROOM

    def box(self, x: float, y: float, width: float, height: float, fill: str = "", line: str = "") -> None:
        """Draw a field with round corners."""
        corner = (_dots(x), _dots(y), _dots(x + width), _dots(y + height))
        colour = LIGHT[line] if line else None
        self._pen.rounded_rectangle(corner, _dots(1.6), fill=LIGHT[fill] if fill else None, outline=colour, width=3)

    def bar(self, x: float, y: float, width: float, height: float, role: str) -> None:
        """Draw a filled field with sharp corners."""
        self._pen.rectangle((_dots(x), _dots(y), _dots(x + width), _dots(y + height)), fill=LIGHT[role])

    def code(self, x: float, y: float, side: float, content: str, symbology: str = "qr") -> None:
        """Draw a code with its quiet zone in a white square, as large as whole dots allow."""
        found = symbol(symbology, content)
        pixels = _dots(side) // max(found.wide, found.high)
        drawn = found.image(pixels)
        left = _dots(x) + (_dots(side) - drawn.width) // 2
        self.image.paste(drawn.convert("RGB"), (left, _dots(y) + (_dots(side) - drawn.height) // 2))


def _dots(mm: float) -> int:
    return round(mm * DPI / 25.4)


def pdf(pages: Sequence[Image.Image], title: str) -> bytes:
    """Encode all pages as one file."""
    out = BytesIO()
    rest = list(pages[1:])
    pages[0].save(
        out,
        "PDF",
        save_all=True,
        append_images=rest,
        resolution=DPI,
        title=title,
        producer="Headwater",
        quality=92,
        subsampling=0,
    )
    return out.getvalue()
