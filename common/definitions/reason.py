"""Coded reasons that a worker scans: why a thing fails, is scrapped, left, held, let through, reprinted; why a call."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from common.definitions.naming import Id, Name


class Reason(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="reason"):
    """One reason, for one use."""

    id: Id
    name: Name
    use: Literal["fail", "scrap", "leave", "call", "nonconformance", "override", "reprint"]
