"""Which log this station writes. A cloned or restored station opens a new one before its first write.

The sentinel is a small file outside the database: what the log was when last looked at, and on which computer. Another
computer means a clone; a database behind it means a restore.
"""

from __future__ import annotations

import hashlib
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from common.event_types import Head, LogOpened
from common.events import Fact, Stamp
from common.ids import b64, log_id, unb64
from common.ledger import append, logs
from common.ledger.append import Own
from common.ledger.store import Connection
from common.signedlog import note
from station.store.durable import write_whole

log = structlog.get_logger(__name__)


class Sentinel(Struct, frozen=True):
    """The state of the own log when last looked at, and the computer it was on."""

    log: str
    size: int
    root: str
    host: str


class Files:
    """The station's key files and sentinel, in its data folder, and which computer (`host`) that is in.

    Key files are readable by their owner only.
    """

    def __init__(
        self,
        data: Path,
        sentinel: Path | None = None,
        host: str = "",
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.data = data
        self.keys = data / "keys"
        self.ballast = data / "ballast"
        self.sentinel = sentinel or data / "sentinel.json"
        self.host = host or fingerprint()
        self._random_bytes = random_bytes

    def new_key(self) -> Ed25519PrivateKey:
        """Make a key, save it, and make it the current one."""
        key = Ed25519PrivateKey.from_private_bytes(self._random_bytes(32))
        self.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = log_id(append.public(key))
        write_whole(self.keys / f"{name}.key", key.private_bytes_raw())
        write_whole(self.keys / "current", name.encode())
        return key

    def current(self) -> Ed25519PrivateKey | None:
        """The key of the log that is written now, or None before the first."""
        path = self.keys / "current"
        return self.key(path.read_text()) if path.exists() else None

    def key(self, name: str) -> Ed25519PrivateKey:
        """The key of a log that this station wrote at some time."""
        return Ed25519PrivateKey.from_private_bytes((self.keys / f"{name}.key").read_bytes())

    def find(self, name: str) -> Ed25519PrivateKey | None:
        """The same, or None where the key was lost with its folder."""
        return self.key(name) if (self.keys / f"{name}.key").exists() else None

    def pepper(self) -> bytes | None:
        """The site's pepper, or None before the first hello."""
        path = self.keys / "pepper"
        return path.read_bytes() if path.exists() else None

    def save_pepper(self, raw: bytes) -> None:
        """Keep the pepper beside the keys, for the station's own eyes. StoreUnavailable: the disk said no."""
        if raw != self.pepper():
            write_whole(self.keys / "pepper", raw)

    def read_sentinel(self) -> Sentinel | None:
        """The sentinel, or None if there is none that can be read."""
        try:
            return msgspec.json.decode(self.sentinel.read_bytes(), type=Sentinel)
        except (OSError, msgspec.MsgspecError):
            return None

    def write_sentinel(self, own: Own, host: str) -> None:
        """Remember the own log as it is."""
        root = b64(own.frontier.root())
        write_whole(self.sentinel, msgspec.json.encode(Sentinel(own.log, own.size, root, host)))


def fingerprint() -> str:
    """This computer, hashed: its machine id, or its name where there is none."""
    machine = Path("/etc/machine-id")
    text = machine.read_text() if machine.exists() else socket.gethostname()
    return hashlib.sha256(f"headwater/host/v1\n{text.strip()}".encode()).hexdigest()[:16]


def resume(conn: Connection, files: Files, place: str, line: str, host: str, stamp: Stamp) -> Own:
    """The log to write, ready. StoreUnavailable store.corrupt if the last entries are not what was signed."""
    key, sentinel = files.current() or files.new_key(), files.read_sentinel()
    own = append.load(conn, key)
    if own is None:
        return _start(conn, files, key, (place, line), sentinel, stamp)
    append.verify(conn, own)
    reason = _why_new(conn, own, sentinel, host)
    return renew(conn, files, own, (place, line), reason, stamp) if reason else own


def _start(
    conn: Connection,
    files: Files,
    key: Ed25519PrivateKey,
    where: tuple[str, str],
    sentinel: Sentinel | None,
    stamp: Stamp,
) -> Own:
    """The database knows nothing of the key's log. With a sentinel of that very log, the database is gone; else the key
    is fresh: the first one, or made by an enrolment after a loss, or by a renewal that a crash broke off."""
    if sentinel is not None and sentinel.log == log_id(append.public(key)):
        return renew(conn, files, None, where, "restore", stamp)
    before = _written_before(conn)
    parent = before or _lost(files)
    if parent is not None:
        log.warning("new_incarnation", reason="restore", log=log_id(append.public(key)), follows=parent.log)
    fresh = append.open_log(conn, key, where[0], where[1], "station", parent)
    return begin(conn, fresh, where[0], "restore" if parent else "enrol", parent, stamp)


def _written_before(conn: Connection) -> note.Checkpoint | None:
    """The head of the log that was written here last."""
    own = [known for known in logs.all_logs(conn) if known.own == 1]
    return logs.head(conn, own[0].lid) if own else None


def _why_new(conn: Connection, own: Own, sentinel: Sentinel | None, host: str) -> str | None:
    if len(logs.branches(conn, own.lid)) > 1:
        return "fork"
    if sentinel is None:
        return None
    if sentinel.host != host:
        return "clone"
    if sentinel.log != own.log:
        # A crash right after a new log was opened leaves a sentinel of the one it follows.
        known = logs.by_id(conn, own.log)
        return None if known and known.follows == sentinel.log else "restore"
    differs = sentinel.size == own.size and unb64(sentinel.root) != own.frontier.root()
    return "restore" if sentinel.size > own.size or differs else None


def renew(conn: Connection, files: Files, own: Own | None, where: tuple[str, str], reason: str, stamp: Stamp) -> Own:
    """A new incarnation that follows what there is of the old log. `where`: workplace and line."""
    place, line = where
    parent = note.Checkpoint(own.log, own.size, own.frontier.root()) if own else _lost(files)
    fresh = append.open_log(conn, files.new_key(), place, line, "station", parent)
    log.warning("new_incarnation", reason=reason, log=fresh.log, follows=parent.log if parent else None)
    return begin(conn, fresh, place, reason, parent, stamp)


def _lost(files: Files) -> note.Checkpoint | None:
    """The database is gone: follow what the sentinel remembers."""
    sentinel = files.read_sentinel()
    return note.Checkpoint(sentinel.log, sentinel.size, unb64(sentinel.root)) if sentinel else None


def begin(conn: Connection, own: Own, place: str, reason: str, parent: note.Checkpoint | None, stamp: Stamp) -> Own:
    """Write a log's first event."""
    head = Head(parent.log, parent.size, b64(parent.root)) if parent else None
    body = msgspec.convert({"author": place, "reason": reason, "parent": head}, LogOpened, from_attributes=True)
    return append.append(conn, own, [(Fact(body), stamp)])[0]
