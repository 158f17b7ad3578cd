"""Routes: the operations of a material in their order, and the policy for missing or bad evidence."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from common.definitions.naming import Id, Name, Role


class Operation(Struct, frozen=True, forbid_unknown_fields=True):
    """One operation of a route, done at one of its workplaces.

    `after`: operations that must have passed. `on_unknown`: policy if their evidence may exist but is not seen.
    `evidence_age_s`: greatest age of a log's last confirmed head that still counts as up to date. `tests`: tries before
    rework is needed. `on_fail`: the rework operation that a fail opens. `reworks`: this operation is due only after the
    named one failed, and passing it allows that one again. `packs`: number of passed units per container. `optional`: a
    thing is complete without it. `label`: issued when it passes.
    """

    id: Id
    name: Name
    at: Annotated[list[Id], Meta(min_length=1)]
    form: Id
    after: list[Id] = []
    on_unknown: Literal["block", "override", "provisional"] = "block"
    evidence_age_s: Annotated[int, Meta(ge=1, le=86_400)] = 15
    tests: Annotated[int, Meta(ge=1, le=99)] = 1
    on_fail: Id | None = None
    reworks: Id | None = None
    packs: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    optional: bool = False
    label: Id | UnsetType = UNSET
    release: list[Role] = field(default_factory=lambda: ["supervisor", "quality"])


class Route(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="route"):
    """The manufacturing route of a material; a unit follows its material's route."""

    id: Id
    name: Name
    operations: Annotated[list[Operation], Meta(min_length=1)]

    def operation(self, id: str) -> Operation | None:
        """Return the operation with this id."""
        return next((o for o in self.operations if o.id == id), None)
