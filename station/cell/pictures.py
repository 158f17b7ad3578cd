"""Pictures of work instructions, and photos, ready for a screen: each is decoded once and cached.

A second request gets the same bytes object, so nothing is copied or compared.
A file that cannot be drawn, whatever is wrong with it, is None and stops nothing.
"""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from pathlib import Path

import structlog
from PIL import Image

from common import pictures
from common.definitions.picture import Picture
from common.errors import BadPicture
from station.store import photos

LONG_SIDE_PX, SMALL_SIDE_PX = 1600, 800
KEPT = 64
log = structlog.get_logger(__name__)


@lru_cache(maxsize=KEPT)
def drawn(picture: Picture, page: int, side_px: int = LONG_SIDE_PX) -> tuple[str, bytes] | None:
    """(media type, bytes) of a picture, its longer side at most that; of a document this page as PNG. None if it has no
    such page, or is damaged, which is logged once for a file."""
    try:
        raw = base64.b64decode(picture.data)
        found = pictures.drawn(picture.media, raw, side_px, page)
    except (ValueError, BadPicture) as e:
        _say("picture_unreadable", picture.id, str(e), picture.data)
        return None
    if found is None or (picture.media != "application/pdf" and max(found.size) < side_px):
        return picture.media, raw  # no larger than a screen
    return "image/png", _file(found, "PNG")


def small(data: Path, name: str) -> bytes:
    """Return a photo from the data folder as a JPEG small enough for a page; `name`: its name in events. b"" if it
    cannot be read now, or is damaged, which is logged once."""
    try:
        return _small(data, name)
    except OSError:
        return b""  # not cached: the next call reads it again


@lru_cache(maxsize=KEPT)
def _small(data: Path, name: str) -> bytes:
    raw = photos.read(data, name)
    try:
        return _file(pictures.image(raw, SMALL_SIDE_PX).convert("RGB"), "JPEG")
    except BadPicture as e:
        _say("photo_unreadable", name, str(e))
        return b""


def _file(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


@lru_cache(maxsize=KEPT)
def _say(event: str, name: str, why: str, data: str = "") -> None:
    """Log once per file; `data` tells two files of one name apart."""
    log.warning(event, picture=name, why=why)
