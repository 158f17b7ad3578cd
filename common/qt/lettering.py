"""Text that wraps, then shrinks, and is never cut off: one text, a style and a room → lines set in it.

What people wrote may be too long for any size: `shortened` says of it as much as the room holds.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QTextLayout, QTextOption

from common.qt.theme import Look, Style

SHRINK = 0.92
ALONE, GATHERED = 0.25, 0.8  # a last line so short is gathered up, at the cost of so much of the size
ALIKE = 0.8  # of the usual size, at least, for all of one list
MOST_KEPT = 256
LINE = 1.3  # of the font's size, from one line to the next
WITH_UNIT = re.compile(r"(?<![\w-])(\d[\d.,]*) (?=(?:°[A-Z]|%|[^\W\d_]{1,3}(?:·[^\W\d_]{1,2})?)(?![\w-]))")
BREAKS = {False: QTextOption.WrapMode.WordWrap, True: QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere}


class Lettering(Struct, frozen=True):
    """A text set in a room. `fits`: all of it is inside. `cap_mm`: how high its capitals came out."""

    layout: QTextLayout
    width: float
    height: float
    cap_mm: float
    fits: bool

    def lines(self) -> int:
        """The number of its lines."""
        return self.layout.lineCount()


def letter(look: Look, text: str, style: Style, width: float, height: float) -> Lettering:
    """Set `text` as large as its style says, or so much smaller that it fits; words break only at the least size."""
    key, room = (text, style, int(width), int(height)), (int(width), int(height))
    known = look.lettered.get(key)
    if isinstance(known, Lettering):
        return known
    if len(look.lettered) >= MOST_KEPT:
        look.lettered.clear()
    look.lettered[key] = found = _largest(look, text, style, room)
    return found


def shortened(look: Look, text: str, style: Style, room: tuple[float, float], *, end: bool = False) -> str:
    """The text; or of one that is too long for the room (width, height) the beginning, or the `end`, and "…"."""

    def fits(count: int) -> bool:
        return letter(look, _part(text, count, end), style, *room).fits

    if fits(len(text)):
        return text
    return _part(text, bisect_left(range(1, len(text)), True, key=lambda count: not fits(count)), end)


def _part(text: str, count: int, end: bool) -> str:
    if count >= len(text):
        return text
    return f"…{text[-count:].lstrip()}" if end and count else f"{text[:count].rstrip()}…"


def alike(look: Look, texts: Iterable[tuple[str, Style, float, float]]) -> float:
    """The height of capitals, in mm, with which each text fits into its room (style, width, height): the texts of
    one list are of one size, but a text that is much too long makes only itself small. Their styles differ in weight
    alone."""
    found = list(texts)
    cap_mm = usual = min(style.cap_mm for _, style, _, _ in found)
    while True:
        set_ = (letter(look, text, replace(style, cap_mm=cap_mm), *room) for text, style, *room in found)
        least = max(min(one.cap_mm for one in set_), usual * ALIKE)
        if least >= cap_mm:
            return cap_mm
        cap_mm = least


def _largest(look: Look, text: str, style: Style, room: tuple[int, int]) -> Lettering:
    cap_mm = style.cap_mm
    while cap_mm > style.least_mm:
        found = _set(look, text, style, cap_mm, room)
        if found.fits:
            return _gathered(look, text, style, room, found)
        cap_mm *= SHRINK
    return _set(look, text, style, style.least_mm, room)


def _gathered(look: Look, text: str, style: Style, room: tuple[int, int], found: Lettering) -> Lettering:
    """A last line of a letter or two joins the others, if a little smaller is enough for that."""
    last = found.layout.lineAt(found.lines() - 1) if found.lines() > 1 else None
    if last is None or last.naturalTextWidth() > found.width * ALONE:
        return found
    cap_mm = found.cap_mm * SHRINK
    while cap_mm >= max(found.cap_mm * GATHERED, style.least_mm):
        tighter = _set(look, text, style, cap_mm, room)
        if tighter.lines() < found.lines():
            return tighter
        cap_mm *= SHRINK
    return found


def _set(look: Look, text: str, style: Style, cap_mm: float, room: tuple[int, int]) -> Lettering:
    font = look.font(cap_mm * look.px_per_mm, bold=style.bold, mono=style.mono)
    layout = _broken(text, font, room[0], cap_mm == style.least_mm)
    pitch = font.pixelSize() * LINE
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        line.setPosition(QPointF(0, number * pitch + (pitch - line.height()) / 2))
    widest = max((layout.lineAt(n).naturalTextWidth() for n in range(layout.lineCount())), default=0.0)
    high = layout.lineCount() * pitch
    return Lettering(layout, widest, high, cap_mm, widest <= room[0] and high <= room[1] + 1)


def _broken(text: str, font: QFont, width: int, anywhere: bool) -> QTextLayout:
    whole = WITH_UNIT.sub("\\1\u00a0", text)  # a number is not parted from its unit
    layout = QTextLayout(whole.replace("\n", "\u2028"), font)
    option = QTextOption()
    option.setWrapMode(BREAKS[anywhere])
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 1))
    layout.endLayout()
    return layout
