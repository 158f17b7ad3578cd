"""Packs: a folder of YAML files → definitions, people and orders, all of them checked. Must not publish anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct

from common import barcode_router
from common.definitions import Definition, Definitions, Material, Person
from common.definitions.naming import Id, Name
from common.errors import BadDefinition
from hub.definitions import picture_checks, plainyaml, schema
from hub.definitions.checks import faults, sound_rules
from hub.definitions.definition_errors import Flaw, Hint, absent, flaw, twice
from hub.definitions.plainyaml import Document

PACKS = Path(__file__).parents[1] / "packs"
MANIFEST = "pack.yaml"


class PackPerson(Struct, frozen=True, forbid_unknown_fields=True):
    """Name and badge of the person definition `id`; erasable, so it never becomes an event."""

    id: Id
    name: Annotated[str, Meta(min_length=1, max_length=80)]
    badge: Annotated[str, Meta(min_length=1, max_length=64)]


class WorkOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """An order to make `quantity` units of a material; `number` is the value of its code."""

    number: Annotated[str, Meta(min_length=1, max_length=64)]
    material: Id
    quantity: Annotated[int, Meta(ge=1, le=10_000_000)]


class Expect(Struct, frozen=True, forbid_unknown_fields=True):
    """Number of findings of each kind that a demo of this pack must end with."""

    findings: dict[str, Annotated[int, Meta(ge=0)]] = {}


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """Content of pack.yaml. `pack`: the pack's id."""

    pack: Id
    name: Name
    version: Annotated[str, Meta(min_length=1, max_length=32)]
    people: tuple[PackPerson, ...] = ()
    orders: tuple[WorkOrder, ...] = ()
    expect: Expect = Expect()


class Pack(Struct, frozen=True):
    """A checked pack; its definitions are in the order of file names and, within a file, as written."""

    id: str
    name: Name
    version: str
    definitions: tuple[Definition, ...]
    people: tuple[PackPerson, ...]
    orders: tuple[WorkOrder, ...]
    expect: Expect


class Problem(Struct, frozen=True):
    """A fault and its place; `field`: path from its definition on. `warning`: the pack can be loaded all the same."""

    file: str
    line: int
    field: str
    code: str
    hint: Hint
    warning: bool = False


class CheckedPack(Struct, frozen=True):
    """Result of a check: the pack unless there are errors, and every problem, in the order of files and lines."""

    pack: Pack | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Those that keep it from being loaded."""
        return tuple(problem for problem in self.problems if not problem.warning)


class _Placed(Struct, frozen=True):
    """A definition and where it was read."""

    definition: Definition
    document: Document
    path: str


class _Read(Struct, frozen=True):
    """Everything read from a folder. `unread`: the words of files and definitions that cannot be read."""

    placed: list[_Placed]
    problems: list[Problem]
    unread: set[str]

    def fail(self, text: object, *problems: Problem) -> None:
        """Note problems of a text from which no definition came."""
        shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        self.unread.update(re.findall(r"[\w-]+", shown))
        self.problems.extend(problems)

    def may_resolve(self, found: Flaw) -> bool:
        """Tell if an unreadable definition may be the one that a flaw misses: it has its id or kind among its words."""
        missed = {str(found.hint.params.get(name)) for name in ("id", "kind")}
        return found.code in ("definition.reference", "definition.pattern") and not missed.isdisjoint(self.unread)


def load(folder: Path) -> Pack:
    """The pack in a folder: pack.yaml, and every other *.yaml a list of definitions. A picture is a `file` beside them.

    BadDefinition with file, line, field and hint of the first thing wrong: definition.missing, definition.yaml,
    definition.schema, definition.reference, definition.duplicate, definition.pattern, definition.limits,
    definition.allergen, definition.oversized.
    """
    checked = check(folder)
    if checked.pack is None:
        first = checked.errors[0]
        raise BadDefinition(first.code, file=first.file, line=first.line, field=first.field, hint=first.hint)
    return checked.pack


def check(folder: Path) -> CheckedPack:
    """Everything that is wrong with the pack in a folder.

    A file that is no YAML, and a definition that breaks its schema, show one error each. A reference that may lead to
    one of these shows none.
    """
    read = _definitions(folder)
    placed, problems = read.placed, read.problems
    document, manifest = _manifest(folder, problems)
    for fault in faults([one.definition for one in placed]):
        one, found = placed[fault.at], Flaw(fault.field, fault.code, fault.hint, fault.warning)
        if not read.may_resolve(found):
            problems.append(_problem(one.document, one.path, found))
    known = Definitions.of(one.definition for one in placed)
    if manifest and document:
        wrong = (found for found in _flaws(manifest, known) if not read.may_resolve(found))
        problems += [_problem(document, "$", found) for found in wrong]
    problems.sort(key=lambda one: (one.file, one.line, one.field, one.code, str(one.hint)))
    pack = _pack(manifest, placed) if manifest and not any(not p.warning for p in problems) else None
    return CheckedPack(pack, tuple(problems))


def _pack(manifest: Manifest, placed: list[_Placed]) -> Pack:
    definitions = tuple(one.definition for one in placed)
    made = (manifest.people, manifest.orders, manifest.expect)
    return Pack(manifest.pack, manifest.name, manifest.version, definitions, *made)


def _problem(document: Document, path: str, found: Flaw) -> Problem:
    line = document.line(f"{path}.{found.field}" if found.field else path)
    return Problem(document.file, line, found.field, found.code, found.hint, found.warning)


def _said(error: BadDefinition) -> Problem:
    details = error.details
    hint = details["hint"]
    sentence = hint if isinstance(hint, Hint) else Hint("hint.misfit", {"reason": hint})
    return Problem(str(details["file"]), int(str(details["line"])), str(details["field"]), error.code, sentence)


# Reading -------------------------------------------------------------------------------------------------------------
def _manifest(folder: Path, problems: list[Problem]) -> tuple[Document | None, Manifest | None]:
    try:
        document = plainyaml.read(folder / MANIFEST)
    except BadDefinition as e:
        problems.append(_said(e))
        return None, None
    return document, _converted(document, document.value, "$", Manifest, problems)


def _definitions(folder: Path) -> _Read:
    read = _Read([], [], set())
    for path in sorted(path for path in folder.glob("*.yaml") if path.name != MANIFEST):
        try:
            document = plainyaml.read(path)
        except BadDefinition as e:
            read.fail(path.read_bytes() if path.is_file() else "", _said(e))
            continue
        if isinstance(document.value, list):
            _place(folder, document, document.value, read)
        else:
            read.fail(document.value, _problem(document, "$", flaw("", "definition.schema", "no_list")))
    return read


def _place(folder: Path, document: Document, items: list[object], read: _Read) -> None:
    for i, item in enumerate(items):
        path = f"$[{i}]"
        if isinstance(item, dict) and item.get("kind") == "picture" and "file" in item:
            item, flaws = picture_checks.from_file(item, folder)
            if flaws:
                read.fail(item, *(_problem(document, path, found) for found in flaws))
                continue
        definition = _converted(document, item, path, Definition, read.problems)
        if definition is None:
            read.fail(item)
        else:
            read.placed.append(_Placed(definition, document, path))


def _converted(document: Document, value: object, path: str, kind: Any, problems: list[Problem]) -> Any:
    try:
        return schema.convert(value, kind, path)
    except schema.SchemaMisfit as e:
        field = e.path.removeprefix(path).lstrip(".")
        problems.append(Problem(document.file, document.line(e.path), field, e.code, e.hint))
        return None


# People and orders ---------------------------------------------------------------------------------------------------
def _flaws(manifest: Manifest, known: Definitions) -> Iterator[Flaw]:
    yield from twice("people", (person.id for person in manifest.people))
    yield from twice("people", (person.badge for person in manifest.people), "badge")
    yield from twice("orders", (order.number for order in manifest.orders), "number")
    people, made = [p.id for p in known.all(Person)], [m.id for m in known.all(Material) if m.origin == "made"]
    for i, person in enumerate(manifest.people):
        if person.id not in people:
            yield absent(f"people[{i}].id", "person", person.id, people)
        yield from _scannable(f"people[{i}].badge", person.badge, "badge", known)
    for i, order in enumerate(manifest.orders):
        if order.material not in made:
            yield absent(f"orders[{i}].material", "made_material", order.material, made)
        yield from _scannable(f"orders[{i}].number", order.number, "order", known)


def _scannable(field: str, value: str, kind: str, known: Definitions) -> Iterator[Flaw]:
    if not any(barcode_router.gives(rule, value) for rule in sound_rules(known) if rule.type == kind):
        yield flaw(field, "definition.pattern", "unscannable", kind=kind, value=value)
