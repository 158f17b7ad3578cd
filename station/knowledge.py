"""What this station knows, as of one transaction: the view that a turn looks at."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from common.definitions import Definitions
from common.ids import Claim
from common.judge import Source, Standing
from common.ledger import logs, upstream
from common.ledger.store import Connection


class Known(Struct, frozen=True):
    """What the work cell keeps in memory: definitions, badge → (person, name), and how fresh other logs are.

    `ages`: log → (size, monotonic ms) at which its author had last confirmed that head.
    """

    definitions: Definitions
    people: Mapping[str, tuple[str, str]]
    ages: Mapping[str, tuple[int, int]] = {}


class Knowledge:
    """A `View` on the store. `now_ms` is monotonic; `token` is random, for a permit."""

    def __init__(
        self, conn: Connection, place: str, known: Known, now_ms: int, token: int, *, may_ask: bool = False
    ) -> None:
        self.place = place
        self.definitions = known.definitions
        self.people = known.people
        self.now_ms = now_ms
        self.token = token
        self.may_ask = may_ask
        self._conn = conn
        self._ages = known.ages

    def standing(self, claim: Claim) -> Standing:
        """The standing of a thing, as far as it is known here."""
        return upstream.standing(self._conn, claim, self.definitions)

    def evidence(self) -> Mapping[str, tuple[Source, ...]]:
        """Per workplace, the logs of its stations and how long ago their authors confirmed the heads we have."""
        known = logs.all_logs(self._conn)
        found: dict[str, list[Source]] = {}
        for log in known:
            if log.role == "station" and log.trusted_to is None:
                found.setdefault(log.author, []).append(Source(log.log, self._age_ms(log, known)))
        return {place: tuple(sources) for place, sources in found.items()}

    def _age_ms(self, log: logs.Log, known: list[logs.Log]) -> int | None:
        """0 for an own log, and for one whose end we have because another log follows it."""
        size = logs.trunk(self._conn, log.lid).size
        if log.own or any(other.follows == log.log and (other.follows_size or 0) <= size for other in known):
            return 0
        confirmed, mono_ms = self._ages.get(log.log, (0, 0))
        return self.now_ms - mono_ms if log.log in self._ages and size >= confirmed else None
