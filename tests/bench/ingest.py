"""`ingest_*`: batches through the hub's writer until all is judged; against fixed rows an event, by the driver alone.

The reference keeps an entry, an index row and an edge with two indexes for every event, in one commit a batch. Product
and reference take turns, so that the machine's mood is the same for both.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import msgspec
import psycopg
import pysqlite3

from common.definitions import canonical
from common.event_types import DefinitionPublished
from common.events import Fact
from common.ledger import accept, append
from common.signedlog import batch, merkle
from hub.db import access
from hub.site import initialise
from hub.writer.ingest import Ingest
from tests.bench.figure import Figure, at_least, cpu_s, refuse_memory, reported
from tests.bench.line import Log, Retold, Said, record
from tests.support.hub import waiting
from tests.support.postgres import Cluster
from tests.support.shift import motor_pack

MOTORS = 160
COPIES = {500: 6, 16: 1}
ROUNDS = 6
GOAL = 0.5
ON_DISK = Path("/var/tmp")  # which the user postgres may enter, wherever the checkout is
Rows = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]
TABLES = (
    "CREATE TABLE entry (eid {int} PRIMARY KEY, bid {int} NOT NULL, idx {int} NOT NULL, leaf {bytes} NOT NULL, "
    "raw {bytes} NOT NULL, UNIQUE (bid, idx))",
    "CREATE TABLE touch (tid {int} NOT NULL, eid {int} NOT NULL, PRIMARY KEY (tid, eid)){no_rowid}",
    "CREATE TABLE edge (eid {int} PRIMARY KEY, parent {int} NOT NULL, child {int} NOT NULL)",
    "CREATE INDEX edge_parent ON edge (parent)",
    "CREATE INDEX edge_child ON edge (child)",
)


# The product ----------------------------------------------------------------------------------------------------------
class Hub:
    """A hub's writer in its thread, that has the motor pack; a client for each log sends its batches one by one."""

    def __init__(self, folder: Path, database: Path | str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        access.make_store(database)
        self.store = access.open_store(database, create=False)
        self.ingest = Ingest(self.store, initialise(folder))
        self._thread = threading.Thread(target=self.ingest.run)
        self._thread.start()
        trees = [msgspec.json.decode(canonical(one)) for one in motor_pack().definitions]
        self.ingest.do(lambda conn: self.ingest.publish(conn, [Fact(DefinitionPublished(tree)) for tree in trees]))

    def trust(self, logs: Sequence[Log]) -> None:
        self.ingest.do(lambda conn: self.ingest.publish(conn, [Fact(log.enrolment) for log in logs]))

    def take(self, bodies: Sequence[bytes]) -> None:
        """Returns when every batch is accepted, projected and judged."""
        logs: dict[str, list[bytes]] = {}
        for body in bodies:
            logs.setdefault(batch.decode(body).checkpoint.log, []).append(body)
        with ThreadPoolExecutor(max(len(logs), 1)) as clients:
            list(clients.map(lambda own: [self.ingest.submit(body) for body in own], logs.values()))
        while self.ingest.do(lambda conn: bool(access.pending(conn, 1)) or bool(waiting(conn))):
            pass

    def close(self) -> None:
        self.ingest.stop()
        self._thread.join()
        self.store.close()


def accept_only(database: Path | str, logs: Sequence[Log], bodies: Sequence[bytes]) -> float:
    """Seconds to accept these, each in a commit of its own, and nothing else."""
    access.make_store(database)
    store = access.open_store(database, create=False)
    with store.writing() as conn:
        for log in logs:
            append.add_log(conn, log.pub, log.place, "line-1", "station")
    begun = time.perf_counter()
    for body in bodies:
        with store.writing() as conn:
            assert accept.accept(conn, body, 1).kind == "accepted"
    took = time.perf_counter() - begun
    store.close()
    return took


# The reference --------------------------------------------------------------------------------------------------------
class Reference(Protocol):
    """Fixed rows for every event, by the driver's quickest way that keeps them."""

    def take(self, rows: Rows) -> None:
        """One commit."""

    def close(self) -> None:
        """Let go."""


class OnSqlite:
    """executemany, WAL, FULL."""

    def __init__(self, path: Path) -> None:
        self._conn = pysqlite3.connect(str(path), isolation_level=None)
        for pragma in ("page_size=4096", "journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
            self._conn.execute(f"PRAGMA {pragma}")
        for table in TABLES:
            self._conn.execute(table.format(int="INTEGER", bytes="BLOB", no_rowid=" WITHOUT ROWID"))

    def take(self, rows: Rows) -> None:
        self._conn.execute("BEGIN IMMEDIATE")
        for table, some in zip(("entry", "touch", "edge"), rows, strict=True):
            self._conn.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(some[0]))})", some)
        self._conn.execute("COMMIT")

    def close(self) -> None:
        self._conn.close()


class OnPostgres:
    """unnest of one array a column."""

    TYPES = (("int8", "int8", "int8", "bytea", "bytea"), ("int8", "int8"), ("int8", "int8", "int8"))

    def __init__(self, url: str) -> None:
        self._conn = psycopg.connect(url)
        for table in TABLES:
            self._conn.execute(table.format(int="int8", bytes="bytea", no_rowid=""))  # type: ignore[arg-type]
        self._conn.commit()

    def take(self, rows: Rows) -> None:
        for table, types, some in zip(("entry", "touch", "edge"), self.TYPES, rows, strict=True):
            arrays = ", ".join(f"%s::{kind}[]" for kind in types)
            columns = [list(column) for column in zip(*some, strict=True)]
            self._conn.execute(f"INSERT INTO {table} SELECT * FROM unnest({arrays})", columns)  # type: ignore[arg-type]
        self._conn.commit()

    def close(self) -> None:
        self._conn.close()


def rows_of(bodies: Sequence[bytes]) -> list[Rows]:
    """For each batch the reference's rows: dense integers, a thing for every few events, as in the story."""
    found, eid, bids = [], 0, dict[str, int]()
    for body in bodies:
        sent = batch.decode(body)
        bid = bids.setdefault(sent.checkpoint.log, len(bids) + 1)
        entries, touches, edges = [], [], []
        for i, raw in enumerate(sent.events):
            eid += 1
            entries.append((eid, bid, sent.start + i, merkle.leaf_hash(raw), raw))
            touches.append((eid // 8, eid))
            edges.append((eid, eid // 8, eid // 3))
        found.append((entries, touches, edges))
    return found


# Both -----------------------------------------------------------------------------------------------------------------
def measure_sqlite(folder: Path, percent: int) -> Iterator[Figure]:
    """On SQLite."""
    story = record(folder / "line", max(MOTORS * percent // 100, 2))
    for size in COPIES:
        place = folder / f"ingest-{size}"
        hub = Hub(place, place / "hub.db")
        yield from _measure("ingest_sqlite", story, size, (hub, OnSqlite(place / "reference.db")), place / "accept.db")


def measure_postgres(folder: Path, percent: int) -> Iterator[Figure]:
    """On PostgreSQL as it is delivered."""
    refuse_memory(ON_DISK)
    story = record(folder / "line-pg", max(MOTORS * percent // 100, 2))
    cluster = Cluster((), ON_DISK)
    try:
        for size in COPIES:
            empty = [cluster.database("template0") for _ in range(3)]
            hub = Hub(folder / f"ingest-pg-{size}", empty[0])
            yield from _measure("ingest_postgres", story, size, (hub, OnPostgres(empty[1])), empty[2], cluster)
    finally:
        cluster.close()


def _measure(
    name: str,
    story: list[Said],
    size: int,
    sides: tuple[Hub, Reference],
    spare: Path | str,
    cluster: Cluster | None = None,
) -> Iterator[Figure]:
    told = [Retold(story, copy) for copy in range(COPIES[size])]
    bodies = [body for one in told for body in one.batches(size)]
    logs = [log for one in told for log in one.logs.values()]
    rows, events = rows_of(bodies), sum(log.size for log in logs)
    hub, reference = sides
    hub.trust(logs)
    product_s = reference_s = used_s = 0.0
    for i in range(ROUNDS):
        part = slice(len(bodies) * i // ROUNDS, len(bodies) * (i + 1) // ROUNDS)
        pids = cluster.pids if cluster else []
        begun, before = time.perf_counter(), cpu_s(pids)
        hub.take(bodies[part])
        product_s, used_s = product_s + time.perf_counter() - begun, used_s + cpu_s(pids) - before
        begun = time.perf_counter()
        for some in rows[part]:
            reference.take(some)
        reference_s += time.perf_counter() - begun
        print(f"\r  {size} a batch: round {i + 1} of {ROUNDS} ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    hub.close()
    reference.close()
    only = events / accept_only(spare, logs, bodies)
    beside: dict[str, float | str] = {
        "events": events,
        "accept_only_per_s": only,
        "cpu_us_per_event": used_s / events * 1e6,
    }
    pair = events / product_s, events / reference_s
    label = f"{name} {size}"
    yield (
        at_least(label, pair, "events/s", GOAL, **beside)
        if size == 500
        else reported(label, pair, "events/s", **beside)
    )
