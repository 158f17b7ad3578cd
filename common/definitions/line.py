"""Lines: the workplaces that stand together, and what each of them has."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from common.definitions.naming import Id, Name


class Workplace(Struct, frozen=True, forbid_unknown_fields=True):
    """One workplace; a station enrolled under its `id` works there."""

    id: Id
    name: Name


class Line(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="line"):
    """A workcenter whose stations exchange their logs."""

    id: Id
    name: Name
    workplaces: Annotated[list[Workplace], Meta(min_length=1)]
