"""One turn of the work: what it says, writes and asks of a machine."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

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
from station.work.state import HelperBadge, InHand, OnBench, Packing, Question, Stopped, WhichCode, Work
from station.work.view import View

LAST_KEPT = 64
T = TypeVar("T")


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
    """The definitions that a thing in hand is worked on by."""

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


def _place(bench: OnBench) -> Hashable:
    """The thing, operation and step that questions are about."""
    match bench:
        case InHand():
            return bench.unit, bench.operation, bench.step
        case Stopped():
            return "stopped", bench.code.claim, bench.code.raw
        case Packing():
            return "packing", bench.unit
    return None


class Turn:
    """One turn being built: reads the view, changes the work, and collects what to say.

    `after`: the turn before, whose pages are not computed again. `stop`: the error that stopped a thing in this turn;
    the screen that follows the turn shows the same.
    """

    def __init__(self, work: Work, view: View, after: Turn | None = None) -> None:
        self.work = work
        self.view = view
        self.stop: RuleViolation | None = None
        self.pages: dict[Hashable, Any] = {}
        if after is not None and after.view.definitions is view.definitions:
            self.pages = after.pages
            self.stop = after.stop if after.said and _place(after.work.bench) == _place(work.bench) else None
        self._known: dict[Hashable, Any] = {}
        self.said: list[Statement] = []
        self.wants_newest = False
        self.ask: GaugeAsk | PhotoAsk | None = None
        self.notes: list[Fact] = []  # written behind what is said, and not shown
        self.prints: list[Print | Unprint] = []
        self.again = False  # what it writes changes what is allowed: a turn of its own follows, transition.News
        self._at: tuple[InHand | None, _At] = (None, _At())

    def move(self, **changes: Any) -> None:
        """Change what the workplace remembers; the bench by `put`, questions by `question` and `answered`."""
        self.work = replace(self.work, **changes)

    def put(self, bench: OnBench) -> None:
        """Put something on the bench, or clear it. Questions about another thing or step are dropped."""
        questions = self.work.questions
        if _place(bench) != _place(self.work.bench):
            questions = tuple(one for one in questions if isinstance(one, WhichCode | HelperBadge))
        self.move(bench=bench, questions=questions)

    def question(self, question: Question) -> None:
        """Ask this from now on."""
        self.work = self.work.asking(question)

    def answered(self, kind: type[Question]) -> None:
        """Ask this no more."""
        self.work = self.work.answered(kind)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Work something out once in a turn: the view does not change meanwhile, so the same key gives the same."""
        if key not in self._known:
            self._known[key] = make()
        found: T = self._known[key]
        return found

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
        """The definitions of the thing in hand: asked for dozens of times in a turn, found once for each hand."""
        hand = self.work.hand
        if hand is not self._at[0]:
            self._at = hand, _at(self.view.definitions, hand) if hand else _At()
        return self._at[1]

    @property
    def operation_id(self) -> str:
        """The operation in hand as an event names it; "-" if there is none."""
        return self.work.hand.operation if self.work.hand else "-"

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
