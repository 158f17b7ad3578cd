"""What may leave the house, and every reason why something may not."""

from __future__ import annotations

from common import event_types as b
from common.judge import shippable
from tests.support.factory import Story, bind, container, definitions_of, done, motor_route, tags, unit

U, OTHER, ROTOR, C = unit("M-1"), unit("M-2"), unit("R-1"), container()
ROUTE = motor_route()
MOTORS = definitions_of(ROUTE)


def made(*more: tuple[b.Body, tuple]) -> Story:
    story = Story()
    for thing in (U, OTHER):
        story.say("a", b.Commission(material="motor"), thing)
        for id in ("press", "wire", "test"):
            story.say("a", done(id), thing)
    for body, on in more:
        story.say("b", body, *on)
    return story


def why(story: Story, *parts) -> list[str]:
    return [r.code for r in shippable(story.judge(U, MOTORS), ROUTE, [story.judge(p, MOTORS) for p in parts])]


def test_what_passed_everything_may_be_shipped():
    assert why(made()) == []


def test_each_thing_that_is_wrong_is_a_reason():
    assert why(made((b.Hold(reason="crack"), (U,)))) == ["ship.hold"]
    assert why(made((b.Scrap(reason="broken"), (U,)))) == ["ship.scrapped"]
    assert why(made((done("test", "fail"), (U,)))) == ["ship.contested"]
    assert why(made((b.Unbind(operation="rework"), (U,)))) == ["ship.slot_unreadable"]


def test_what_is_not_finished_or_not_known_may_not_be_shipped():
    story = Story()
    assert why(story) == ["ship.missing"] * 3 + ["ship.unknown"]
    story.say("a", done("test", provisional=True, unknown=("wire",)), U)
    assert why(story) == ["ship.provisional", "ship.missing", "ship.missing"]


def test_a_contested_component_blocks_both_parents_until_it_is_settled():
    story = made((bind(), (U, ROTOR)), (bind(), (OTHER, ROTOR)))
    assert why(story, ROTOR) == ["ship.component_contested"]
    parts = [story.judge(ROTOR)]
    assert [r.code for r in shippable(story.judge(OTHER, MOTORS), ROUTE, parts)] == ["ship.component_contested"]
    keep = tags(*(past.id for _, past in story.past if past.t == "bind"))
    story.say("hub", b.Settle(finding="component_contested", keep=keep[:1], drop=keep[1:]), ROTOR, U, OTHER)
    assert why(story, ROTOR) == []


def test_a_carton_ships_when_all_that_is_packed_in_it_may():
    story = made((b.Commission(material="carton"), (C,)), (b.Aggregate(), (C, U, OTHER)))

    def inside():
        return [story.judge(thing, MOTORS) for thing in (U, OTHER)]

    assert shippable(story.judge(C), None, inside()) == ()
    story.say("c", b.Hold(reason="crack"), OTHER)
    assert [r.code for r in shippable(story.judge(C), None, inside())] == ["ship.hold"]
    story.say("c", b.Disaggregate(), C, OTHER)
    assert shippable(story.judge(C), None, inside()) == ()
