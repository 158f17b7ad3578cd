"""Partners: suppliers and customers; a worker scans the card HW:PARTNER:<id>."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from common.definitions.naming import Id, Name


class Partner(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="partner"):
    """A supplier or a customer. Events name it by its id."""

    id: Id
    name: Name
    role: Literal["supplier", "customer"]
