"""Photos at the station: saved under their SHA-256 before any event names them, and never changed.

They stay here until they are handed to the hub. Must not look at a picture, or decide whether it is needed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from common.ledger.store import translated_files
from station.store.durable import sync_folder, write_whole

FOLDER = "photos"


def name_of(raw: bytes) -> str:
    """Return the name of these bytes in events."""
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def keep(data: Path, raw: bytes) -> None:
    """Save these bytes durably under the data folder. StoreUnavailable: the disk refused."""
    path = _path(data, name_of(raw))
    with translated_files(path):
        path.parent.mkdir(exist_ok=True, mode=0o700)
        there = path.exists()
    if there:
        sync_folder(path.parent)  # its writer may have died before its name was on disk
    else:
        write_whole(path, raw)
    sync_folder(data)


def read(data: Path, name: str) -> bytes:
    """Read the picture that an event names. FileNotFoundError if it is not here."""
    return _path(data, name).read_bytes()


def _path(data: Path, name: str) -> Path:
    return data / FOLDER / name.removeprefix("sha256:")
