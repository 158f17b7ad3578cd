"""Pictures: file bytes → an image for the screen, or the reason why not; used before publishing and when shown.

The only module that uses pypdfium2, which is not safe in several threads at once.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing, contextmanager
from xml.etree import ElementTree

from PIL import Image, UnidentifiedImageError

from common.definitions.picture import MOST_PIXELS, Media
from common.errors import BadPicture


def drawn(media: Media, raw: bytes, side_px: int, page: int = 1) -> Image.Image | None:
    """Decode a picture, or one page of a document, at most `side_px` long; None for an SVG, which the screen draws
    itself.

    BadPicture: picture.damaged, picture.pixels, picture.locked, picture.no_page.
    """
    if media == "application/pdf":
        return _page(raw, side_px, page)
    if media == "image/svg+xml":
        with _readable():
            ElementTree.fromstring(raw)
        return None
    return image(raw, side_px)


def image(raw: bytes, side_px: int) -> Image.Image:
    """Decode a PNG or JPEG as RGBA, its longer side at most `side_px`. BadPicture: picture.damaged, picture.pixels."""
    with _readable(), Image.open(io.BytesIO(raw)) as found:
        if found.width * found.height > MOST_PIXELS:
            raise BadPicture("picture.pixels", wide=found.width, high=found.height)
        found.draft("RGB", (side_px, side_px))
        found.thumbnail((side_px, side_px))
        return found.convert("RGBA")


def _page(raw: bytes, side_px: int, page: int) -> Image.Image:
    import pypdfium2  # type: ignore[import-untyped]  # 0.1 s, only if there is such a document

    with _readable():
        try:
            opened = pypdfium2.PdfDocument(raw)
        except pypdfium2.PdfiumError as e:
            if e.err_code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY):
                raise BadPicture("picture.locked") from e
            raise
        with closing(opened) as document:
            if page > len(document):
                raise BadPicture("picture.no_page", page=page, pages=len(document))
            sheet = document[page - 1]
            scale = (side_px - 1) / max(sheet.get_size())  # partial pixels are rounded up
            made: Image.Image = sheet.render(scale=scale).to_pil()
            return made.convert("RGB")


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except BadPicture:
        raise
    except UnidentifiedImageError as e:  # its message contains a memory address, a new one each time
        raise BadPicture("picture.damaged", why="cannot identify the image file") from e
    except Exception as e:
        raise BadPicture("picture.damaged", why=str(e)) from e
