"""What a finger may choose: every command has a place on the screen in some situation."""

from __future__ import annotations

from collections.abc import Iterator

from common.definitions import Definitions, Reason
from station.shown.work_screen import Scene
from station.work.ask.cards import CARDS
from tests.support.one_question import broken, offered
from tests.support.shift import Shift, motor_pack
from tests.support.situations import SITUATIONS

# Fields of a page that a finger fills, by the verb that a card would say it with.
FIELDS = {"DATE": "date", "OPTION": "choice", "YES": "yes_no", "NO": "yes_no"}


def touched(scene: Scene) -> Iterator[str]:
    """Every verb that a finger can say here."""
    yield from (command.partition(":")[0] for command in offered(scene))
    if scene.wanted is not None:
        yield "N"
    fields = {field.type for field in scene.page.fields} if scene.page else set()
    yield from (verb for verb, kind in FIELDS.items() if kind in fields)
    if len(fields) > 1:
        yield "FIELD"


def test_every_command_can_be_given_by_touch_somewhere() -> None:
    scenes = [one for made in SITUATIONS.values() for one in made(False).said if isinstance(one, Scene)]
    said = {verb for scene in scenes for verb in touched(scene)}
    numbers = {str(n) for n in range(1, 10)}
    assert said & numbers
    assert set(CARDS) - said - numbers == set()


def test_a_site_without_reasons_offers_no_card_that_needs_one() -> None:
    shift = Shift("st-10")
    shift.definitions = Definitions.of([one for one in motor_pack().definitions if not isinstance(one, Reason)])
    shift.scan("M-250-000001")
    assert shift.case.name == "at_step"
    assert not {"NG", "NCR", "SCRAP"} & set(touched(shift.scene))
    assert not list(broken(shift.now, shift.scene))
