"""One turn of the work: what it says, writes and asks of a machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from common.definitions import (
    BomLine,
    Definitions,
    Form,
    LabelDefinition,
    Material,
    Operation,
    Route,
    Step,
    definition_hash,
)
from common.errors import RuleViolation
from common.event_types import Body
from common.events import Fact
from common.ids import Claim
from station.messages import GaugeAsk, PhotoAsk, Shown
from station.work.state import LAST_KEPT, InHand, Work
from station.work.view import View


class Print(Struct, frozen=True):
    """A label to be queued with the events of the turn."""

    printer: str
    label: LabelDefinition
    thing: Claim
    values: dict[str, str]


class Unprint(Struct, frozen=True):
    """Prints of this label of a thing that nobody waits for any more."""

    thing: Claim
    label: str


class Statement(Struct, frozen=True):
    """One thing a turn says; with a fact it becomes an event first and is shown when that is on disk.

    `who`: the person who says it, if that is not who is signed in.
    """

    shown: Shown
    fact: Fact | None = None
    who: str | None = None


class _At(Struct, frozen=True):
    """Where a thing in hand stands in what is defined."""

    route: Route | None = None
    operation: Operation | None = None
    form: Form | None = None
    step: Step | None = None


def _at(known: Definitions, hand: InHand) -> _At:
    route = known.route_of(hand.material)
    operation = route.operation(hand.operation) if route else None
    form = known.get(Form, operation.form) if operation else None
    if form is None or hand.form not in ("", definition_hash(form)):
        return _At(route, operation)
    return _At(route, operation, form, form.steps[hand.step] if hand.step < len(form.steps) else None)


class Turn:
    """One turn being built: reads the view, moves the work on, and collects what to say."""

    def __init__(self, work: Work, view: View) -> None:
        self.work = work
        self.view = view
        self.said: list[Statement] = []
        self.wants_newest = False
        self.ask: GaugeAsk | PhotoAsk | None = None
        self.notes: list[Fact] = []  # written behind what is said, and not shown
        self.prints: list[Print | Unprint] = []
        self.again = False  # what it writes changes what may be: a turn of its own follows, operation.News
        self._at: tuple[InHand | None, _At] = (None, _At())

    def move(self, **changes: Any) -> None:
        """Change the work."""
        self.work = replace(self.work, **changes)

    def remember(self, numbers: Mapping[str, str]) -> None:
        """Keep the numbers entered last, by step and field, for the number pad to show; the eldest are forgotten."""
        kept = {name: value for name, value in self.work.entered.items() if name not in numbers} | dict(numbers)
        self.move(entered=dict(list(kept.items())[-LAST_KEPT:]))

    def confirm(self, tone: str, code: str, body: Body, on: tuple[Claim, ...], **params: object) -> None:
        """Write an event and show it."""
        self.said.append(Statement(Shown(tone, code, params), Fact(body, on)))

    def sign(self, person: str, code: str, body: Body, on: tuple[Claim, ...], **params: object) -> None:
        """Write an event that `person` signed, and show it."""
        self.said.append(Statement(Shown("ok", code, params), Fact(body, on), person))

    def tell(self, code: str, **params: object) -> None:
        """Show something that is no fact."""
        self.said.append(Statement(Shown("info", code, params)))

    def adopt(self, trial: Turn) -> None:
        """Go on as a trial of the same work and view did."""
        self.work, self.said, self.ask, self.wants_newest = trial.work, trial.said, trial.ask, trial.wants_newest
        self.notes, self.prints = trial.notes, trial.prints

    @property
    def route(self) -> Route | None:
        """The route of the unit in hand."""
        return self._where.route

    @property
    def operation(self) -> Operation | None:
        """The operation that is running."""
        return self._where.operation

    @property
    def form(self) -> Form | None:
        """Its form, as long as that is the one under which the operation began."""
        return self._where.form

    @property
    def step(self) -> Step | None:
        """The step to do now, or None when all are done."""
        return self._where.step

    @property
    def _where(self) -> _At:
        """Where what is in hand stands: asked for dozens of times in a turn, and found once for each hand."""
        hand = self.work.hand
        if hand is not self._at[0]:
            self._at = hand, _at(self.view.definitions, hand) if hand else _At()
        return self._at[1]

    @property
    def slot(self) -> BomLine | None:
        """What the step's slot takes."""
        step, hand = self.step, self.work.hand
        return self.view.definitions.bom_line(hand.material, step.slot) if step and hand else None

    @property
    def material(self) -> Material | None:
        """What the thing in hand is one of."""
        return self.view.definitions.get(Material, self.work.hand.material) if self.work.hand else None

    def name_of(self, person: str | None) -> str:
        """A person's name; "" if it is not known here."""
        return next((name for id, name in self.view.people.values() if id == person), "")

    def reason(self, id: str, use: str) -> str:
        """The coded reason `id`. RuleViolation command.reason if it is none for this use."""
        if id not in [known.id for known in self.view.definitions.reasons(use)]:
            raise RuleViolation("command.reason", reason=id or "-")
        return id

    def material_name(self, id: str | None) -> object:
        """A material's name in both languages, or its id."""
        known = self.view.definitions.get(Material, id)
        return known.name if known else id or "?"
