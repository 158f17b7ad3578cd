"""Checks that definitions fit together: each citation has its target. Must not know files, lines or the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from msgspec import UNSET, Struct

from common import barcode_router, gs1
from common.barcode_router import Ambiguous
from common.definitions import (
    Characteristic,
    CodeRule,
    Definition,
    Definitions,
    Form,
    Gauge,
    Guide,
    GuidePicture,
    Issue,
    LabelDefinition,
    Line,
    Material,
    Operation,
    Person,
    Picture,
    Reason,
    Route,
    Step,
    canonical,
)
from common.errors import BadBarcode, BadDefinition
from hub.definitions import field_checks, label_checks, picture_checks, recipe_checks
from hub.definitions.definition_errors import Flaw, Hint, Why, absent, doubt, flaw, near, twice

# A definition travels in one event of at most 65,535 bytes; the rest is for the event's envelope.
MAX_DEFINITION = 64_000
REPORTS = ("fail", "scrap", "nonconformance")  # what a page of its own can be filled for
OFFICE = {"admin", "reader"}  # roles of those who work at the hub only


class Fault(Struct, frozen=True):
    """A fault of `field` of the definition at position `at`, e.g. "operations[0].form"; the code of the error.

    `warning`: it can be published all the same.
    """

    at: int
    field: str
    code: str
    hint: Hint
    warning: bool = False


def faults(definitions: Sequence[Definition]) -> Iterator[Fault]:
    """Everything in which these definitions, taken together, cannot work, and what looks like a mistake. Codes:
    definition.duplicate, .oversized, .reference, .missing, .schema, .limits, .pattern, .allergen."""
    yield from _defined_twice(definitions)
    known = Definitions.of(definitions)
    for at, definition in enumerate(definitions):
        for one in _flaws(definition, known):
            yield Fault(at, one.field, one.code, one.hint, one.warning)


def _defined_twice(definitions: Sequence[Definition]) -> Iterator[Fault]:
    seen: set[tuple[type, str]] = set()
    for at, definition in enumerate(definitions):
        if (type(definition), definition.id) in seen:
            yield Fault(at, "id", "definition.duplicate", Hint("hint.twice", {"id": definition.id}))
        seen.add((type(definition), definition.id))


def _flaws(definition: Definition, known: Definitions) -> Iterator[Flaw]:
    if len(canonical(definition)) > MAX_DEFINITION:
        yield flaw("", "definition.oversized", "oversized", limit=MAX_DEFINITION)
    yield from _reason(definition) if isinstance(definition, Reason) else _of_its_kind(definition, known)


def _of_its_kind(definition: Definition, known: Definitions) -> Iterator[Flaw]:
    match definition:
        case Material():
            yield from recipe_checks.material(definition, known)
            yield from _gtins(definition, known)
            yield from _issues(definition, known)
            yield from label_checks.cited("label", definition.label or None, known)
            yield from _picture("picture", definition.picture or None, known)
        case Route():
            yield from _route(definition, known)
        case Form():
            yield from _form(definition, known)
        case Line():
            yield from _line(definition, known)
        case Person():
            yield from _person(definition, known)
        case Gauge():
            yield from _gauge(definition, known)
        case LabelDefinition():
            yield from label_checks.label(definition, known)
        case CodeRule():
            yield from _code_rule(definition, known)
        case Picture():
            yield from picture_checks.picture(definition)


def _reason(reason: Reason) -> Iterator[Flaw]:
    """Check the fields that a reason asks, a page like those of forms."""
    if reason.asks and reason.use not in REPORTS:
        yield flaw("fields", "definition.schema", "reason_has_none", use=reason.use, field="fields")
    yield from field_checks.fields(Step(reason.id, reason.name, "fill", fields=reason.asks))


# Materials -----------------------------------------------------------------------------------------------------------
def _gtins(material: Material, known: Definitions) -> Iterator[Flaw]:
    """A GTIN is of one material in all, so that a GS1 code says which."""
    owners = Counter(gtin for other in known.all(Material) for gtin in other.gtin)
    for i, gtin in enumerate(material.gtin):
        if not gs1.is_gtin(gtin):
            yield flaw(f"gtin[{i}]", "definition.limits", "check_digit", value=gtin)
        if owners[gtin] > 1:
            yield flaw(f"gtin[{i}]", "definition.duplicate", "twice", id=gtin)


def _issues(material: Material, known: Definitions) -> Iterator[Flaw]:
    """The first and the last serial that can be given must be read as this material's own."""
    issue = material.issues
    if not isinstance(issue, Issue):
        return
    if material.origin != "made":
        yield flaw("issues", "definition.schema", "issues_bought", id=material.id)
    if issue.first >= 10**issue.digits:
        yield flaw("issues.first", "definition.limits", "issues_digits", value=issue.first, digits=issue.digits)
        return
    for number in (issue.first, 10**issue.digits - 1):
        serial = f"{issue.prefix}{number:0{issue.digits}}"
        if not _reads_as(serial, material, known):
            yield flaw("issues.prefix", "definition.pattern", "issues_unread", value=serial, id=material.id)
            return


def _reads_as(serial: str, material: Material, known: Definitions) -> bool:
    try:
        code = barcode_router.route(serial.encode(), sound_rules(known), "site", known.all(Material))
    except BadBarcode:
        return False
    return not isinstance(code, Ambiguous) and (code.kind, code.material) == (material.tracked, material.id)


# Routes --------------------------------------------------------------------------------------------------------------
def _route(route: Route, known: Definitions) -> Iterator[Flaw]:
    yield from twice("operations", (operation.id for operation in route.operations))
    for i, operation in enumerate(route.operations):
        for one in _operation(operation, route, known):
            yield Flaw(f"operations[{i}].{one.field}", one.code, one.hint, one.warning)
    yield from _round(route)
    if all(material.route != route.id for material in known.all(Material)):
        yield doubt("", "definition.reference", "unused", what="route", id=route.id)


def _operation(operation: Operation, route: Route, known: Definitions) -> Iterator[Flaw]:
    workplaces = {workplace.id for line in known.all(Line) for workplace in line.workplaces}
    own, forms = [o.id for o in route.operations], [form.id for form in known.all(Form)]
    for i, place in enumerate(operation.at):
        if place not in workplaces:
            yield absent(f"at[{i}]", "workplace", place, workplaces)
    if operation.form not in forms:
        yield absent("form", "form", operation.form, forms)
    for i, id in enumerate(operation.after):
        if id not in own:
            yield absent(f"after[{i}]", "operation", id, own)
    yield from _loop(operation, route)
    yield from label_checks.cited("label", operation.label or None, known)
    yield from _release("release", operation.release, known)


def _loop(operation: Operation, route: Route) -> Iterator[Flaw]:
    """The rework loop: a failed operation opens one that leads back to it."""
    own = [o.id for o in route.operations]
    if operation.reworks and operation.reworks not in own:
        yield absent("reworks", "operation", operation.reworks, own)
    elif operation.reworks and all(o.on_fail != operation.id for o in route.operations):
        yield flaw("reworks", "definition.reference", "unreachable", id=operation.id, tested=operation.reworks)
    if operation.on_fail:
        rework = route.operation(operation.on_fail)
        if rework is None:
            yield absent("on_fail", "operation", operation.on_fail, own)
        elif rework.reworks != operation.id:
            yield flaw("on_fail", "definition.reference", "no_rework", id=rework.id, tested=operation.id)


def _gauge(gauge: Gauge, known: Definitions) -> Iterator[Flaw]:
    workplaces = {workplace.id for line in known.all(Line) for workplace in line.workplaces}
    if gauge.at not in workplaces:
        yield absent("at", "workplace", gauge.at, workplaces)
    if any((o.at, o.device) == (gauge.at, gauge.device) for o in known.all(Gauge) if o.id != gauge.id):
        yield flaw("device", "definition.duplicate", "twice", id=gauge.device)


def _release(field: str, roles: Iterable[str], known: Definitions) -> Iterator[Flaw]:
    """Warn of a role that none of the known people has: nobody could release a block; the site may add them later."""
    held = {role for person in known.all(Person) for role in person.roles} - OFFICE
    for i, role in enumerate(roles):
        if held and role not in held:
            missing = absent(f"{field}[{i}]", "role", role, held)
            yield Flaw(missing.field, missing.code, missing.hint, warning=True)


def _round(route: Route) -> Iterator[Flaw]:
    try:
        TopologicalSorter({o.id: o.after for o in route.operations}).prepare()
    except CycleError as e:
        around: list[str] = e.args[1]
        at = next(i for i, o in enumerate(route.operations) if o.id == around[-1])
        yield flaw(f"operations[{at}].after", "definition.reference", "round", around=around)


# Forms ---------------------------------------------------------------------------------------------------------------
# What each kind of step needs; all else it has not.
NEEDS = {
    "machine": ("device", "characteristics"),
    "gauge": ("device", "characteristics"),
    "enter": ("characteristics",),
    "receive": ("characteristics",),
    "output": ("characteristics",),
    "ship": (),
    "return": (),
    "fill": ("fields",),
}


def _form(form: Form, known: Definitions) -> Iterator[Flaw]:
    yield from twice("steps", (step.id for step in form.steps))
    once = Counter(c.id for step in form.steps for c in step.characteristics)
    users = [m for m in known.all(Material) if _uses(known.route_of(m.id), form)]
    for i, step in enumerate(form.steps):
        yield from _step(f"steps[{i}]", step)
        yield from _quantity(f"steps[{i}]", step, form.steps[:i])
        yield from _guide(f"steps[{i}].instruction", step, known)
        yield from _slot(f"steps[{i}].slot", step, users)
        for one in field_checks.fields(step):
            yield Flaw(f"steps[{i}].{one.field}", one.code, one.hint, one.warning)
        for j, characteristic in enumerate(step.characteristics):
            yield from _characteristic(f"steps[{i}].characteristics[{j}]", characteristic, once)
    if not any(_uses(route, form) for route in known.all(Route)):
        yield doubt("", "definition.reference", "unused", what="form", id=form.id)


def _uses(route: Route | None, form: Form) -> bool:
    return route is not None and any(operation.form == form.id for operation in route.operations)


def _step(field: str, step: Step) -> Iterator[Flaw]:
    needed = NEEDS.get(step.kind, ("slot",))
    of_panel = step.kind == "fill" and step.each is True
    for name, value in {
        "slot": step.slot,
        "device": step.device,
        "characteristics": step.characteristics,
        "fields": step.asks,
    }.items():
        if name in needed and not value:
            yield flaw(f"{field}.{name}", "definition.missing", "step_needs", step=step.kind, field=name)
        if name not in needed and value and not (name == "slot" and of_panel):
            yield flaw(f"{field}.{name}", "definition.schema", "step_has_none", step=step.kind, field=name)
    if step.each is True and not of_panel:
        yield flaw(f"{field}.each", "definition.schema", "step_has_none", step=step.kind, field="each")
    if step.optional and step.kind != "add":
        yield flaw(f"{field}.optional", "definition.schema", "step_has_none", step=step.kind, field="optional")
    if step.part_present and step.kind != "machine":
        yield flaw(f"{field}.part_present", "definition.schema", "step_has_none", step=step.kind, field="part_present")


def _guide(field: str, step: Step, known: Definitions) -> Iterator[Flaw]:
    """An instruction shows something, and the picture that it names is there."""
    guide = step.instruction
    if not isinstance(guide, Guide):
        return
    if guide.text is None and not guide.shows:
        yield flaw(field, "definition.missing", "empty_guide")
    if guide.pictures is UNSET:
        yield from _guide_pictures(guide.shows, [field], known)
        if guide.page > 1 and guide.picture is None:
            yield flaw(f"{field}.page", "definition.schema", "no_pages", page=guide.page)
        return
    if guide.picture is not None or guide.page > 1:
        yield flaw(field, "definition.schema", "picture_twice")
    places = [f"{field}.pictures[{n}]" for n in range(len(guide.shows))]
    yield from _guide_pictures(guide.shows, places, known)


def _guide_pictures(shows: Sequence[GuidePicture], places: Sequence[str], known: Definitions) -> Iterator[Flaw]:
    """Each picture is there, and each page is one of its document."""
    for at, one in zip(places, shows, strict=False):
        picture = known.get(Picture, one.picture)
        yield from _picture(f"{at}.picture", one.picture, known)
        if one.page > 1 and (picture is None or picture.media != "application/pdf"):
            yield flaw(f"{at}.page", "definition.schema", "no_pages", page=one.page)
        elif one.page > 1 and picture is not None:
            yield from picture_checks.page(f"{at}.page", picture, one.page)


def _picture(field: str, id: str | None, known: Definitions) -> Iterator[Flaw]:
    """A picture that is named is there."""
    if id and known.get(Picture, id) is None:
        yield absent(field, "picture", id, (one.id for one in known.all(Picture)))


def _quantity(field: str, step: Step, before: Sequence[Step]) -> Iterator[Flaw]:
    if step.kind in ("receive", "output") and len(step.characteristics) > 1:
        yield flaw(f"{field}.characteristics[1]", "definition.schema", "one_number", step=step.kind)
    if step.kind == "output" and all(other.kind != "scan" for other in before):
        yield flaw(f"{field}.kind", "definition.missing", "output_of_nothing")


def _slot(field: str, step: Step, users: list[Material]) -> Iterator[Flaw]:
    for material in users:
        slots = [line.slot for line in material.bom]
        if step.slot and step.slot not in slots:
            hint = Hint("hint.no_slot", {"id": step.slot, "of": material.id}, near(step.slot, slots))
            yield Flaw(field, "definition.reference", hint)


def _characteristic(field: str, characteristic: Characteristic, once: Counter[str]) -> Iterator[Flaw]:
    low, high = characteristic.low, characteristic.high
    if once[characteristic.id] > 1:
        yield flaw(f"{field}.id", "definition.duplicate", "twice", id=characteristic.id)
    if low is not None and high is not None and Decimal(low) > Decimal(high):
        yield flaw(f"{field}.low", "definition.limits", "low_above_high", low=low, high=high)
    for name, limit in (("low", low), ("high", high)):
        if len((limit or "").partition(".")[2]) > characteristic.decimals:
            yield flaw(
                f"{field}.{name}", "definition.limits", "decimals", value=limit, decimals=characteristic.decimals
            )


# Lines and people ----------------------------------------------------------------------------------------------------
def _line(line: Line, known: Definitions) -> Iterator[Flaw]:
    """A station is enrolled under the id of its workplace, so that id is used once in all lines."""
    everywhere = Counter(workplace.id for other in known.all(Line) for workplace in other.workplaces)
    for i, workplace in enumerate(line.workplaces):
        if everywhere[workplace.id] > 1:
            yield flaw(f"workplaces[{i}].id", "definition.duplicate", "twice", id=workplace.id)
        if not known.operations_at(workplace.id):
            yield doubt(f"workplaces[{i}].id", "definition.reference", "nothing_to_do", id=workplace.id)
        yield from _release(f"workplaces[{i}].cleaned_by", workplace.cleaned_by, known)


def _person(person: Person, known: Definitions) -> Iterator[Flaw]:
    operations = {operation.id for route in known.all(Route) for operation in route.operations}
    for i, id in enumerate(person.qualified):
        if id not in operations:
            yield absent(f"qualified[{i}]", "operation", id, operations)


# Code rules ----------------------------------------------------------------------------------------------------------
def _code_rule(rule: CodeRule, known: Definitions) -> Iterator[Flaw]:
    if why := _pattern(rule):
        yield flaw("pattern", "definition.pattern", "pattern", reason=why)
        return
    yield from _rule_material(rule, known)
    others = [other for other in sound_rules(known) if other.id != rule.id]
    yield from _example(rule, others, known.all(Material))


def sound_rules(known: Definitions) -> list[CodeRule]:
    """The code rules with which codes can be read."""
    return [rule for rule in known.all(CodeRule) if not _pattern(rule)]


def _pattern(rule: CodeRule) -> str:
    """Flaws of a rule's pattern."""
    try:
        barcode_router.check_rule(rule)
    except BadDefinition as e:
        return str(e.details["hint"])
    return ""


def _rule_material(rule: CodeRule, known: Definitions) -> Iterator[Flaw]:
    material = known.get(Material, rule.material)
    if rule.material and not material:
        yield absent("material", "material", rule.material, (m.id for m in known.all(Material)))
    if material and material.tracked != rule.type:
        yield flaw(
            "material", "definition.reference", "tracked", id=material.id, kind=material.tracked, wanted=rule.type
        )
    # The claim of a lot is "material/lot": without a material, a slash could make it look like another material's.
    if rule.type == "lot" and not rule.material and "/" in rule.pattern:
        yield flaw("pattern", "definition.pattern", "slash")


def _example(rule: CodeRule, others: list[CodeRule], materials: list[Material]) -> Iterator[Flaw]:
    """The example must read as this rule's, as nobody else's, and as a value that no other material's rule gives."""
    try:
        code = barcode_router.route(rule.example.encode(), [rule, *others], "site", materials)
    except BadBarcode as e:
        if e.code == "barcode.unknown":
            yield flaw("example", "definition.pattern", "example_unfit", value=rule.example, pattern=rule.pattern)
        else:
            yield flaw("example", "definition.pattern", "example", error=Why(e.code, e.details))
        return
    if isinstance(code, Ambiguous):
        rules = [reading.rule or "GS1" for reading in code.readings]
        yield flaw("example", "definition.pattern", "example", error=Why("barcode.ambiguous", {"rules": rules}))
        return
    if code.kind != rule.type:
        yield flaw("example", "definition.pattern", "example_kind", kind=code.kind)
    for other in others:
        if _same_things(rule, other) and barcode_router.gives(other, code.value):
            yield flaw("example", "definition.pattern", "same_value", id=other.id, value=code.value)


def _same_things(rule: CodeRule, other: CodeRule) -> bool:
    """Tell if one value under both rules would be one claim although the materials differ."""
    return rule.type == other.type and rule.type in ("unit", "container") and rule.material != other.material
