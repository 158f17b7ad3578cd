"""Time in the sentences beside the work: the wait after wrong PINs counts down, and news that is over goes away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from station.messages import Shown, Status

LOCKED = "pin.locked"
UNSENT = "done.called_kept"
OF_THE_LINK = ("hello.", "hub.")  # said while the hub refuses this station


class PinWaits:
    """The people who may not try a PIN yet. `mono_ms`: the window's clock."""

    def __init__(self, mono_ms: Callable[[], int]) -> None:
        self._mono_ms = mono_ms
        self._tried = ""
        self._until_ms: dict[str, int] = {}

    def tries(self, person: str) -> None:
        """A PIN of this person was entered; the answer follows."""
        self._tried = person

    def heard(self, shown: Shown) -> None:
        """The answer to the PIN: this person has to wait."""
        if shown.code == LOCKED and isinstance(wait_s := shown.params.get("wait_s"), int):
            self._until_ms[self._tried] = self._mono_ms() + wait_s * 1000

    def people(self) -> dict[str, int]:
        """Each person who has to wait, with the seconds that are left."""
        now_ms = self._mono_ms()
        self._until_ms = {person: until for person, until in self._until_ms.items() if until > now_ms}
        return {person: -(-(until - now_ms) // 1000) for person, until in self._until_ms.items()}

    def left(self, notices: Sequence[Shown]) -> tuple[Shown, ...]:
        """The sentences with the seconds that are left now; without the one whose wait is over."""
        wait_s = self.people().get(self._tried, 0)
        found = []
        for one in notices:
            if one.code != LOCKED or one.params.get("wait_s") == wait_s:
                found.append(one)
            elif wait_s:
                found.append(replace(one, params={**one.params, "wait_s": wait_s}))
        return tuple(found)


def outdated(shown: Shown, status: Status) -> bool:
    """A sentence that is over: the hub that refused this station is online, or the call that waited is at the hub."""
    if shown.code == UNSENT:
        return shown.event not in status.calls_unsent
    return status.online and shown.code.startswith(OF_THE_LINK)
