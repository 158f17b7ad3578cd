"""What is left of a lot: exact, in one unit, and a finding when more went than came."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Definitions
from common.judge import Balance, Consumption, Standing, judge
from tests.support.factory import Story, kinds, lot, tags, unit

L, M = lot("L-1"), lot("L-2")
NONE = Definitions.of([])


def receive(quantity: str, uom: str = "kg") -> b.Receive:
    return b.Receive(material="flour", supplier="s", quantity=quantity, uom=uom)


def bind(quantity: str, uom: str = "kg") -> b.Bind:
    return b.Bind(slot="dough", material="flour", quantity=quantity, uom=uom, operation="mix")


def counted(story: Story, *consumed: Consumption, thing=L) -> Standing:
    return judge(replace(story.history(thing), consumed=consumed), NONE)


def test_what_is_left_is_what_came_less_what_went():
    story = Story()
    story.say("a", receive("10.5"), L)
    story.say("b", receive("1.50"), L)
    story.say("a", bind("0.1"), unit("M-1"), L)
    amounts = (b.Quantity(0, "3", "kg"), b.Quantity(1, "2.9", "kg"))
    story.say("a", b.Transform(inputs=1, quantities=amounts), L, M)
    assert counted(story).balance == Balance("8.9", "kg")
    assert counted(story, thing=M).balance == Balance("2.9", "kg")


def test_what_the_history_leaves_out_is_counted_with_it():
    story = Story()
    story.say("a", receive("100"), L)
    assert counted(story, Consumption("0.1", "kg", 900)).balance == Balance("10", "kg")


def test_more_than_came_is_a_finding_and_never_a_refusal():
    story = Story()
    story.say("a", receive("1"), L)
    story.say("b", bind("1.25"), unit("M-1"), L)
    standing = counted(story)
    assert (standing.balance, kinds(standing)) == (Balance("-0.25", "kg"), ["lot_over_consumed"])
    assert standing.findings[0].params == {"over": "0.25", "uom": "kg"}
    assert standing.state == "in_process"
    story.say("c", receive("0.25"), L)
    assert (counted(story).balance, kinds(counted(story))) == (Balance("0", "kg"), [])


def test_units_that_differ_are_a_finding_and_not_a_guess():
    story = Story()
    story.say("a", receive("1", "kg"), L)
    story.say("a", bind("1", "g"), unit("M-1"), L)
    assert (counted(story).balance, kinds(counted(story))) == (None, ["lot_units_differ"])


def test_a_lot_that_never_came_in_numbers_has_no_balance_and_no_finding():
    story = Story()
    story.say("a", bind("5"), unit("M-1"), L)
    story.say("a", b.Transform(inputs=1, quantities=(b.Quantity(0, "2", "kg"),)), L, M)
    assert (counted(story).balance, kinds(counted(story))) == (None, [])


def test_where_nobody_counted_nothing_is_said():
    """A station judges a lot without all that it went into."""
    story = Story()
    story.say("a", receive("1"), L)
    story.say("a", bind("5"), unit("M-1"), L)
    assert (story.judge(L).balance, kinds(story.judge(L))) == (None, [])


def test_what_came_out_again_or_was_voided_did_not_go():
    story = Story()
    story.say("a", receive("1"), L)
    out, wrong = story.say("a", bind("5"), unit("M-1"), L), story.say("a", bind("7"), unit("M-2"), L)
    story.say("a", b.Unbind(operation="rework", tags=tags(out)), unit("M-1"), L)
    story.say("a", b.Void(event=wrong, reason="mistyped"), unit("M-2"), L)
    assert counted(story).balance == Balance("1", "kg")


def test_an_amended_quantity_counts_as_amended():
    story = Story()
    came = story.say("a", receive("10"), L)
    body = {"material": "flour", "supplier": "s", "quantity": "1", "uom": "kg"}
    story.say("a", b.Amend(event=came, body=body, reason="mistyped"), L)
    story.say("a", bind("2"), unit("M-1"), L)
    assert counted(story).balance == Balance("-1", "kg")


@given(st.lists(st.decimals(places=6, min_value=0, max_value=10**20, allow_nan=False), min_size=1, max_size=20))
def test_sums_are_exact(amounts):
    story = Story()
    for amount in amounts:
        story.say("a", receive(format(amount, "f")), L)
    left = counted(story).balance
    assert left is not None
    assert Fraction(left.quantity) == sum(map(Fraction, amounts))
