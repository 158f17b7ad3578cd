"""The promises, checked while a run goes on (safety) and when everything has been mended (liveness)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from common import event_types as b
from common import events
from common.definitions import Route
from common.ids import Claim
from common.ledger import logs, reads
from common.ledger import tables as t
from common.ledger.evidence import judged
from common.signedlog.note import Checkpoint
from hub.db import access, enrolments
from hub.db import tables as h
from station import messages as m
from tests.faults import oracle
from tests.faults.hub_node import HubLife, holds, receipt_in
from tests.support.factory import portable_rows

if TYPE_CHECKING:
    from tests.faults.network import Request
    from tests.faults.station_node import StationLife
    from tests.faults.world import World


class Checks:
    """What was promised so far: scans that a screen confirmed, receipts that the hub gave."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._confirmed: dict[str, set[str]] = defaultdict(set)
        self._imaged: dict[tuple[str, str], set[str]] = {}
        self._receipts: set[Checkpoint] = set()
        self._copied: set[str] = set()
        self._hub_restored = False

    # Safety, as it happens --------------------------------------------------------------------------------------------
    def shown(self, station: str, life: StationLife, said: m.Shown) -> None:
        """A confirmation stands on a screen: its event is on the disk, and the interlock was right to let it be."""
        if not said.event:
            return
        with life.store.reading() as conn:
            row = conn.execute(select(t.entry.c.eid, t.entry.c.raw).where(t.entry.c.leaf == oracle.leaf_of(said.event)))
            found = row.first()
            assert found is not None, f"{station} showed {said.event} before it was on the disk"
            self._confirmed[station].add(said.event)
            event = events.decode(found.raw)
            body = events.body(event)
            if isinstance(body, b.OperationStarted):
                self._may_begin(conn, station, event.on[0], body.operation, found.eid)

    def _may_begin(self, conn: Connection, station: str, thing: Claim, operation: str, eid: int) -> None:
        definitions = reads.definitions(conn)
        route = next(iter(definitions.all(Route)))
        before = _all_before(route, operation)
        bad = oracle.why_not(oracle.known_of(conn, thing, eid), before, oracle.forked(conn))
        assert not bad, f"{station} let {operation} begin on {thing.value} though it knew: {bad}"

    def heard(self, station: str, said: m.Message) -> None:
        """Nobody whose disk was not copied or restored is told that its log is another's."""
        if isinstance(said, m.Outdated):
            assert station in self._copied, f"{station} is told that its log is outdated ({said.reason}), but it is not"

    def served(self, station: str, asked: Request, status: int, raw: bytes) -> None:
        """The hub answered."""
        assert status < 500, f"the hub failed: {status} {raw!r}"
        if status == 200 and "/v1/logs/" in asked[1] and asked[0] == "POST":
            receipt = receipt_in(raw)
            if receipt:
                self._receipts.add(receipt)

    def hub_booted(self, hub: HubLife) -> None:
        """A hub that comes back has all that it gave a receipt for."""
        with hub.store.reading() as conn:
            lost = [f"{one.log} up to {one.size}" for one in self._receipts if not holds(conn, one)]
            assert not lost or self._hub_restored, f"the hub gave receipts and lost {lost}"
            self._forked(conn, "the hub")

    def station_booted(self, station: str | Any, life: StationLife) -> None:
        """A station that comes back has all that its screen confirmed."""
        with life.store.reading() as conn:
            lost = self._confirmed[station.name] - oracle.entries(conn)
            assert not lost, f"{station.name} confirmed and lost {sorted(lost)}"
            self._forked(conn, station.name)

    def _forked(self, conn: Connection, where: str) -> None:
        """Only a log that is on two disks may be called forked."""
        honest = {known.log for known in logs.all_logs(conn) if known.author not in self._suspects()}
        false = honest & set(oracle.forked(conn))
        assert not false, f"{where} calls honest logs forked: {false}"

    def _suspects(self) -> set[str]:
        return {self._world.stations[name].place for name in self._copied}

    # What the plan does to disks --------------------------------------------------------------------------------------
    def copied(self, station: str, clone: str) -> None:
        self._copied |= {station, clone}
        self._confirmed[clone] = set(self._confirmed[station])

    def imaged(self, station: str, image: str) -> None:
        self._imaged[station, image] = set(self._confirmed[station])

    def restored(self, station: str, image: str) -> None:
        """What the image lacks is gone with the disk; what the hub gave a receipt for is still its to keep."""
        self._copied.add(station)
        self._confirmed[station] = self._imaged[station, image]

    def hub_restored(self) -> None:
        """It lacks what it gave receipts for; when all is at rest, the stations have told it again."""
        self._hub_restored = True

    # Liveness ---------------------------------------------------------------------------------------------------------
    def unrest(self) -> list[str]:
        """Why it is not at rest yet."""
        hub = self._world.hub
        if hub is None:
            return ["the hub is down"]
        with hub.store.reading() as conn:
            found = _hub_unrest(conn, hub)
            entries = oracle.entries(conn)
        for station in self._world.stations.values():
            life = station.life
            if life is None:
                found.append(f"{station.name} is down")
                continue
            with life.store.reading() as conn:
                found += [f"{station.name}: {why}" for why in _station_unrest(conn, life, entries)]
        return found

    def at_rest(self) -> None:
        """All replicas are equal, nothing that a screen confirmed is missing, everybody has a log of its own."""
        hub = self._world.hub
        assert hub is not None
        self._hub_restored = False
        self.hub_booted(hub)
        with hub.store.reading() as conn:
            entries, rows, said = oracle.entries(conn), _rows(conn), _standings(conn)
            stored = _stored(conn)
        stale = {thing: (state, said[thing][0]) for thing, state in stored.items() if said[thing][0] != state}
        assert not stale, f"the hub's standings are not what it would judge now: {stale}"
        current: dict[str, str] = {}
        for name, station in self._world.stations.items():
            assert station.life is not None
            self.station_booted(station, station.life)
            lost = self._confirmed[name] - entries
            assert not lost, f"{name} confirmed what the hub has not: {sorted(lost)}"
            with station.life.store.reading() as conn:
                _equal(f"{name}'s entries", oracle.entries(conn), entries)
                _equal(f"{name}'s rows", _rows(conn), rows)
                if name == next(iter(self._world.stations)) or oracle.forked(conn):  # else the same rows, and slow
                    _equal(f"{name}'s standings", set(_standings(conn).items()), set(said.items()))
                current[name] = next(known.log for known in logs.all_logs(conn) if known.own == 1)
        assert len(set(current.values())) == len(current), f"two stations write one log: {current}"
        self._world.note(f"entries {len(entries)} {hash_of(sorted(entries))} rows {hash_of(sorted(map(repr, rows)))}")


def hash_of(values: list[str]) -> str:
    return hashlib.sha256("\n".join(values).encode()).hexdigest()


def _all_before(route: Route, operation: str) -> list[str]:
    found: list[str] = []
    todo = [operation]
    while todo:
        one = route.operation(todo.pop())
        todo += one.after if one else []
        found += one.after if one else []
    return found


def _hub_unrest(conn: Connection, hub: HubLife) -> list[str]:
    found = []
    if access.pending(conn, 1) or conn.execute(select(func.count()).select_from(h.stale)).scalar():
        found.append("the hub projects")
    if waiting := enrolments.candidates(conn):
        found.append(f"stations wait to be confirmed: {[one.log for one in waiting]}")
    found += _shelf(conn, "the hub has")
    return found


def _station_unrest(conn: Connection, life: StationLife, at_hub: set[str]) -> list[str]:
    found = [] if life.online else ["is offline"]
    known = logs.all_logs(conn)
    own = next(one for one in known if one.own == 1)
    size, receipted = logs.trunk(conn, own.lid).size, logs.receipted(conn, own.lid)
    if receipted != size:
        found.append(f"has receipts for {receipted} of {size}")
    here = oracle.entries(conn)
    if here != at_hub:
        found.append(f"has {len(here - at_hub)} entries more than the hub and {len(at_hub - here)} less")
    found += _shelf(conn, "has")
    return found


def _shelf(conn: Connection, who: str) -> list[str]:
    """What is set aside of logs that exist; a turned bit in the first line of a note makes it that of no log."""
    known = {one.log for one in logs.all_logs(conn)}
    rows = [tuple(row) for row in conn.execute(select(t.aside.c.code, t.aside.c.log))]
    return [f"{who} set aside {code} of {log}" for code, log in rows if log in known]


def _rows(conn: Connection) -> set[Any]:
    """Every derived row over portable keys, but for what the hub notes of edges that ended."""
    rows = portable_rows(conn)
    edges = {tuple(row[:-1]) for row in rows["edge"]}
    return {("edge", *row) for row in edges} | {(kind, *row) for kind in ("touch", "definition") for row in rows[kind]}


def _standings(conn: Connection) -> dict[Claim, tuple[Any, ...]]:
    """What judging gives here, of everything that anything was said about."""
    definitions = reads.definitions(conn)
    found = {}
    for scheme, value in conn.execute(select(t.thing.c.scheme, t.thing.c.value)).all():
        thing = Claim(scheme, value)
        one = judged(conn, reads.history(conn, thing), definitions)
        inside = tuple(sorted((c.tag, c.removed_by or "") for c in (*one.components, *one.within)))
        marks = tuple(sorted((f.kind, f.cause, f.open) for f in one.findings))
        found[thing] = (one.state, one.material, inside, one.held_because, marks)
    return found


def _stored(conn: Connection) -> dict[Claim, str]:
    """What the hub last said of each thing."""
    joined = h.standing.join(t.thing, h.standing.c.tid == t.thing.c.tid)
    rows = conn.execute(select(t.thing.c.scheme, t.thing.c.value, h.standing.c.state).select_from(joined))
    return {Claim(scheme, value): state for scheme, value, state in rows}


def _equal(what: str, here: set[Any], there: set[Any]) -> None:
    more, less = here - there, there - here
    assert not more and not less, f"{what} are not the hub's: more {list(more)[:3]}, less {list(less)[:3]}"
