"""The card beside the instruction: the thing in hand with its steps, or, while there is none, the earlier results."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QRectF

from common.ids import Claim
from common.qt.lettering import alike, letter
from common.qt.painted import LEFT, MIDDLE, TOP, Brush
from common.qt.theme import CAPTION, CAPTION_MONO, IDENTITY, STEP, STEP_NOW, Look, Style
from common.text import listed
from common.theme import CORNER_PX
from station.kiosk.screen import label
from station.kiosk.strip import draw_last
from station.shown.work_screen import Scene

ROW_MM, LAST_MM = 13.0, 13.0
LEAST_ROW = 0.58  # of a row's height, in which its name can still be read
HEAD_MM, THING_MM = 13.0, 27.0  # of the card, above results and above rows
NEEDED_MM = {False: 8.5, True: 10.5}  # of a row without and with something inside
MARK_MM = 5.2
UPPER, LOWER = 0.52, 0.42  # of a row's height, for the name and for what is in it


class ListRow(Struct, frozen=True):
    """One part or step: its state, its name, and what is in it."""

    state: str
    name: str
    inside: str = ""
    mono: bool = False


def identity(look: Look, scene: Scene) -> str:
    """The thing in hand as its label reads."""
    return label(scene.thing)


def high_mm(scene: Scene) -> float:
    """The height that the card needs for all of it; 0 where the strip says it already."""
    if scene.thing is not None:
        return THING_MM + sum(NEEDED_MM[bool(row.inside)] for row in scene.steps or scene.parts)
    earlier = len(scene.last[1:])
    return HEAD_MM + LAST_MM * earlier if earlier else 0


def draw_thing(brush: Brush, scene: Scene, box: QRectF) -> None:
    """The thing in hand, and the steps of its operation with the components that they added."""
    look = brush.look
    at = QRectF(box.x(), box.y(), box.width(), look.px(4.5))
    brush.text(look.say("kiosk.in_hand"), at, CAPTION, "ink-2")
    at = brush.text(identity(look, scene), QRectF(box.x(), at.bottom(), box.width(), look.px(12)), IDENTITY)
    about = [look.name(scene.material)] if scene.material else []
    about += [look.say("kiosk.attempt", {"n": scene.attempt})] if scene.attempt > 1 else []
    below = QRectF(box.x(), at.bottom(), box.width(), look.px(9) if about else 0)
    used = brush.text(" · ".join(about), below, CAPTION, "ink-2")
    top = used.bottom() + look.px(2.5)
    _rows(brush, rows_of(look, scene), QRectF(box.x(), top, box.width(), box.bottom() - top), ROW_MM)


def rows_of(look: Look, scene: Scene) -> list[ListRow]:
    """The steps; of work without steps the slots."""
    if scene.steps:
        return [_listed(look, one.state, look.name(one.name), one.inside) for one in scene.steps]
    return [_listed(look, one.state, look.name(one.name), one.inside) for one in scene.parts]


def draw_results(brush: Brush, scene: Scene, box: QRectF) -> None:
    """The results before the last one, which the strip has; the newest first."""
    look, high, earlier = brush.look, brush.look.px(LAST_MM), scene.last[1:]
    if not earlier:
        return
    at = QRectF(box.x(), box.y(), box.width(), look.px(4.5))
    brush.text(look.say("kiosk.earlier"), at, CAPTION, "ink-2")
    top = at.bottom() + look.px(1.5)
    for n, last in enumerate(earlier[: max(int((box.bottom() - top) // high), 1)]):
        if n:
            brush.rule(box.x(), top + n * high, box.width())
        draw_last(brush, last, QRectF(box.x(), top + n * high, box.width(), high))


def _listed(look: Look, state: str, name: str, inside: Sequence[Claim]) -> ListRow:
    said = listed(look.language, map(label, inside))
    return ListRow(state, name, said, bool(said))


def _rows(brush: Brush, rows: Sequence[ListRow], box: QRectF, row_mm: float, *, lined: bool = True) -> None:
    """As many as can be read, around the one now, and below them the number of those left out."""
    if not rows or box.height() < 1:
        return
    look = brush.look
    room = max(int(box.height() // look.px(row_mm * LEAST_ROW)), 1)
    shown, hidden = around(rows, room)
    high = _pitch(look, box, shown, hidden, row_mm)
    while len(shown) > 1 and not all(_readable(look, row, box.width(), high) for row in shown):
        room = min(len(shown), len(rows) - 1)
        shown, hidden = around(rows, room)
        high = min(_pitch(look, box, shown, hidden, 3 * row_mm), look.px(2 * row_mm))
    words = box.width() - look.px(MARK_MM + 2.5)
    cap_mm = alike(look, ((one.name, _style(one), words, high * (UPPER if one.inside else 1)) for one in shown))
    for n, row in enumerate(shown):
        _row(brush, row, cap_mm, QRectF(box.x(), box.y() + n * high, box.width(), high))
        if lined and n < len(shown) - 1:
            brush.rule(box.x(), box.y() + (n + 1) * high, box.width())
    if hidden:
        at = QRectF(box.x(), box.y() + len(shown) * high, box.width(), look.px(5))
        brush.text(look.say("kiosk.hidden", {"count": hidden}), at, CAPTION, "ink-2", at=(LEFT, TOP))


def _pitch(look: Look, box: QRectF, shown: Sequence[ListRow], hidden: int, most_mm: float) -> float:
    return min(look.px(most_mm), (box.height() - (look.px(5) if hidden else 0)) / len(shown))


def _readable(look: Look, row: ListRow, wide: float, high: float) -> bool:
    """The texts of a row fit into it."""
    words = wide - look.px(MARK_MM + 2.5)
    if not row.inside:
        return letter(look, row.name, _style(row), words, high).fits
    inside = CAPTION_MONO if row.mono else CAPTION
    return (
        letter(look, row.name, _style(row), words, high * UPPER).fits
        and letter(look, row.inside, inside, words, high * LOWER).fits
    )


def _style(row: ListRow) -> Style:
    return STEP_NOW if row.state == "now" else STEP


def around(rows: Sequence[ListRow], room: int) -> tuple[Sequence[ListRow], int]:
    """The rows to show where only `room` fit, the one now among them, and the number of those left out."""
    if len(rows) <= room:
        return rows, 0
    now = next((n for n, row in enumerate(rows) if row.state == "now"), 0)
    room = max(room - 1, 1)
    first = min(max(now - room // 2, 0), len(rows) - room)
    return rows[first : first + room], len(rows) - room


def _row(brush: Brush, row: ListRow, cap_mm: float, box: QRectF) -> None:
    look, now = brush.look, row.state == "now"
    ground = "water-soft" if now else "surface"
    if now:
        out = look.px(1.5)
        brush.fill(box.adjusted(-out, 1, out, -1), ground, radius=CORNER_PX["chip"])
    mark = min(look.px(MARK_MM), box.height() * 0.7)
    brush.state(row.state, QRectF(box.x(), box.center().y() - mark / 2, mark, mark))
    x = box.x() + mark + look.px(2.5)
    words = QRectF(x, box.y(), box.right() - x, box.height())
    style = replace(_style(row), cap_mm=cap_mm)
    ink = "ink-2" if row.state == "todo" else "ink"
    if not row.inside:
        brush.text(row.name, words, style, ink, on=ground, at=(LEFT, MIDDLE))
        return
    upper = QRectF(words.x(), words.y() + words.height() * 0.04, words.width(), words.height() * UPPER)
    brush.text(row.name, upper, style, ink, on=ground, at=(LEFT, MIDDLE))
    lower = QRectF(words.x(), upper.bottom(), words.width(), words.height() * LOWER)
    brush.text(row.inside, lower, CAPTION_MONO if row.mono else CAPTION, "ink-2", on=ground, at=(LEFT, MIDDLE))
