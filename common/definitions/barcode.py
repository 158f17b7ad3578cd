"""Code rules: what a site's own barcodes mean. GS1 codes need none."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from common.definitions.naming import Id, Name


class CodeRule(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="code"):
    """A whole code that matches `pattern` is of this `type`; a group named `value` gives the value, else all of it.

    Groups named `gtin` and `serial` (a unit), `gtin` and `lot` (a lot), `sscc` (a container) or `giai` (equipment) say
    that the code carries these of GS1, as the text of an RFID reader does: it is then the same thing as under a GS1
    code. A badge's pattern may begin with \\(8018\\): only so is a person's GS1 number a badge.

    `common.barcode_router.check_rule` checks the pattern. `example` must match this rule alone; it is published
    permanently, so a badge's example is nobody's badge.
    """

    id: Id
    name: Name
    type: Literal["unit", "lot", "container", "equipment", "tool", "gauge", "location", "document", "badge", "order"]
    pattern: Annotated[str, Meta(min_length=1, max_length=200)]
    example: Annotated[str, Meta(min_length=1, max_length=120)]
    material: Id | None = None
