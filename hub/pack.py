"""Packs: a folder of YAML files → definitions, people and orders, all of them checked. Must not publish anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from common import codes
from common.definitions import CodeRule, Definition, Definitions, Material, Person
from common.definitions.naming import Id, Name
from common.errors import BadDefinition
from hub import plainyaml
from hub.checks import Flaw, absent, faults, twice
from hub.plainyaml import Document

PACKS = Path(__file__).parent / "packs"
MANIFEST = "pack.yaml"

T = TypeVar("T")
_WHERE = re.compile(r" - at `(?:key in )?(\$[^`]*)`$")
_FIELD = re.compile(r"(?:unknown|required) field `([^`]*)`")


class PersonRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Name and badge of the person definition `id`; erasable, so it never becomes an event."""

    id: Id
    name: Annotated[str, Meta(min_length=1, max_length=80)]
    badge: Annotated[str, Meta(min_length=1, max_length=64)]


class Order(Struct, frozen=True, forbid_unknown_fields=True):
    """An order to make `quantity` units of a material; `number` is the value of its code."""

    number: Annotated[str, Meta(min_length=1, max_length=64)]
    material: Id
    quantity: Annotated[int, Meta(ge=1, le=10_000_000)]


class Expect(Struct, frozen=True, forbid_unknown_fields=True):
    """What a demo of this pack must end with: how many findings of each kind."""

    findings: dict[str, Annotated[int, Meta(ge=0)]] = {}


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What pack.yaml says. `pack`: the pack's id."""

    pack: Id
    name: Name
    version: Annotated[str, Meta(min_length=1, max_length=32)]
    people: tuple[PersonRecord, ...] = ()
    orders: tuple[Order, ...] = ()
    expect: Expect = Expect()


class Pack(Struct, frozen=True):
    """A checked pack; its definitions stand in the order of file names and, within a file, as they are written."""

    id: str
    name: Name
    version: str
    definitions: tuple[Definition, ...]
    people: tuple[PersonRecord, ...]
    orders: tuple[Order, ...]
    expect: Expect


class _Placed(Struct, frozen=True):
    """A definition and where it was read."""

    definition: Definition
    document: Document
    path: str


def load(folder: Path) -> Pack:
    """The pack in a folder: pack.yaml, and every other *.yaml a list of definitions.

    BadDefinition with file, line, field and hint of the first thing wrong: definition.missing, definition.yaml,
    definition.schema, definition.reference, definition.duplicate, definition.pattern, definition.limits,
    definition.oversized.
    """
    document = plainyaml.read(folder / MANIFEST)
    manifest = _convert(document, document.value, "$", Manifest)
    definitions = _definitions(folder)
    for field, code, hint in _flaws(manifest, Definitions.of(definitions)):
        raise document.bad(code, f"$.{field}", hint)
    return Pack(
        id=manifest.pack,
        name=manifest.name,
        version=manifest.version,
        definitions=definitions,
        people=manifest.people,
        orders=manifest.orders,
        expect=manifest.expect,
    )


def _definitions(folder: Path) -> tuple[Definition, ...]:
    files = sorted(path for path in folder.glob("*.yaml") if path.name != MANIFEST)
    placed = [one for path in files for one in _placed(plainyaml.read(path))]
    for fault in faults([one.definition for one in placed]):
        one = placed[fault.at]
        raise one.document.bad(fault.code, f"{one.path}.{fault.field}", fault.hint, one.path)
    return tuple(one.definition for one in placed)


def _placed(document: Document) -> Iterator[_Placed]:
    if not isinstance(document.value, list):
        raise document.bad("definition.schema", "$", "a file is a list of definitions")
    for i, item in enumerate(document.value):
        path = f"$[{i}]"
        # mypy has no type for a union as a value.
        definition: Definition = _convert(document, item, path, Definition)  # type: ignore[arg-type]
        yield _Placed(definition, document, path)


def _convert(document: Document, value: object, path: str, kind: type[T]) -> T:
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as e:
        raise _schema_error(document, str(e), path) from e


def _schema_error(document: Document, said: str, within: str) -> BadDefinition:
    """msgspec's sentence, at the line of the field that it means."""
    found = _WHERE.search(said)
    path = within + (found[1].removeprefix("$").removesuffix("[...]") if found else "")
    hint = said[: found.start()] if found else said
    if field := _FIELD.search(hint):
        path = f"{path}.{field[1]}"
    if "`str`, got `int`" in hint:
        hint += "; write it in quotes"
    return document.bad("definition.schema", path, hint, within)


# People and orders ---------------------------------------------------------------------------------------------------
def _flaws(manifest: Manifest, known: Definitions) -> Iterator[Flaw]:
    yield from twice("people", (person.id for person in manifest.people))
    yield from twice("people", (person.badge for person in manifest.people), "badge")
    yield from twice("orders", (order.number for order in manifest.orders), "number")
    for i, person in enumerate(manifest.people):
        if not known.get(Person, person.id):
            yield absent(f"people[{i}].id", "person", person.id)
        yield from _scannable(f"people[{i}].badge", person.badge, "badge", known)
    for i, order in enumerate(manifest.orders):
        material = known.get(Material, order.material)
        if not material or material.origin != "made":
            yield absent(f"orders[{i}].material", "made material", order.material)
        yield from _scannable(f"orders[{i}].number", order.number, "order", known)


def _scannable(field: str, value: str, kind: str, known: Definitions) -> Iterator[Flaw]:
    if not any(codes.gives(rule, value) for rule in known.all(CodeRule) if rule.type == kind):
        yield field, "definition.pattern", f"no code rule of type {kind} can give {value}"
