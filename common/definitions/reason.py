"""Coded reasons that a worker scans: for a fail, scrap, set-aside, nonconformance, override, reprint or call."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from common.definitions.field import Field
from common.definitions.naming import Id, Name


class Reason(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="reason"):
    """One reason, for one use. `fields`: the page to fill before the reason counts: a photo, a note."""

    id: Id
    name: Name
    use: Literal["fail", "scrap", "leave", "call", "nonconformance", "override", "reprint"]
    fields: Annotated[list[Field], Meta(min_length=1, max_length=16)] | UnsetType = UNSET

    @property
    def asks(self) -> list[Field]:
        """The fields of its page, in order."""
        return [] if self.fields is UNSET else self.fields
