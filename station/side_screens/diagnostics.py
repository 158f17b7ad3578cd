"""The diagnostics that maintenance carries away: a zip of what helps to find a fault, without anything secret. Pure.

No key, PIN, verifier, pepper, badge or name goes in: events are given by their envelopes alone, and the log lines pass
a sieve for the badges and names that are known here.
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
    """What of an event goes along: neither its body nor who wrote it."""

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
    """The zip. `parts`: name → a value for NAME.json; `events`: (id, bytes); `hide`: what no file may have in it."""
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
