"""Lines: workplaces whose stations exchange their logs, their shifts and cleaning rules."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from common.definitions.naming import Id, Name, Role


class Workplace(Struct, frozen=True, forbid_unknown_fields=True):
    """One workplace; a station enrolled under its `id` works there.

    `cleaned_by`: roles of whom one must confirm cleaning between a product with an allergen and one without it. Empty:
    no cleaning is needed. `undo_s`: seconds in which the worker may undo the last confirmation; later somebody else
    must sign.
    """

    id: Id
    name: Name
    cleaned_by: list[Role] = []
    # Unset is not encoded: a line without it keeps its bytes and its hash.
    undo_s: Annotated[int, Meta(ge=0, le=86_400)] | UnsetType = UNSET


class Shift(Struct, frozen=True, forbid_unknown_fields=True):
    """A shift, from `start` on the plant's clock until the next one starts."""

    name: Name
    start: Annotated[str, Meta(pattern=r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z")]


# Defaults are not encoded: a line without shifts keeps the bytes that it had before shifts existed.
class Line(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", tag="line"):
    """A work center whose stations exchange their logs. `shifts`: if empty, a shift is a calendar day."""

    id: Id
    name: Name
    workplaces: Annotated[list[Workplace], Meta(min_length=1)]
    shifts: list[Shift] = []
