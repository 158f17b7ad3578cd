"""The cases of the bench: nothing, a thing in hand, a stopped one, a unit to be packed. Pure."""

from __future__ import annotations

from common.barcode_router import Code
from common.definitions import Step
from common.errors import RuleViolation
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work import expected, take_in_hand
from station.work.begin import interlock_check, orders
from station.work.case import Case
from station.work.expected import Expected, text
from station.work.state import InHand, Packing, Stopped, Work
from station.work.steps import packing, pages
from station.work.steps.kind import kind_of_step
from station.work.turn import Turn

MOST_NAMED = 3  # materials that a person reads at a glance; of more only their kind is named


class Begin(Case, frozen=True):
    """Nothing is in hand: a thing is scanned to begin with."""

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


class StoppedThing(Begin, frozen=True):
    """A scanned thing may not be worked on; it stays on the screen until the next scan."""


class PackUnit(Case, frozen=True):
    """A finished unit waits for its container."""

    unit: Packing

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


class _InWork(Case, frozen=True):
    """A thing is in hand."""

    hand: InHand

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

    def prompt(self, turn: Turn) -> Prompt:
        """Ask what the step asks."""
        count = len(turn.form.steps) if turn.form else 0
        params = {"step": self.step.name, "unit": self.hand.unit, "number": self.hand.step + 1, "count": count}
        return kind_of_step(self.step).prompt(turn, self.step, params)


class FillPage(AtStep, frozen=True):
    """The page of the step is filled."""


# ---------------------------------------------------------------------------------------------------------------------
def on_bench(turn: Turn, work: Work) -> Case:
    """The case of what is on the bench."""
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
