"""Code rules: what a site's own barcodes mean. GS1 codes need none."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from common.definitions.naming import Id, Name


class CodeRule(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="code"):
    """A whole code that matches `pattern` is of this `type`. A group named `value` gives the value, else the whole code.

    `example` must match: it is shown to people and checked when the pack loads.
    """

    id: Id
    name: Name
    type: Literal["unit", "lot", "container", "badge", "order"]
    pattern: Annotated[str, Meta(min_length=1, max_length=200)]
    example: Annotated[str, Meta(min_length=1, max_length=120)]
    material: Id | None = None
