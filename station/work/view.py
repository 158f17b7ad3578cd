"""The view of a turn: this station's own knowledge as of one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from msgspec import Struct

from common.calls import OpenCall
from common.definitions import Definitions
from common.definitions.picture import GuidePicture
from common.ids import Claim
from common.judge import History, Source, Standing
from common.serials import Block
from common.shift_notes import WrittenNote
from station.config import Printer
from station.devices.plc_block import AnswerArea


class Labels(Struct, frozen=True):
    """The printers of this workplace. `waiting`: things whose label will still be printed. `unsure`: those of which
    nobody knows whether it was, in the order in which they were queued, and the id of that label.
    """

    printers: tuple[Printer, ...] = ()
    waiting: frozenset[Claim] = frozenset()
    unsure: Mapping[Claim, str] = {}

    def printer(self, label: str) -> Printer | None:
        """The printer that names this label, else the first that names none."""
        named = [printer for printer in self.printers if label in printer.labels]
        return next(iter(named + [printer for printer in self.printers if not printer.labels]), None)


class View(Protocol):
    """This station's own knowledge as of one transaction, for a turn to look at.

    `may_ask`: the hub is in reach and was not asked for this input yet; a turn may want the newest evidence first.
    `here`: the workplace as a thing. `people`: badge → (person, name); `with_pin`: the persons whose PIN is known here.
    `today`: the day by the hub's last signed time, and if there was none since this computer started, `sure` is False
    and it is what its own clock claims. `now_ms`: monotonic, of this `boot`.
    """

    place: str
    here: Claim
    today: date
    sure: bool
    definitions: Definitions
    people: Mapping[str, tuple[str, str]]
    with_pin: frozenset[str]
    now_ms: int
    boot: str
    token: int
    may_ask: bool

    labels: Labels

    def standing(self, claim: Claim) -> Standing:
        """The standing of a thing, as far as it is known here."""

    def history(self, claim: Claim) -> History:
        """The records of a thing that are known here."""

    def calls(self) -> tuple[OpenCall, ...]:
        """The open calls of this workplace."""

    def shift_notes(self) -> tuple[WrittenNote, ...]:
        """The last notes of this workplace, the newest first."""

    def notes_read(self, person: str) -> int:
        """The order of arrival up to which a person has looked at the notes of this workplace."""

    def blocks(self) -> tuple[Block, ...]:
        """The blocks of serial numbers that the log written here may issue from."""

    def picture(self, shown: GuidePicture) -> tuple[str, bytes] | None:
        """(media type, bytes) of what an instruction shows, as a screen can draw it."""

    def photo(self, name: str) -> bytes:
        """A photo that events call so, small enough for a page; b"" if it cannot be shown."""

    def shows(self) -> Mapping[str, AnswerArea]:
        """The present values of each machine that can be reached; no results."""

    def evidence(self) -> Mapping[str, tuple[Source, ...]]:
        """Per workplace, the logs that may hold evidence and how old they are here."""
