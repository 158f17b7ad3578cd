"""The hub's clock: jobs that the writer does every so often, in its own thread. Reads no clock: time is passed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from common.ledger.store import Connection
from hub.db import accounts


class TimedJob(Struct, frozen=True):
    """`work(conn, now_ms)`, with the wall clock, when the hub starts and every `every_s` seconds after."""

    every_s: float
    work: Callable[[Connection, int], None]


def forget_expired(conn: Connection, now_ms: int) -> None:
    """Delete the browsers and the links whose time is over."""
    accounts.forget_expired(conn, now_ms // 1000)


JOBS = (TimedJob(60.0, forget_expired),)


class Agenda:
    """Jobs and when each is due. `now_s` is a monotonic clock."""

    def __init__(self, now_s: float, jobs: Iterable[TimedJob] = JOBS) -> None:
        self._due = dict.fromkeys(jobs, now_s)

    def wait_s(self, now_s: float) -> float:
        """Seconds until the next job is due; 0 if one is."""
        return max(min(self._due.values()) - now_s, 0.0)

    def take_due(self, now_s: float) -> list[TimedJob]:
        """The jobs that are due, each due again `every_s` from now; what was slept through is not made up for."""
        found = [job for job, at in self._due.items() if at <= now_s]
        self._due |= {job: now_s + job.every_s for job in found}
        return found
