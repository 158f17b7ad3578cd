"""The station's own log. A cloned or restored station opens a new one before its first write.

The sentinel is a small file outside the database: the state of the log when last seen, and the computer it was on.
Another computer means a clone; a database behind the sentinel means a restore.
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

from common.errors import StoreUnavailable
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
    """The last seen state of the own log, and the computer it was on."""

    log: str
    size: int
    root: str
    host: str


class Files:
    """The station's key files and sentinel in its data folder, and the fingerprint of the computer (`host`).

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
        self.disk_reserve = data / "ballast"
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
        """Return the key of the log that is written now, or None before the first."""
        path = self.keys / "current"
        return self.key(path.read_text()) if path.exists() else None

    def key(self, name: str) -> Ed25519PrivateKey:
        """Return the key of a log that this station has ever written."""
        return Ed25519PrivateKey.from_private_bytes((self.keys / f"{name}.key").read_bytes())

    def find(self, name: str) -> Ed25519PrivateKey | None:
        """Return that key, or None if it was lost with its folder."""
        return self.key(name) if (self.keys / f"{name}.key").exists() else None

    def pepper(self) -> bytes | None:
        """Return the site's pepper, or None before the first hello."""
        path = self.keys / "pepper"
        return path.read_bytes() if path.exists() else None

    def save_pepper(self, raw: bytes) -> None:
        """Save the pepper beside the keys, readable by the owner only. StoreUnavailable: the disk refused."""
        if raw != self.pepper():
            write_whole(self.keys / "pepper", raw)

    def read_sentinel(self) -> Sentinel | None:
        """Read the sentinel, or None if it is missing or unreadable."""
        try:
            return msgspec.json.decode(self.sentinel.read_bytes(), type=Sentinel)
        except (OSError, msgspec.MsgspecError):
            return None

    def write_sentinel(self, own: Own, host: str) -> None:
        """Save the present state of the own log as the sentinel."""
        root = b64(own.frontier.root())
        write_whole(self.sentinel, msgspec.json.encode(Sentinel(own.log, own.size, root, host)))


class SentinelWriter:
    """Writes the sentinel whenever the own log has changed."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._seen: tuple[str, int] = ("", 0)

    def write(self, own: Own) -> None:
        """Write it. StoreUnavailable: the disk refused."""
        self._seen = (own.log, own.size)
        self._files.write_sentinel(own, self._files.host)

    def follow(self, own: Own) -> None:
        """Write it if the log has changed. One that lags does no harm, so a full disk may wait."""
        if self._seen == (own.log, own.size):
            return
        try:
            self.write(own)
        except StoreUnavailable as e:
            log.warning("sentinel_not_written", code=e.code)


def fingerprint() -> str:
    """Hash this computer's machine id, or its name if it has none."""
    machine = Path("/etc/machine-id")
    text = machine.read_text() if machine.exists() else socket.gethostname()
    return hashlib.sha256(f"headwater/host/v1\n{text.strip()}".encode()).hexdigest()[:16]


def resume(conn: Connection, files: Files, place: str, line: str, host: str, stamp: Stamp) -> Own:
    """Open the log to write. StoreUnavailable store.corrupt if the last entries are not the signed ones."""
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
    """Start a log for a key that the database does not know. If the sentinel names that log, the database was lost;
    else the key is fresh: the first one, or made by an enrolment after a loss, or by a renewal cut short by a crash."""
    if sentinel is not None and sentinel.log == log_id(append.public(key)):
        return renew(conn, files, None, where, "restore", stamp)
    before = _written_before(conn)
    parent = before or _lost(files)
    if parent is not None:
        log.warning("new_incarnation", reason="restore", log=log_id(append.public(key)), follows=parent.log)
    fresh = append.open_log(conn, key, where[0], where[1], "station", parent)
    return begin(conn, fresh, where[0], "restore" if parent else "enrol", parent, stamp)


def _written_before(conn: Connection) -> note.Checkpoint | None:
    """Return the head of the log last written here."""
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
        # A crash right after opening a new log leaves the sentinel of its predecessor.
        known = logs.by_id(conn, own.log)
        return None if known and known.follows == sentinel.log else "restore"
    differs = sentinel.size == own.size and unb64(sentinel.root) != own.frontier.root()
    return "restore" if sentinel.size > own.size or differs else None


def renew(conn: Connection, files: Files, own: Own | None, where: tuple[str, str], reason: str, stamp: Stamp) -> Own:
    """Open a new log that continues the known part of the old one. `where`: workplace and line."""
    place, line = where
    parent = note.Checkpoint(own.log, own.size, own.frontier.root()) if own else _lost(files)
    fresh = append.open_log(conn, files.new_key(), place, line, "station", parent)
    log.warning("new_incarnation", reason=reason, log=fresh.log, follows=parent.log if parent else None)
    return begin(conn, fresh, place, reason, parent, stamp)


def _lost(files: Files) -> note.Checkpoint | None:
    """Return the head in the sentinel, to continue from it when the database is lost."""
    sentinel = files.read_sentinel()
    return note.Checkpoint(sentinel.log, sentinel.size, unb64(sentinel.root)) if sentinel else None


def begin(conn: Connection, own: Own, place: str, reason: str, parent: note.Checkpoint | None, stamp: Stamp) -> Own:
    """Write a log's first event."""
    head = Head(parent.log, parent.size, b64(parent.root)) if parent else None
    body = msgspec.convert({"author": place, "reason": reason, "parent": head}, LogOpened, from_attributes=True)
    return append.append(conn, own, [(Fact(body), stamp)])[0]
