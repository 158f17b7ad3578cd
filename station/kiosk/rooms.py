"""The side screens: the one that is open, and the answers that it is told.

What is open hears the work cell's answers; a result of work closes it, for a scan always goes to work.
"""

from __future__ import annotations

from collections.abc import Callable

from station import messages as m
from station.kiosk.devices import DevicesRoom
from station.kiosk.history import HistoryRoom
from station.kiosk.maintenance import MaintenanceRoom
from station.kiosk.notes import NotesRoom
from station.kiosk.outbox import OutboxRoom
from station.kiosk.picture_room import PictureRoom
from station.kiosk.room import Room
from station.kiosk.tile_bar import ROOM
from station.kiosk.trace import TraceRoom
from station.kiosk.typing import TypingRoom
from station.shown.side_screens import Settings, SideScreen
from station.shown.work_screen import Tile

KINDS: dict[str, type[Room]] = {
    room.kind: room
    for room in (TypingRoom, TraceRoom, HistoryRoom, NotesRoom, OutboxRoom, DevicesRoom, MaintenanceRoom, PictureRoom)
}
# What may be said without the room's being left: who wants in says who they are; a note was taken.
STAYS = ("done.signed_in", "pin.", "done.note", "shift_note.")


class Rooms:
    """`make` gives the one screen of a kind; `hear` takes messages for the work cell."""

    def __init__(self, make: Callable[[type[Room]], Room], hear: Callable[[m.Message], None]) -> None:
        self._make = make
        self._hear = hear
        self._settings = Settings()
        self.current: Room | None = None

    def open(self, tile: Tile, wall_ms: int) -> bool:
        """Open the room that a tile names, to wait for its answer; False if it names none."""
        kind = KINDS.get(tile.code.removeprefix(ROOM)) if tile.code.startswith(ROOM) else None
        if kind is None:
            return False
        self.current = self._make(kind)
        self.current.open(wall_ms)
        at = tile.params.get("at")
        if isinstance(self.current, PictureRoom) and isinstance(at, int):
            self.current.turn_to(at)
        self.tell(self._settings)
        self._hear(m.LookAt(kind.kind))
        return True

    def close(self) -> None:
        """Back to the work."""
        if self.current is not None:
            self.current = None
            self._hear(m.LookAt(""))

    def worked(self, shown: m.Shown) -> None:
        """A result of work came: what is open gives way to it."""
        if not shown.code.startswith(STAYS):
            self.close()

    def went_on(self, before: m.Prompt | None) -> bool:
        """Something else is to be done than `before`: what is open gives way, unless it is what scans are for now, or
        somebody only said who they are. Whether it did."""
        if before is None or before.code == "prompt.sign_in" or (self.current is not None and self.current.looks()):
            return False
        self.close()
        return True

    def tell(self, answer: SideScreen) -> None:
        """Hand an answer to the room that is open; what is set also to the one that shows it."""
        if isinstance(answer, Settings):
            self._settings = answer
        if self.current is not None:
            self.current.tell(answer)
