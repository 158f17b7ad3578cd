"""Checks that a picture is of its media type, small enough and harmless; makes one from a file beside a pack's YAML."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from common import pictures
from common.definitions.picture import MOST_BYTES, Media, Picture
from common.errors import BadPicture
from hub.definitions.definition_errors import Flaw, Hint, flaw

MEDIA = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
}
BEGINS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "application/pdf": b"%PDF-"}
SIDE_PX = 64  # it is drawn to see whether it can be, by nobody's screen
# A drawing may only draw: nothing that runs, nothing from elsewhere, no entities that grow.
_ACTIVE = re.compile(
    rb"<!ENTITY|<!DOCTYPE|<script|<foreignObject|<image|<use|\bon\w+\s*=|href\s*=|url\(\s*['\"]?[^#'\"\s]",
    re.IGNORECASE,
)


def picture(drawn: Picture) -> Iterator[Flaw]:
    """Flaws of a picture."""
    try:
        raw = base64.b64decode(drawn.data, validate=True)
    except ValueError:
        yield flaw("data", "definition.schema", "picture_spelling")
        return
    if len(raw) > MOST_BYTES:
        yield flaw("data", "definition.oversized", "picture_large", have=len(raw), limit=MOST_BYTES)
    if not _is(drawn.media, raw):
        yield flaw("data", "definition.schema", "picture_media", media=drawn.media)
    elif drawn.media == "image/svg+xml" and (found := _ACTIVE.search(raw)):
        yield flaw("data", "definition.schema", "picture_active", found=found[0].decode(errors="replace"))
    else:
        yield from _draws("data", drawn.media, raw)


def page(field: str, drawn: Picture, number: int) -> Iterator[Flaw]:
    """Flaws of the page that `field` cites, of a document that is itself sound."""
    if not any(picture(drawn)):
        yield from _draws(field, drawn.media, base64.b64decode(drawn.data), number)


def _draws(field: str, media: Media, raw: bytes, number: int = 1) -> Iterator[Flaw]:
    """Nothing, if a station can draw it."""
    try:
        pictures.drawn(media, raw, SIDE_PX, number)
    except BadPicture as e:
        yield Flaw(field, "definition.schema", Hint(e.code, e.details))


def _is(media: str, raw: bytes) -> bool:
    if media == "image/svg+xml":
        return b"<svg" in raw[:1024] and raw.rstrip().endswith(b"</svg>")
    return raw.startswith(BEGINS[media])


def from_file(item: Mapping[str, object], folder: Path) -> tuple[dict[str, object], list[Flaw]]:
    """A picture as it is written in a pack, its `file` replaced by what is in it; and what is wrong with that file."""
    said = {name: value for name, value in item.items() if name != "file"}
    name = item["file"]
    path = folder / name if isinstance(name, str) else folder
    try:
        if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
            return said, [flaw("file", "definition.reference", "no_file", file=str(name))]
        media = MEDIA.get(path.suffix.lower())
        if media is None:
            return said, [flaw("file", "definition.schema", "file_kind", file=name, kinds=sorted(MEDIA))]
        if (have := path.stat().st_size) > MOST_BYTES:
            return said, [flaw("file", "definition.oversized", "picture_large", have=have, limit=MOST_BYTES)]
        raw = path.read_bytes()
    except OSError as e:
        return said, [flaw("file", "definition.missing", "unreadable", reason=e.strerror)]
    return {**said, "media": media, "data": base64.b64encode(raw).decode()}, []
