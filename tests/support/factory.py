"""What tests of events, judging and the ledger are made of: claims, stamped facts, signed logs, nodes with real stores.

Nothing here reads a clock or draws a number: a second passes with each event, nonces are counted, keys are seeds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from copy import copy
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from common import event_types as b
from common import events
from common.definitions import Definitions, Material, Operation, Route
from common.definitions.naming import Name
from common.events import Fact, Stamp
from common.ids import Claim, b64, event_id, log_id, tag, tag_event
from common.judge import ComponentEvidence, History, Past, Standing, TimeSpan, judge, part
from common.judge.history import readopted
from common.ledger import accept, append, logs, reads, trust
from common.ledger import tables as t
from common.ledger.accept import Verdict
from common.ledger.append import Own
from common.ledger.evidence import judged
from common.ledger.project import New, project
from common.ledger.sqlite import open_sqlite
from common.ledger.store import Store
from common.rows import rows_of
from common.signedlog import batch, merkle, note
from common.signedlog.note import Checkpoint
from hub.db.postgres import open_postgres

SITE = "k3f9x2ma"
START_MS = 1_793_606_400_000  # 2 November 2026, 08:00 UTC
APPLICATION = 0x48570000
MIGRATIONS = Path(__file__).parent / "ledger_migrations"


# Things ---------------------------------------------------------------------------------------------------------------
def unit(value: str = "M-1") -> Claim:
    return Claim(f"unit@{SITE}", value)


def lot(value: str = "L-1") -> Claim:
    return Claim(f"lot@{SITE}", value)


def container(value: str = "C-1") -> Claim:
    return Claim(f"container@{SITE}", value)


# Facts ----------------------------------------------------------------------------------------------------------------
def bind(slot: str = "rotor", material: str = "rotor", quantity: str = "1", operation: str = "press") -> b.Bind:
    return b.Bind(slot=slot, material=material, quantity=quantity, uom="pcs", operation=operation)


def done(operation: str, outcome: str = "pass", **more: Any) -> b.OperationCompleted:
    return b.OperationCompleted(operation=operation, outcome=outcome, **more)


def stamp(n: int, **more: Any) -> Stamp:
    """The n-th stamp: a second later than the one before, with a nonce of its own."""
    nonce = b64(hashlib.sha256(f"nonce {n}".encode()).digest()[:12])
    return Stamp(at=START_MS + n * 1000, bo="boot-1", mo=n * 1000, n=nonce, **more)


def key(seed: int) -> Ed25519PrivateKey:
    """The key whose 32 secret bytes count up from `seed`."""
    return Ed25519PrivateKey.from_private_bytes(bytes((seed + i) % 256 for i in range(32)))


# Logs of anybody, in memory -------------------------------------------------------------------------------------------
class Author:
    """An author with one log: writes events, signs heads, makes batches. Knows nothing of any database."""

    def __init__(self, seed: int, station: str = "", line: str = "line-1") -> None:
        self.key = key(seed)
        self.pub = self.key.public_key().public_bytes_raw()
        self.log = log_id(self.pub)
        self.station = station or f"st-{seed}"
        self.line = line
        self.raws: list[bytes] = []
        self._stamps = count(seed * 10_000)

    @property
    def size(self) -> int:
        return len(self.raws)

    def say(self, body: b.Body, *on: Claim, rf: Iterable[Any] = (), **more: Any) -> str:
        """Write an event; returns its id."""
        return self.write(events.encode(Fact(body, on), stamp(next(self._stamps), rf=tuple(rf), **more)))

    def write(self, raw: bytes) -> str:
        """Write bytes as they are, event or not."""
        self.raws.append(raw)
        return self.id(self.size - 1)

    def leaves(self) -> list[bytes]:
        return [merkle.leaf_hash(raw) for raw in self.raws]

    def id(self, index: int) -> str:
        return event_id(self.log, merkle.leaf_hash(self.raws[index]))

    def ref(self, index: int) -> tuple[str, int, str]:
        """How another log's event cites this one."""
        return (self.log, index, b64(merkle.leaf_hash(self.raws[index])))

    def head(self, size: int | None = None) -> Checkpoint:
        upto = self.size if size is None else size
        return Checkpoint(self.log, upto, merkle.root(self.leaves()[:upto]))

    def batch(self, start: int = 0, stop: int | None = None) -> bytes:
        """Events [start, stop) and the head signed at `stop`."""
        end = self.size if stop is None else stop
        return batch.encode(batch.Batch(start, tuple(self.raws[start:end]), note.sign(self.head(end), self.key)))

    def clone(self, size: int) -> Author:
        """The same key on another disk, with the first `size` entries; what it says from then on differs."""
        other = copy(self)
        other.raws, other._stamps = self.raws[:size], count(next(self._stamps) + 5_000)
        return other

    def enrolment(self, parent: Checkpoint | None = None) -> b.StationEnrolled:
        """What the site says to trust this log."""
        head = b.Head(parent.log, parent.size, b64(parent.root)) if parent else None
        return b.StationEnrolled(station=self.station, log=self.log, pub=b64(self.pub), line=self.line, parent=head)


def site_author(seed: int = 200) -> Author:
    """The site's own author, which stations know by its key from the start."""
    return Author(seed, "site", "")


# A node with a real database ------------------------------------------------------------------------------------------
def open_ledger(database: Path | str) -> Store:
    """A database with a ledger and nothing else: a file, or at a URL of PostgreSQL's."""
    if isinstance(database, str):
        return open_postgres(database, MIGRATIONS, create=True)
    return open_sqlite(database, APPLICATION, MIGRATIONS, create=True)


class Node:
    """A store that takes batches as a station does: accept, rows and trust in one transaction."""

    def __init__(self, path: Path | str, trusted: Iterable[Author] = (), site: Author | None = None) -> None:
        self.path = path
        self.store = open_ledger(path)
        with self.store.writing() as conn:
            for author in trusted:
                append.add_log(conn, author.pub, author.station, author.line, "station")
            if site:
                append.add_log(conn, site.pub, "site", "", "site")

    def take(self, body: bytes) -> list[Verdict]:
        """Accept a batch, and whatever waited on the shelf for the trust it brings."""
        with self.store.writing() as conn:
            verdicts = [accept.accept(conn, body, START_MS)]
            for verdict in verdicts:
                for log in trust.apply(conn, project(conn, verdict.new).trust):
                    verdicts += accept.retry_aside(conn, log, START_MS)
        return verdicts

    def open_log(self, seed: int, station: str = "st-10", role: str = "station", parent: Any = None) -> Own:
        with self.store.writing() as conn:
            return append.open_log(conn, key(seed), station, "line-1", role, parent)

    def say(self, own: Own, body: b.Body, *on: Claim, n: int | None = None) -> tuple[Own, str]:
        """Append one fact to an own log; (the log as it is now, the event's id)."""
        with self.store.writing() as conn:
            grown, written = append.append(conn, own, [(Fact(body, on), stamp(n if n is not None else own.size))])
        return grown, written[0].id

    def standing(self, thing: Claim, definitions: Definitions | None = None) -> Standing:
        with self.store.reading() as conn:
            known = definitions or reads.definitions(conn)
            return judged(conn, reads.history(conn, thing), known)

    def standings(self, definitions: Definitions | None = None) -> dict[Claim, Standing]:
        """Of every thing this node has heard of."""
        with self.store.reading() as conn:
            things = [Claim(*row) for row in conn.execute(select(t.thing.c.scheme, t.thing.c.value))]
        return {thing: self.standing(thing, definitions) for thing in things}

    def shelf(self) -> list[tuple[str, str]]:
        """(code, log) of what is set aside."""
        with self.store.reading() as conn:
            return [tuple(row) for row in conn.execute(select(t.aside.c.code, t.aside.c.log).order_by(t.aside.c.id))]

    def entries(self) -> set[tuple[str, int, bytes]]:
        """(log, index, event bytes) of every branch."""
        with self.store.reading() as conn:
            return portable_entries(conn)

    def rows(self) -> dict[str, set[Any]]:
        """Every derived row, over portable keys."""
        with self.store.reading() as conn:
            return portable_rows(conn)

    def head(self, author: Author) -> tuple[int, bytes]:
        """(size, root) of a log's trunk; checks that its stored note signs just this."""
        with self.store.reading() as conn:
            known = logs.by_id(conn, author.log)
            assert known is not None
            found = logs.head(conn, known.lid)
            trunk = logs.trunk(conn, known.lid)
        if trunk.size:
            assert note.open_note(trunk.note, author.pub) == found
        return found.size, found.root

    def close(self) -> None:
        self.store.close()


def portable_entries(conn: Connection) -> set[tuple[str, int, bytes]]:
    joined = t.entry.join(t.branch).join(t.log)
    rows = conn.execute(select(t.log.c.log, t.entry.c.idx, t.entry.c.raw).select_from(joined))
    return {(log, idx, raw) for log, idx, raw in rows}


def portable_rows(conn: Connection) -> dict[str, set[Any]]:
    """Touches, edges, calls, definitions and trust with ids of events and claims in the place of dense integers."""
    joined = t.entry.join(t.branch).join(t.log)
    entries = conn.execute(select(t.entry.c.eid, t.log.c.log, t.entry.c.leaf).select_from(joined))
    ids = {eid: event_id(log, leaf) for eid, log, leaf in entries}
    things = {row.tid: Claim(row.scheme, row.value) for row in conn.execute(select(t.thing))}
    touches = {(ids[row.eid], things[row.tid], row.part) for row in conn.execute(select(t.touch))}
    edges = set()
    for row in conn.execute(select(t.edge)).mappings():
        ends = (things[row["parent"]], things[row["child"]])
        edges.add((ids[row["eid"]], row["k"], *ends, *list(row.values())[4:]))
    definitions = {(ids[row.eid], *row[1:]) for row in conn.execute(select(t.definition))}
    leases = {(ids[row.eid], *row[1:]) for row in conn.execute(select(t.lease))}
    calls = {(ids[row.eid], *row[1:]) for row in conn.execute(select(t.call))}
    return {"touch": touches, "edge": edges, "call": calls, "lease": leases, "definition": definitions}


def everything(conn: Connection) -> list[New]:
    """Every entry as `project` takes it, in the order of (log, branch, index)."""
    columns = (t.entry.c.eid, t.branch.c.lid, t.entry.c.idx, t.entry.c.leaf, t.entry.c.raw)
    joined = t.entry.join(t.branch)
    ordered = select(*columns).select_from(joined).order_by(t.branch.c.lid, t.branch.c.bid, t.entry.c.idx)
    return [New(*row) for row in conn.execute(ordered)]


# Histories without a database -----------------------------------------------------------------------------------------
class Story:
    """What several logs said, in memory; `history` of any thing in it is what a ledger would read."""

    def __init__(self) -> None:
        self.past: list[tuple[tuple[Claim, ...], Past]] = []
        self.branches: dict[int, tuple[int | None, int]] = {0: (None, 0)}
        self.follows: dict[str, tuple[str, int]] = {}
        self.raws: dict[str, bytes] = {}
        self._sizes: dict[tuple[str, int], int] = {}

    @staticmethod
    def log(name: str) -> str:
        """A log id that begins with `name`."""
        return (name + "a" * 26)[:26]

    def say(self, name: str, body: b.Body, *on: Claim, after: Iterable[str] = (), branch: int = 0, **more: Any) -> str:
        """The next event of a log's branch, which relied on the events `after`; returns its id."""
        log, at = self.log(name), len(self.past)
        start = self.branches[branch][1]
        index = self._sizes.setdefault((log, branch), start)
        self._sizes[log, branch] += 1
        raw = events.encode(Fact(body, on), stamp(at))
        event = events.decode(raw)
        id = event_id(log, merkle.leaf_hash(raw))
        values = {"at": event.at, "who": None, "cfg": None, "refs": tuple(after), "rows": rows_of(event), "on": on}
        past = Past(id=id, t=event.t, log=log, branch=branch, index=index, **(values | more))
        self.raws[id] = raw
        told = readopted(past, event, {}) if isinstance(body, b.Readopt) else (past,)
        self.past += [(on, each) for each in told]
        return id

    def past_of(self, name: str) -> Past | None:
        """The event of a tag, where it stood itself."""
        return next((past for _, past in self.past if past.id == tag_event(name) and not past.carrier), None)

    def readopt(self, name: str, id: str, **more: Any) -> str:
        """A log carries an event on that this story told; returns the id of what carries it."""
        past = next(past for _, past in self.past if past.id == id)
        return self.say(name, b.Readopt(log=past.log, index=past.index, event=b64(self.raws[id])), *past.on, **more)

    def history(self, thing: Claim) -> History:
        found = tuple(past for on, past in self.past if thing in on)
        return History(thing, found, self.branches, self.follows)

    def judge(self, thing: Claim, definitions: Definitions | None = None, span: TimeSpan | None = None) -> Standing:
        """`span`: when everything in this story was done, as far as the hub's time tells."""
        known, history = definitions or Definitions.of([]), self.history(thing)
        return judge(history, known, (), self.parts(judge(history, known), known, span or TimeSpan()))

    def parts(self, found: Standing, definitions: Definitions, span: TimeSpan) -> dict[str, ComponentEvidence]:
        """What is known of the components that provisional passes wait for."""
        return {c.tag: part(c, self.history(c.child), span, definitions) for c in found.waits_for}


def kinds(standing: Standing, *, still_open: bool = True) -> list[str]:
    """The kinds of a standing's findings that are open (or closed)."""
    return [f.kind for f in standing.findings if f.open == still_open]


def tags(*ids: str) -> tuple[str, ...]:
    """The first assertion of each event."""
    return tuple(tag(id, 0) for id in ids)


def materials(standing: Standing) -> Mapping[str, str]:
    """Slot → the value that stands in it."""
    return {c.slot: c.child.value for c in standing.components if c.removed_by is None}


# A route like the demo line's: press, wire, test with rework ----------------------------------------------------------
def operation(id: str, at: str, **more: Any) -> Operation:
    return Operation(id=id, name=Name(zh=id, en=id), at=[at], form=f"{id}-form", **more)


def route(*operations: Operation) -> Route:
    return Route(id="motor-route", name=Name(zh="电机", en="Motor"), operations=list(operations))


def motor_route(tests: int = 1, on_unknown: str = "provisional") -> Route:
    return route(
        operation("press", "st-10"),
        operation("wire", "st-20", after=["press"]),
        operation("test", "st-30", after=["wire"], tests=tests, on_fail="rework", on_unknown=on_unknown),
        operation("rework", "st-20", reworks="test"),
    )


def definitions_of(one: Route, material: str = "motor") -> Definitions:
    name = Name(zh="电机", en="Motor")
    return Definitions.of([one, Material(id=material, name=name, origin="made", tracked="unit", route=one.id)])
