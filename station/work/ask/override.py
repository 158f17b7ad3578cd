"""OVERRIDE: somebody who may lets work begin although records that matter may exist unseen. Pure.

Only what is not known is let through so. What failed is reworked; what is held, scrapped or not done is decided at the
hub, and no signature here changes that. The approval names the refusal, and the work that begins names the approval.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from common.barcode_router import Code
from common.errors import RuleViolation
from common.event_types import Approval, OperationStarted
from common.events import Fact
from station.work import signatures, take_in_hand
from station.work.begin import rejection
from station.work.state import Signature
from station.work.turn import Turn

PURPOSE = "override"
TODO = "todo.override"


def ask(turn: Turn, reason: str) -> None:
    """The OVERRIDE card: ask for the signature. RuleViolation override.* if no signature could help, command.reason."""
    code = turn.work.stopped
    if code is None or code.claim is None:
        raise RuleViolation("override.nothing")
    why = _refusal(turn, code)
    if why is None:
        return
    if rejection.todo_of(why) != TODO or not turn.work.refusal:
        raise RuleViolation("override.not_this", **{**why.details, "unit": code.claim})
    if reason or turn.view.definitions.reasons(PURPOSE):
        turn.reason(reason, PURPOSE)
    release = rejection.release_of(why)
    signatures.want(turn, Signature(PURPOSE, PURPOSE, release, reason))
    turn.tell("noted.signature", release=release)


def _refusal(turn: Turn, code: Code) -> RuleViolation | None:
    """What still says no to the stopped thing; None if it began, or newer evidence is asked for first."""
    trial = Turn(turn.work, turn.view)
    try:
        take_in_hand.take_in_hand(trial, code)
    except RuleViolation as why:
        return why
    turn.adopt(trial)
    turn.move(stopped=None)
    return None


def signed(turn: Turn, given: Signature) -> None:
    """The signature is there: the work begins, provisionally. RuleViolation if bad news came meanwhile."""
    code = turn.work.stopped
    if code is None or code.claim is None:
        raise RuleViolation("override.nothing")
    approval = Approval(turn.work.refusal, PURPOSE, "approve", given.about)
    name = turn.name_of(given.signer)
    turn.sign(given.signer, "done.approved", approval, (code.claim,), name=name, unit=code.claim)
    take_in_hand.take_in_hand(turn, code, approved=True)
    turn.move(stopped=None)


# The approval's id is known only when it is written ------------------------------------------------------------------
def rests(fact: Fact) -> bool:
    """Whether this begins by an approval of the same turn."""
    return isinstance(fact.body, OperationStarted) and fact.body.override == take_in_hand.APPROVED


def resting(fact: Fact, written: Sequence[tuple[str, Fact]]) -> Fact:
    """The fact with the id of the approval that was written before it; another fact as it is."""
    if not isinstance(fact.body, OperationStarted) or not rests(fact):
        return fact
    approval = next(id for id, earlier in reversed(written) if isinstance(earlier.body, Approval))
    return Fact(replace(fact.body, override=approval), fact.on)
