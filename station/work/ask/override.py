"""OVERRIDE: an authorised person lets work begin although records that matter may exist unseen. Pure.

Only what is not known is let through so. What failed is reworked; what is held, scrapped or not done is decided at the
hub, and no signature here changes that. The approval names the refusal, and the work that begins names the approval.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from common.errors import RuleViolation
from common.event_types import Approval, OperationStarted
from common.events import Fact
from station.work import signatures, take_in_hand
from station.work.begin import rejection
from station.work.state import Report, Signature, Stopped
from station.work.turn import Turn

PURPOSE = "override"
ADVICE = "todo.override"


def ask(turn: Turn, reason: str) -> None:
    """Ask for the signature. RuleViolation override.* if no signature could help, command.reason."""
    bench = turn.work.bench
    if not isinstance(bench, Stopped) or bench.code.claim is None or turn.work.asked(Report):
        raise RuleViolation("override.nothing")
    why = take_in_hand.refusal(turn, bench.code)
    if why is None:  # nothing says no any more
        return take_in_hand.take_in_hand(turn, bench.code)
    if rejection.todo_of(why) != ADVICE or not bench.refusal:
        raise RuleViolation("override.not_this", **{**why.details, "unit": bench.code.claim})
    if reason or turn.view.definitions.reasons(PURPOSE):
        turn.reason(reason, PURPOSE)
    release = rejection.release_of(why)
    signatures.want(turn, Signature(PURPOSE, PURPOSE, release, reason))
    return turn.tell("noted.signature", release=release)


def signed(turn: Turn, given: Signature) -> None:
    """Begin the work provisionally: the signature is there. RuleViolation if bad news came meanwhile."""
    bench = turn.work.bench
    if not isinstance(bench, Stopped) or bench.code.claim is None:
        raise RuleViolation("override.nothing")
    approval = Approval(bench.refusal, PURPOSE, "approve", given.about)
    name = turn.name_of(given.signer)
    turn.sign(given.signer, "done.approved", approval, (bench.code.claim,), name=name, unit=bench.code.claim)
    take_in_hand.take_in_hand(turn, bench.code, approved=True)


# The approval's id is known only when it is written ------------------------------------------------------------------
def rests(fact: Fact) -> bool:
    """Return whether this begins by an approval of the same turn."""
    return isinstance(fact.body, OperationStarted) and fact.body.override == take_in_hand.APPROVED


def resting(fact: Fact, written: Sequence[tuple[str, Fact]]) -> Fact:
    """The fact with the id of the approval that was written before it; another fact as it is."""
    if not isinstance(fact.body, OperationStarted) or not rests(fact):
        return fact
    approval = next(id for id, earlier in reversed(written) if isinstance(earlier.body, Approval))
    return Fact(replace(fact.body, override=approval), fact.on)
