"""What goes wrong in a scripted shift, drawn from the seed before it begins, so that a seed is the same shift again."""

from __future__ import annotations

from random import Random

from msgspec import Struct

LONGEST_KILL_MS = 350  # a scan is on the screen after some ms, the machine takes a tenth of a second
DISK_UNITS = 6  # how long a place works on a small disk, at most
KILLED = ("st-10", "st-20")  # ST-30 lives through the whole shift: its memory is measured
PLACES = ("st-10", "st-20", "st-30")


class Incident(Struct, frozen=True):
    """`kind` happens at `place` while it works on the `unit`-th unit, as it does `step`; `ms`: how long, or how late.

    kill: the station. scanner, machine, network: that cable is out. hub: SIGKILL for the hub, back after so long.
    disk: the station's disk is small and full. wrong, twice: the worker scans a wrong part, or scans twice.
    """

    unit: int
    place: str
    kind: str
    step: int
    ms: int

    def __str__(self) -> str:
        return f"unit {self.unit:>4}  {self.place}  {self.kind:<8} step {self.step}  {self.ms} ms"


def drawn(seed: int, units: int, kills: int, *, disk: bool) -> list[Incident]:
    """The incidents of a seed, so many SIGKILLs among them. `disk`: one of them is a full disk."""
    chance = Random(seed)
    full = max(units // 2, 2)
    found = [Incident(full, "st-10", "disk", 0, 0)] if disk else []
    taken = {("st-10", full + n, step) for n in range(-1, DISK_UNITS + 2) for step in range(4)} if disk else set()
    while sum(one.kind == "kill" for one in found) < kills:
        place, unit, step = at = chance.choice(KILLED), chance.randint(2, units), chance.randrange(4)
        if at not in taken:
            taken.add(at)
            found.append(Incident(unit, place, "kill", step, chance.randrange(LONGEST_KILL_MS)))
    for kind, share, longest_ms in (
        ("scanner", 0.03, 1_500),
        ("machine", 0.02, 1_500),
        ("network", 0.02, 6_000),
        ("hub", 0.01, 2_500),
        ("wrong", 0.05, 0),
        ("twice", 0.05, 0),
    ):
        for _ in range(max(round(units * share), 1)):
            at = chance.randint(2, units), chance.choice(PLACES)
            found.append(Incident(*at, kind, chance.randrange(4), chance.randint(longest_ms // 3, longest_ms)))
    return sorted(found, key=lambda one: (one.unit, one.place, one.step, one.kind))
