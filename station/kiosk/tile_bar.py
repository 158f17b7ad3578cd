"""The foot of the screens of work. The place of a tile follows from its code (`station/kiosk/places.py`).

What finds no place there is behind "more".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from common.definitions.naming import Name
from common.qt.button import HEIGHT_MM, Buttons, ButtonSpec
from common.qt.painted import CENTRE, MIDDLE, Brush, Painted
from common.qt.theme import STEP, Look
from common.theme import CORNER_PX
from station.kiosk.places import PadPlace, Places, edge, foot, places
from station.shown.work_screen import Tile

__all__ = ["BACK", "CALL", "CANCEL", "LANGUAGE", "NG", "ROOM", "ROOMS", "TYPING", "UNDO", "TileBar", "edge", "foot"]
CALL, NG, UNDO, MORE, BACK, CANCEL = "tap.call", "tap.ng", "tap.undo", "tap.more", "tap.back", "tap.cancel"
# The tiles that go on with the work, the most wanted first: the first that is offered takes the place of confirm.
PRIMARY = ("room.typing", "confirm", "next", "sign", "photo", "measure", "partner")
BESIDE = (
    "cancel",
    "new",
    "new_one",
    "old_unread",
    "done_here",
    "close",
    "cleaned",
    "photo_again",
    "override",
    "room.trace",
    "leave",
)
ONWARD = (*PRIMARY, *BESIDE, "sign_out", "people")
# The screens beside the work: what opens one is sent nowhere, the window knows it by its code.
ROOM, LANGUAGE = "room.", "tap.language"
TYPING = f"{ROOM}typing"
KINDS = ("typing", "trace", "shift", "notes", "outbox", "devices", "maintenance")
ROOMS = tuple(Tile("", f"{ROOM}{kind}") for kind in KINDS)
OTHER_LANGUAGE = Name("English", "中文")  # as those call it who want it
ROOMS += (Tile("", LANGUAGE, {"name": OTHER_LANGUAGE}),)


class TileBar(Painted):
    """Gives each tile its place. `chosen` says which was tapped. Those that go on with the work answer `of`."""

    chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._tiles: tuple[Tile, ...] = ()
        self._extra: tuple[Tile, ...] = ()
        self._first = ""
        self._pad: PadPlace = ""
        self._hint = ""
        self._buttons = Buttons(look, self)
        self._onward = Buttons(look, self, once=True)

    def show_tiles(
        self,
        tiles: Sequence[Tile],
        extra: tuple[Tile, ...] = ROOMS,
        *,
        first: str = "",
        pad: PadPlace = "",
        hint: str = "",
    ) -> None:
        """Offer these; `extra` are always behind "more". `first`: the code of the one that is wanted most, in place of
        those that go on with the work. `pad`: where a pad is, whose own key confirms. `hint`: what confirms where no
        button does."""
        self._tiles, self._extra = tuple(tiles), extra
        self._first, self._pad, self._hint = first, pad, hint
        self._place()

    def draw(self, brush: Brush) -> None:
        """The ground, and in the empty place of confirm what confirms."""
        at = self._places().confirm
        if not self._hint or at is None or self._confirming() is not None:
            return
        box, colour = QRectF(at).adjusted(1, 1, -1, -1), self.look.colour("ink-3")
        brush.painter.save()
        brush.painter.setPen(QPen(colour, self.look.px(0.3), Qt.PenStyle.DashLine))
        brush.painter.drawRoundedRect(box, CORNER_PX["card"], CORNER_PX["card"])
        brush.painter.restore()
        pad = self.look.px(2)
        inside = box.adjusted(pad, 0, -pad, 0)
        brush.text(self._hint, inside, STEP, "ink-2", on="ground", at=(CENTRE, MIDDLE))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give every tile its place again."""
        self._place()

    def _places(self) -> Places:
        return places(self.look, self.width(), 2 if self.height() > self.look.px(HEIGHT_MM) else 1, self._pad)

    def _confirming(self) -> Tile | None:
        """The tile in the place of confirm."""
        going = [tile for tile in self._tiles if _word(tile) in PRIMARY]
        return min(going, key=lambda tile: PRIMARY.index(_word(tile)), default=None)

    def _place(self) -> None:
        if self.width() < 2 or not (self._tiles or self._extra):
            self._buttons.clear()
            self._onward.clear()
            return
        at = self._places()
        back = at.ng if self._pad == "beside" else at.more  # beside a pad "more" is where others have undo
        own = {CALL: at.call, NG: at.ng, UNDO: at.undo, BACK: back, CANCEL: back}
        found = [(tile, own[tile.code]) for tile in self._tiles if own.get(tile.code) is not None]
        taken = {id(tile) for tile, _ in found}
        onward = [tile for tile in self._tiles if _word(tile) in ONWARD and id(tile) not in taken]
        onward.sort(key=lambda tile: ONWARD.index(_word(tile)))
        confirming = self._confirming() if at.confirm else None
        if confirming is not None and at.confirm is not None:
            onward.remove(confirming)
            found.append((confirming, at.confirm))
        found += zip(onward, at.beside, strict=False)
        taken = {id(tile) for tile, _ in found}
        behind = tuple(tile for tile in self._tiles if id(tile) not in taken)
        out = next((tile for tile in self._tiles if tile.code in (BACK, CANCEL)), None)
        if out is not None and out.code == CANCEL and behind:  # "more" needs its place
            beside = at.beside[len(onward) :]
            found = [(tile, beside[0] if tile is out and beside else box) for tile, box in found]
            out = None if beside else out
        extra = tuple(tile for tile in self._extra if tile not in self._tiles)
        if out is None and (behind or extra):
            found.append((Tile("", MORE, more=(*behind, *extra)), at.more))
        there = [(tile, self._button(tile, box)) for tile, box in found if box is not None]
        self._buttons.lay([one for tile, one in there if _word(tile) not in ONWARD])
        self._onward.lay([one for tile, one in there if _word(tile) in ONWARD])
        self.update()

    def _button(self, tile: Tile, box: QRect) -> ButtonSpec:
        kind = "primary" if tile.code == self._first or (not self._first and _word(tile) in PRIMARY) else "plain"
        kind = "ng" if tile.code == NG else kind
        below = self.look.say("kiosk.undo_what", tile.params) if tile.code == UNDO else ""
        act = partial(self.chosen.emit, tile)
        return ButtonSpec(self.look.say(tile.code, tile.params), box, act, kind, below=below)


def _word(tile: Tile) -> str:
    return tile.code.removeprefix("tap.")
