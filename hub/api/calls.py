"""Calls of workplaces, as the API takes and gives them."""

from __future__ import annotations

from msgspec import Struct

from common.definitions.naming import Name
from hub.api.decisions import TypedCode


class Calls(Struct, frozen=True):
    """Filter of calls. `open`: only those that nobody has cleared."""

    open: bool = False


class CallId(Struct, frozen=True):
    """A call, by id."""

    call: TypedCode


class CallStep(Struct, frozen=True):
    """One step of a call: raised, answered or cleared. `at`: wall ms of the author's clock; `who`: the person's id."""

    at: int
    who: str | None
    name: str


class CallEntry(Struct, frozen=True):
    """A call. `call`: its id. `state`: waits, answered, over.

    `waited_ms`: until it was answered, else cleared, else until now.
    """

    call: str
    line: str
    place: str
    place_name: Name | None
    reason: str
    reason_name: Name | str
    state: str
    waited_ms: int
    raised: CallStep
    answered: CallStep | None
    cleared: CallStep | None
