"""What can be wrong on a screen: targets too small or too near, text that is cut off, pale or of the wrong language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

import msgspec
from PySide6.QtCore import QPoint, QRect, QRectF

from common.qt.form_cells import Cell
from common.qt.form_view import BETWEEN_MM
from common.qt.keyboard import LetterKey
from common.qt.painted import Painted
from common.text import LANGUAGES, MISSING, Language, codes, say
from station.kiosk.status_bar import StatusBar
from tests.support.kiosk_view import KioskView
from tests.support.situation import Situation

TARGET_MM, GAP_MM, EDGE_MM, LEAST_CONTRAST = 20.0, 4.0, 5.0, 4.5
NEIGHBOURS, ALIKE_MM = 2.0, 1.0  # in gaps: what is farther is another group; rows of a pad and of the foot differ
LATIN, HAN = re.compile(r"[A-Za-z]{2,}"), re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]+")
OWN_NAMES = "中 中文 EN English"  # each language is named in itself
CODES = frozenset(codes("en"))


def out_of_reach(view: KioskView) -> list[str]:
    """What a gloved finger would not hit."""
    return [*small(view), *close(view), *at_the_edge(view), *uneven(view)]


def unreadable(view: KioskView, one: Situation) -> list[str]:
    """What nobody can read, or not in their language."""
    return [*cut_off(view), *covered(view), *over_another(view), *pale(view), *untranslated(view, one)]


def small(view: KioskView) -> Iterator[str]:
    for one in view.targets():
        least = one.widget.least_mm * view.px_per_mm - 1
        if one.box.width() < least or one.box.height() < least:
            yield f"small: {one.text} {_mm(view, one.box)}"


def close(view: KioskView) -> Iterator[str]:
    for one, other in combinations(view.targets(), 2):
        apart = max(
            one.box.x() - other.box.x() - other.box.width(),
            other.box.x() - one.box.x() - one.box.width(),
            one.box.y() - other.box.y() - other.box.height(),
            other.box.y() - one.box.y() - one.box.height(),
        )
        if apart < min(one.widget.apart_mm, other.widget.apart_mm) * view.px_per_mm - 1:
            yield f"close: {one.text} and {other.text}, {apart / view.px_per_mm:.1f} mm"


def at_the_edge(view: KioskView) -> Iterator[str]:
    edge = int(EDGE_MM * view.px_per_mm)
    inner = view.window.rect().adjusted(edge, edge, -edge, -edge)
    return (f"at the edge: {one.text} {_mm(view, one.box)}" for one in view.targets() if not inner.contains(one.box))


def uneven(view: KioskView) -> Iterator[str]:
    """Buttons and cards that are neighbours in a row or column, with another gap than all have; but a keyboard has
    measures of its own."""
    if any(isinstance(widget, LetterKey) for widget, _ in view.painted()):
        return
    boxes = list(_bordered(view))
    around = {id(box): _around(box, boxes) for _, box, _ in boxes}
    for (one, box, own), (other, there, its) in combinations(boxes, 2):
        across, down = _apart(box, there)
        gap, wanted = max(across, down), view.look.px(min(own, its))
        if min(across, down) >= 0 or not 1 < gap < NEIGHBOURS * wanted or around[id(box)] != around[id(there)]:
            continue  # diagonal, over one another, of two groups, or in two cards
        if abs(gap - wanted) > view.look.px(ALIKE_MM):
            yield f"uneven: {one} and {other}, {gap / view.px_per_mm:.1f} mm"


def _bordered(view: KioskView) -> Iterator[tuple[str, QRectF, float]]:
    """Every card and button that is seen, and the gap that it keeps."""
    for widget, place in view.painted():
        if isinstance(widget, StatusBar):
            continue  # its chips are near to one another
        gap = BETWEEN_MM if isinstance(widget, Cell) else getattr(widget, "apart_mm", GAP_MM)
        for box in widget.bordered:
            at = box.translated(place.x(), place.y())
            if view.window.childAt(at.center().toPoint()) in (widget, *widget.findChildren(Painted)):
                yield f"{type(widget).__name__} {_mm(view, at.toRect())}", at, gap


def _around(box: QRectF, boxes: list[tuple[str, QRectF, float]]) -> list[QRectF]:
    """The cards in which a box lies."""
    return [other for _, other, _ in boxes if other is not box and other.contains(box)]


def _apart(one: QRectF, other: QRectF) -> tuple[float, float]:
    """Measure the gaps between two boxes, across and down; below 0 where they share a row or column."""
    across = max(one.left() - other.right(), other.left() - one.right())
    return across, max(one.top() - other.bottom(), other.top() - one.bottom())


def cut_off(view: KioskView) -> Iterator[str]:
    """Text that does not fit into the room it was given, or stands outside its widget."""
    for widget, box in view.painted():
        room = QRect(0, 0, box.width(), box.height()).adjusted(-1, -1, 1, 1)
        for placed in widget.placed:
            at = QRect(int(placed.x), int(placed.y), int(placed.width), int(placed.height))
            if not placed.fits or not room.contains(at):
                yield f"cut off: {placed.text!r} {at} in {type(widget).__name__} {room}"


def covered(view: KioskView) -> Iterator[str]:
    """Text of a screen under another widget, where nobody sees it."""
    screen = view.window.screen_
    for placed in screen.placed:
        at = screen.mapTo(view.window, QPoint(int(placed.x + placed.width / 2), int(placed.y + placed.height / 2)))
        if view.window.childAt(at) not in (screen, view.window.flash):
            yield f"covered: {placed.text!r}"


def over_another(view: KioskView) -> Iterator[str]:
    """Text that stands over another text, of those that no other widget covers."""
    found = []
    for widget, box in view.painted():
        for placed in widget.placed:
            at = QRectF(box.x() + placed.x, box.y() + placed.y, placed.width, placed.height)
            if view.window.childAt(at.center().toPoint()) is widget:
                found.append((placed.text, at))
    for (text, at), (other, there) in combinations(found, 2):
        both = at.intersected(there)
        if both.width() > 1 and both.height() > 1:
            yield f"over another: {text!r} and {other!r}, {both}"


def pale(view: KioskView) -> Iterator[str]:
    for _, placed in view.texts():
        if (found := contrast(placed.ink, placed.ground)) < LEAST_CONTRAST:
            yield f"pale: {placed.text!r} {placed.ink} on {placed.ground}, {found:.1f}"


def contrast(ink: str, ground: str) -> float:
    """WCAG 2.2, contrast ratio."""
    dark, light = sorted(map(_luminance, (ink, ground)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def untranslated(view: KioskView, one: Situation) -> Iterator[str]:
    """Words of the other language that nobody entered as such, holes in sentences, and bare codes."""
    given = data(one, view.look.language).casefold()
    foreign = LATIN if view.look.language == "zh" else HAN
    for widget, placed in view.texts():
        if one.pinyin and isinstance(widget, LetterKey):
            continue  # its keys are Chinese in every language
        if MISSING in placed.text or placed.text in CODES:
            yield f"a hole or a code: {placed.text!r}"
        if words := [word for word in foreign.findall(placed.text) if word.casefold() not in given]:
            yield f"not translated: {placed.text!r}: {words}"


def data(one: Situation, language: Language) -> str:
    """All words that may stand there, as one text: the catalogue's, names in this language, identities, units."""
    found = [_catalogue(language), OWN_NAMES, one.pinyin]

    def collect(tree: object) -> None:
        if isinstance(tree, dict):
            for key, value in tree.items():
                if key not in LANGUAGES or key == language:
                    collect(value)
        elif isinstance(tree, list | tuple):
            for value in tree:
                collect(value)
        else:
            found.append(str(tree))

    collect(msgspec.to_builtins((one.said, one.then), str_keys=True))
    return " ".join(found)


def _mm(view: KioskView, box: QRect) -> str:
    return " ".join(f"{part / view.px_per_mm:.1f}" for part in (box.x(), box.y(), box.width(), box.height()))


@lru_cache
def _catalogue(language: Language) -> str:
    return " ".join(say(language, code, {}) for code in CODES)
