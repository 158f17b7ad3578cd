"""A refusal at a workplace: the thing, the reasons in words that people know, the roles that can release it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from common.definitions import Definitions, Operation, Reason, Route
from common.definitions.naming import Name
from common.errors import RuleViolation
from common.ids import Claim
from common.judge import BlockReason
from common.text import Params
from station.work.turn import Turn


def no(
    code: str,
    operation: Operation,
    thing: Claim,
    release: Sequence[str],
    why: Sequence[BlockReason],
    todo: tuple[str, Params] | None = None,
) -> RuleViolation:
    """Refuse a thing, with the reasons, the roles that can release it, and the advice for now."""
    return RuleViolation(
        code,
        unit=thing,
        operation=operation.name,
        release=release,
        reasons=tuple(why),
        todo=todo,
        about=thing,
        operation_id=operation.id,
    )


def todo_of(why: RuleViolation) -> str:
    """The code of what is to do about a no, or ""."""
    todo = why.details.get("todo")
    return str(todo[0]) if isinstance(todo, tuple) else ""


def release_of(why: RuleViolation) -> tuple[str, ...]:
    """The roles that can release it."""
    release = why.details.get("release")
    return tuple(str(role) for role in release) if isinstance(release, list | tuple) else ()


def readable(turn: Turn, reason: BlockReason) -> BlockReason:
    """A reason whose ids of operations and workplaces are names that people know."""
    known = turn.view.definitions
    names = {o.id: o.name for r in known.all(Route) for o in r.operations}
    params: dict[str, object] = {k: names.get(str(v), v) for k, v in reason.params.items()}
    if "place" in params:
        params["place"] = [place_name(known, id) for id in str(params["place"]).split(", ")]
    if reason.code == "interlock.nonconformance":
        opened = known.get(Reason, str(params["ncr"]))
        params["ncr"] = opened.name if opened else params["ncr"]
    return BlockReason(reason.code, params)


def place_name(known: Definitions, id: str) -> Name | str:
    """A workplace by its sign and its name."""
    workplace, sign = known.workplace(id), id.upper()
    return Name(f"{sign} {workplace.name.zh}", f"{sign} {workplace.name.en}") if workplace else sign
