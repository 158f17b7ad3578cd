"""The context of the work on the screen: its steps with their components, the device that is needed, who decides.

Pure; it decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from common.definitions import Person
from common.form_page import FormPage
from common.ids import Claim
from station.shown.work_screen import StepLine
from station.work.state import InHand
from station.work.steps import progress
from station.work.steps.kind import kind_of_step
from station.work.turn import Turn
from station.work.view import View

READ = {"scan": "scanner", "gauge": "gauge", "plc": "plc", "photo": "camera"}  # by the type of a field
MOST_NAMES = 3  # of one role, that a person reads at a glance


def steps(turn: Turn, hand: InHand) -> tuple[StepLine, ...]:
    """Each step with the components that it added; of two steps for one slot, the last that is done."""
    asked = turn.form.steps if turn.form else []
    inside: dict[int, tuple[Claim, ...]] = {}
    at = {step.slot: n for n, step in enumerate(asked[: hand.step + 1]) if step.slot}
    for slot, n in at.items():
        bound = tuple(one.child for one in progress.in_slot(turn, hand.unit, slot))
        inside[n] = bound + tuple(one.thing for one in hand.taken if one.slot == slot)
    return tuple(StepLine(s.name, s.kind, _state(n, hand.step), inside.get(n, ())) for n, s in enumerate(asked))


def _state(at: int, now: int) -> str:
    return "done" if at < now else "now" if at == now else "todo"


def needs(turn: Turn, page: FormPage | None) -> str:
    """The kind of device without which the prompt cannot be followed. A badge is scanned."""
    if page is not None:
        now = next((field for field in page.fields if field.now), None)
        return READ.get(now.type, "") if now else ""
    return kind_of_step(turn.step).needs if turn.step else "scanner"


def deciders(view: View, release: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The people here who have these roles."""
    names = dict(view.people.values())
    found: defaultdict[str, list[str]] = defaultdict(list)
    for person in view.definitions.all(Person):
        for role in person.roles:
            if person.id in names:
                found[role].append(names[person.id])
    return tuple((role, tuple(found[role][:MOST_NAMES])) for role in release)
