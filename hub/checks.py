"""Whether definitions fit together: what one cites, another must be. Must not know files, lines or the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from msgspec import Struct

from common import codes, gs1
from common.codes import Ambiguous
from common.definitions import (
    BomLine,
    Characteristic,
    CodeRule,
    Definition,
    Definitions,
    Form,
    Line,
    Material,
    Operation,
    Person,
    Route,
    Step,
    canonical,
)
from common.errors import BadBarcode, BadDefinition

# A definition travels in one event of at most 65,535 bytes; the rest is for the event's envelope.
MAX_DEFINITION = 64_000

# (field, code, hint): what is wrong with a field of one definition.
Flaw = tuple[str, str, str]


class Fault(Struct, frozen=True):
    """What is wrong: `field` of the definition at position `at`, e.g. "operations[0].form"; the code of the error."""

    at: int
    field: str
    code: str
    hint: str


def absent(field: str, what: str, id: str) -> Flaw:
    """`field` cites what is not there."""
    return field, "definition.reference", f"there is no {what} {id}"


def twice(field: str, ids: Iterable[str], inner: str = "id") -> Iterator[Flaw]:
    """Every entry of the list `field` whose `inner` field another had before."""
    seen: set[str] = set()
    for i, id in enumerate(ids):
        if id in seen:
            yield f"{field}[{i}].{inner}", "definition.duplicate", f"{id} stands twice"
        seen.add(id)


def faults(definitions: Sequence[Definition]) -> Iterator[Fault]:
    """Everything in which these definitions, taken together, cannot work. Codes: definition.duplicate, .oversized,
    .reference, .missing, .schema, .limits, .pattern."""
    yield from _defined_twice(definitions)
    known = Definitions.of(definitions)
    for at, definition in enumerate(definitions):
        for field, code, hint in _flaws(definition, known):
            yield Fault(at, field, code, hint)


def _defined_twice(definitions: Sequence[Definition]) -> Iterator[Fault]:
    seen: set[tuple[type, str]] = set()
    for at, definition in enumerate(definitions):
        if (type(definition), definition.id) in seen:
            yield Fault(at, "id", "definition.duplicate", f"{definition.id} is defined twice")
        seen.add((type(definition), definition.id))


def _flaws(definition: Definition, known: Definitions) -> Iterator[Flaw]:
    if len(canonical(definition)) > MAX_DEFINITION:
        yield "", "definition.oversized", f"a definition has at most {MAX_DEFINITION} bytes"
    match definition:
        case Material():
            yield from _material(definition, known)
        case Route():
            yield from _route(definition, known)
        case Form():
            yield from _form(definition, known)
        case Line():
            yield from _line(definition, known)
        case Person():
            yield from _person(definition, known)
        case CodeRule():
            yield from _code_rule(definition, known)


# Materials -----------------------------------------------------------------------------------------------------------
def _material(material: Material, known: Definitions) -> Iterator[Flaw]:
    if material.route and not known.get(Route, material.route):
        yield absent("route", "route", material.route)
    yield from twice("bom", (line.slot for line in material.bom), "slot")
    for i, line in enumerate(material.bom):
        yield from _bom_line(f"bom[{i}]", line, known)
    yield from _gtins(material, known)


def _gtins(material: Material, known: Definitions) -> Iterator[Flaw]:
    """A GTIN is of one material in all, so that a GS1 code says which."""
    owners = Counter(gtin for other in known.all(Material) for gtin in other.gtin)
    for i, gtin in enumerate(material.gtin):
        if not gs1.is_gtin(gtin):
            yield f"gtin[{i}]", "definition.limits", f"{gtin} has a wrong check digit"
        if owners[gtin] > 1:
            yield f"gtin[{i}]", "definition.duplicate", f"{gtin} stands twice"


def _bom_line(field: str, line: BomLine, known: Definitions) -> Iterator[Flaw]:
    if not known.get(Material, line.material):
        yield absent(f"{field}.material", "material", line.material)
    if Decimal(line.quantity) <= 0:
        yield f"{field}.quantity", "definition.limits", "a quantity is above 0"


# Routes --------------------------------------------------------------------------------------------------------------
def _route(route: Route, known: Definitions) -> Iterator[Flaw]:
    yield from twice("operations", (operation.id for operation in route.operations))
    for i, operation in enumerate(route.operations):
        for field, code, hint in _operation(operation, route, known):
            yield f"operations[{i}].{field}", code, hint
    yield from _round(route)


def _operation(operation: Operation, route: Route, known: Definitions) -> Iterator[Flaw]:
    workplaces = {workplace.id for line in known.all(Line) for workplace in line.workplaces}
    yield from (absent(f"at[{i}]", "workplace", p) for i, p in enumerate(operation.at) if p not in workplaces)
    if not known.get(Form, operation.form):
        yield absent("form", "form", operation.form)
    yield from (absent(f"after[{i}]", "operation", o) for i, o in enumerate(operation.after) if not route.operation(o))
    yield from _loop(operation, route)
    yield from _release(operation, known)


def _loop(operation: Operation, route: Route) -> Iterator[Flaw]:
    """The rework loop: a failed operation opens one that leads back to it."""
    if operation.reworks and not route.operation(operation.reworks):
        yield absent("reworks", "operation", operation.reworks)
    if operation.on_fail:
        rework = route.operation(operation.on_fail)
        if rework is None:
            yield absent("on_fail", "operation", operation.on_fail)
        elif rework.reworks != operation.id:
            yield "on_fail", "definition.reference", f"{rework.id} does not say that it reworks {operation.id}"


def _release(operation: Operation, known: Definitions) -> Iterator[Flaw]:
    """Somebody must be able to release a block; a pack that brings no people leaves that to the site."""
    people = known.all(Person)
    held = {role for person in people for role in person.roles}
    for i, role in enumerate(operation.release):
        if people and role not in held:
            yield absent(f"release[{i}]", "person with the role", role)


def _round(route: Route) -> Iterator[Flaw]:
    try:
        TopologicalSorter({o.id: o.after for o in route.operations}).prepare()
    except CycleError as e:
        around: list[str] = e.args[1]
        at = next(i for i, o in enumerate(route.operations) if o.id == around[-1])
        yield f"operations[{at}].after", "definition.reference", f"goes round: {', '.join(around)}"


# Forms ---------------------------------------------------------------------------------------------------------------
def _form(form: Form, known: Definitions) -> Iterator[Flaw]:
    yield from twice("steps", (step.id for step in form.steps))
    once = Counter(c.id for step in form.steps for c in step.characteristics)
    users = [m for m in known.all(Material) if _uses(known.route_of(m.id), form)]
    for i, step in enumerate(form.steps):
        yield from _step(f"steps[{i}]", step)
        yield from _slot(f"steps[{i}].slot", step, users)
        for j, characteristic in enumerate(step.characteristics):
            yield from _characteristic(f"steps[{i}].characteristics[{j}]", characteristic, once)


def _uses(route: Route | None, form: Form) -> bool:
    return route is not None and any(operation.form == form.id for operation in route.operations)


def _step(field: str, step: Step) -> Iterator[Flaw]:
    needed = ("device", "characteristics") if step.kind == "machine" else ("slot",)
    for name in ("slot", "device", "characteristics"):
        if name in needed and not getattr(step, name):
            yield f"{field}.{name}", "definition.missing", f"a {step.kind} step needs it"
        if name not in needed and getattr(step, name):
            yield f"{field}.{name}", "definition.schema", f"a {step.kind} step has none"


def _slot(field: str, step: Step, users: list[Material]) -> Iterator[Flaw]:
    for material in users:
        if step.slot and all(line.slot != step.slot for line in material.bom):
            yield absent(field, f"slot in the bill of material of {material.id}:", step.slot)


def _characteristic(field: str, characteristic: Characteristic, once: Counter[str]) -> Iterator[Flaw]:
    low, high = characteristic.low, characteristic.high
    if once[characteristic.id] > 1:
        yield f"{field}.id", "definition.duplicate", f"{characteristic.id} stands twice in this form"
    if low is not None and high is not None and Decimal(low) > Decimal(high):
        yield f"{field}.low", "definition.limits", f"{low} is above {high}"
    for name, limit in (("low", low), ("high", high)):
        if len((limit or "").partition(".")[2]) > characteristic.decimals:
            yield f"{field}.{name}", "definition.limits", f"more than {characteristic.decimals} decimals"


# Lines and people ----------------------------------------------------------------------------------------------------
def _line(line: Line, known: Definitions) -> Iterator[Flaw]:
    """A station is enrolled under the id of its workplace, so that id is used once in all lines."""
    everywhere = Counter(workplace.id for other in known.all(Line) for workplace in other.workplaces)
    for i, workplace in enumerate(line.workplaces):
        if everywhere[workplace.id] > 1:
            yield f"workplaces[{i}].id", "definition.duplicate", f"{workplace.id} stands twice"


def _person(person: Person, known: Definitions) -> Iterator[Flaw]:
    operations = {operation.id for route in known.all(Route) for operation in route.operations}
    for i, id in enumerate(person.qualified):
        if id not in operations:
            yield absent(f"qualified[{i}]", "operation", id)


# Code rules ----------------------------------------------------------------------------------------------------------
def _code_rule(rule: CodeRule, known: Definitions) -> Iterator[Flaw]:
    flaw = _pattern(rule)
    if flaw:
        yield flaw
        return
    yield from _rule_material(rule, known)
    others = [other for other in known.all(CodeRule) if other.id != rule.id and not _pattern(other)]
    yield from _example(rule, others, known.all(Material))


def _pattern(rule: CodeRule) -> Flaw | None:
    try:
        codes.check_rule(rule)
    except BadDefinition as e:
        return "pattern", "definition.pattern", str(e.details["hint"])
    return None


def _rule_material(rule: CodeRule, known: Definitions) -> Iterator[Flaw]:
    material = known.get(Material, rule.material)
    if rule.material and not material:
        yield absent("material", "material", rule.material)
    if material and material.tracked != rule.type:
        yield "material", "definition.reference", f"{material.id} is tracked by {material.tracked}, not by {rule.type}"
    # The claim of a lot is "material/lot": without a material, a slash could make it look like another material's.
    if rule.type == "lot" and not rule.material and "/" in rule.pattern:
        yield "pattern", "definition.pattern", "a lot that names no material has no slash"


def _example(rule: CodeRule, others: list[CodeRule], materials: list[Material]) -> Iterator[Flaw]:
    """The example must read as this rule's, as nobody else's, and as a value that no other material's rule gives."""
    try:
        code = codes.route(rule.example.encode(), [rule, *others], "site", materials)
    except BadBarcode as e:
        why = e.details.get("rules") or e.details.get("reason") or "the pattern does not match it"
        yield "example", "definition.pattern", f"{e.code}: {why}"
        return
    if isinstance(code, Ambiguous):
        others_too = ", ".join(reading.rule or "GS1" for reading in code.readings)
        yield "example", "definition.pattern", f"barcode.ambiguous: {others_too}"
        return
    if code.kind != rule.type:
        yield "example", "definition.pattern", f"reads as a {code.kind}"
    for other in others:
        if _same_things(rule, other) and codes.gives(other, code.value):
            yield "example", "definition.pattern", f"{other.id} can give the same value to another material"


def _same_things(rule: CodeRule, other: CodeRule) -> bool:
    """Whether one value under both rules would be one claim although the materials differ."""
    return rule.type == other.type and rule.type in ("unit", "container") and rule.material != other.material
