"""Checks PINs at the workplace; from the fifth wrong try on, each costs a longer wait.

The count is on disk; after a restart its wait starts again, since no trustworthy clock survives a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from common import pins
from common.ledger.store import Store
from station.cell.own_log import Files
from station.store import access

FREE_TRIES = 5
FIRST_WAIT_MS, LONGEST_WAIT_MS = 30_000, 3_600_000


class PinCheck(Struct, frozen=True):
    """The result of a try. `kind`: done; wrong; locked, for `wait_ms`; none: the person has no PIN here."""

    kind: Literal["done", "wrong", "locked", "none"]
    wait_ms: int = 0

    @property
    def why(self) -> tuple[str, dict[str, object]]:
        """The error code and details of a failed try."""
        return ("pin.locked", {"wait_s": -(-self.wait_ms // 1000)}) if self.wait_ms else ("pin.refused", {})


def wait_ms(count: int) -> int:
    """Return the wait in ms after so many wrong tries in a row."""
    return min(FIRST_WAIT_MS << (count - FREE_TRIES), LONGEST_WAIT_MS) if count >= FREE_TRIES else 0


class Pins:
    """The PINs of the people who work here. `mono_ms`: the station's clock."""

    def __init__(self, store: Store, files: Files, mono_ms: Callable[[], int]) -> None:
        self._store = store
        self._files = files
        self._mono_ms = mono_ms
        self._not_before: dict[str, int] = {}

    def keep(self, verifiers: Sequence[tuple[str, str]]) -> None:
        """Replace the PINs by these (person, verifier) if they differ."""
        with self._store.reading() as conn:
            same = access.pins(conn) == tuple(sorted(verifiers))
        if not same:
            with self._store.writing() as conn:
                access.save_pins(conn, verifiers)

    def check(self, person: str, pin: str) -> PinCheck:
        """Check a PIN. StoreUnavailable: if a wrong try could not be counted, it is not checked."""
        with self._store.reading() as conn:
            kept, count = access.pin(conn, person), access.wrong_pins(conn, person)
        pepper = self._files.pepper()
        if kept is None or pepper is None:
            return PinCheck("none")
        now_ms = self._mono_ms()
        until_ms = self._not_before.setdefault(person, now_ms + wait_ms(count))
        if until_ms > now_ms:
            return PinCheck("locked", until_ms - now_ms)
        self._count(person, count + 1)  # counted before the check, so that a power cut gives no free try
        if not pins.matches(pepper, pin, kept):
            self._not_before[person] = now_ms + wait_ms(count + 1)
            return PinCheck("wrong", wait_ms(count + 1))
        self._count(person, 0)
        self._not_before.pop(person, None)
        return PinCheck("done")

    def _count(self, person: str, count: int) -> None:
        with self._store.writing() as conn:
            access.save_wrong_pins(conn, person, count)
