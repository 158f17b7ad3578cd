"""A lot that went into very many things: its history leaves them out, its balance counts them, corrections reach it."""

from __future__ import annotations

import pytest

from common import event_types as b
from common.definitions import Definitions
from common.ids import Claim
from common.judge import Balance, Standing, judge
from common.ledger import reads
from common.ledger.project import thing_ids
from tests.support.factory import Author, Node, kinds, lot, tags, unit

L = lot()


@pytest.fixture
def node(make, author):
    return make(author)


def counted(node: Node, thing: Claim = L) -> Standing:
    with node.store.reading() as conn:
        tid = thing_ids(conn, [thing])[thing]
        return judge(reads.counted(conn, tid, reads.history_of(conn, tid, thing)), Definitions.of([]))


def use(author: Author, quantity: str, parent: Claim, thing: Claim = L) -> str:
    return author.say(b.Bind(slot="s", material="flour", quantity=quantity, uom="kg", operation="mix"), parent, thing)


def receive(author: Author, quantity: str) -> None:
    author.say(b.Receive(material="flour", supplier="s", quantity=quantity, uom="kg"), L)


def test_the_balance_counts_what_the_history_leaves_out(node, author):
    receive(author, "10")
    for n in range(30):
        use(author, "0.1", unit(f"M-{n}"))
    amounts = (b.Quantity(0, "2.5", "kg"),)
    author.say(b.Transform(inputs=1, quantities=amounts), L, lot("L-2"), lot("L-3"))
    node.take(author.batch())
    with node.store.reading() as conn:
        assert len(reads.history(conn, L).events) == 1
    assert counted(node).balance == Balance("4.5", "kg")


def test_what_came_out_or_was_corrected_is_counted_once_and_as_corrected(node, author):
    receive(author, "10")
    out, wrong, amended, kept = (use(author, "3", unit(f"M-{n}")) for n in range(4))
    author.say(b.Unbind(operation="rework", tags=tags(out)), unit("M-0"), L)
    author.say(b.Void(event=wrong, reason="mistyped"), unit("M-1"), L)
    body = {"slot": "s", "material": "flour", "quantity": "4", "uom": "kg", "operation": "mix"}
    author.say(b.Amend(event=amended, body=body, reason="mistyped"), unit("M-2"), L)
    author.say(b.Settle(finding="slot_over_full", keep=tags(kept)), unit("M-3"), L)
    node.take(author.batch())
    standing = counted(node)
    assert (standing.balance, kinds(standing)) == (Balance("3", "kg"), [])


def test_more_than_came_is_a_finding(node, author):
    receive(author, "1")
    for n in range(11):
        use(author, "0.1", unit(f"M-{n}"))
    node.take(author.batch())
    assert (counted(node).balance, kinds(counted(node))) == (Balance("-0.1", "kg"), ["lot_over_consumed"])


def test_what_is_no_lot_is_judged_as_ever(node, author):
    use(author, "1", unit("M-1"), unit("R-1"))
    node.take(author.batch())
    assert counted(node, unit("M-1")).balance is None
