"""Sync: sends the own log to the hub and fetches the others', in its own thread; work never waits for it.

Reads the store, never writes it: everything received goes into the work cell's inbox. Trusts no cursor: at each hello
the hub reports its copy of our log, which is compared with our own history.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from contextlib import suppress

import msgspec
import structlog

from common import events
from common.errors import BadBatch, BadInput, HubUnavailable
from common.event_types import Head, LogOpened
from common.ids import b64, unb64
from common.ledger import logs
from common.ledger.logs import Log
from common.ledger.store import Store
from common.signedlog import batch, note, pull
from common.signedlog import session as s
from common.signedlog.trust import Trust, hello_message, incarnation_message, open_trust
from station import messages as m
from station.cell.own_log import Files
from station.clock import Clock
from station.config import EnrolmentFile
from station.hublink.addresses import Addresses
from station.hublink.http import RefusedByHub, Transport, Wire, decoded

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
log = structlog.get_logger(__name__)


class Sync:
    """One station's connection to the hub. `every_s`: seconds between two rounds if nothing wakes it.

    `wait(seconds)` waits between two tries and returns early when stopping. `transport`: see Wire. `addresses`: of the
    hub, by default the ticket's; `remember` takes each address that newly answered.
    """

    def __init__(  # noqa: PLR0913 - the composition root hands over time, chance and the network
        self,
        store: Store,
        files: Files,
        enrolment: EnrolmentFile,
        clock: Clock,
        put: Callable[[m.Message], None],
        every_s: float = 2.0,
        transport: Transport | None = None,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        addresses: Addresses | None = None,
        remember: Callable[[str], None] = lambda address: None,
    ) -> None:
        self._store = store
        self._files = files
        self._enrolment = enrolment
        self._clock = clock
        self._put = put
        self._every_s = every_s
        self._addresses = addresses or Addresses([enrolment.address])
        self._remember = remember
        self._wire = Wire(self._addresses.current, unb64(enrolment.tls_pin), transport=transport)
        self._random_bytes = random_bytes
        self._pause_s = FIRST_WAIT_S
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self.wait: Callable[[float], object] = self._stopped.wait
        self._up: bool | None = None
        self._why = ""
        self._token = ""
        self._session_of = ""
        self._trust: Trust | None = None
        self._at: dict[str, int] = {}

    def wake(self) -> None:
        """Start a round now: there is something to send."""
        self._wake.set()

    def stop(self) -> None:
        """End after the present round."""
        self._stopped.set()
        self._wake.set()

    def run(self) -> None:
        """Run rounds until stopped. Only this loop retries."""
        while not self._stopped.is_set():
            wait_s = self.attempt()
            (self._wake.wait if self._up else self.wait)(wait_s)
            self._wake.clear()
        self._wire.close()

    def attempt(self) -> float:
        """Run a round and return the seconds to wait, longer after each failure. Logs one line per change."""
        try:
            self.round()
        except (HubUnavailable, RefusedByHub, BadInput) as e:
            if not self._addresses.is_hint:  # answers from strangers on the network are not reported
                self._changed(False, e.code, e.details)
            if isinstance(e, HubUnavailable):
                self._wire.go(self._addresses.failed())
            pause_s, self._pause_s = self._pause_s, min(self._pause_s * 2, LONGEST_WAIT_S)
            return pause_s * (256 + self._random_bytes(1)[0]) / 512  # so that stations do not all come at once
        self._changed(True, "", {})
        if self._addresses.answered():
            self._remember(self._addresses.current)
        self._pause_s = FIRST_WAIT_S
        return self._every_s

    def round(self) -> None:
        """Run one round: hello if needed, our logs up, the others' down. After an error the next round says hello."""
        with self._store.reading() as conn:
            own = [known for known in logs.all_logs(conn) if known.own]
        current = next(known for known in own if known.own == 1)
        greeted, self._session_of = self._session_of, ""
        if greeted != current.log:
            self._hello(current, own)
        for known in own:
            self._upload(known)
        self._pull()
        self._session_of = current.log

    # Session ---------------------------------------------------------------------------------------------------------
    def _hello(self, current: Log, own: list[Log]) -> None:
        key = self._files.key(current.log)
        self._wire.open_session("")
        asked_ms = self._clock.mono_ms()
        try:
            challenge = self._wire.ask("/v1/hello", s.Hello(current.log, self._token, self._heads(own)), s.Challenge)
        except RefusedByHub as e:
            if e.code == "hello.unknown" and current.follows:
                self._ask_trust(current, own)
            raise
        signed = key.sign(hello_message(current.log, _raw(challenge.challenge), unb64(self._enrolment.tls_pin)))
        answer = s.HelloAnswer(current.log, challenge.challenge, b64(signed))
        welcome = self._wire.ask("/v1/hello/answer", answer, s.Welcome)
        self._trust = open_trust(welcome.trust, unb64(self._enrolment.site_root))
        self._wire.open_session(welcome.session)
        self._token = welcome.token
        if welcome.pepper:
            self._put(m.Peppered(_raw(welcome.pepper)))
        rtt_ms = self._clock.mono_ms() - asked_ms
        for head in welcome.heads:
            self._compare(head, own)
        # Last: it becomes an event, and a log of which the hub knows more must not be extended.
        self._put(m.Anchored(welcome.anchor, rtt_ms))

    def _heads(self, own: list[Log]) -> tuple[Head, ...]:
        with self._store.reading() as conn:
            heads = [logs.head(conn, known.lid) for known in own]
        return tuple(Head(h.log, h.size, b64(h.root)) for h in heads)

    def _ask_trust(self, current: Log, own: list[Log]) -> None:
        """Ask to trust a new log, after those that it continues, of which the hub may not know."""
        by_id, chain = {known.log: known for known in own}, [current]
        while (before := by_id.get(chain[0].follows or "")) is not None and before.follows and before not in chain:
            chain.insert(0, before)
        for known in chain[:-1]:
            with suppress(RefusedByHub):
                self._introduce(known)
        self._introduce(current)

    def _introduce(self, new: Log) -> None:
        """Ask to trust a log, vouched for by the key of the log that it continues, by its first event."""
        opened = self._opened(new)
        key = self._files.find(opened.parent.log) if opened and opened.parent else None
        if opened is None or opened.parent is None or key is None:
            return
        parent = opened.parent
        proof = b64(key.sign(incarnation_message(new.pub, parent.log, parent.size, unb64(parent.root))))
        asked = s.Enrol(new.author, b64(new.pub), proof, parent, opened.reason)
        self._wire.ask("/v1/enrol", asked, s.Enrolled)

    def _opened(self, new: Log) -> LogOpened | None:
        key = self._files.find(new.log)
        with self._store.reading() as conn:
            raw = logs.outgoing(conn, new, 0, key) if key else None
        first = events.body(events.decode(batch.decode(raw).events[0])) if raw else None
        return first if isinstance(first, LogOpened) else None

    def _compare(self, theirs: Head, own: list[Log]) -> None:
        """Compare heads. Equal: send from there. Other root: a fork; send from its start. Hub has more: we were
        restored."""
        known = next((one for one in own if one.log == theirs.log), None)
        if known is None:
            return
        with self._store.reading() as conn:
            size = min(theirs.size, logs.trunk(conn, known.lid).size)
        there = theirs if theirs.size == size else self._theirs(known, size)
        forked = self._root(known, size) != there.root
        if known.own == 1 and (forked or theirs.size > size):
            self._put(m.Outdated("fork" if forked else "restore", known.log))
        self._at[known.log] = self._diverged(known, size) if forked else size

    def _theirs(self, known: Log, size: int) -> Head:
        return self._wire.get(f"/v1/logs/{known.log}/root?size={size}", Head)

    def _root(self, known: Log, size: int) -> str:
        with self._store.reading() as conn:
            return b64(logs.frontier_at(conn, logs.trunk(conn, known.lid), size).root())

    def _diverged(self, known: Log, size: int) -> int:
        """Find the largest size at which the hub's log and ours have the same root; at `size` they differ."""
        low, high = 0, size
        while high - low > 1:
            middle = (low + high) // 2
            same = self._root(known, middle) == self._theirs(known, middle).root
            low, high = (middle, high) if same else (low, middle)
        return low

    # Up and down -----------------------------------------------------------------------------------------------------
    def _upload(self, known: Log) -> None:
        """Send the part of one of our logs that the hub lacks, batch by batch, and take the receipts."""
        key, path = self._files.find(known.log), f"/v1/logs/{known.log}"
        while key is not None:
            start = self._at.get(known.log, 0)
            with self._store.reading() as conn:
                body = logs.outgoing(conn, known, start, key)
            if body is None:
                return
            answer = self._wire.post(path, body, s.BATCH_TYPE)
            if not self._took(known, start, decoded(answer, path, s.Uploaded)):
                return

    def _took(self, known: Log, start: int, said: s.Uploaded) -> bool:
        """Take the hub's answer to a batch; False if sending more now is pointless."""
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
        """Fetch the others' new entries, and the age of each log's head."""
        with self._store.reading() as conn:
            have = [head for known in logs.all_logs(conn) for head in logs.heads(conn, known.lid)]
        asked_ms = self._clock.mono_ms()
        body = s.Have(tuple(Head(h.log, h.size, b64(h.root)) for h in have))
        header, bodies = pull.decode_pull(self._wire.post("/v1/pull", msgspec.json.encode(body), "application/json"))
        for raw in bodies:
            self._put(m.BatchArrived(raw))
        ages = {x.log: (x.size, asked_ms - x.age_ms) for x in header.logs if x.age_ms is not None}
        pins = tuple((p.id, p.pin) for p in header.people if p.pin)
        self._put(m.Pulled(ages, tuple((p.id, p.name, p.badge) for p in header.people), asked_ms, pins))

    def _changed(self, up: bool, code: str, details: dict[str, object]) -> None:
        if (up, code) == (self._up, self._why):
            return
        self._up, self._why = up, code
        log.info("hub_link", up=up, code=code)
        self._put(m.LinkChanged(up, code, details))


def _raw(text: str) -> bytes:
    try:
        return unb64(text)
    except ValueError as e:
        raise BadBatch("hub.answer", reason=str(e)) from e
