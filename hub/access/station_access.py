"""Station access: tickets, keys that wait, sessions, and when each station last confirmed that the hub has its log.

Sessions and ages are in memory: after a restart stations say hello again, and nothing counts as fresh until they do.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from common.errors import BadTicket, Denied
from common.event_types import Head
from common.ids import b64, log_id, six_words, unb64
from common.ledger import logs
from common.ledger.store import Connection
from common.signedlog import session as s
from common.signedlog.canonical import exactly
from common.signedlog.note import Checkpoint, sign_text
from common.signedlog.trust import Ticket, enrol_proof, hello_message, incarnation_message
from hub.db import enrolments
from hub.site import Site
from hub.writer.ingest import Ingest, enrolment_fact

CHALLENGE_S = 30.0
log = structlog.get_logger(__name__)


class StationAccess:
    """Enrolment and sessions of one hub. `address` is how stations reach it; `wall_s` and `mono_s` are its clocks."""

    def __init__(
        self,
        ingest: Ingest,
        site: Site,
        address: str,
        wall_s: Callable[[], float] = time.time,
        mono_s: Callable[[], float] = time.monotonic,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._ingest = ingest
        self._site = site
        self._address = address
        self._wall_s = wall_s
        self._mono_s = mono_s
        self._random_bytes = random_bytes
        self._lock = threading.Lock()
        self._challenges: dict[str, tuple[s.Hello, float]] = {}  # with when the hello came; the oldest first
        self._sessions: dict[str, str] = {}
        self._confirmed: dict[str, tuple[int, float]] = {}
        self._behind: dict[str, int] = {}

    # Enrolment -------------------------------------------------------------------------------------------------------
    def issue(self, station: str, line: str, valid_s: int) -> Ticket:
        """A one-time ticket for a station."""
        secret, expires = self._random_bytes(16), int(self._wall_s()) + valid_s
        ticket = Ticket(self._address, station, self._site.root_public, self._site.tls_pin, secret, expires)
        kept = enrolments.StoredTicket(hashlib.sha256(secret).hexdigest(), station, line, secret, expires, None)
        self._ingest.do(lambda conn: enrolments.add_ticket(conn, kept))
        return ticket

    def enrol(self, asked: s.Enrol) -> s.Enrolled:
        """Take in a key that asks to be trusted.

        BadTicket ticket.malformed, ticket.refused, ticket.expired, ticket.used; Denied enrol.parent, enrol.signature,
        enrol.revoked: a key that was revoked is never trusted again.
        """
        try:
            pub = exactly(32, unb64(asked.pub))
        except ValueError as e:
            raise BadTicket("ticket.malformed", why="key") from e
        return self._ingest.do(lambda conn: self._enrol(conn, asked, pub, log_id(pub)))

    def _enrol(self, conn: Connection, asked: s.Enrol, pub: bytes, name: str) -> s.Enrolled:
        words = six_words(self._site.root_public, pub)
        known = logs.by_id(conn, name)
        if known is not None and known.trusted_to is not None:
            raise Denied("enrol.revoked", station=asked.station)
        if known is not None:
            return s.Enrolled("trusted", words, known.line, self._site.trust_note)
        line = self._by_parent(conn, asked, pub) if asked.parent else self._by_ticket(conn, asked, pub, name)
        candidate = enrolments.Candidate(
            name, pub, asked.station, line, asked.reason, words, asked.parent, at=self._now_ms()
        )
        enrolments.add_candidate(conn, candidate)
        log.info("enrolment_asked", station=asked.station, log=name, reason=asked.reason)
        return s.Enrolled("waiting", words, line, self._site.trust_note)

    def _by_ticket(self, conn: Connection, asked: s.Enrol, pub: bytes, name: str) -> str:
        for ticket in enrolments.tickets(conn, asked.station):
            expected = b64(enrol_proof(ticket.secret, pub, asked.station))
            if not hmac.compare_digest(expected.encode(), asked.proof.encode()):
                continue
            if ticket.used_by not in (None, name):
                raise BadTicket("ticket.used", station=asked.station)
            if ticket.expires_s < self._wall_s():
                raise BadTicket("ticket.expired", station=asked.station)
            enrolments.use_ticket(conn, ticket.id, name)
            return ticket.line
        raise BadTicket("ticket.refused", station=asked.station)

    def _by_parent(self, conn: Connection, asked: s.Enrol, pub: bytes) -> str:
        """A new incarnation is vouched for by the key of the log that it follows, which may wait itself; a person still
        has to confirm it."""
        parent = asked.parent
        found = self._vouching(conn, asked.station, parent.log) if parent else None
        if parent is None or found is None:
            raise Denied("enrol.parent", station=asked.station)
        message = incarnation_message(pub, parent.log, parent.size, unb64(parent.root))
        _verify(found[0], asked.proof, message, "enrol.signature")
        return found[1]

    def _vouching(self, conn: Connection, station: str, name: str) -> tuple[bytes, str] | None:
        """(key, line) of a station's log that is trusted, or waits to be."""
        old = logs.by_id(conn, name)
        if old is not None:
            return (old.pub, old.line) if old.author == station and old.trusted_to is None else None
        waits = next((one for one in enrolments.candidates(conn, station) if one.log == name), None)
        if waits is None or (waits.parent is not None and self._vouching(conn, station, waits.parent.log) is None):
            return None
        return waits.pub, waits.line

    def confirm(self, station: str, words: str, who: str | None = None) -> None:
        """Trust the key after a person compared the six words. `who`: their id. Denied enrol.words, enrol.nobody."""
        self._ingest.do(lambda conn: self._confirm(conn, station, words, who))

    def _confirm(self, conn: Connection, station: str, words: str, who: str | None) -> None:
        waiting = enrolments.candidates(conn, station)
        if not waiting:
            raise Denied("enrol.nobody", station=station)
        found = next((one for one in waiting if one.words.split() == words.split()), None)
        if found is None:
            raise Denied("enrol.words", station=station)
        for one in _with_those_before(found, {one.log: one for one in waiting}):
            head = one.parent
            parent = Checkpoint(head.log, head.size, unb64(head.root)) if head else None
            self._ingest.publish(conn, [enrolment_fact(station, one.line, one.pub, parent)], None, who)
            enrolments.drop_candidate(conn, one.log)
            log.info("station_enrolled", station=station, log=one.log)

    # Sessions --------------------------------------------------------------------------------------------------------
    def hello(self, conn: Connection, said: s.Hello) -> s.Challenge:
        """Challenge a station to prove its key. Denied hello.unknown, hello.revoked, hello.proto."""
        known = self.trusted(conn, said.log)
        if said.proto[0] > s.PROTOCOLS[1] or said.proto[1] < s.PROTOCOLS[0]:
            raise Denied("hello.proto", have=list(said.proto), want=list(s.PROTOCOLS))
        own = tuple(head for head in said.heads if _is_of(conn, head, known))
        challenge = b64(self._random_bytes(32))
        with self._lock:
            now = self._mono_s()
            while self._challenges and _first(self._challenges)[1] + CHALLENGE_S < now:
                del self._challenges[next(iter(self._challenges))]
            self._challenges[challenge] = (s.Hello(said.log, said.token, own, said.proto), now)
        return s.Challenge(challenge)

    def trusted(self, conn: Connection, name: str) -> logs.Log:
        """The station's log of this name. Denied hello.unknown, hello.revoked."""
        known = logs.by_id(conn, name)
        if known is None or known.role != "station":
            raise Denied("hello.unknown", log=name)
        if known.trusted_to is not None:
            raise Denied("hello.revoked", log=name)
        return known

    def answer(self, conn: Connection, said: s.HelloAnswer) -> s.Welcome:
        """Open a session for a signed challenge. Denied hello.challenge, hello.signature, hello.revoked."""
        with self._lock:
            hello, asked = self._challenges.pop(said.challenge, (None, 0.0))
        if hello is None or asked + CHALLENGE_S < self._mono_s() or hello.log != said.log:
            raise Denied("hello.challenge", log=said.log)
        known = self.trusted(conn, said.log)
        message = hello_message(said.log, unb64(said.challenge), self._site.tls_pin)
        _verify(known.pub, said.signature, message, "hello.signature")
        token = b64(self._random_bytes(16))
        self._ingest.do(lambda writing: self._remember(writing, said.log, hello.token, token))
        session = b64(self._random_bytes(32))
        with self._lock:
            self._sessions = {k: v for k, v in self._sessions.items() if v != said.log} | {session: said.log}
        for head in hello.heads:
            self.saw(conn, said.log, head, asked)
        heads = [logs.head(conn, one.lid) for h_ in hello.heads if (one := logs.by_id(conn, h_.log))]
        return s.Welcome(
            session=session,
            token=token,
            heads=tuple(Head(one.log, one.size, b64(one.root)) for one in heads),
            anchor=self._anchor(said),
            trust=self._site.trust_note,
            trust_version=self._site.trust.version,
            epoch=self._site.epoch,
            pepper=b64(self._site.pepper),
        )

    def _anchor(self, said: s.HelloAnswer) -> str:
        """The hub's time, signed, for this question only."""
        text = f"headwater.anchor/{self._site.id}\n{said.log}\n{said.challenge}\n{self._now_ms()}\n"
        return sign_text(text, self._site.trust.hub_name, self._site.hub_key)

    def who(self, authorization: str) -> str:
        """The log of a session. Denied session.none."""
        with self._lock:
            found = self._sessions.get(authorization.removeprefix("Bearer "))
        if found is None:
            raise Denied("session.none")
        return found

    # Freshness -------------------------------------------------------------------------------------------------------
    def saw(self, conn: Connection, author: str, head: Head, at_s: float | None = None) -> None:
        """Note that a log is complete here as of now, or of `at_s`, if the head that its author states is ours."""
        known = logs.by_id(conn, head.log)
        if head.log != author or known is None:
            return
        ours = logs.head(conn, known.lid)
        if (ours.size, b64(ours.root)) == (head.size, head.root):
            with self._lock:
                self._confirmed[head.log] = (head.size, self._mono_s() if at_s is None else at_s)

    def served(self, caller: str, lacked: int) -> None:
        """Note how many entries of the logs in its scope a station lacked at its last pull."""
        with self._lock:
            self._behind[caller] = lacked

    def behind(self, log: str) -> int | None:
        """Entries that a station lacked at its last pull; None: it has not pulled since the hub started."""
        with self._lock:
            return self._behind.get(log)

    def age_ms(self, known: logs.Log, size: int) -> int | None:
        """Time since a log's author confirmed that its first `size` entries, or fewer, are all; None: not since the hub
        started. Later entries make the confirmation older, not wrong."""
        if known.own:
            return 0
        with self._lock:
            confirmed = self._confirmed.get(known.log)
        return int((self._mono_s() - confirmed[1]) * 1000) if confirmed and confirmed[0] <= size else None

    def _remember(self, conn: Connection, name: str, brought: str, token: str) -> None:
        """Keep the token for the next hello. A spent one means that two computers hold this key."""
        if enrolments.remember(conn, name, brought, token, self._now_ms()):
            log.warning("clone_suspected", log=name)

    def _now_ms(self) -> int:
        return int(self._wall_s() * 1000)


def _with_those_before(
    found: enrolments.Candidate, waiting: dict[str, enrolments.Candidate]
) -> list[enrolments.Candidate]:
    """A key that waits, after those that wait too and that it follows: it is the same station, which nobody confirmed
    while it wrote them."""
    chain = [found]
    while (head := chain[0].parent) is not None and head.log in waiting and waiting[head.log] not in chain:
        chain.insert(0, waiting[head.log])
    return chain


def _verify(pub: bytes, signature: str, message: bytes, code: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(pub).verify(unb64(signature), message)
    except (InvalidSignature, ValueError) as e:
        raise Denied(code) from e


def _is_of(conn: Connection, head: Head, station: logs.Log) -> bool:
    """Tell if a head is of the station's own logs, earlier ones included; a station learns nothing of others'."""
    known = logs.by_id(conn, head.log)
    return known is not None and (known.role, known.author, known.line) == ("station", station.author, station.line)


def _first(challenges: dict[str, tuple[s.Hello, float]]) -> tuple[s.Hello, float]:
    return challenges[next(iter(challenges))]
