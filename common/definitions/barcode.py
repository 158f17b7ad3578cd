"""Code rules: the meaning of a site's own barcodes. GS1 codes need none."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from common.definitions.naming import Id, Name


class CodeRule(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="code"):
    """A rule: a whole code that matches `pattern` is of this `type`; its group `value` gives the value, else the whole
    code.

    Groups named `gtin` and `serial` (a unit), `gtin` and `lot` (a lot), `sscc` (a container) or `giai` (equipment) say
    that the code carries these GS1 elements, as an RFID reader's text does: it then names the same thing as the GS1
    code. A person's GS1 number is a badge only if a badge's pattern begins with \\(8018\\).

    `common.barcode_router.check_rule` checks the pattern. `example` must match this rule alone; it is published
    permanently, so a badge's example must belong to nobody.
    """

    id: Id
    name: Name
    type: Literal["unit", "lot", "container", "equipment", "tool", "gauge", "location", "document", "badge", "order"]
    pattern: Annotated[str, Meta(min_length=1, max_length=200)]
    example: Annotated[str, Meta(min_length=1, max_length=120)]
    material: Id | None = None
