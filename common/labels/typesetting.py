"""Typesetting: text wrapped and shrunk to fit its field. Pure except for the fonts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from PIL import ImageFont

from common.labels.fonts import Face, font

MORE = "…"
# A line may break between Chinese characters, not inside a word, and never before closing punctuation.
_PIECES = re.compile(
    r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef][，。、；：！？）》」』…]*|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+|\s+"
)


class TextField(Struct, frozen=True):
    """The field of a text, in pixels: `height` of its lines, `least` height to which it may shrink."""

    width: int
    height: int
    least: int
    lines: int = 1
    face: Face = "sans"
    bold: bool = False


class TypesetText(Struct, frozen=True):
    """A text as it will be drawn. `whole`: nothing was cut."""

    lines: tuple[str, ...]
    pixels: int
    whole: bool


def typeset(text: str, field: TextField) -> TypesetText:
    """Set the text at the largest height that fits; if even the least does not, cut it and end with …."""
    for pixels in range(field.height, max(field.least, 1) - 1, -1):
        lines = tuple(_wrapped(text, font(field.face, pixels, field.bold), field.width))
        if len(lines) <= _room(field, pixels) and _widest(lines, field, pixels) <= field.width:
            return TypesetText(lines, pixels, whole=True)
    least = max(field.least, 1)
    face = font(field.face, least, field.bold)
    lines = tuple(_wrapped(text, face, field.width))
    kept = lines[: _room(field, least)]
    rest = kept[-1] if len(kept) == len(lines) else kept[-1] + MORE
    return TypesetText((*kept[:-1], _cut(rest, face, field.width)), least, whole=False)


def _room(field: TextField, pixels: int) -> int:
    """Return the number of lines that fit: the field is as high as its lines at full height."""
    return max(field.lines * field.height // pixels, 1) if field.lines > 1 else 1


def _widest(lines: tuple[str, ...], field: TextField, pixels: int) -> float:
    face = font(field.face, pixels, field.bold)
    return max((face.getlength(line) for line in lines), default=0.0)


def _wrapped(text: str, face: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    line = ""
    for piece in _PIECES.findall(text):
        if line and face.getlength((line + piece).rstrip()) > width:
            yield line.rstrip()
            line = piece.lstrip()
        else:
            line += piece
    yield line.rstrip()


def _cut(line: str, face: ImageFont.FreeTypeFont, width: int) -> str:
    kept = line.removesuffix(MORE)
    if kept == line and face.getlength(line) <= width:
        return line
    while kept and face.getlength(kept.rstrip() + MORE) > width:
        kept = kept[:-1]
    return kept.rstrip() + MORE
