"""Whether a picture is what it says, small enough, and harmless; and a file beside a pack's YAML made into one."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image

from common.definitions.picture import MOST_BYTES, MOST_PIXELS, Picture
from hub.hints import Flaw, flaw

MEDIA = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
}
BEGINS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "application/pdf": b"%PDF-"}
# A drawing may only draw: nothing that runs, nothing from elsewhere, no entities that grow.
_ACTIVE = re.compile(
    rb"<!ENTITY|<!DOCTYPE|<script|<foreignObject|<image|<use|\bon\w+\s*=|href\s*=|url\(\s*['\"]?[^#'\"\s]",
    re.IGNORECASE,
)


def picture(drawn: Picture) -> Iterator[Flaw]:
    """What is wrong with a picture."""
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
    elif drawn.media != "application/pdf" and not _opens(drawn.media, raw):
        yield flaw("data", "definition.schema", "picture_broken")


def _is(media: str, raw: bytes) -> bool:
    if media == "image/svg+xml":
        return b"<svg" in raw[:1024] and raw.rstrip().endswith(b"</svg>")
    return raw.startswith(BEGINS[media])


def _opens(media: str, raw: bytes) -> bool:
    """Whether a station can draw it: it is whole, and no more than a screen's computer has the memory for."""
    try:
        if media == "image/svg+xml":
            ElementTree.fromstring(raw)
            return True
        with Image.open(io.BytesIO(raw)) as image:
            small = image.width * image.height <= MOST_PIXELS
            return small and image.load() is not None
    except Exception:  # noqa: BLE001 - a damaged file makes the libraries that read it raise whatever they like
        return False


def from_file(item: Mapping[str, object], folder: Path) -> tuple[dict[str, object], list[Flaw]]:
    """A picture as it is written in a pack, its `file` replaced by what is in it; and what is wrong with that file."""
    said = {name: value for name, value in item.items() if name != "file"}
    name = item["file"]
    path = folder / name if isinstance(name, str) else folder
    if not isinstance(name, str) or not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        return said, [flaw("file", "definition.reference", "no_file", file=str(name))]
    media = MEDIA.get(path.suffix.lower())
    if media is None:
        return said, [flaw("file", "definition.schema", "file_kind", file=name, kinds=sorted(MEDIA))]
    if path.stat().st_size > MOST_BYTES:
        large = flaw("file", "definition.oversized", "picture_large", have=path.stat().st_size, limit=MOST_BYTES)
        return said, [large]
    return {**said, "media": media, "data": base64.b64encode(path.read_bytes()).decode()}, []
