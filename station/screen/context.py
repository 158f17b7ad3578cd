"""The context of the work, added to the scene: the device that is needed, components of steps, names of deciders.

Pure; it decides nothing.
"""

from __future__ import annotations

from collections import defaultdict

from msgspec.structs import replace

from common.definitions import Person
from common.ids import Claim
from station.shown.work_screen import Scene, StepLine, Stop
from station.work.steps import progress
from station.work.steps.kind import kind_of_step
from station.work.turn import Turn
from station.work.view import View

READ = {"scan": "scanner", "gauge": "gauge", "plc": "plc", "photo": "camera"}  # by the type of a field
MOST_NAMES = 3  # of one role, that a person reads at a glance


def added(scene: Scene, turn: Turn) -> Scene:
    """The scene with its context."""
    return replace(
        scene,
        steps=_steps(turn, scene.steps),
        stop=_named(scene.stop, turn.view) if scene.stop else None,
        needs=_needs(turn, scene),
        unlabelled=(turn.work.thing or turn.work.labelled) in turn.view.labels.waiting,
    )


def _steps(turn: Turn, lines: tuple[StepLine, ...]) -> tuple[StepLine, ...]:
    """Each step with the components that it added; of two steps for one slot, the last that is done."""
    form, hand = turn.form, turn.work.hand
    if form is None or hand is None:
        return lines
    inside: dict[int, tuple[Claim, ...]] = {}
    at = {step.slot: n for n, step in enumerate(form.steps) if step.slot and lines[n].state != "todo"}
    for slot, n in at.items():
        bound = tuple(one.child for one in progress.in_slot(turn, hand.unit, slot))
        inside[n] = bound + tuple(one.thing for one in hand.taken if one.slot == slot)
    return tuple(replace(line, inside=inside.get(n, ())) for n, line in enumerate(lines))


def _needs(turn: Turn, scene: Scene) -> str:
    """The kind of device without which the prompt cannot be followed. A badge is scanned; a tap answers a question."""
    if scene.choices or scene.signing or scene.wanted or scene.stop:
        return ""
    if scene.page is not None:
        now = next((field for field in scene.page.fields if field.now), None)
        return READ.get(now.type, "") if now else ""
    return kind_of_step(turn.step).needs if turn.step else "scanner"


def _named(stop: Stop, view: View) -> Stop:
    """The stop with the people who have its roles; of a scrapped thing nobody decides any more."""
    if view.standing(stop.thing).state == "scrapped":
        return replace(stop, release=())
    names = dict(view.people.values())
    found: defaultdict[str, list[str]] = defaultdict(list)
    for person in view.definitions.all(Person):
        for role in person.roles:
            if person.id in names:
                found[role].append(names[person.id])
    return replace(stop, deciders=tuple((role, tuple(found[role][:MOST_NAMES])) for role in stop.release))
