"""Lines: workplaces whose stations exchange their logs, their shifts and cleaning rules."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from common.definitions.naming import Id, Name, Role


class Workplace(Struct, frozen=True, forbid_unknown_fields=True):
    """One workplace; a station enrolled under its `id` works there.

    `cleaned_by`: after a product with an allergen, one without it waits until somebody of these roles says that the
    workplace is clean. Empty: nothing is left behind here. `undo_s`: so long the worker may take back what was
    confirmed last; later somebody else must sign it. `sign_out_after_min`: so long without a touch, a scan or a reading
    signs out whoever is signed in; the work that they started stays. Without it nobody is signed out. `target`: so many
    are to pass here in a shift. `takt_s`: so long one may take here.
    """

    id: Id
    name: Name
    cleaned_by: list[Role] = []
    # Unset is not encoded: a line without it keeps its bytes and its hash.
    undo_s: Annotated[int, Meta(ge=0, le=86_400)] | UnsetType = UNSET
    sign_out_after_min: Annotated[int, Meta(ge=1, le=1_440)] | UnsetType = UNSET
    target: Annotated[int, Meta(ge=1, le=1_000_000)] | UnsetType = UNSET
    takt_s: Annotated[int, Meta(ge=1, le=86_400)] | UnsetType = UNSET


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
