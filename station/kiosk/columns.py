"""What stands left and right of the instruction: the thing in hand with its parts; the steps and the shift so far."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QRectF

from common.qt.lettering import alike, letter
from common.qt.painted import LEFT, MIDDLE, RIGHT, TOP, Brush
from common.qt.theme import CAPTION, CAPTION_MONO, IDENTITY, NUMBER, STEP, STEP_NOW, Look, Style
from common.text import listed
from common.theme import CORNER_PX
from station.kiosk.screen import label
from station.shown.work_screen import Plan, Scene

ROW_MM, STEP_MM, COUNT_MM = 13.0, 10.5, 9.0
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


def draw_thing(brush: Brush, scene: Scene, box: QRectF) -> None:
    """The thing in hand and its parts; or that nothing is in hand."""
    look = brush.look
    caption = "kiosk.in_hand" if scene.thing else "kiosk.nothing"
    at = QRectF(box.x(), box.y(), box.width(), look.px(4.5))
    brush.text(look.say(caption), at, CAPTION, "ink-2")
    if scene.thing is None:
        return
    at = brush.text(identity(look, scene), QRectF(box.x(), at.bottom(), box.width(), look.px(12)), IDENTITY)
    about = [look.name(scene.material)] if scene.material else []
    about += [look.say("kiosk.attempt", {"n": scene.attempt})] if scene.attempt > 1 else []
    below = QRectF(box.x(), at.bottom(), box.width(), look.px(9) if about else 0)
    used = brush.text(" · ".join(about), below, CAPTION, "ink-2")
    top = used.bottom() + look.px(2.5)
    rows = [
        ListRow(
            part.state,
            look.name(part.name),
            listed(look.language, map(label, part.inside)) or _awaits(look, part.state),
            bool(part.inside),
        )
        for part in scene.parts
    ]
    _rows(brush, rows, QRectF(box.x(), top, box.width(), box.bottom() - top), ROW_MM)


def draw_steps(brush: Brush, scene: Scene, box: QRectF) -> None:
    """Every step of the operation, the one now on water."""
    _rows(brush, [ListRow(one.state, brush.look.name(one.name)) for one in scene.steps], box, STEP_MM, lined=False)


def shift_top(look: Look, scene: Scene, box: QRectF) -> float:
    """The upper edge of the counts at the foot of a box."""
    return box.bottom() - look.px(COUNT_MM) * len(_figures(look, scene)) - look.px(2)


def draw_shift(brush: Brush, scene: Scene, box: QRectF) -> None:
    """How far the order is, and this shift's counts, at the foot of the box."""
    found, high = _figures(brush.look, scene), brush.look.px(COUNT_MM)
    top = box.bottom() - high * len(found)
    brush.rule(box.x(), top - brush.look.px(1), box.width())
    for n, (name, value) in enumerate(found):
        row = QRectF(box.x(), top + n * high, box.width(), high)
        number = brush.text(value, row, NUMBER, at=(RIGHT, MIDDLE))
        left = QRectF(row.x(), row.y(), row.width() - number.width() - brush.look.px(2), high)
        brush.text(name, left, CAPTION, "ink-2", at=(LEFT, MIDDLE))


def _figures(look: Look, scene: Scene) -> list[tuple[str, str]]:
    return [*_plan(look, scene.plan), *_counts(look, scene)]


def _plan(look: Look, plan: Plan | None) -> list[tuple[str, str]]:
    """So many of so many; nothing where it is not known how many are wanted."""
    if plan is None or not plan.quantity:
        return []
    name = look.say("kiosk.planned_due", {"due": plan.due}) if plan.due else look.say("kiosk.planned")
    return [(name, f"{plan.done} / {plan.quantity}")]


def _counts(look: Look, scene: Scene) -> list[tuple[str, str]]:
    """Passed, unless the target above says it, failed, and the cycle."""
    counts, target = scene.counts, scene.pace and scene.pace.target
    found = [] if target else [(look.say("kiosk.passed"), str(counts.passed))]
    found.append((look.say("kiosk.failed"), str(counts.failed)))
    if counts.cycle_s is not None:
        found.append((look.say("kiosk.cycle"), look.say("span.s", {"n": counts.cycle_s})))
    return found


def _awaits(look: Look, state: str) -> str:
    return look.say("kiosk.awaited") if state == "now" else ""


def _rows(brush: Brush, rows: Sequence[ListRow], box: QRectF, row_mm: float, *, lined: bool = True) -> None:
    """As many as can be read, around the one now; how many more there are stands below."""
    if not rows or box.height() < 1:
        return
    look = brush.look
    room = max(int(box.height() // look.px(row_mm * 0.72)), 1)
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
    """Whether a row's texts fit into it."""
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
    """The rows to show where only `room` fit, the one now among them, and how many are left out."""
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
