"""What a thing is: births, words that contradict each other, and what is known without a birth. No clock decides."""

from __future__ import annotations

from common import event_types as b
from common.ids import tag
from common.judge import interlock
from tests.support.factory import START_MS, Story, bind, definitions_of, done, kinds, lot, motor_route, tags, unit

U, ROTOR, L = unit("M-1"), unit("R-1"), lot()
ROUTE = motor_route()
MOTORS = definitions_of(ROUTE)
MOTOR, PUMP = b.Commission(material="motor"), b.Commission(material="pump", order="WO-2")


def receive(expiry: str, material: str = "glue", supplier: str = "s") -> b.Receive:
    return b.Receive(material=material, supplier=supplier, quantity="1", uom="kg", expiry=expiry)


# Births ---------------------------------------------------------------------------------------------------------------
def test_what_cites_a_serial_that_was_given_twice_waits_at_the_ambiguous_node():
    """One node for each commission and one that is neither: what was done is told of that one, and nothing goes on."""
    story = Story()
    one, two = story.say("a", MOTOR, U), story.say("b", PUMP, U)
    story.say("c", done("press"), U)
    standing = story.judge(U, MOTORS)
    assert {birth.tag: birth.material for birth in standing.births} == {tag(one, 0): "motor", tag(two, 0): "pump"}
    assert (standing.material, standing.order, standing.state) == (None, None, "hold")
    assert standing.outcome("press") == "pass"
    answer = interlock(standing, ROUTE, ROUTE.operations[1], {})
    assert (answer.verdict, answer.reasons[0].params) == ("hold", {"reason": "commissioned_twice"})


def test_a_settle_that_keeps_one_commission_decides_whose_serial_it_is():
    story = Story()
    one, _ = story.say("a", MOTOR, U), story.say("b", PUMP, U)
    story.say("c", done("press"), U)
    story.say("hub", b.Settle(finding="commissioned_twice", keep=tags(one)), U)
    standing = story.judge(U, MOTORS)
    assert (standing.material, standing.order, standing.state) == ("motor", None, "in_process")
    assert [birth.event for birth in standing.births] == [one]
    assert kinds(standing) == []


def test_a_settle_that_drops_one_commission_decides_it_too():
    story = Story()
    one, two = story.say("a", MOTOR, U), story.say("b", PUMP, U)
    story.say("hub", b.Settle(finding="commissioned_twice", drop=tags(one)), U)
    assert (story.judge(U).material, story.judge(U).order) == ("pump", "WO-2")
    story.say("c", b.Void(event=two, reason="also wrong"), U)
    assert story.judge(U).material is None


def test_a_lot_that_came_twice_is_one_lot():
    story = Story()
    for who in "ab":
        story.say(who, receive("2027-01-01"), L)
    assert (story.judge(L).material, story.judge(L).births, kinds(story.judge(L))) == ("glue", (), [])


# Words ----------------------------------------------------------------------------------------------------------------
def test_of_two_words_the_later_by_before_counts():
    story = Story()
    first = story.say("a", receive("2027-01-01"), L)
    story.say("b", receive("2028-01-01"), L, after=[first])
    standing = story.judge(L)
    assert (standing.words["expiry"], kinds(standing)) == (("2028-01-01",), [])


def test_words_of_which_neither_is_later_are_both_kept_and_a_finding():
    """Never the last writer by time."""
    story = Story()
    said = [story.say("a", receive("2028-01-01"), L, at=START_MS + 9), story.say("b", receive("2027-01-01"), L, at=0)]
    standing = story.judge(L)
    assert standing.words["expiry"] == ("2027-01-01", "2028-01-01")
    assert [f.cause for f in standing.findings if f.kind == "attribute_conflict"] == sorted(tag(e, 1) for e in said)
    assert standing.words["material"] == ("glue",)


def test_each_word_that_is_contradicted_is_a_finding_of_its_own():
    story = Story()
    story.say("a", receive("2028-01-01", supplier="s-1"), L)
    story.say("b", receive("2027-01-01", "paint", "s-2"), L)
    names = [f.params["name"] for f in story.judge(L).findings if f.kind == "attribute_conflict"]
    assert sorted(set(names)) == ["expiry", "material", "supplier"]
    assert story.judge(L).material is None


def test_a_settle_says_which_word_is_right():
    story = Story()
    story.say("a", receive("2028-01-01"), L)
    right = story.say("b", receive("2027-01-01"), L)
    story.say("hub", b.Settle(finding="attribute_conflict", keep=(tag(right, 1),)), L)
    assert (story.judge(L).words["expiry"], kinds(story.judge(L))) == (("2027-01-01",), [])


# Without a birth ------------------------------------------------------------------------------------------------------
def test_without_its_commission_a_thing_is_what_whoever_bound_it_says_and_has_that_route():
    story = Story()
    story.say("a", bind("drive", "motor"), unit("CAR-1"), U)
    for id in ("press", "wire", "test"):
        story.say("a", done(id), U)
    standing = story.judge(U, MOTORS)
    assert (standing.material, standing.state) == ("motor", "passed")


def test_a_late_commission_is_believed_rather_than_what_was_implied():
    story = Story()
    story.say("a", bind("drive", "motor"), unit("CAR-1"), U)
    story.say("b", PUMP, U)
    assert (story.judge(U).material, kinds(story.judge(U))) == ("pump", [])


def test_what_is_made_of_others_is_what_the_transform_says_and_they_are_not():
    story = Story()
    story.say("a", b.Transform(inputs=1, material="sauce"), L, lot("L-2"))
    assert (story.judge(lot("L-2")).material, story.judge(L).material) == ("sauce", None)


def test_binds_that_imply_different_materials_are_a_finding():
    story = Story()
    story.say("a", bind(material="rotor-a"), U, ROTOR)
    story.say("b", bind(material="rotor-b"), U, ROTOR)
    assert story.judge(ROTOR).material is None
    assert kinds(story.judge(ROTOR)) == ["attribute_conflict"] * 2
