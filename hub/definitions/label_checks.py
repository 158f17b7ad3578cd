"""Checks that labels can be printed: elements inside, names known, codes with room for their content."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from common import barcode_router
from common.definitions import CodeRule, Definitions, LabelDefinition, Material, Route
from common.definitions.label import LabelElement, LabelSymbol, LabelText
from common.errors import BadLabel
from common.labels import NAMES
from common.labels.drawing import dots
from common.labels.filling import fill_code, names
from common.labels.symbols import fit, symbol
from hub.definitions.definition_errors import Flaw, Why, absent, doubt, flaw

# What fits the coarsest printer there is fits them all.
COARSEST_DPI = 203
# What things are called for the trial; a material's own GTIN and its rules' examples take the place of these.
SAMPLES = {
    "serial": "A1234567890",
    "lot": "A1234567",
    "sscc": "106141411234567897",
    "order": "WO-2611-0087",
    "date": "2026-12-31",
    "yymmdd": "261231",
    "expiry": "2027-12-31",
    "expiry_yymmdd": "271231",
    "place": "st-100",
    "copy": "1",
}


def label(made: LabelDefinition, known: Definitions) -> Iterator[Flaw]:
    """Flaws of a label."""
    users = list(_users(made, known))
    for i, element in enumerate(made.elements):
        yield from _inside(f"elements[{i}]", element, made)
        yield from _names(f"elements[{i}]", element, made)
        if isinstance(element, LabelSymbol):
            yield from _free(i, element, made)
            yield from _holds(f"elements[{i}].content", element, made, users, known)
    if not users:
        yield doubt("", "definition.reference", "unused", what="label", id=made.id)


def sample(made: LabelDefinition, known: Definitions) -> dict[str, str]:
    """Sample values for a label before anything was made: those of the first material that bears it."""
    user = next(_users(made, known), None)
    return SAMPLES | (_values(user, known) if user else {})


def cited(field: str, id: str | None, known: Definitions) -> Iterator[Flaw]:
    """A label that a material or an operation cites must be."""
    if id and known.get(LabelDefinition, id) is None:
        yield absent(field, "label", id, (one.id for one in known.all(LabelDefinition)))


def _users(made: LabelDefinition, known: Definitions) -> Iterator[Material]:
    """The materials whose things bear this label."""
    for material in known.all(Material):
        route = known.get(Route, material.route)
        operations = route.operations if route else []
        if made.id == material.label or any(operation.label == made.id for operation in operations):
            yield material


def _inside(field: str, element: LabelElement, made: LabelDefinition) -> Iterator[Flaw]:
    for at, size, room in (("x", "width", made.width), ("y", "height", made.height)):
        end = Decimal(getattr(element, at)) + Decimal(getattr(element, size))
        if end > Decimal(room):
            yield flaw(f"{field}.{size}", "definition.limits", "outside", end=end, room=room)
        if not Decimal(getattr(element, size)):
            yield flaw(f"{field}.{size}", "definition.limits", "above_0", value=0)


def _names(field: str, element: LabelElement, made: LabelDefinition) -> Iterator[Flaw]:
    inner = {LabelText: "text", LabelSymbol: "content"}.get(type(element), "")
    for name in names(getattr(element, inner)) if inner else ():
        if name not in NAMES and name not in made.values:
            yield absent(f"{field}.{inner}", "value", name, (*NAMES, *made.values))


def _free(i: int, code: LabelSymbol, made: LabelDefinition) -> Iterator[Flaw]:
    """Flaws of elements in a code's quiet zone; a frame around the label may cross it."""
    for j, other in enumerate(made.elements):
        if j != i and isinstance(other, LabelText | LabelSymbol) and _overlap(code, other):
            yield flaw(f"elements[{i}]", "definition.limits", "overlap", other=j + 1)


def _overlap(one: LabelElement, other: LabelElement) -> bool:
    return all(
        Decimal(getattr(a, at)) < Decimal(getattr(b, at)) + Decimal(getattr(b, size))
        for a, b in ((one, other), (other, one))
        for at, size in (("x", "width"), ("y", "height"))
    )


def _holds(
    field: str, code: LabelSymbol, made: LabelDefinition, users: list[Material], known: Definitions
) -> Iterator[Flaw]:
    """The code of each material that bears the label, as far as its names are known, must be one and have room."""
    if any(name not in NAMES and name not in made.values for name in names(code.content)):
        return
    for material in users:
        values = {**SAMPLES, **made.values, **_values(material, known)}
        try:
            drawn = symbol(code.symbology, fill_code(code.content, values), code.gs1)
            fit(drawn, (dots(code.width, COARSEST_DPI), dots(code.height, COARSEST_DPI)), COARSEST_DPI)
        except BadLabel as e:
            yield flaw(field, "definition.limits", "code", error=Why(e.code, e.details), id=material.id)


def _values(material: Material, known: Definitions) -> dict[str, str]:
    """Values known of a material beforehand, with the examples of the rules that read its codes."""
    found = {"material": material.id, "name_zh": material.name.zh, "name_en": material.name.en}
    found["gtin"] = material.gtin[0] if material.gtin else ""
    for rule in known.all(CodeRule):
        if rule.type in ("unit", "lot") and rule.material == material.id:
            found["serial" if rule.type == "unit" else "lot"] = barcode_router.read(rule, rule.example) or rule.example
    return found
