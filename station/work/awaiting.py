"""The one thing that a workplace waits for now. Pure.

`awaiting` finds the case once a turn; the case gives its prompt and the codes that it expects, and takes the answer.
The tiles (`ask/cards.py`) and the kiosk's screen follow from the name of the case alone.
"""

from __future__ import annotations

from common.barcode_router import Ambiguous, Code
from common.definitions import Reason, Route
from common.errors import RuleViolation
from common.text import Params
from station.messages import Prompt
from station.shown.work_screen import Phrase, Tile
from station.work import expected, signatures
from station.work.ask import acts, ambiguity, calls, cards, override, undo
from station.work.begin import due, orders
from station.work.bench_cases import on_bench
from station.work.case import Case
from station.work.expected import NUMBERS, Expected, text
from station.work.state import HelperBadge, Question, Report, Signature, WhichCode, WhichOperation, Work
from station.work.steps import fields, fill, pages
from station.work.turn import Turn

BADGE = Expected(Phrase("expect.badge"), "badge", ("badge",))


# Questions -----------------------------------------------------------------------------------------------------------
class NoDefinitions(Case, frozen=True):
    """The hub has not sent definitions and people yet."""

    def prompt(self, turn: Turn) -> Prompt:
        """Wait."""
        return Prompt("prompt.waiting")

    def expects(self, turn: Turn) -> Expected:
        """A badge."""
        return BADGE


class CallBadge(Case, frozen=True):
    """The helper who came to a call shows their badge."""

    def prompt(self, turn: Turn) -> Prompt:
        """Ask for the helper's badge."""
        return Prompt("prompt.call_badge")

    def expects(self, turn: Turn) -> Expected:
        """A badge."""
        return BADGE

    def take(self, turn: Turn, code: Code) -> None:
        """Take the badge, or drop the question for any other code."""
        if code.kind == "badge":
            return calls.by_badge(turn, code.value)
        turn.answered(HelperBadge)
        return None if (code.kind, code.value) == ("command", "CANCEL") else awaiting(turn).take(turn, code)


class ChooseReading(Case, frozen=True):
    """A scan may be read in several ways."""

    asked: WhichCode

    def prompt(self, turn: Turn) -> Prompt:
        """Ask for one of the readings."""
        return Prompt("prompt.ask", {"choices": ambiguity.choices(turn, self.asked.code)})

    def expects(self, turn: Turn) -> Expected:
        """A number card."""
        count = len(self.asked.code.readings)
        return Expected(Phrase("expect.answer", {"count": count}), "answer", NUMBERS[:count])

    def choices(self, turn: Turn) -> tuple[Tile, ...]:
        """A tile for each reading."""
        offered = ambiguity.choices(turn, self.asked.code)
        readings = (Tile(str(one.number), "tap.choice", {"choice": one}) for one in offered)
        return (*readings, Tile("CANCEL", "tap.cancel"))

    def take(self, turn: Turn, code: Code) -> None:
        """Drop the scan by CANCEL. RuleViolation choice.first; `ambiguity.answered` takes the number cards."""
        if (code.kind, code.value) != ("command", "CANCEL"):
            raise RuleViolation("choice.first")
        acts.cancel(turn, "")


class PickOperation(Case, frozen=True):
    """Several operations may begin on the scanned thing."""

    asked: WhichOperation

    def prompt(self, turn: Turn) -> Prompt:
        """Ask for one of them."""
        names = [o.name for o in due.choices(turn, self.asked.code)]
        return Prompt("prompt.operation", {"unit": self.asked.code.claim, "choices": names})

    def expects(self, turn: Turn) -> Expected:
        """The card of an operation."""
        several = due.choices(turn, self.asked.code)
        return expected.one_of("expect.operation", "operation", several, kinds=("OP",))

    def choices(self, turn: Turn) -> tuple[Tile, ...]:
        """A tile for each operation."""
        several = due.choices(turn, self.asked.code)
        return (*(Tile(f"OP:{o.id}", "tap.operation", {"name": o.name}) for o in several), Tile("CANCEL", "tap.cancel"))

    def take(self, turn: Turn, code: Code) -> None:
        """Take the pick, CANCEL or a badge. RuleViolation choice.operation for anything else."""
        answers = code.kind == "command" and cards.verb_of(code.value) in ("OP", "CANCEL")
        if not answers and code.kind != "badge":
            raise self._unanswered(turn)
        Case.take(self, turn, code)

    def take_unclear(self, turn: Turn, code: Ambiguous) -> None:
        """Refuse it. RuleViolation choice.operation."""
        raise self._unanswered(turn)

    def _unanswered(self, turn: Turn) -> RuleViolation:
        return RuleViolation("choice.operation", choices=[o.name for o in due.choices(turn, self.asked.code)])


class ShowBadge(Case, frozen=True):
    """Nobody is signed in."""

    def prompt(self, turn: Turn) -> Prompt:
        """Ask for a badge."""
        return Prompt("prompt.sign_in")

    def expects(self, turn: Turn) -> Expected:
        """A badge."""
        return BADGE


class Sign(Case, frozen=True):
    """A signature is wanted; scans of things are taken as before it was."""

    asked: Signature

    def prompt(self, turn: Turn) -> Prompt:
        """Ask for the signer's badge, or for their PIN."""
        return signatures.prompt(turn, self.asked, self._about(turn))

    def _about(self, turn: Turn) -> Params:
        """The matter and the unit, where no page on the screen shows them."""
        act, stopped = undo.last(turn.work), turn.work.stopped
        if self.asked.purpose == undo.PURPOSE and act is not None:
            return {"what": undo.told(turn, act), "unit": act.thing}
        if self.asked.purpose == override.PURPOSE and stopped is not None:
            reason = turn.view.definitions.get(Reason, self.asked.about)
            return {"what": reason.name if reason else "", "unit": stopped.claim}
        return {}

    def expects(self, turn: Turn) -> Expected:
        """A badge of these roles, or a PIN."""
        if self.asked.signer:
            return Expected(Phrase("expect.pin"), "pin")
        if self.asked.roles:
            words = Phrase("expect.badge_of", {"release": self.asked.roles})
            return Expected(words, text("badge", *self.asked.roles), ("badge",))
        return BADGE

    def take(self, turn: Turn, code: Code) -> None:
        """Take the signer's badge; other codes are taken as without the signature."""
        if code.kind == "badge":
            return signatures.badge(turn, code)
        return _case(turn, turn.work, turn.work.questions[:-1]).take(turn, code)


class SignPage(Sign, frozen=True):
    """The signature of a page is wanted: its signer sees the page."""


class FillReport(Case, frozen=True):
    """The page of a reason is filled."""

    asked: Report

    def prompt(self, turn: Turn) -> Prompt:
        """Ask for the field to fill now."""
        page = pages.open_page(turn)
        name = page.name if page else ""
        return fill.prompt(turn, {"step": name, "unit": turn.work.thing, "number": 1, "count": 1})

    def expects(self, turn: Turn) -> Expected:
        """The field to fill now."""
        return fill.expects(turn)

    def take_order(self, turn: Turn, code: Code) -> None:
        """Take it into a field, else as the order to work on."""
        return fields.scanned(turn, code) if fields.takes_scan(turn) else orders.scanned(turn, code)

    def take_thing(self, turn: Turn, code: Code) -> None:
        """Take it into a field."""
        fields.scanned(turn, code)


# ---------------------------------------------------------------------------------------------------------------------
def awaiting(turn: Turn) -> Case:
    """The one thing that the workplace waits for now."""
    return _case(turn, turn.work, turn.work.questions)


def _case(turn: Turn, work: Work, questions: tuple[Question, ...]) -> Case:
    question = questions[-1] if questions else None
    if isinstance(question, HelperBadge):
        return CallBadge()
    if isinstance(question, WhichCode):
        return ChooseReading(question)
    if not turn.view.definitions.all(Route) or not turn.view.people:
        return NoDefinitions()
    if work.person is None:
        return ShowBadge()
    match question:
        case Signature():
            return SignPage(question) if question.purpose == pages.PURPOSE else Sign(question)
        case WhichOperation():
            return PickOperation(question)
        case Report():
            return FillReport(question)
    return on_bench(turn, work)
