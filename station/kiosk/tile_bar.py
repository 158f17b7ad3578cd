"""The row of tiles at the bottom of every screen: call lower left, NG beside it, what goes on lower right.

A tile's place follows from its code, so that no button wanders; what finds no room stands behind "more".
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.definitions.naming import Name
from common.qt.button import EDGE_MM, GAP_MM, HEIGHT_MM, Buttons
from common.qt.painted import Brush, Painted
from common.qt.theme import Look
from station.shown.work_screen import Tile

CALL, NG, MORE = "tap.call", "tap.ng", "tap.more"
# What goes on with the work, the most wanted first: the first that is offered stands at the lower right.
PRIMARY = ("confirm", "next", "sign", "photo", "measure", "partner")
BESIDE = ("old_unread", "done_here", "close", "cleaned", "photo_again", "override", "trace", "undo", "leave", "cancel")
ONWARD = (*PRIMARY, *BESIDE, "back", "sign_out")
# The screens beside the work: what opens one is sent nowhere, the window knows it by its code.
ROOM, LANGUAGE = "room.", "tap.language"
ROOMS = tuple(Tile("", f"{ROOM}{kind}") for kind in ("typing", "trace", "shift", "outbox", "devices", "maintenance"))
OTHER_LANGUAGE = Name("English", "中文")  # as those call it who want it
ROOMS += (Tile("", LANGUAGE, {"name": OTHER_LANGUAGE}),)
SLOT_MM, WIDEST_MM = 30.0, 52.0
FEWEST, MOST = 4, 7  # places in the row


class TileBar(Painted):
    """Gives each tile its place. `chosen` says which was tapped."""

    chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._tiles: tuple[Tile, ...] = ()
        self._extra: tuple[Tile, ...] = ()
        self._language = look.language
        self._buttons = Buttons(look, self)

    def show_tiles(self, tiles: tuple[Tile, ...], extra: tuple[Tile, ...] = ROOMS) -> None:
        """Offer these; `extra` always stand behind "more"."""
        if (tiles, extra, self.look.language) != (self._tiles, self._extra, self._language):
            self._tiles, self._extra, self._language = tiles, extra, self.look.language
            self._place()

    def draw(self, brush: Brush) -> None:
        """Only its ground: the tiles paint themselves."""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give every tile its place again."""
        self._place()

    def _place(self) -> None:
        self._buttons.clear()
        if self.width() < 2 or not (self._tiles or self._extra):
            return
        slots = self._slots()
        onward = sorted((t for t in self._tiles if _word(t) in ONWARD), key=lambda t: ONWARD.index(_word(t)))
        behind = [t for t in self._tiles if t.code not in (CALL, NG) and _word(t) not in ONWARD] + onward[
            len(slots) - 3 :
        ]
        more = (*behind, *self._extra)
        left = {t.code: t for t in self._tiles if t.code in (CALL, NG)}
        if more:
            left[MORE] = Tile("", MORE, more=more)
        for code, slot in zip((CALL, NG, MORE), slots, strict=False):
            if code in left:
                self._add(left[code], slot)
        for tile, slot in zip(onward, slots[3:], strict=False):
            self._add(tile, slot)

    def _slots(self) -> list[tuple[int, int]]:
        """(x, width) of the places: call, NG, more, then those of what goes on, from the right."""
        gap = self.look.px(GAP_MM)
        count = min(max((self.width() + gap) // (self.look.px(SLOT_MM) + gap), FEWEST), MOST)
        wide = min((self.width() - (count - 1) * gap) // count, self.look.px(WIDEST_MM))
        left = [n * (wide + gap) for n in range(3)]
        right = [self.width() - wide - n * (wide + gap) for n in range(count - 3)]
        return [(x, wide) for x in (*left, *right)]

    def _add(self, tile: Tile, slot: tuple[int, int]) -> None:
        kind = "ng" if tile.code == NG else "primary" if _word(tile) in PRIMARY else "plain"
        x, wide = slot
        box = QRect(x, 0, wide, self.look.px(HEIGHT_MM))
        self._buttons.put(self.look.say(tile.code, tile.params), box, partial(self.chosen.emit, tile), kind)


def _word(tile: Tile) -> str:
    return tile.code.removeprefix("tap.")


def edge(look: Look) -> int:
    """How far from the edge of the screen anything keeps, in pixels."""
    return look.px(EDGE_MM)


def foot(look: Look, wide: int, high: int) -> tuple[int, int, int, int]:
    """Where the tiles of a screen of this size stand: x, y, width, height."""
    side, tall = edge(look), look.px(HEIGHT_MM)
    return side, high - side - tall, wide - 2 * side, tall
