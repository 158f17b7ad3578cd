"""Gauges: the measuring tools of a workplace, and the end of their calibration."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from common.definitions.naming import Id, Name

Day = Annotated[str, Meta(pattern=r"\A[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z")]


class Gauge(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="gauge"):
    """One gauge, by the number on it: the `device` of the forms at workplace `at`.

    `due`: the last day on which it may measure; after calibration it is published again with the next one.
    """

    id: Id
    name: Name
    at: Id
    device: Id
    due: Day
