"""Files of pictures, sound and broken, made of as few bytes as may be."""

from __future__ import annotations

import base64
import io

from PIL import Image

from common.definitions import Picture
from tests.support import scenes
from tests.support.shift import motor_pack


def of_pack(id: str) -> Picture:
    return next(d for d in motor_pack().definitions if isinstance(d, Picture) and d.id == id)


PDF = base64.b64decode(of_pack("test-sheet").data)
PNG, JPEG = scenes.picture("PNG"), scenes.picture("JPEG")


def pdf(trailer: str = "") -> bytes:
    """One empty page."""
    raw = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    raw += "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj\n"
    raw += f"trailer<</Root 1 0 R{trailer}>>\n%%EOF"
    return raw.encode()


def png(wide: int, high: int) -> bytes:
    """A file with no more than a few bytes for each row."""
    out = io.BytesIO()
    Image.new("1", (wide, high)).save(out, "PNG")
    return out.getvalue()


LOCKED = pdf(f"/ID[<{'00' * 16}><{'00' * 16}>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'11' * 32}>/U<{'22' * 32}>>>")
UNKNOWN_LOCK = pdf(f"/ID[<{'00' * 16}><{'00' * 16}>]/Encrypt<</Filter/FromElsewhere/V 1>>")
# What it is → media type, bytes, the code of the error.
BROKEN = {
    "no-pdf": ("application/pdf", b"%PDF-1.4 no more", "picture.damaged"),
    "half-a-pdf": ("application/pdf", PDF[: len(PDF) // 2], "picture.damaged"),
    "locked-pdf": ("application/pdf", LOCKED, "picture.locked"),
    "pdf-with-another-lock": ("application/pdf", UNKNOWN_LOCK, "picture.locked"),
    "no-png": ("image/png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "picture.damaged"),
    "half-a-png": ("image/png", png(300, 300)[:-30], "picture.damaged"),
    "huge-png": ("image/png", png(9_000, 9_000), "picture.pixels"),
    "no-jpeg": ("image/jpeg", b"\xff\xd8\xff\xe0 a picture", "picture.damaged"),
    "half-a-jpeg": ("image/jpeg", JPEG[: len(JPEG) // 2], "picture.damaged"),
    "no-svg": ("image/svg+xml", b"<svg><rect></svg>", "picture.damaged"),
}
