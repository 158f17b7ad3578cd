"""The one thing that a workplace waits for now. Pure.

`awaiting` finds the case once a turn; the case gives its prompt, the codes that it expects, the cards that it offers as
tiles, and takes the answer. The kiosk chooses its screen by the name of the case alone.
"""

from __future__ import annotations

import re

from msgspec import Struct

from common.barcode_router import Ambiguous, Code
from common.definitions import Reason, Route, Step
from common.errors import RuleViolation
from common.event_types import SignIn
from common.text import Params
from station.messages import Prompt
from station.shown.work_screen import Phrase, Tile
from station.work import expected, signatures, take_in_hand
from station.work.ask import acts, ambiguity, calls, cards, override, undo
from station.work.begin import due, interlock_check, orders
from station.work.expected import NUMBERS, Expected, text
from station.work.state import (
    HelperBadge,
    InHand,
    Packing,
    Question,
    Report,
    Signature,
    Stopped,
    WhichCode,
    WhichOperation,
    Work,
)
from station.work.steps import fields, fill, labels, packing, pages
from station.work.steps.kind import kind_of_step
from station.work.turn import Turn

MOST_NAMED = 3  # materials that a person reads at a glance; of more only their kind is named
IN_WORK = ("UNDO", "NG", "NCR", "SCRAP", "LEAVE", *cards.LABELS)
BETWEEN = ("UNDO", "CLOSE", "CLEANED", *cards.LABELS)
STOPPED = ("OVERRIDE", "REWORK", "NCR", "SCRAP")


class Case(Struct, frozen=True):
    """One thing that a workplace may wait for. The kiosk and the tests know it by `name`."""

    @property
    def verbs(self) -> tuple[str, ...]:
        """The cards that it offers as tiles, besides the call."""
        return ()

    @property
    def name(self) -> str:
        """Its name, e.g. sign_in."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(self).__name__).lower()

    def prompt(self, turn: Turn) -> Prompt:
        """The one thing to do now."""
        raise NotImplementedError

    def expects(self, turn: Turn) -> Expected:
        """The codes that would be taken."""
        raise NotImplementedError

    def choices(self, turn: Turn) -> tuple[Tile, ...]:
        """The answers, where one is chosen from a page of tiles."""
        return ()

    def take(self, turn: Turn, code: Code) -> None:
        """Take a scanned code. RuleViolation if it is not wanted now."""
        if code.kind == "badge":
            return sign_in(turn, code)
        if turn.work.person is None:
            raise RuleViolation("sign_in.first")
        if code.kind == "command":
            return cards.command(turn, code.value)
        if code.kind == "order":
            return self.take_order(turn, code)
        return None if labels.verify(turn, code) else self.take_thing(turn, code)

    def take_unclear(self, turn: Turn, code: Ambiguous) -> None:
        """Ask which reading of a code is meant."""
        ambiguity.ask(turn, code)

    def take_order(self, turn: Turn, code: Code) -> None:
        """Take the code of an order: from now on it is worked on."""
        orders.scanned(turn, code)

    def take_thing(self, turn: Turn, code: Code) -> None:
        """Take a scanned unit, lot or container."""
        take_in_hand.take_in_hand(turn, code)


def sign_in(turn: Turn, code: Code) -> None:
    """Sign in the owner of a badge. RuleViolation sign_in.unknown."""
    known = turn.view.people.get(code.value)
    if known is None:
        raise RuleViolation("sign_in.unknown")
    person, name = known
    turn.move(person=person)
    turn.confirm("ok", "done.signed_in", SignIn(turn.view.place, "in"), (), name=name)
    turn.again = turn.work.hand is not None  # the work in hand is judged for the new person


# Questions -----------------------------------------------------------------------------------------------------------
class NoDefinitions(Case, frozen=True):
    """The hub has not sent definitions and people yet."""

    def prompt(self, turn: Turn) -> Prompt:
        """Wait."""
        return Prompt("prompt.waiting")

    def expects(self, turn: Turn) -> Expected:
        """A badge."""
        return Expected(Phrase("expect.badge"), "badge", ("badge",))


class CallBadge(Case, frozen=True):
    """The helper who came to a call shows their badge."""

    @property
    def verbs(self) -> tuple[str, ...]:
        """Drop it."""
        return ("CANCEL",)

    def prompt(self, turn: Turn) -> Prompt:
        """Ask for the helper's badge."""
        return Prompt("prompt.call_badge")

    def expects(self, turn: Turn) -> Expected:
        """A badge."""
        return Expected(Phrase("expect.badge"), "badge", ("badge",))

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
        words = Phrase("expect.answer", {"count": len(self.asked.code.readings)})
        return Expected(words, "answer", NUMBERS)

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
        return Expected(Phrase("expect.badge"), "badge", ("badge",))


class Sign(Case, frozen=True):
    """A signature is wanted; scans of things are taken as before it was."""

    asked: Signature

    @property
    def verbs(self) -> tuple[str, ...]:
        """Decline it."""
        return ("CANCEL",)

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
        return Expected(Phrase("expect.badge"), "badge", ("badge",))

    def take(self, turn: Turn, code: Code) -> None:
        """Take the signer's badge; other codes are taken as without the signature."""
        if code.kind == "badge":
            return signatures.badge(turn, code)
        return _case(turn, turn.work, turn.work.questions[:-1]).take(turn, code)


class SignPage(Sign, frozen=True):
    """The signature of a page is wanted: its signer sees the page."""


# The bench -----------------------------------------------------------------------------------------------------------
class Begin(Case, frozen=True):
    """Nothing is in hand: a thing is scanned to begin with."""

    @property
    def verbs(self) -> tuple[str, ...]:
        """Those between two units."""
        return ("SIGNOUT", "NEW", *BETWEEN)

    def prompt(self, turn: Turn) -> Prompt:
        """Ask for a unit, or for a label where lots and containers are worked on too."""
        return Prompt("prompt.label" if take_in_hand.worked_on(turn) - {"unit"} else "prompt.unit")

    def expects(self, turn: Turn) -> Expected:
        """A thing that is worked on here."""
        made = turn.view.definitions.materials_at(turn.view.place)
        kinds = tuple(sorted(take_in_hand.worked_on(turn)))
        ids = tuple(material.id for material in made)
        if 0 < len(made) <= MOST_NAMED:
            words = Phrase("expect.thing_of", {"kind": kinds, "material": [material.name for material in made]})
            return Expected(words, text(*kinds, *ids), kinds, ids)
        return Expected(Phrase("expect.thing", {"kind": kinds}), text(*kinds), kinds, ids)


class StopOver(Begin, frozen=True):
    """Nothing says no to the stopped thing any more: it may be scanned again."""

    @property
    def verbs(self) -> tuple[str, ...]:
        """Put it away."""
        return ("CANCEL", *BETWEEN)


class StoppedThing(Begin, frozen=True):
    """A scanned thing may not be worked on; it stays on the screen until the next scan."""

    @property
    def verbs(self) -> tuple[str, ...]:
        """Put it away."""
        return ("CANCEL", *BETWEEN)


class PackUnit(Case, frozen=True):
    """A finished unit waits for its container."""

    unit: Packing

    @property
    def verbs(self) -> tuple[str, ...]:
        """Set it aside."""
        return ("LEAVE", *BETWEEN)

    def prompt(self, turn: Turn) -> Prompt:
        """Ask for the container."""
        where = turn.work.container.value if turn.work.container else None
        return Prompt(
            "prompt.pack_into" if where else "prompt.pack", {"unit": self.unit.unit.value, "container": where}
        )

    def expects(self, turn: Turn) -> Expected:
        """A container; the open one if there is one."""
        open_one = turn.work.container
        if open_one is None:
            return Expected(Phrase("expect.container"), "container", ("container",))
        words = Phrase("expect.container_open", {"container": open_one})
        return Expected(words, f"container {open_one.value}", ("container",))

    def take_thing(self, turn: Turn, code: Code) -> None:
        """Put the unit into the scanned container."""
        route = turn.view.definitions.route_of(turn.view.standing(self.unit.unit).material)
        packs = [o for o in route.operations if o.packs and turn.view.place in o.at] if route else []
        packing.pack(turn, code, packs[0] if packs else None)


class FillReport(Case, frozen=True):
    """The page of a reason is filled."""

    asked: Report

    @property
    def verbs(self) -> tuple[str, ...]:
        """Give the report up, and those of the page."""
        return ("CANCEL", *fill.CARDS)

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


class _InWork(Case, frozen=True):
    """A thing is in hand."""

    hand: InHand

    @property
    def verbs(self) -> tuple[str, ...]:
        """Those of every work."""
        return IN_WORK

    def expects(self, turn: Turn) -> Expected:
        """The codes of the step; without a step, the card that sets the thing aside."""
        step = turn.step
        return kind_of_step(step).expects(turn, step) if step else expected.card("LEAVE", "card.leave")

    def take_order(self, turn: Turn, code: Code) -> None:
        """Take it as an answer to the step, else as the order to work on."""
        step = turn.step
        if step is None or not kind_of_step(step).takes_orders(turn):
            return orders.scanned(turn, code)
        interlock_check.go_on(turn)
        return kind_of_step(step).scan(turn, step, code)

    def take_thing(self, turn: Turn, code: Code) -> None:
        """Take it for the step. RuleViolation interlock.*, unit.changed, component.*"""
        interlock_check.go_on(turn)
        step = turn.step
        if step is None:
            raise RuleViolation("unit.changed", unit=self.hand.unit)
        kind = kind_of_step(step)
        if code.claim == self.hand.unit and not kind.takes_own_label:
            return turn.tell("ignored.in_hand", unit=code.claim)
        return kind.scan(turn, step, code)


class Halted(_InWork, frozen=True):
    """The work in hand may not continue by now. `why`: an interlock, or the person who is signed in."""

    why: RuleViolation

    def prompt(self, turn: Turn) -> Prompt:
        """Say what stops it."""
        details = self.why.details
        if self.why.code == interlock_check.NOT_QUALIFIED:
            return Prompt("prompt.not_qualified", {k: details[k] for k in ("unit", "operation", "people")})
        said = {"unit": self.hand.unit, "why": interlock_check.reasons(self.why), "release": details["release"]}
        return Prompt("prompt.held", said)


class FormChanged(_InWork, frozen=True):
    """The form was changed since the work began, so the thing is set aside."""

    def prompt(self, turn: Turn) -> Prompt:
        """Ask to set it aside."""
        return Prompt("prompt.leave", {"unit": self.hand.unit})


class AtStep(_InWork, frozen=True):
    """A step is to be done; its kind says how."""

    step: Step

    @property
    def verbs(self) -> tuple[str, ...]:
        """Those of every work, and of the kind of step."""
        return (*IN_WORK, *kind_of_step(self.step).cards)

    def prompt(self, turn: Turn) -> Prompt:
        """Ask what the step asks."""
        count = len(turn.form.steps) if turn.form else 0
        params = {"step": self.step.name, "unit": self.hand.unit, "number": self.hand.step + 1, "count": count}
        return kind_of_step(self.step).prompt(turn, self.step, params)


class FillPage(AtStep, frozen=True):
    """The page of the step is filled."""


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
    return _on_bench(turn, work)


def _on_bench(turn: Turn, work: Work) -> Case:
    match work.bench:
        case Packing():
            return PackUnit(work.bench)
        case Stopped():
            return StoppedThing() if take_in_hand.stop(turn) else StopOver()
        case InHand():
            return _in_work(turn, work.bench)
    return Begin()


def _in_work(turn: Turn, hand: InHand) -> Case:
    why, step = interlock_check.halted(turn), turn.step
    if why is not None:
        return Halted(hand, why)
    if step is None:
        return FormChanged(hand)
    return AtStep(hand, step) if pages.open_page(turn) is None else FillPage(hand, step)
