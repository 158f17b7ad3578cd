"""Bad news that came late: what it was, how far it reached, and how long it took until all of that was held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from common.definitions.naming import Name
from common.ids import Claim, kind_of
from common.ledger import reads
from common.ledger.project import thing_ids
from common.ledger.store import Connection
from common.rows import Movement
from hub.db import access, consequences
from hub.db import reads as hub_reads
from hub.db.consequences import Containment
from hub.db.reads import Age
from hub.trace.names import Names
from hub.trace.seen import Seen, seen

MOST = 200


class Left(Struct, frozen=True):
    """A held thing that has left the factory: when (the station's wall clock, ms), for whom, with which document."""

    claim: Claim
    to: Name | str
    document: str
    at: int


class ContainedLine(Struct, frozen=True):
    """One piece of bad news. `at`: when it was written; `known_ms`, `done_ms`: when this hub had it, and held it all.

    `minutes` from `at` to `done_ms`. `held`: how many things of each kind it holds downstream now; `left`: those that
    were shipped and did not come back.
    """

    rule: str
    text: Name | str
    tag: str
    thing: Claim
    material: Name | None
    at: int
    known_ms: int
    done_ms: int | None
    minutes: int | None
    held: dict[str, int]
    left: tuple[Left, ...]


class ContainedPage(Struct, frozen=True):
    """The answer to "how quickly did we hold what was affected?", the newest first, MOST at most."""

    lines: tuple[ContainedLine, ...]
    seen: Seen


def contained_page(conn: Connection, age: Age, now_ms: int) -> ContainedPage:
    """Every containment of this hub."""
    names = Names(conn, reads.definitions(conn))
    lines = tuple(_line(conn, one, names) for one in consequences.containments(conn, MOST))
    return ContainedPage(lines, seen(conn, age, now_ms))


def _line(conn: Connection, one: Containment, names: Names) -> ContainedLine:
    thing, held = one.cause.thing, consequences.held_by(conn, one.cause)
    material = hub_reads.standings(conn, thing_ids(conn, [thing]).values())
    claims = access.claims_of(conn, held)
    return ContainedLine(
        rule=one.cause.rule,
        text=_text(one, names),
        tag=one.cause.tag,
        thing=thing,
        material=names.thing(thing, next((known for _, known in material.values()), None)),
        at=one.at,
        known_ms=one.known_ms,
        done_ms=one.done_ms,
        minutes=one.minutes,
        held=dict(sorted(Counter(kind_of(claim) for claim in claims.values()).items())),
        left=_left(conn, claims, names),
    )


def _text(one: Containment, names: Names) -> Name | str:
    """The reason a person gave; of a scrap its reason's name, of a result its operation's."""
    read = {"scrap": names.reason, "fail": names.operation, "contested": names.operation}.get(one.cause.rule, str)
    return read(one.cause.text)


def _left(conn: Connection, things: dict[int, Claim], names: Names) -> tuple[Left, ...]:
    """The last word on each thing's whereabouts, where that is that it was shipped; by the wall clocks, for people."""
    found = []
    for tid, claim in things.items():
        if kind_of(claim) == "unit":
            continue  # units leave in containers
        past = reads.history_of(conn, tid, claim).events
        moves = [(p.at, row) for p in past for row in p.rows if isinstance(row, Movement)]
        found += _gone(claim, sorted((m for m in moves if m[1].thing == claim), key=lambda move: move[0]), names)
    return tuple(sorted(found, key=lambda left: left.claim))


def _gone(claim: Claim, moves: Sequence[tuple[int, Movement]], names: Names) -> list[Left]:
    if not moves or moves[-1][1].kind != "ship":
        return []
    at, move = moves[-1]
    return [Left(claim, names.partner(move.partner), move.document, at)]
