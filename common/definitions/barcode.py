"""Code rules: what a site's own barcodes mean. GS1 codes need none."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from common.definitions.naming import Id, Name


class CodeRule(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="code"):
    """A whole code that matches `pattern` is of this `type`; a group named `value` gives the value, else all of it.

    What a pattern may be: `common.codes.check_pattern`. `example` must match, as this rule's alone; it is published for
    ever, so a badge's example is nobody's badge.
    """

    id: Id
    name: Name
    type: Literal["unit", "lot", "container", "badge", "order"]
    pattern: Annotated[str, Meta(min_length=1, max_length=200)]
    example: Annotated[str, Meta(min_length=1, max_length=120)]
    material: Id | None = None
