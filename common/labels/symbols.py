"""Code symbols: content → the black and white modules of its QR code, DataMatrix or Code 128. Pure.

zxing-cpp computes them; a module is a whole number of pixels and is never resampled. Micro QR is never used: many
scanners do not read it.
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

# Symbology → (zxing's format, quiet-zone modules left and right, above and below): ISO/IEC 18004, 16022, 15417.
_KINDS = {
    "qr": (zxingcpp.BarcodeFormat.QRCode, 4, 4),
    "datamatrix": (zxingcpp.BarcodeFormat.DataMatrix, 2, 2),
    "code128": (zxingcpp.BarcodeFormat.Code128, 10, 0),
}
# ISO/IEC 18004 level M: 15 % of the symbol may be lost, enough for a label on a part in a workshop.
_OPTIONS = {"qr": {"ec_level": "M"}}
MM_PER_INCH = Decimal("25.4")
# Scanners on the line miss smaller modules; it is two dots of a 203 dpi printer.
LEAST_MODULE_MM = Decimal("0.24")
_ELEMENT = re.compile(r"\((\d{2,4})\)([^()]*)")


class Symbol(Struct, frozen=True):
    """A code as modules. `modules`: row by row, one byte per module, 0 black and 255 white; a bar code has one row."""

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
        """Draw the symbol without its quiet zone, `pixels` per module; a bar code is `height` pixels high."""
        small = Image.frombytes("L", (self.columns, self.rows), self.modules)
        size = (self.columns * pixels, height or self.rows * pixels)
        return small.resize(size, Image.Resampling.NEAREST).convert("1", dither=Image.Dither.NONE)


@lru_cache(maxsize=512)
def symbol(symbology: str, content: str, as_gs1: bool = False) -> Symbol:
    """Encode a content. BadLabel label.content (it does not fit this symbology), label.gs1 (not valid elements)."""
    form, quiet_x, quiet_y = _KINDS[symbology]
    if not content.isascii():
        # Scanners differ in how they read characters beyond ASCII.
        raise BadLabel("label.content", content=content)
    if as_gs1:
        _sound(content)
    try:
        drawn = zxingcpp.create_barcode(content, form, gs1=as_gs1, **_OPTIONS.get(symbology, {}))
    except ValueError as e:
        raise BadLabel("label.content", content=content) from e
    image = drawn.to_image(scale=1, add_quiet_zones=False)
    rows, columns = image.shape[:2]
    raw = memoryview(cast(bytes, image)).tobytes()  # it is a buffer, although its type does not say so
    if symbology == "code128":
        rows, raw = 1, raw[:columns]
    return Symbol(columns, rows, raw, quiet_x, quiet_y)


def fit(code: Symbol, room: tuple[int, int], dpi: int) -> int:
    """Return the most pixels per module with which the code and its quiet zone fit `room` (width, height), in pixels.

    BadLabel label.too_small if a scanner could not read that.
    """
    width, height = room
    pixels = width // code.wide if code.rows == 1 else min(width // code.wide, height // code.high)
    if not pixels or pixels * MM_PER_INCH < LEAST_MODULE_MM * dpi:
        raise BadLabel("label.too_small", modules=code.wide)
    return pixels


def _sound(content: str) -> None:
    """Check that the content is valid GS1 elements in brackets with nothing between them."""
    found = [(str(ai), str(value)) for ai, value in _ELEMENT.findall(content)]
    if not found or "".join(f"({ai}){value}" for ai, value in found) != content:
        raise BadLabel("label.gs1", content=content)
    separated = gs1.GS + gs1.GS.join(ai + value for ai, value in found)
    try:
        gs1.parse(separated)
    except BadBarcode as e:
        raise BadLabel("label.gs1", content=content) from e
