"""What goes wrong in a run, as a list that can be printed, kept and shortened.

Drawn from the seed before anything runs: so a run without one of its faults is still the same run otherwise.
"""

from __future__ import annotations

from random import Random

from msgspec import Struct

from tests.faults.timeline import dice

PLACES = ("st-10", "st-20", "st-30")
YEAR_MS = 365 * 86_400_000


class Fault(Struct, frozen=True):
    """`kind` happens to `node` at `at_ms`; what `much` and `how` mean stands beside the kind."""

    at_ms: int
    kind: str
    node: str
    much: int = 0
    how: str = ""

    def __str__(self) -> str:
        return f"{self.at_ms / 1000:8.3f} s  {self.kind:<14}{self.node:<7}{self.much or '':<14}{self.how}"


class Plan(Struct, frozen=True):
    """One run: people work for `work_ms`, with these faults; then everything is mended."""

    seed: int
    work_ms: int
    faults: tuple[Fault, ...]

    def without(self, index: int) -> Plan:
        """The same run with one fault less."""
        return Plan(self.seed, self.work_ms, self.faults[:index] + self.faults[index + 1 :])


# kind → (of whom, how often at most in a run)
MESSAGES = {
    "request_lost": 6,  # much: how many requests of this station in a row
    "answer_lost": 6,  # the hub took it, the station never hears of it
    "twice": 5,  # the request comes again, much ms later
    "late": 5,  # the request comes much ms later, when the station has long given up
    "flip_up": 5,  # one bit of an upload
    "flip_down": 5,  # one bit of a batch that is pulled
}
NODES = {
    "partition": 3,  # much: ms
    "kill": 4,  # much: ms until it runs again; how: when in its life
    "kill_hub": 3,
    "clock": 4,  # much: ms by which a wall clock is set
}
COPIES = {
    "clone": 1,  # how: on the same computer, as far as it can tell, or on another
    "restore": 2,  # much: how old the image is; how: as of clone
}
# Not drawn yet: what the hub wrote itself since its backup forks its logs, and it has no new epoch so far.
RESTORE_HUB = "restore_hub"  # much: how old the backup is, ms
# Never drawn: a disk that quietly loses what it had, which breaks a promise; so that the checks can be seen to see it.
AMNESIA = "amnesia"  # much: how many ms
MOMENTS = ("idle", "before", "after")  # the next COMMIT


def drawn(seed: int, work_ms: int = 40_000, *, copies: bool = True) -> Plan:
    """The plan of a seed: some kinds of faults, each some times. `copies`: disks may be cloned and restored."""
    chance = dice(seed, "plan")
    faults: list[Fault] = []
    for kinds, odds in ((MESSAGES, 0.5), (NODES, 0.5), (COPIES, 0.4 if copies else 0.0)):
        for kind, most in kinds.items():
            if chance.random() < odds:
                faults += [_fault(kind, chance, work_ms) for _ in range(chance.randint(1, most))]
    return Plan(seed, work_ms, tuple(sorted(faults, key=lambda fault: fault.at_ms)))


def _fault(kind: str, chance: Random, work_ms: int) -> Fault:
    at_ms, node = chance.randrange(1_000, work_ms), chance.choice(PLACES)
    much, how = 0, ""
    if kind in ("request_lost", "answer_lost", "flip_up", "flip_down"):
        much = chance.randint(1, 4)
    elif kind in ("twice", "late"):
        much = chance.choice((50, 900, 7_000, 20_000))
    elif kind == "partition":
        much = chance.randint(500, 15_000)
    elif kind in ("kill", "kill_hub"):
        much, how = chance.randint(50, 6_000), chance.choice(MOMENTS)
        node = "hub" if kind == "kill_hub" else node
    elif kind == "clock":
        node = chance.choice((*PLACES, "hub"))
        much = chance.choice((-60 * YEAR_MS, -3 * YEAR_MS, -3_600_000, -45_000, 45_000, 3_600_000, 9 * YEAR_MS))
    elif kind == "restore":
        much, how = chance.randint(1_000, 20_000), chance.choice(("same host", "other host"))
    elif kind == "clone":
        how = chance.choice(("same host", "other host"))
    return Fault(at_ms, kind, node, much, how)
