"""The diagnostics for maintenance: a zip of facts that help to find a fault, without secrets. Pure.

No key, PIN, verifier, pepper, badge or name is included: events are given by their envelopes only, and known badges and
names are removed from the log lines.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import Struct

from common.ids import Claim

REMOVED = "[removed]"


class _Envelope(Struct, frozen=True):
    """The included part of an event: neither its body nor its author."""

    t: str
    v: int
    at: int
    mo: int
    bo: str
    on: tuple[Claim, ...] = ()
    cfg: str | None = None


_envelope = msgspec.json.Decoder(_Envelope)


def pack(
    parts: Mapping[str, object], events: Iterable[tuple[str, bytes]], lines: Sequence[str], hide: set[str]
) -> bytes:
    """Make the zip. `parts`: name → a value for NAME.json; `events`: (id, bytes); `hide`: words to remove."""
    files = {f"{name}.json": msgspec.json.format(msgspec.json.encode(part)).decode() for name, part in parts.items()}
    files["events.jsonl"] = "\n".join(_header(id, raw) for id, raw in events)
    files["recent-log.txt"] = "\n".join(lines)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), _sieved(text, hide).encode(), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _header(id: str, raw: bytes) -> str:
    return msgspec.json.encode({"id": id, **msgspec.structs.asdict(_envelope.decode(raw))}).decode()


def _sieved(text: str, hide: set[str]) -> str:
    for word in sorted(hide, key=len, reverse=True):
        text = text.replace(word, REMOVED)
    return text
