"""The hub's one writer: accepts batches, many a commit, gives receipts after it, projects behind, judges what changed.

Runs in one thread of one process. Everything that writes the hub's database passes its queue, so there is one order of
things. An event that cannot be read or a thing that cannot be judged becomes a finding, and the projector continues.
A full disk or a server that is away is waited out; after any other trouble the thread ends, and the next start reads
the disk.
"""

from __future__ import annotations

import queue
import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

import structlog

from common.definitions import Definitions
from common.errors import HeadwaterError, StoreUnavailable, Unavailable
from common.event_types import Head, LogOpened, StationEnrolled
from common.events import Fact, Stamp, decode
from common.ids import b64, log_id
from common.ledger import accept, append, logs, reads, times, trust
from common.ledger.append import Own, public
from common.ledger.project import New, Projected, project, thing_ids
from common.ledger.store import Connection, Store
from common.rows import Enrolment, Revocation, rows_of
from common.signedlog import note
from common.signedlog.session import Uploaded
from hub.db import access, awaiting
from hub.site import Site
from hub.writer.agenda import Agenda
from hub.writer.followers import FOLLOWERS
from hub.writer.projected import ProjectedSlice

MOST_BATCHES = 64
MOST_ENTRIES = 2_000
# These pass: somebody makes room, mends the disk, or starts the database's server again, and the hub continues.
PASSING = ("store.full", "store.readonly", "store.away", "store.unconfirmed", "store.denied", "store.taken")
RETRY_S = 1.0
UNUSUAL = {"forked": "batch_forked", "aside": "batch_quarantined"}  # verdict → event of the log
T = TypeVar("T")
WriterJob = tuple[Callable[[Connection], Any], Future[Any]]
log = structlog.get_logger(__name__)


class Ingest:
    """One writer. `submit` and `do` may be called from any thread; both wait for the commit.

    `wall_s` and `mono_s` are its clocks.
    """

    def __init__(
        self,
        store: Store,
        site: Site,
        wall_s: Callable[[], float] = time.time,
        mono_s: Callable[[], float] = time.monotonic,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._store = store
        self._site = site
        self._jobs: queue.Queue[WriterJob | None] = queue.Queue()
        self._wall_s = wall_s
        self._mono_s = mono_s
        self._random_bytes = random_bytes
        self._boot = random_bytes(6).hex()
        self._agenda = Agenda(mono_s())
        self._definitions: Definitions | None = None
        self._busy = True
        self._trouble = ""
        self._ended = threading.Event()

    def today(self) -> str:
        """The day by the hub's clock and zone, as YYYY-MM-DD."""
        return time.strftime("%Y-%m-%d", time.localtime(self._wall_s()))

    def submit(self, body: bytes, log: str | None = None) -> Uploaded:
        """Accept one batch, of `log`; returns when it is on disk. BadBatch or Unavailable if it was not taken."""

        def take(conn: Connection) -> Uploaded:
            return self._accept(conn, body, log)

        return self.do(take)

    def do(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in the writer's thread; returns when it is on disk. Unavailable hub.stopping, StoreUnavailable."""
        answer: Future[T] = Future()
        self._jobs.put((work, answer))
        if self._ended.is_set():
            self._refuse_rest()
        return answer.result()

    def stop(self) -> None:
        """End after what is queued now."""
        self._jobs.put(None)

    def run(self) -> None:
        """Serve until stopped; what was accepted before a crash and not projected is projected first."""
        self._store.own()
        try:
            self.begin()
            while self.turn():
                pass
        finally:
            self._ended.set()
            self._refuse_rest()

    def begin(self) -> None:
        """Open the hub's own log if there is none."""
        with self._store.writing() as conn:
            self._open_site_log(conn)

    def turn(self) -> bool:
        """Commit what is queued, do what is due, then project one slice; False when it was told to stop."""
        jobs = self._take()
        if jobs:
            self._commit(jobs)
        if jobs is not None:
            self._tick()
            self._follow()
        return jobs is not None

    @property
    def busy(self) -> bool:
        """Whether there may be something to project or to judge; if not, a turn waits for a job."""
        return self._busy

    @property
    def site_id(self) -> str:
        """The site whose logs these are."""
        return self._site.id

    def publish(
        self, conn: Connection, facts: Sequence[Fact], line: str | None = None, who: str | None = None
    ) -> list[str]:
        """Write facts into the site log, or a line's, authored by the person `who`; their ids. For use in `do`."""
        own = self._own_log(conn, line)
        _, written = append.append(conn, own, [(fact, self._stamp(who)) for fact in facts])
        rows = [row for one in written for row in rows_of(decode(one.raw))]
        grown = trust.apply(conn, [row for row in rows if isinstance(row, Enrolment | Revocation)])
        for name in grown:
            accept.retry_aside(conn, name, self._now_ms())
        self._definitions = None  # what is in force is read again when this is committed, or is not
        self._rejudge(conn, thing_ids(conn, {claim for fact in facts for claim in fact.on}).values())
        for row in rows:
            known = logs.by_id(conn, row.log) if isinstance(row, Revocation) else None
            if known is not None and isinstance(row, Revocation):
                self._rejudge(conn, access.touched_from(conn, known.lid, row.at), [known.lid])
        return [one.id for one in written]

    def rejudge_all(self, conn: Connection) -> None:
        """Mark everything to be judged again, behind the next commits, because definitions changed."""
        access.mark_all_stale(conn)

    def _rejudge(self, conn: Connection, tids: Collection[int], lids: Collection[int] = ()) -> None:
        """Mark these things, and those that wait for them or for the time of these logs, to be judged."""
        access.mark_stale(conn, {*tids, *awaiting.waiters(conn, tids, lids)})

    # The loop --------------------------------------------------------------------------------------------------------
    def _take(self) -> list[WriterJob] | None:
        """Queued jobs, about MOST_BATCHES; waits only when there is nothing to project."""
        jobs: list[WriterJob] = []
        try:
            job = self._jobs.get(block=not self._busy, timeout=self._patience_s())
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

    def _patience_s(self) -> float:
        """Seconds to wait for a job: until something is due, or the store may take writes again."""
        return RETRY_S if self._trouble else self._agenda.wait_s(self._mono_s())

    def _tick(self) -> None:
        """Do what is due by the hub's clock, in one transaction; one job's failure leaves the others theirs."""
        due = self._agenda.take_due(self._mono_s())
        if not due:
            return
        try:
            with self._store.writing() as conn:
                for job in due:
                    self._attempt(conn, partial(job.work, conn, self._now_ms()))
        except StoreUnavailable as e:
            self._settle(e)

    def _commit(self, jobs: list[WriterJob]) -> None:
        """One transaction for all jobs; answers go out when it is durable. If it fails, every caller is told."""
        failure: Exception | None = None
        results: list[Any] = []
        try:
            with self._store.writing() as conn:
                results = [self._attempt(conn, partial(work, conn)) for work, _ in jobs]
        except StoreUnavailable as e:
            # The jobs ran, so the commit itself was on its way, and a server that went away may have done it.
            is_sent = bool(results) and e.code == "store.away"
            failure = StoreUnavailable("store.unconfirmed", **e.details) if is_sent else e
        except Exception as e:
            # A bug, and yet every caller waits for an answer.
            log.exception("commit_failed", error=repr(e))
            failure = e
        results = results if failure is None else [failure] * len(jobs)
        for (_, answer), result in zip(jobs, results, strict=True):
            if isinstance(result, Exception):
                answer.set_exception(result)
            else:
                answer.set_result(result)
        self._settle(failure)

    def _attempt(self, conn: Connection, work: Callable[[], T]) -> T | Exception:
        """Run `work`; its result, or its error without a trace in the store. Raises StoreUnavailable: it fails all."""
        tried = conn.begin_nested()
        try:
            with self._store.translated():
                result = work()
        except StoreUnavailable:
            raise
        except HeadwaterError as e:
            tried.rollback()
            return e
        except Exception as e:
            # A bug that one input shows must not fail the others.
            log.exception("attempt_failed", error=repr(e))
            tried.rollback()
            return e
        tried.commit()
        return result

    def _settle(self, failure: Exception | None) -> None:
        """Log once when the store starts to refuse and when it recovers; raise anything worse."""
        trouble = failure.code if isinstance(failure, StoreUnavailable) else ""
        if failure is not None and trouble not in PASSING:
            raise failure
        if trouble and not self._trouble:
            log.error("store_refuses", code=trouble, error=str(failure))
        if self._trouble and not trouble:
            log.warning("store_recovered")
        self._trouble = trouble

    def _refuse_rest(self) -> None:
        """Refuse the jobs that still wait or come later. Unavailable hub.stopping for each."""
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            if job is not None:
                job[1].set_exception(Unavailable("hub.stopping"))

    def _accept(self, conn: Connection, body: bytes, want: str | None) -> Uploaded:
        verdict = accept.accept(conn, body, self._now_ms(), want)
        if verdict.kind in UNUSUAL:
            log.warning(UNUSUAL[verdict.kind], log=verdict.checkpoint.log, code=verdict.code)
        receipt = ""
        if verdict.kind in ("accepted", "duplicate", "forked"):
            receipt = note.cosign(verdict.note, self._site.trust.hub_name, self._site.hub_key, int(self._wall_s()))
        return Uploaded(verdict.kind, verdict.checkpoint.size, verdict.want, verdict.code, receipt)

    # The projector ---------------------------------------------------------------------------------------------------
    def _follow(self) -> None:
        """Project and judge behind the commits, as far as the disk lets."""
        try:
            self._busy = self._project()
        except StoreUnavailable as e:
            self._busy = False
            self._settle(e)
        else:
            if self._busy:
                self._settle(None)

    def _project(self) -> bool:
        """Project one slice and let every follower do its part of it; True while there may be more."""
        with self._store.writing() as conn:
            entries, touched = self._project_entries(conn)
            done = ProjectedSlice(
                conn=conn,
                store=self._store,
                site=self._site.id,
                touched=touched,
                now_ms=self._now_ms(),
                in_force=partial(self._in_force, conn),
                publish=self.publish,
            )
            more = [follow(done) for follow in FOLLOWERS]
        return bool(entries) or any(more)

    def _in_force(self, conn: Connection) -> Definitions:
        if self._definitions is None:
            self._definitions = reads.definitions(conn)
        return self._definitions

    def _project_entries(self, conn: Connection) -> tuple[int, set[int]]:
        """(how many entries, the things to judge): those they touch, and of a log that forked all that is disputed."""
        count, touched = 0, set[int]()
        for bid, entries in access.pending(conn, MOST_ENTRIES):
            for done in self._projected(conn, entries):
                touched |= done.things
                if done.defines:  # after a rebuild; what is published by the living hub is projected with that
                    self._definitions = None
                    self.rejudge_all(conn)
                self._say_failed(conn, done, entries)
                for name in trust.apply(conn, done.trust):
                    accept.retry_aside(conn, name, self._now_ms())
            fork = access.fork_of(conn, bid)
            if fork and entries[0].index == fork[1]:
                touched.update(access.touched_from(conn, *fork))
            touched |= awaiting.waiters(conn, (), {new.lid for new in entries if times.tells_time(new.raw)})
            access.set_projected(conn, bid, entries[-1].index + 1)
            count += len(entries)
        return count, touched

    def _projected(self, conn: Connection, entries: Sequence[New]) -> Iterable[Projected]:
        """The entries, together; if something in one of them cannot be, each alone and that one not."""
        done = self._attempt(conn, partial(project, conn, entries))
        if not isinstance(done, Exception):
            return [done]
        if len(entries) > 1:
            return [one for new in entries for one in self._projected(conn, [new])]
        log.error("cannot_project", eid=entries[0].eid, error=repr(done))
        return []

    def _say_failed(self, conn: Connection, done: Projected, entries: Sequence[New]) -> None:
        """Log each event that could not be read: it holds the things that it names."""
        if done.failed:
            names = {known.lid: known.log for known in logs.all_logs(conn)}
            index = {new.eid: (names[new.lid], new.index) for new in entries}
            for eid, things, error in done.failed:
                name, at = index[eid]
                log.warning("event_unreadable", code=error.code, log=name, index=at, things=len(things))

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

    def _stamp(self, who: str | None = None) -> Stamp:
        mono_ms, nonce = int(self._mono_s() * 1000), b64(self._random_bytes(12))
        return Stamp(self._now_ms(), self._boot, mono_ms, nonce, who)

    def _now_ms(self) -> int:
        return int(self._wall_s() * 1000)


def enrolment_fact(station: str, line: str, pub: bytes, parent: note.Checkpoint | None = None) -> Fact:
    """Fact that makes a log trusted."""
    head = Head(parent.log, parent.size, b64(parent.root)) if parent else None
    return Fact(StationEnrolled(station=station, line=line, log=log_id(pub), pub=b64(pub), parent=head))
