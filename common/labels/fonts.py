"""Fonts of labels and sheets: system files, found and read at first use. Must not draw.

Noto Sans CJK SC for people, DejaVu Sans Mono for identities. There is no substitute, since without them Chinese would
be empty boxes.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont

from common.errors import BadLabel

Face = Literal["sans", "mono"]
FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
CJK_SC = 2  # in the collection's order: JP, KR, SC, TC, HK
_FILES: dict[tuple[Face, bool], tuple[str, int, str]] = {
    ("sans", False): ("NotoSansCJK-Regular.ttc", CJK_SC, "fonts-noto-cjk"),
    ("sans", True): ("NotoSansCJK-Bold.ttc", CJK_SC, "fonts-noto-cjk"),
    ("mono", False): ("DejaVuSansMono.ttf", 0, "fonts-dejavu-core"),
    ("mono", True): ("DejaVuSansMono-Bold.ttf", 0, "fonts-dejavu-core"),
}


@lru_cache(maxsize=256)
def font(face: Face, pixels: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Load a font whose characters are `pixels` high. BadLabel label.font: its package is not installed."""
    name, index, package = _FILES[face, bold]
    return ImageFont.truetype(_file(name, package), max(pixels, 1), index=index, layout_engine=ImageFont.Layout.BASIC)


@lru_cache
def _file(name: str, package: str) -> Path:
    found = next((path for folder in FOLDERS for path in sorted(folder.rglob(name))), None)
    if found is None:
        raise BadLabel("label.font", file=name, package=package)
    return found
