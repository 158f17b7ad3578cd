"""Messages of a session between a station and the hub: hello, answer, upload, enrolment; JSON shapes for both ends."""

from __future__ import annotations

from msgspec import Struct

from common.event_types import Head

PROTOCOLS = (1, 1)
HUB_SERVICE = "_headwater._tcp.local."
BATCH_TYPE = "application/vnd.headwater.batch"
PULL_TYPE = "application/vnd.headwater.pull"


class Hello(Struct, frozen=True):
    """POST /v1/hello. `token`: of the last session, "" at first. `proto`: oldest and newest version spoken."""

    log: str
    token: str
    heads: tuple[Head, ...]
    proto: tuple[int, int] = PROTOCOLS


class Challenge(Struct, frozen=True):
    """The hub's answer to a hello: 32 random bytes, base64url."""

    challenge: str


class HelloAnswer(Struct, frozen=True):
    """POST /v1/hello/answer: the challenge signed with the log's key, base64url."""

    log: str
    challenge: str
    signature: str


class Welcome(Struct, frozen=True):
    """A session. `heads`: the caller's logs at the hub. `anchor`: its signed time. `token`: for the next hello.

    `pepper`: the site's, for PIN verifiers, base64url.
    """

    session: str
    token: str
    heads: tuple[Head, ...]
    anchor: str
    trust: str
    trust_version: int
    epoch: str
    pepper: str = ""


class Uploaded(Struct, frozen=True):
    """The result of a batch: see common.ledger.accept.Verdict. `receipt`: the cosigned checkpoint, or ""."""

    kind: str
    size: int
    want: int
    code: str
    receipt: str


class Have(Struct, frozen=True):
    """POST /v1/pull: the caller's heads, one per branch, the first branch of each log first; its own log too."""

    have: tuple[Head, ...]


class Enrol(Struct, frozen=True):
    """POST /v1/enrol: asks to trust a key, by a ticket's proof or by the signature of the log it continues."""

    station: str
    pub: str
    proof: str = ""
    parent: Head | None = None
    reason: str = "enrol"


class Enrolled(Struct, frozen=True):
    """`state`: waiting or trusted. `words`: six words for both screens. `line`: of the station."""

    state: str
    words: str
    line: str
    trust: str


class Refusal(Struct, frozen=True):
    """An error over HTTP: its code, the values of its sentence, and the sentence in English."""

    code: str
    details: dict[str, object]
    text: str
