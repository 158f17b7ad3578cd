"""Answers on a page of a form, one frozen struct per kind. Once released none of them changes.

docs/wire-format.md is the specification, under `measured` 2.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from common.wire_types import DecimalText, Hash, ScanText, ShortWord


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="kind"):
    """One answer on a page about on[i], for the field `ch` of the form in `cfg`. `warn` is only recorded."""

    ch: ShortWord
    verdict: Literal["pass", "warn", "fail"]
    i: Annotated[int, Meta(ge=0, le=65_535)] = 0


class NumberEntry(Entry, frozen=True, kw_only=True, tag="number"):
    """A number and the limits that judged it. `device`: its source; unset if a person entered it or it was computed."""

    value: DecimalText
    uom: ShortWord | None = None
    low: DecimalText | None = None
    high: DecimalText | None = None
    warn_low: DecimalText | None = None
    warn_high: DecimalText | None = None
    device: ShortWord | None = None


class TextEntry(Entry, frozen=True, kw_only=True, tag="text"):
    """A text as entered."""

    value: Annotated[str, Meta(min_length=1, max_length=512)]


class ChoiceEntry(Entry, frozen=True, kw_only=True, tag="choice"):
    """A chosen option, or yes or no; a multiple choice has one entry per option."""

    value: ShortWord


class DateEntry(Entry, frozen=True, kw_only=True, tag="date"):
    """A day, YYYY-MM-DD."""

    value: Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]


class CodeEntry(Entry, frozen=True, kw_only=True, tag="code"):
    """A scanned code. `scan`: as read, base64url. `thing`: on[thing] is the thing that it names."""

    value: Annotated[str, Meta(min_length=1, max_length=512)]
    scan: ScanText = ""
    thing: Annotated[int, Meta(ge=1, le=65_535)] | None = None


class PhotoEntry(Entry, frozen=True, kw_only=True, tag="photo"):
    """A picture, by the SHA-256 of its bytes, which are kept beside the log."""

    value: Hash
    device: ShortWord | None = None


class SignatureEntry(Entry, frozen=True, kw_only=True, tag="signature"):
    """A signature: `value` signed the page in this state, by badge and PIN, meaning `meaning`."""

    value: ShortWord
    meaning: ShortWord


PageEntry = NumberEntry | TextEntry | ChoiceEntry | DateEntry | CodeEntry | PhotoEntry | SignatureEntry
