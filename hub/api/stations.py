"""Tickets, confirmations, revocations and the list of stations, as the API takes and gives them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from common.definitions.naming import Id
from common.wire_types import Millis
from hub.api.decisions import ReasonText


class TicketFor(Struct, frozen=True):
    """Ask for a ticket: a station to be enrolled, and how long the ticket is good."""

    station: Id
    line: Id
    valid_s: Annotated[int, Meta(ge=1, le=30 * 86_400)] = 3600


class TicketText(Struct, frozen=True):
    """A ticket for a station, as its QR code has it; good once, until `expires_s` (Unix time)."""

    ticket: str
    expires_s: int


class SixWords(Struct, frozen=True):
    """Six words that the station's screen shows."""

    words: str


class Confirmed(Struct, frozen=True):
    """A station that is trusted from now on."""

    station: str


class Revoking(Struct, frozen=True):
    """Revoke a station. `at`: the first entry of its newest log that no longer counts; None: all that came do."""

    reason: ReasonText
    at: Millis | None = None


class RevokedLog(Struct, frozen=True):
    """A log that is trusted below index `at` only."""

    log: str
    at: int


class StationRow(Struct, frozen=True):
    """A log of a workplace as the hub sees it. `state`: trusted, revoked, waiting (for the six words) or replaced.

    `age_ms`: time since its author last confirmed that the hub has all of it; None: not since the hub started.
    `seen_at`: when that was, wall clock, ms.
    """

    station: str
    line: str
    log: str
    state: str
    received: int
    projected: int
    age_ms: int | None
    seen_at: int | None
    suspect: bool
    words: str = ""


class Listed(StationRow, frozen=True):
    """A station's log; `behind`: how many entries it lacked at its last pull."""

    behind: int | None = None
