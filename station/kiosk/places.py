"""The table of places: every button of the foot has one place on all screens, and lends it to no other button.

    call · NG · undo · (beside) … · more or back · confirm

Upright, the row is too short: undo and what is beside move into a row above it. Where a pad is on the screen, its own
key confirms, and the row ends with "more".
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from PySide6.QtCore import QRect

from common.qt.button import EDGE_MM, GAP_MM, HEIGHT_MM
from common.qt.pads import BROAD, Pad, confirm_box, is_broad
from common.qt.theme import Look

SLOT_MM, WIDEST_MM = 30.0, 52.0
FEWEST, MOST = 4, 7  # buttons in a row
ONE_ROW = 6  # buttons that a row must have room for, or there are two rows
APART_MM = 34.0  # undo keeps so far from confirm


PadPlace = Literal["", "beside", "above"]


class Places(Struct, frozen=True):
    """Boxes in the foot's own pixels. `beside`: the first is the nearest to confirm. None: there is no room for it.

    `more` is the place of "back", too: what a tap opened there is closed there.
    """

    call: QRect
    ng: QRect
    more: QRect
    undo: QRect | None = None
    confirm: QRect | None = None
    beside: tuple[QRect, ...] = ()


def places(look: Look, wide: int, rows: int = 1, pad: PadPlace = "") -> Places:
    """The places of a foot of this width. `pad`: where a pad is, in whose last row is the key that confirms."""
    if pad == "above":
        wide = (wide * BROAD + look.px(GAP_MM)) // (BROAD - 1)  # with the column of the pad's own confirm
    columns = _columns(look, wide, FEWEST)
    if rows > 1:
        above, below = ([_box(look, wide, columns, n, row) for n in range(columns)] for row in (0, 1))
        return Places(below[0], below[1], below[-2], above[0], below[-1], tuple(reversed(above[1:])))
    row = [_box(look, wide, columns, n) for n in range(columns)]
    if pad == "above":
        return Places(row[0], row[1], row[-2], None, None, tuple(reversed(row[2:-2])))
    if pad:
        return Places(row[0], row[1], row[-1], row[2], None, tuple(reversed(row[3:-1])))
    if row[-1].x() - row[2].right() >= look.px(APART_MM) and columns > FEWEST:
        return Places(row[0], row[1], row[-2], row[2], row[-1], tuple(reversed(row[3:-2])))
    return Places(row[0], row[1], row[-2], None, row[-1], tuple(reversed(row[2:-2])))


def rows_of(look: Look, wide: int, high: int) -> int:
    """The number of rows in the foot of a whole screen of this size."""
    return 2 if high > wide and _columns(look, wide - 2 * edge(look), 1) < ONE_ROW else 1


def foot(look: Look, wide: int, high: int, rows: int = 1) -> tuple[int, int, int, int]:
    """The foot of a screen of this size: x, y, width, height."""
    side, tall = edge(look), rows * look.px(HEIGHT_MM) + (rows - 1) * look.px(GAP_MM)
    return side, high - side - tall, wide - 2 * side, tall


def upright_pad(look: Look, wide: int, high: int, pad: type[Pad]) -> tuple[QRect, int]:
    """The box of a pad on an upright screen, and the width that it leaves for the foot: confirm, in the last row of a
    broad pad, is at the lower right of the screen."""
    side, gap, tall = edge(look), look.px(GAP_MM), look.px(pad.least_mm()[1])
    box = QRect(side, high - side - tall, wide - 2 * side, tall)
    if is_broad(look, box.size()):
        return box, confirm_box(look, box.width(), high).x() - gap
    return box.translated(0, -look.px(HEIGHT_MM) - gap), box.width()


def low(look: Look, wide: int, high: int) -> Places:
    """The places of a foot of one row, in the pixels of its screen: of a screen on which nothing is undone."""
    x, y, across, _ = foot(look, wide, high)
    found = places(look, across)
    moved = {name: getattr(found, name) for name in ("call", "ng", "more", "confirm")}
    return Places(
        **{name: box and box.translated(x, y) for name, box in moved.items()},
        beside=tuple(box.translated(x, y) for box in found.beside),
    )


def edge(look: Look) -> int:
    """The distance that everything keeps from the edge of the screen, in pixels."""
    return look.px(EDGE_MM)


def _columns(look: Look, wide: int, least: int) -> int:
    gap = look.px(GAP_MM)
    return min(max((wide + gap) // (look.px(SLOT_MM) + gap), least), MOST)


def _box(look: Look, wide: int, columns: int, n: int, row: int = 0) -> QRect:
    """The n-th of a row; where there is more room than buttons need, the last three keep to the right."""
    gap, high = look.px(GAP_MM), look.px(HEIGHT_MM)
    pitch = min((wide + gap) / columns, look.px(WIDEST_MM) + gap)
    x = round(n * pitch) if n < 3 else wide + gap - round((columns - n) * pitch)
    return QRect(x, row * (high + gap), int(pitch) - gap, high)
