"""All definitions that a node knows, by kind and id, and the canonical bytes by which each is cited."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct

from common.definitions.barcode import CodeRule
from common.definitions.form import Form
from common.definitions.gauge import Gauge
from common.definitions.label import LabelDefinition
from common.definitions.line import Line, Workplace
from common.definitions.material import BomLine, Material
from common.definitions.partner import Partner
from common.definitions.person import Person
from common.definitions.picture import Picture
from common.definitions.reason import Reason
from common.definitions.route import Operation, Route

Definition = Material | Route | Form | Line | Person | Reason | CodeRule | Partner | LabelDefinition | Picture | Gauge
DEFINITION: msgspec.json.Decoder[Definition] = msgspec.json.Decoder(Definition)
_encode = msgspec.json.Encoder(order="sorted").encode
D = TypeVar("D", Material, Route, Form, Line, Person, Reason, CodeRule, Partner, LabelDefinition, Picture, Gauge)


def canonical(definition: Definition) -> bytes:
    """Encode a definition in its one spelling, as it is hashed and published."""
    return _encode(definition)


def definition_hash(definition: Definition) -> str:
    """Hash the canonical bytes: "sha256:" and hex, as an event's `cfg` cites it."""
    return "sha256:" + hashlib.sha256(canonical(definition)).hexdigest()


class Definitions(Struct, frozen=True):
    """The current definition of each (kind, id); an absent one is unknown, which is no error."""

    by_kind: Mapping[type, Mapping[str, Definition]]

    @classmethod
    def of(cls, definitions: Iterable[Definition]) -> Definitions:
        """Collect definitions; of two with the same kind and id the later wins."""
        by_kind: dict[type, dict[str, Definition]] = {}
        for definition in definitions:
            by_kind.setdefault(type(definition), {})[definition.id] = definition
        return cls(by_kind)

    def get(self, kind: type[D], id: str | None) -> D | None:
        """Return the definition with this id, or None if this node does not know it."""
        found = self.by_kind.get(kind, {}).get(id or "")
        return found if isinstance(found, kind) else None

    def all(self, kind: type[D]) -> list[D]:
        """Return every definition of a kind, by id."""
        return [d for _, d in sorted(self.by_kind.get(kind, {}).items()) if isinstance(d, kind)]

    def reasons(self, use: str) -> list[Reason]:
        """The coded reasons for one use, in the order in which they were first published: that of their pack."""
        known = self.by_kind.get(Reason, {}).values()
        return [reason for reason in known if isinstance(reason, Reason) and reason.use == use]

    def route_of(self, material: str | None) -> Route | None:
        """Return the route of a material."""
        known = self.get(Material, material)
        return self.get(Route, known.route) if known else None

    def operations_at(self, workplace: str) -> list[tuple[Route, Operation]]:
        """Return the operations of a workplace, each with its route."""
        return [(r, o) for r in self.all(Route) for o in r.operations if workplace in o.at]

    def materials_at(self, workplace: str) -> list[Material]:
        """Return the materials whose routes pass a workplace."""
        routes = {route.id for route, _ in self.operations_at(workplace)}
        return [m for m in self.all(Material) if m.route in routes]

    def workplace(self, id: str) -> Workplace | None:
        """Return the workplace with this id, on any line."""
        return next((w for line in self.all(Line) for w in line.workplaces if w.id == id), None)

    def bom_line(self, material: str | None, slot: str | None) -> BomLine | None:
        """Return the line of a material's bill of material for `slot`."""
        known = self.get(Material, material)
        return next((line for line in known.bom if line.slot == slot), None) if known else None
