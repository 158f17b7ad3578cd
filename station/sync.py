"""Brings the own log to the hub and the others' logs here, in its own thread; the line never waits for it.

Reads the store, never writes it: what comes is put into the work cell's inbox. Trusts no cursor: at each hello the hub
says what it has of our log, and we compare that with our own history.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random

import msgspec
import structlog

from common.bodies import Head
from common.errors import BadInput, HubUnavailable
from common.ids import b64, unb64
from common.ledger import logs
from common.ledger.logs import Log
from common.ledger.store import Connection, Store
from common.signedlog import note, pull
from common.signedlog import session as s
from common.signedlog.trust import Trust, hello_message, incarnation_message, open_trust
from station import messages as m
from station.clock import Clock
from station.config import Enrolment
from station.incarnation import Files
from station.wire import Refused, Wire

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
log = structlog.get_logger(__name__)


class Sync:
    """One station's conversation with the hub. `every_s`: between two rounds when nothing wakes it."""

    def __init__(
        self,
        store: Store,
        files: Files,
        enrolment: Enrolment,
        clock: Clock,
        put: Callable[[m.Message], None],
        every_s: float = 2.0,
    ) -> None:
        self._store = store
        self._files = files
        self._enrolment = enrolment
        self._clock = clock
        self._put = put
        self._every_s = every_s
        self._wire = Wire(enrolment.address, unb64(enrolment.tls_pin))
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._up: bool | None = None
        self._why = ""
        self._token = ""
        self._session_of = ""
        self._trust: Trust | None = None
        self._at: dict[str, int] = {}

    def wake(self) -> None:
        """There is something to send."""
        self._wake.set()

    def stop(self) -> None:
        """End after the round that is running."""
        self._stopped.set()
        self._wake.set()

    def run(self) -> None:
        """Rounds until stopped. Only this loop retries, with growing pauses; one log line a change."""
        wait_s, jitter = FIRST_WAIT_S, Random()
        while not self._stopped.is_set():
            try:
                self.round()
                self._changed(True, "")
                wait_s = FIRST_WAIT_S
                self._wake.wait(self._every_s)
            except (HubUnavailable, Refused, BadInput) as e:
                self._session_of = ""
                self._changed(False, e.code)
                self._stopped.wait(wait_s * jitter.uniform(0.5, 1.0))
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
            self._wake.clear()
        self._wire.close()

    def round(self) -> None:
        """One round: session, our logs up, the others' down."""
        with self._store.reading() as conn:
            own = [known for known in logs.all_logs(conn) if known.own]
        current = next(known for known in own if known.own == 1)
        if self._session_of != current.log:
            self._hello(current, own)
        for known in own:
            self._upload(known)
        self._pull()

    # Session ---------------------------------------------------------------------------------------------------------
    def _hello(self, current: Log, own: list[Log]) -> None:
        key = self._files.key(current.log)
        self._wire.open_session("")
        asked_ms = self._clock.mono_ms()
        try:
            challenge = self._wire.ask("/v1/hello", s.Hello(current.log, self._token, self._heads(own)), s.Challenge)
        except Refused as e:
            if e.code == "hello.unknown" and current.follows:
                self._ask_trust(current)
            raise
        signed = key.sign(hello_message(current.log, unb64(challenge.challenge), unb64(self._enrolment.tls_pin)))
        answer = s.HelloAnswer(current.log, challenge.challenge, b64(signed))
        welcome = self._wire.ask("/v1/hello/answer", answer, s.Welcome)
        self._trust = open_trust(welcome.trust, unb64(self._enrolment.site_root))
        self._wire.open_session(welcome.session)
        self._token, self._session_of = welcome.token, current.log
        self._put(m.Anchored(welcome.anchor, self._clock.mono_ms() - asked_ms))
        for head in welcome.heads:
            self._compare(head, own)

    def _heads(self, own: list[Log]) -> tuple[Head, ...]:
        with self._store.reading() as conn:
            heads = [logs.head(conn, known.lid) for known in own]
        return tuple(Head(h.log, h.size, b64(h.root)) for h in heads)

    def _ask_trust(self, current: Log) -> None:
        """A new incarnation introduces itself by the key of the log that it follows."""
        if current.follows is None:
            return
        with self._store.reading() as conn:
            old = logs.by_id(conn, current.follows)
            head = logs.head(conn, old.lid) if old else note.Checkpoint(current.follows, 0, b"\0" * 32)
        message = incarnation_message(current.pub, head.log, head.size, head.root)
        proof = b64(self._files.key(current.follows).sign(message))
        parent = Head(head.log, head.size, b64(head.root))
        self._wire.ask("/v1/enrol", s.Enrol(current.author, b64(current.pub), proof, parent, "restore"), s.Enrolled)

    def _compare(self, theirs: Head, own: list[Log]) -> None:
        """Equal: send from there. More than ours: we were restored. Another root: a fork; send from where it began."""
        known = next((one for one in own if one.log == theirs.log), None)
        if known is None:
            return
        with self._store.reading() as conn:
            ours = self._root(conn, known, theirs.size)
        if ours is None or ours != theirs.root:
            reason = "restore" if ours is None else "fork"
            if known.own == 1:
                self._put(m.Outdated(reason))
            self._at[known.log] = theirs.size if ours is None else self._diverged(known, theirs.size)
        else:
            self._at[known.log] = theirs.size

    def _root(self, conn: Connection, known: Log, size: int) -> str | None:
        trunk = logs.trunk(conn, known.lid)
        return b64(logs.frontier_at(conn, trunk, size).root()) if size <= trunk.size else None

    def _diverged(self, known: Log, size: int) -> int:
        """The largest size at which the hub's log and ours have the same root."""
        low, high = 0, size
        while high - low > 1:
            middle = (low + high) // 2
            theirs = self._wire.get(f"/v1/logs/{known.log}/root?size={middle}", Head)
            with self._store.reading() as conn:
                same = self._root(conn, known, middle) == theirs.root
            low, high = (middle, high) if same else (low, middle)
        return low

    # Up and down -----------------------------------------------------------------------------------------------------
    def _upload(self, known: Log) -> None:
        """Send what the hub lacks of one of our logs, batch by batch, and take the receipts."""
        key = self._files.key(known.log)
        while True:
            start = self._at.get(known.log, 0)
            with self._store.reading() as conn:
                body = logs.outgoing(conn, known, start, key)
            if body is None:
                return
            answer = self._wire.post(f"/v1/logs/{known.log}", body, s.BATCH_TYPE)
            if not self._took(known, start, msgspec.json.decode(answer, type=s.Uploaded)):
                return

    def _took(self, known: Log, start: int, said: s.Uploaded) -> bool:
        """Note what the hub said of a batch; False when there is no use in going on now."""
        if said.kind in ("gap", "resend"):
            self._at[known.log] = min(said.want, start) if said.want < start else max(start - 1, 0)
            return said.want < start
        self._at[known.log] = said.size
        self._put(m.Sent(known.log, said.size))
        if said.kind == "aside":
            log.warning("batch_set_aside", log=known.log, code=said.code)
        elif said.receipt and self._trust:
            checkpoint, _ = note.open_receipt(said.receipt, known.pub, self._trust.hub_name, self._trust.hub_key)
            self._put(m.Receipted(known.log, checkpoint.size, said.receipt))
        return True

    def _pull(self) -> None:
        """Fetch what others wrote since, and since when each of them had nothing more."""
        with self._store.reading() as conn:
            have = [logs.head(conn, known.lid) for known in logs.all_logs(conn)]
        asked_ms = self._clock.mono_ms()
        body = s.Have(tuple(Head(h.log, h.size, b64(h.root)) for h in have))
        header, bodies = pull.decode_pull(self._wire.post("/v1/pull", msgspec.json.encode(body), "application/json"))
        for raw in bodies:
            self._put(m.BatchArrived(raw))
        ages = {x.log: (x.size, asked_ms - x.age_ms) for x in header.logs if x.age_ms is not None}
        self._put(m.Pulled(ages, tuple((p.id, p.name, p.badge) for p in header.people), asked_ms))

    def _changed(self, up: bool, code: str) -> None:
        if (up, code) == (self._up, self._why):
            return
        self._up, self._why = up, code
        log.info("hub_link", up=up, code=code)
        self._put(m.LinkChanged(up, code))
