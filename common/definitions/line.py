"""Lines: the workplaces that stand together, and what each of them has."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from common.definitions.naming import Id, Name, Role


class Workplace(Struct, frozen=True, forbid_unknown_fields=True):
    """One workplace; a station enrolled under its `id` works there.

    `cleaned_by`: after a product with an allergen, one without it waits until somebody of these roles says that the
    workplace is clean. Empty: nothing is left behind here. `undo_s`: so long the worker may take back what was
    confirmed last; later somebody else must sign it.
    """

    id: Id
    name: Name
    cleaned_by: list[Role] = []
    undo_s: Annotated[int, Meta(ge=0, le=86_400)] = 60


class Line(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="line"):
    """A workcenter whose stations exchange their logs."""

    id: Id
    name: Name
    workplaces: Annotated[list[Workplace], Meta(min_length=1)]
