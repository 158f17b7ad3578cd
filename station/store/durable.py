"""Durable files: on disk, with their names, once the call returns. Must not know their content."""

from __future__ import annotations

import os
from pathlib import Path

from common.ledger.store import translated_files


def write_whole(path: Path, raw: bytes) -> None:
    """Replace a file durably; a crash leaves the old one or the new one. StoreUnavailable: the disk refused."""
    beside = path.with_suffix(".new")
    with translated_files(path):
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. StoreUnavailable: the disk refused."""
    with translated_files(folder):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
