"""Codes as modules: a content → the black and white squares of its QR code, DataMatrix or Code 128. Pure.

zxing-cpp computes them; a module becomes so many whole pixels and is never resampled. Never a Micro QR: many scanners
do not read it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import cast

import zxingcpp
from msgspec import Struct
from PIL import Image

from common import gs1
from common.errors import BadBarcode, BadLabel

# Symbology → (zxing's format, modules of quiet zone beside it, and above and below): ISO/IEC 18004, 16022, 15417.
_KINDS = {
    "qr": (zxingcpp.BarcodeFormat.QRCode, 4, 4),
    "datamatrix": (zxingcpp.BarcodeFormat.DataMatrix, 2, 2),
    "code128": (zxingcpp.BarcodeFormat.Code128, 10, 0),
}
# ISO/IEC 18004 level M: 15 % of the symbol may be lost, which is what a label on a workshop's part meets.
_OPTIONS = {"qr": {"ec_level": "M"}}
MM_PER_INCH = Decimal("25.4")
# A module smaller than this is what a scanner on the line misses: two dots of a 203 dpi printer.
LEAST_MODULE_MM = Decimal("0.24")
_ELEMENT = re.compile(r"\((\d{2,4})\)([^()]*)")


class Symbol(Struct, frozen=True):
    """`modules`: a row for each line of them, one byte a module, 0 black and 255 white; of a bar code one row."""

    columns: int
    rows: int
    modules: bytes
    quiet_x: int
    quiet_y: int

    @property
    def wide(self) -> int:
        """Modules across, with the quiet zone."""
        return self.columns + 2 * self.quiet_x

    @property
    def high(self) -> int:
        """Modules down, with the quiet zone."""
        return self.rows + 2 * self.quiet_y

    def image(self, pixels: int, height: int = 0) -> Image.Image:
        """The symbol without its quiet zone, `pixels` a module; a bar code is `height` pixels high."""
        small = Image.frombytes("L", (self.columns, self.rows), self.modules)
        size = (self.columns * pixels, height or self.rows * pixels)
        return small.resize(size, Image.Resampling.NEAREST).convert("1", dither=Image.Dither.NONE)


@lru_cache(maxsize=512)
def symbol(symbology: str, content: str, as_gs1: bool = False) -> Symbol:
    """The code of a content. BadLabel label.content (what cannot be said in it), label.gs1 (no sound elements)."""
    form, quiet_x, quiet_y = _KINDS[symbology]
    if not content.isascii():
        # What a code holds beyond ASCII reads differently from scanner to scanner.
        raise BadLabel("label.content", content=content)
    if as_gs1:
        _sound(content)
    try:
        drawn = zxingcpp.create_barcode(content, form, gs1=as_gs1, **_OPTIONS.get(symbology, {}))
    except ValueError as e:
        raise BadLabel("label.content", content=content) from e
    image = drawn.to_image(scale=1, add_quiet_zones=False)
    rows, columns = image.shape[:2]
    raw = memoryview(cast(bytes, image)).tobytes()  # it is a buffer, which its type does not say
    if symbology == "code128":
        rows, raw = 1, raw[:columns]
    return Symbol(columns, rows, raw, quiet_x, quiet_y)


def fit(code: Symbol, room: tuple[int, int], dpi: int) -> int:
    """The most pixels a module may have for the code and its quiet zone to have `room` (width, height), in pixels.

    BadLabel label.too_small if that is too little for a scanner.
    """
    width, height = room
    pixels = width // code.wide if code.rows == 1 else min(width // code.wide, height // code.high)
    if not pixels or pixels * MM_PER_INCH < LEAST_MODULE_MM * dpi:
        raise BadLabel("label.too_small", modules=code.wide)
    return pixels


def _sound(content: str) -> None:
    """The elements in brackets must be what GS1 knows, and nothing may stand between them."""
    found = [(str(ai), str(value)) for ai, value in _ELEMENT.findall(content)]
    if not found or "".join(f"({ai}){value}" for ai, value in found) != content:
        raise BadLabel("label.gs1", content=content)
    separated = gs1.GS + gs1.GS.join(ai + value for ai, value in found)
    try:
        gs1.parse(separated)
    except BadBarcode as e:
        raise BadLabel("label.gs1", content=content) from e
