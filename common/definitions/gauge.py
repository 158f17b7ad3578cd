"""Gauges: what is measured with at a workplace, and until when its calibration holds."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from common.definitions.naming import Id, Name

Day = Annotated[str, Meta(pattern=r"\A[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z")]


class Gauge(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="gauge"):
    """One gauge, by the number on it, which is at a workplace what its forms call `device`.

    `due`: the last day on which it may measure; who calibrated it publishes the gauge anew with the next one.
    """

    id: Id
    name: Name
    at: Id
    device: Id
    due: Day
