"""Pictures of work instructions, and photos, as a screen can draw them: each is drawn once, and kept.

The only module that knows pypdfium2. Whoever asks twice gets the same bytes object, so nothing is copied or compared.
A file that cannot be drawn, whatever is wrong with it, is None and stops nothing.
"""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

import structlog
from PIL import Image

from common.definitions.picture import MOST_PIXELS, Picture
from station import photos

LONG_SIDE_PX, SMALL_SIDE_PX = 1600, 800
KEPT = 64
log = structlog.get_logger(__name__)


@lru_cache(maxsize=KEPT)
def drawn(picture: Picture, page: int) -> tuple[str, bytes] | None:
    """(media type, bytes) of a picture; of a document this page as PNG. None if it has no such page, or is damaged,
    which is logged once for a file."""
    try:
        return _drawn(picture, page)
    except Exception as e:  # noqa: BLE001 - a damaged file makes the libraries that read it raise whatever they like
        _say("picture_unreadable", picture.id, str(e), picture.data)
        return None


def small(data: Path, name: str) -> bytes:
    """A photo that is kept under the data folder, as JPEG and small enough for a page; `name`: what events call it.
    b"" if it cannot be read now, or is damaged, which is logged once."""
    try:
        return _small(data, name)
    except OSError:
        return b""  # not kept: the next look reads it again


@lru_cache(maxsize=KEPT)
def _small(data: Path, name: str) -> bytes:
    raw = photos.read(data, name)
    try:
        return _within(raw, SMALL_SIDE_PX, "JPEG")
    except Exception as e:  # noqa: BLE001 - as above; what is shown of it changes nothing of what is recorded
        _say("photo_unreadable", name, str(e))
        return b""


def _drawn(picture: Picture, page: int) -> tuple[str, bytes] | None:
    raw = base64.b64decode(picture.data)
    if picture.media == "application/pdf":
        found = _page(picture, raw, page)
        return ("image/png", found) if found else None
    if picture.media == "image/svg+xml":
        ElementTree.fromstring(raw)  # whether it can be read: the screen draws it at its own size
        return picture.media, raw
    with Image.open(io.BytesIO(raw)) as image:
        if max(image.size) <= LONG_SIDE_PX:
            image.load()  # whether it is whole
            return picture.media, raw
    return "image/png", _within(raw, LONG_SIDE_PX, "PNG")


def _within(raw: bytes, side_px: int, kind: str) -> bytes:
    """A picture as a file of this kind, its longer side no longer than that."""
    with Image.open(io.BytesIO(raw)) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ValueError(f"{image.width} x {image.height} pixels")
        image.draft("RGB", (side_px, side_px))
        image.thumbnail((side_px, side_px))
        out = io.BytesIO()
        image.convert("RGB" if kind == "JPEG" else "RGBA").save(out, kind)
        return out.getvalue()


def _page(picture: Picture, raw: bytes, page: int) -> bytes | None:
    import pypdfium2  # type: ignore[import-untyped]  # 0.1 s, for stations that have such a document

    document = pypdfium2.PdfDocument(raw)
    try:
        if page > len(document):
            _say("picture_has_no_page", picture.id, f"{len(document)} pages", picture.data)
            return None
        sheet = document[page - 1]
        out = io.BytesIO()
        scale = (LONG_SIDE_PX - 1) / max(sheet.get_size())  # a part of a pixel becomes a whole one
        sheet.render(scale=scale).to_pil().convert("RGB").save(out, "PNG")
        return out.getvalue()
    finally:
        document.close()


@lru_cache(maxsize=KEPT)
def _say(event: str, name: str, why: str, data: str = "") -> None:
    """Once for each file; `data` tells two of one name apart."""
    log.warning(event, picture=name, why=why)
