"""Writes what a page shows as CSV: RFC 4180, UTF-8 with the mark that Excel wants, and no cell that a sheet would run.

Each row says as of when it is, and what was not seen then, so that a part of it that travels on says so too.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import IO

from msgspec import Struct
from starlette.responses import StreamingResponse

from common.definitions.naming import Name
from hub.trace.seen import Seen

SPOOLED = 4 << 20  # beyond this it waits on the disk for a slow reader, not in memory
PIECE = 64 << 10
SEEN_COLUMNS = ("as_of", "not_seen")
# A cell that begins so is a formula to a spreadsheet (owasp.org/www-community/attacks/CSV_Injection); numbers are none.
_RUNS = re.compile(r"\A[=+\-@\t\r\n]")
_NUMBER = re.compile(r"\A-?[0-9]+(\.[0-9]+)?\Z")


class ExportTable(Struct, frozen=True):
    """Rows under stable English names."""

    columns: tuple[str, ...]
    rows: Iterable[Sequence[object]]


def write(sheet: ExportTable, seen: Seen, out: IO[bytes]) -> None:
    """The whole CSV. Without any row one says only what was seen."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    said = (moment(seen.as_of), unseen(seen))
    writer.writerow(sheet.columns + SEEN_COLUMNS)
    any_row = False
    for row in sheet.rows:
        any_row = True
        writer.writerow([cell(value) for value in (*row, *said)])
    if not any_row:
        writer.writerow([*("" for _ in sheet.columns), *said])
    text.flush()
    text.detach()


def answer(sheet: ExportTable, seen: Seen, name: str, headers: Mapping[str, str]) -> StreamingResponse:
    """The CSV as a file of this name; written whole from one look at the store, and sent as fast as it is read."""
    out = tempfile.SpooledTemporaryFile(SPOOLED)  # noqa: SIM115 - closed when it is sent
    write(sheet, seen, out)
    size = out.tell()
    out.seek(0)
    disposition = {"content-disposition": f'attachment; filename="{name}.csv"', "content-length": str(size)}
    return StreamingResponse(_pieces(out), 200, {**headers, **disposition}, "text/csv; charset=utf-8")


def _pieces(out: IO[bytes]) -> Iterator[bytes]:
    with out:
        while piece := out.read(PIECE):
            yield piece


# Cells ---------------------------------------------------------------------------------------------------------------
def cell(value: object) -> str:
    """A value as a cell that means itself."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if _RUNS.match(text) and not _NUMBER.match(text) else text


def moment(ms: int | None) -> str:
    """A wall time with its zone."""
    return "" if ms is None else datetime.fromtimestamp(ms / 1000, tz=UTC).isoformat(timespec="milliseconds")


def named(name: Name | str | None) -> tuple[str, str]:
    """A name in Chinese and English; an id in both places."""
    return (name.zh, name.en) if isinstance(name, Name) else (name or "", name or "")


def unseen(seen: Seen) -> str:
    """Stations that are missing, in words for machines: station, reason, since."""
    parts = [" ".join(filter(None, (one.station, one.reason, moment(one.since)))) for one in seen.missing]
    return "; ".join([*parts, *([f"{seen.aside} batches aside"] if seen.aside else [])])
