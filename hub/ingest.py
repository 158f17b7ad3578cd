"""The hub's one writer: accepts batches, many a commit, gives receipts after it, projects behind, judges what changed.

Runs in one thread of one process. Everything that writes the hub's database passes its queue, so there is one order of
things. An event that cannot be projected or a thing that cannot be judged becomes a finding; the projector goes on.
"""

from __future__ import annotations

import queue
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

import structlog

from common.bodies import Head, LogOpened, StationEnrolled
from common.definitions import Definitions
from common.errors import HeadwaterError
from common.events import Fact, Stamp, decode
from common.ids import Claim, b64, event_id, log_id
from common.judge import Finding, judge
from common.ledger import accept, append, logs, reads, trust
from common.ledger.append import Own, public
from common.ledger.project import project, thing_ids
from common.ledger.store import Connection, Store
from common.rows import Enrolment, Revocation, rows_of
from common.signedlog import note
from common.signedlog.session import Uploaded
from hub.db import access
from hub.site import Site

MOST_BATCHES = 64
MOST_ENTRIES = 2_000
T = TypeVar("T")
log = structlog.get_logger(__name__)


class Ingest:
    """One writer. `submit` and `do` may be called from any thread; both wait for the commit."""

    def __init__(self, store: Store, site: Site) -> None:
        self._store = store
        self._site = site
        self._jobs: queue.Queue[tuple[Any, Future[Any]] | None] = queue.Queue()
        self._boot = secrets.token_hex(6)
        self._definitions = Definitions.of([])
        self._rejudge: set[int] = set()
        self._busy = True

    def submit(self, body: bytes) -> Uploaded:
        """Accept one batch; returns when it is on disk. BadBatch or StoreUnavailable if it was not taken."""
        return self._ask(body, Uploaded)

    def do(self, work: Callable[[Connection], T]) -> T:
        """Run `work` as one transaction in the writer's thread."""
        return self._ask(work, object)  # type: ignore[return-value]

    def stop(self) -> None:
        """End after what is queued now."""
        self._jobs.put(None)

    def run(self) -> None:
        """Serve until stopped; what was accepted before a crash and not projected is projected first."""
        self._store.own()
        with self._store.writing() as conn:
            self._open_site_log(conn)
            self._definitions = reads.definitions(conn)
        while True:
            jobs = self._take()
            if jobs is None:
                return
            if jobs:
                self._commit(jobs)
            self._busy = self._project()

    def publish(self, conn: Connection, facts: Sequence[Fact], line: str | None = None) -> None:
        """Write facts into the site log, or a line's; for use inside `do`."""
        own = self._own_log(conn, line)
        _, written = append.append(conn, own, [(fact, self._stamp()) for fact in facts])
        rows = [row for one in written for row in rows_of(decode(one.raw))]
        grown = trust.apply(conn, [row for row in rows if isinstance(row, Enrolment | Revocation)])
        for name in grown:
            accept.retry_aside(conn, name, _now_ms())
        self._definitions = reads.definitions(conn)
        self._rejudge |= set(thing_ids(conn, {claim for fact in facts for claim in fact.on}).values())

    def rejudge_all(self, conn: Connection) -> None:
        """Definitions changed: judge everything again, behind the next commits."""
        self._rejudge |= set(access.all_things(conn))

    # The loop --------------------------------------------------------------------------------------------------------
    def _ask(self, job: Any, _: type[T]) -> T:
        answer: Future[Any] = Future()
        self._jobs.put((job, answer))
        result: T = answer.result()
        return result

    def _take(self) -> list[tuple[Any, Future[Any]]] | None:
        """What is queued, at most MOST_BATCHES; waits only when there is nothing to project."""
        jobs: list[tuple[Any, Future[Any]]] = []
        try:
            job = self._jobs.get(block=not self._busy)
            while job is not None and len(jobs) < MOST_BATCHES:
                jobs.append(job)
                job = self._jobs.get_nowait()
        except queue.Empty:
            return jobs
        if job is not None:
            jobs.append(job)
            return jobs
        if jobs:
            self._jobs.put(None)
            return jobs
        return None

    def _commit(self, jobs: list[tuple[Any, Future[Any]]]) -> None:
        """One transaction for all jobs; answers go out when it is durable. If it fails, every caller is told."""
        results: list[tuple[Future[Any], Any]] = []
        try:
            with self._store.writing() as conn:
                for job, answer in jobs:
                    results.append((answer, self._one(conn, job)))
        except HeadwaterError as e:
            log.error("commit_failed", code=e.code)
            results = [(answer, e) for _, answer in jobs]
        except Exception as e:
            # A bug in one job must not leave the other callers waiting; each gets it, and it is logged as what it is.
            log.exception("commit_failed", error=str(e))
            results = [(answer, e) for _, answer in jobs]
        for answer, result in results:
            if isinstance(result, BaseException):
                answer.set_exception(result)
            else:
                answer.set_result(result)

    def _one(self, conn: Connection, job: Any) -> Any:
        if not isinstance(job, bytes):
            with conn.begin_nested():
                return job(conn)
        try:
            verdict = accept.accept(conn, job, _now_ms())
        except HeadwaterError as e:
            return e
        if verdict.kind in ("forked", "aside"):
            log.warning("batch_" + verdict.kind, log=verdict.checkpoint.log, code=verdict.code)
        receipt = ""
        if verdict.kind in ("accepted", "duplicate", "forked"):
            receipt = note.cosign(verdict.note, self._site.trust.hub_name, self._site.hub_key, int(time.time()))
        return Uploaded(verdict.kind, verdict.checkpoint.size, verdict.want, verdict.code, receipt)

    # The projector ---------------------------------------------------------------------------------------------------
    def _project(self) -> bool:
        """Project and judge one slice; whether there is more."""
        with self._store.writing() as conn:
            touched, bad = self._project_entries(conn)
            self._rejudge |= touched
            slice_ = sorted(self._rejudge)[:MOST_ENTRIES]
            self._judge(conn, slice_, bad)
        self._rejudge -= set(slice_)
        return bool(touched) or bool(self._rejudge)

    def _project_entries(self, conn: Connection) -> tuple[set[int], dict[int, Finding]]:
        touched: set[int] = set()
        bad: dict[int, Finding] = {}
        for bid, entries in access.pending(conn, MOST_ENTRIES):
            done = project(conn, entries)
            touched |= done.things
            for name in trust.apply(conn, done.trust):
                accept.retry_aside(conn, name, _now_ms())
            by_eid = {new.eid: new for new in entries}
            for eid, things, error in done.failed:
                new = by_eid[eid]
                name = next(known.log for known in logs.all_logs(conn) if known.lid == new.lid)
                for tid in things:
                    cause = event_id(name, new.leaf)
                    bad[tid] = Finding("cannot_judge", cause, Claim("", ""), True, {"code": error.code})
            if entries:
                access.set_projected(conn, bid, entries[-1].index + 1)
        return touched, bad

    def _judge(self, conn: Connection, tids: Sequence[int], bad: dict[int, Finding]) -> None:
        for tid, claim in access.claims_of(conn, tids).items():
            try:
                standing = judge(reads.history_of(conn, tid, claim), self._definitions)
            except Exception as e:
                log.exception("cannot_judge", thing=str(claim), error=str(e))
                bad[tid] = Finding("cannot_judge", "-", claim, True, {"error": type(e).__name__})
                access.save_held(conn, tid, [bad[tid]])
                continue
            access.save_standing(conn, tid, standing)
            if tid in bad:
                found = Finding("cannot_judge", bad[tid].cause, claim, True, bad[tid].params)
                access.save_held(conn, tid, [*standing.findings, found])

    # Own logs --------------------------------------------------------------------------------------------------------
    def _open_site_log(self, conn: Connection) -> None:
        if append.load(conn, self._site.site_log_key) is None:
            own = append.open_log(conn, self._site.site_log_key, "site", "", "site")
            append.append(conn, own, [(Fact(LogOpened("site", "site")), self._stamp())])

    def _own_log(self, conn: Connection, line: str | None) -> Own:
        key = self._site.line_key(line) if line else self._site.site_log_key
        known = append.load(conn, key)
        if known is not None:
            return known
        own = append.open_log(conn, key, "hub", line or "", "line")
        enrolled = enrolment_fact("hub", line or "", public(key))
        self.publish(conn, [enrolled])
        return append.append(conn, own, [(Fact(LogOpened("hub", "line")), self._stamp())])[0]

    def _stamp(self) -> Stamp:
        return Stamp(_now_ms(), self._boot, time.monotonic_ns() // 1_000_000, b64(secrets.token_bytes(12)))


def enrolment_fact(station: str, line: str, pub: bytes, parent: note.Checkpoint | None = None) -> Fact:
    """The fact that a log is trusted from now on."""
    head = Head(parent.log, parent.size, b64(parent.root)) if parent else None
    return Fact(StationEnrolled(station=station, line=line, log=log_id(pub), pub=b64(pub), parent=head))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
