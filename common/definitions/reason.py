"""Coded reasons that a worker scans: why a unit fails, is scrapped, left, let through, held; why somebody is called."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from common.definitions.naming import Id, Name


class Reason(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="reason"):
    """One reason, for one use."""

    id: Id
    name: Name
    use: Literal["fail", "scrap", "leave", "call", "nonconformance", "override"]
