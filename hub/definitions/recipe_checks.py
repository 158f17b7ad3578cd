"""Checks that materials fit together: bills of material, suppliers, allergens that a product must declare."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from common.definitions import BomLine, Definitions, Form, Material, Partner, Route
from hub.definitions.definition_errors import Flaw, absent, doubt, flaw, twice

FILLS = ("scan", "add")  # step kinds that put something into an empty slot


def material(made: Material, known: Definitions) -> Iterator[Flaw]:
    """Flaws of a material."""
    if made.route and not known.get(Route, made.route):
        yield absent("route", "route", made.route, (r.id for r in known.all(Route)))
    if made.origin == "made" and made.tracked != "container" and not made.route:
        yield doubt("", "definition.reference", "no_route", id=made.id)
    yield from twice("bom", (line.slot for line in made.bom), "slot")
    for i, line in enumerate(made.bom):
        yield from _line(f"bom[{i}]", line, known)
        yield from _filled(f"bom[{i}].slot", line, made, known)
        yield from _allergens(f"bom[{i}]", line, made, known)
    yield from _suppliers(made, known)
    yield from _circle(made, known)


def _line(field: str, line: BomLine, known: Definitions) -> Iterator[Flaw]:
    ids = [m.id for m in known.all(Material)]
    if line.material not in ids:
        yield absent(f"{field}.material", "material", line.material, ids)
    for i, other in enumerate(line.alternatives):
        if other not in ids:
            yield absent(f"{field}.alternatives[{i}]", "material", other, ids)
    yield from _whole(field, line, known)
    if Decimal(line.quantity) <= 0:
        yield flaw(f"{field}.quantity", "definition.limits", "above_0", value=line.quantity)
    if not 0 <= Decimal(line.tolerance) < max(Decimal(line.quantity), Decimal(1)):
        yield flaw(f"{field}.tolerance", "definition.limits", "tolerance", value=line.tolerance, quantity=line.quantity)


def _whole(field: str, line: BomLine, known: Definitions) -> Iterator[Flaw]:
    """One scan is one thing, so of what carries its own serial number a slot takes a whole number."""
    for id in (line.material, *line.alternatives):
        part = known.get(Material, id)
        if part and part.tracked != "lot" and Decimal(line.quantity) % 1:
            yield flaw(f"{field}.quantity", "definition.limits", "whole", value=line.quantity, id=id)


def _filled(field: str, line: BomLine, made: Material, known: Definitions) -> Iterator[Flaw]:
    """Some step of the material's route fills the slot; a container is filled at packing."""
    route = known.route_of(made.id)
    if route is None or made.tracked == "container":
        return
    forms = [form for o in route.operations if (form := known.get(Form, o.form))]
    if not any(step.slot == line.slot and step.kind in FILLS for form in forms for step in form.steps):
        yield flaw(field, "definition.missing", "never_filled", id=line.slot, route=route.id)


def _allergens(field: str, line: BomLine, made: Material, known: Definitions) -> Iterator[Flaw]:
    """A product declares what its ingredients bring; a container declares nothing of its own."""
    if made.tracked == "container":
        return
    if missing := _undeclared(known.get(Material, line.material), made):
        yield flaw(
            f"{field}.material",
            "definition.allergen",
            "undeclared",
            id=line.material,
            allergens=missing,
            product=made.id,
        )
    for i, id in enumerate(line.alternatives):
        if missing := _undeclared(known.get(Material, id), made):
            where = f"{field}.alternatives[{i}]"
            yield doubt(
                where, "definition.allergen", "undeclared_alternative", id=id, allergens=missing, product=made.id
            )


def _undeclared(part: Material | None, made: Material) -> list[str]:
    return sorted(set(part.allergens) - set(made.allergens)) if part else []


def _suppliers(made: Material, known: Definitions) -> Iterator[Flaw]:
    suppliers = {p.id for p in known.all(Partner) if p.role == "supplier"}
    for i, id in enumerate(made.suppliers):
        if id not in suppliers:
            yield absent(f"suppliers[{i}]", "supplier", id, suppliers)


def _circle(made: Material, known: Definitions) -> Iterator[Flaw]:
    """Nothing is made of itself, but for what a `rework` line brings back."""
    graph = {m.id: [line.material for line in m.bom if not line.rework] for m in known.all(Material)}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as e:
        around: list[str] = e.args[1]
        at = [i for i, line in enumerate(made.bom) if line.material in around and not line.rework]
        if made.id in around and at:
            yield flaw(f"bom[{at[0]}].material", "definition.reference", "round", around=around)
