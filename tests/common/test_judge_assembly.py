"""What is in a thing: a removal ends what it knew, nothing unseen, and what does not fit is a finding on all sides."""

from __future__ import annotations

import pytest

from common import event_types as b
from common.definitions import BomLine, Definitions, Material
from common.definitions.naming import Name
from common.ids import Claim
from tests.support.factory import Story, bind, container, kinds, lot, materials, tags, unit

NAME = Name(zh="电机", en="Motor")
MOTOR, OTHER, ROTOR, SPARE = unit("M-1"), unit("M-2"), unit("R-1"), unit("R-2")


def replace(*names: str, slot: str = "rotor") -> b.Replace:
    return b.Replace(slot=slot, material="rotor", quantity="1", uom="pcs", operation="rework", tags=names)


def unbind(*names: str, slot: str | None = None) -> b.Unbind:
    return b.Unbind(operation="rework", slot=slot, tags=names)


def about(story: Story, thing: Claim, kind: str) -> list[Claim]:
    """Of whom the judge of `thing` says this."""
    return [f.about for f in story.judge(thing).findings if f.kind == kind and f.open]


# Observed-remove ------------------------------------------------------------------------------------------------------
def test_a_bind_puts_a_component_in_and_shows_it_on_both_sides():
    story = Story()
    id = story.say("a", bind("rotor", "rotor", "2.5"), MOTOR, ROTOR)
    (inside,) = story.judge(MOTOR).components
    (within,) = story.judge(ROTOR).within
    assert inside == within
    assert (inside.parent, inside.child, inside.slot, inside.quantity, inside.event) == (
        MOTOR, ROTOR, "rotor", "2.5", id,
    )  # fmt: skip
    assert inside.removed_by is None


def test_an_unbind_of_a_claim_retracts_every_bind_it_knew():
    story = Story()
    one = story.say("a", bind("left"), MOTOR, ROTOR)
    story.say("a", bind("right"), MOTOR, ROTOR, after=[one])
    gone = story.say("a", unbind(), MOTOR, ROTOR)
    assert [c.removed_by for c in story.judge(MOTOR).components] == [gone, gone]
    assert [c.removed_by for c in story.judge(ROTOR).within] == [gone, gone]


def test_an_unbind_of_a_claim_retracts_a_concurrent_bind_of_it_too():
    """The part was in somebody's hands: whoever bound it there without having seen that bound what is out."""
    story = Story()
    story.say("a", bind(), MOTOR, ROTOR)
    story.say("b", unbind(), MOTOR, ROTOR)
    assert materials(story.judge(MOTOR)) == {}


def test_a_bind_after_the_unbind_stands():
    story = Story()
    story.say("a", bind(), MOTOR, ROTOR)
    gone = story.say("a", unbind(), MOTOR, ROTOR)
    story.say("b", bind(), MOTOR, ROTOR, after=[gone])
    assert materials(story.judge(MOTOR)) == {"rotor": "R-1"}
    assert kinds(story.judge(MOTOR)) == []


def test_an_unbind_by_tag_retracts_that_bind_alone():
    """Two binds of one lot: the screws of the second stay."""
    story = Story()
    first = story.say("a", bind("screw"), MOTOR, lot())
    story.say("a", bind("screw"), MOTOR, lot())
    story.say("a", unbind(*tags(first)), MOTOR, lot())
    assert [c.removed_by is None for c in story.judge(MOTOR).components] == [False, True]


def test_an_unbind_by_tag_does_not_retract_a_bind_it_had_not_seen():
    story = Story()
    seen = story.say("a", bind(), MOTOR, ROTOR)
    story.say("b", bind(), MOTOR, SPARE)
    story.say("a", unbind(*tags(seen)), MOTOR, ROTOR)
    assert materials(story.judge(MOTOR)) == {"rotor": "R-2"}


def test_an_unseen_bind_survives_and_the_slot_is_over_full():
    """The one who replaced did not see the other's bind, so nobody knows which of the two is inside."""
    story = Story()
    old = story.say("a", bind(), MOTOR, ROTOR)
    story.say("b", bind(), MOTOR, unit("R-3"), after=[old])
    story.say("c", replace(*tags(old)), MOTOR, SPARE, ROTOR, after=[old])
    standing = story.judge(MOTOR)
    assert {c.child.value for c in standing.components if c.removed_by is None} == {"R-2", "R-3"}
    assert kinds(standing) == ["slot_over_full"] * 2


def test_an_unbind_in_a_slot_leaves_the_same_lot_in_another():
    story = Story()
    story.say("a", bind("left"), MOTOR, lot())
    story.say("a", bind("right"), MOTOR, lot())
    story.say("a", unbind(slot="left"), MOTOR, lot())
    assert materials(story.judge(MOTOR)) == {"right": "L-1"}


def test_a_replace_is_one_act_and_leaves_the_same_lot_in_another_slot():
    story = Story()
    story.say("a", bind("left"), MOTOR, lot())
    story.say("a", bind("right"), MOTOR, lot())
    story.say("a", replace(slot="left"), MOTOR, lot("L-2"), lot())
    standing = story.judge(MOTOR)
    assert materials(standing) == {"left": "L-2", "right": "L-1"}
    assert kinds(standing) == []


def test_a_part_may_be_replaced_by_itself():
    story = Story()
    story.say("a", bind(), MOTOR, ROTOR)
    again = story.say("a", replace(), MOTOR, ROTOR, ROTOR)
    assert [c.removed_by for c in story.judge(MOTOR).components] == [again, None]


def test_a_tag_of_another_parents_bind_removes_nothing():
    """An unbind speaks of its own parent; else the two would not agree on what is in the other."""
    story = Story()
    bound = story.say("a", bind(), MOTOR, ROTOR)
    story.say("a", unbind(*tags(bound)), OTHER, ROTOR)
    for thing in (MOTOR, ROTOR):
        standing = story.judge(thing)
        assert [c.removed_by for c in standing.components + standing.within] == [None]


@pytest.mark.parametrize("body", [unbind(), replace()], ids=["unbind", "replace"])
def test_a_part_that_nobody_could_read_removes_nothing_and_is_a_finding(body):
    story = Story()
    story.say("a", bind(), MOTOR, ROTOR)
    on = (MOTOR,) if isinstance(body, b.Unbind) else (MOTOR, SPARE)
    story.say("a", body, *on)
    standing = story.judge(MOTOR)
    assert "slot_unreadable" in kinds(standing)
    assert materials(standing)["rotor"] in ("R-1", "R-2")
    assert all(c.removed_by is None for c in standing.components)
    assert story.judge(SPARE).findings == ()


@pytest.mark.parametrize(
    ("amounts", "uom", "over"), [("44", "pcs", 0), ("8", "pcs", 0), ("45", "pcs", 2), ("44", "g", 2)]
)
def test_a_slot_takes_as_much_as_its_bill_of_material_says(amounts, uom, over):
    """Eight magnets of two lots fill a slot of eight; in other units nobody can tell, so it is looked at."""
    line = BomLine(slot="magnet", material="magnet", quantity="8", uom="pcs", name=NAME)
    motor = Material(id="motor", name=NAME, origin="made", tracked="unit", bom=[line])
    story = Story()
    story.say("a", b.Commission(material="motor"), MOTOR)
    for n, amount in enumerate(amounts):
        body = b.Bind(slot="magnet", material="magnet", quantity=amount, uom=uom, operation="press")
        story.say("a", body, MOTOR, lot(f"L-{n}"))
    assert kinds(story.judge(MOTOR, Definitions.of([motor]))) == ["slot_over_full"] * over


# One component, several parents ---------------------------------------------------------------------------------------
def test_one_serial_in_two_parents_is_contested_on_all_three():
    story = Story()
    story.say("a", bind(), MOTOR, ROTOR)
    story.say("b", bind(), OTHER, ROTOR)
    assert sorted(set(about(story, ROTOR, "component_contested"))) == [MOTOR, OTHER, ROTOR]
    assert len([c for c in story.judge(ROTOR).within if c.removed_by is None]) == 2, "both edges stand"


def test_a_serial_that_was_taken_out_first_is_not_contested():
    story = Story()
    one = story.say("a", bind(), MOTOR, ROTOR)
    story.say("a", unbind(*tags(one)), MOTOR, ROTOR)
    story.say("b", bind(), OTHER, ROTOR)
    assert kinds(story.judge(ROTOR)) == []


def test_a_lot_is_in_many():
    story = Story()
    for i in range(3):
        story.say("a", bind("screw"), unit(f"M-{i}"), lot())
    assert kinds(story.judge(lot())) == []


def test_a_serial_bound_twice_to_one_parent_is_not_contested():
    story = Story()
    story.say("a", bind(), MOTOR, ROTOR)
    story.say("b", bind(), MOTOR, ROTOR)
    assert "component_contested" not in kinds(story.judge(ROTOR))


def test_a_unit_in_two_cartons_is_contested():
    story = Story()
    story.say("a", b.Aggregate(), container("C-1"), MOTOR)
    story.say("b", b.Aggregate(), container("C-2"), MOTOR)
    assert kinds(story.judge(MOTOR)) == ["component_contested"] * 4


# Containers, lots -----------------------------------------------------------------------------------------------------
def test_what_comes_out_of_a_container_is_out_and_the_rest_stays():
    story = Story()
    story.say("a", b.Aggregate(), container(), MOTOR, OTHER)
    story.say("a", b.Disaggregate(), container(), MOTOR)
    assert [c.child for c in story.judge(container()).components if c.removed_by is None] == [OTHER]
    assert [c.removed_by is None for c in story.judge(MOTOR).within] == [False]


def test_a_disaggregation_by_tag_takes_that_packing_alone():
    story = Story()
    packed = story.say("a", b.Aggregate(), container(), MOTOR)
    story.say("b", b.Aggregate(), container(), MOTOR)
    story.say("a", b.Disaggregate(tags=tags(packed)), container(), MOTOR)
    assert [c.removed_by is None for c in story.judge(MOTOR).within] == [False, True]


def test_a_transform_makes_every_output_of_every_input():
    story = Story()
    amounts = (b.Quantity(i=0, quantity="3", uom="kg"),)
    story.say("a", b.Transform(inputs=2, quantities=amounts), lot("A"), lot("B"), lot("C"), lot("D"))
    found = [(c.parent.value, c.child.value, c.quantity, c.uom) for c in story.judge(lot("C")).components]
    assert found == [("C", "A", "3", "kg"), ("C", "B", "1", "")]
    assert [c.parent.value for c in story.judge(lot("A")).within] == ["C", "D"]


def test_a_thing_inside_itself_is_kept_and_ends():
    story = Story()
    story.say("a", bind(), MOTOR, MOTOR)
    standing = story.judge(MOTOR)
    assert (len(standing.components), len(standing.within)) == (1, 1)


def test_a_bought_part_is_what_the_first_bind_says():
    story = Story()
    story.say("a", bind(material="rotor-b"), MOTOR, ROTOR)
    assert story.judge(ROTOR).material == "rotor-b"
    story.say("a", b.Receive(material="rotor-a", supplier="s", quantity="1", uom="pcs"), ROTOR)
    assert story.judge(ROTOR).material == "rotor-a"
