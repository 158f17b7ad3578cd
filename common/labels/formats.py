"""Output formats of a label's image: PNG preview, ZPL graphic, PDF page. Pure; no dot is changed."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from zebrafy.zebrafy_image import ZebrafyImage


def png(image: Image.Image, dpi: int) -> bytes:
    """Encode the preview as PNG."""
    out = BytesIO()
    image.save(out, "PNG", dpi=(dpi, dpi))
    return out.getvalue()


def zpl(image: Image.Image, copies: int = 1) -> bytes:
    """Encode `copies` of a label for a ZPL II printer, as one graphic: the printer's own fonts and codes are not used.

    The graphic is in hexadecimal digits, which other makers' emulations understand too.
    """
    graphic: str = ZebrafyImage(image, format="ASCII", dither=False, complete_zpl=False).to_zpl()
    return f"^XA^PW{image.width}^LL{image.height}^LH0,0\n{graphic.strip()}\n^PQ{copies},0,1,N^XZ\n".encode("ascii")


def pdf(image: Image.Image, dpi: int, title: str = "", copies: int = 1) -> bytes:
    """Encode a PDF with one page of the label's size per copy."""
    out, more = BytesIO(), [image] * (copies - 1)
    about = {"resolution": dpi, "title": title or None, "producer": "Headwater"}
    image.save(out, "PDF", save_all=True, append_images=more, **about)
    return out.getvalue()
