"""The own log: what was written is durable, signed over exactly itself, and says what it relied on."""

import pytest
from sqlalchemy import delete, update

from common import event_types as b
from common import events
from common.errors import BadEvent, StoreUnavailable
from common.events import Fact
from common.ids import event_id, log_id
from common.judge import HappensBefore
from common.ledger import append, logs, reads
from common.ledger import tables as t
from common.ledger.append import Own
from common.ledger.project import project
from common.signedlog import merkle, note
from tests.support.factory import Author, Node, bind, container, done, everything, key, lot, stamp, unit
from tests.support.postgres import BOTH

ENGINES = BOTH


def rf(node: Node, id: str) -> tuple[object, ...]:
    """What an event of this node says it relied on."""
    raw = next(raw for log, _, raw in node.entries() if event_id(log, merkle.leaf_hash(raw)) == id)
    return events.decode(raw).rf


def test_what_was_appended_is_durable_and_its_head_is_signed_over_just_this(make, author):
    """Another connection finds the entries and a note by the log's key over their root."""
    node = make()
    own = node.open_log(1)
    for i in range(20):
        own, _ = node.say(own, bind(), unit(f"M-{i}"), lot())
        size, root = node.head(author)
        assert (size, root) == (i + 1, own.frontier.root())
    raws = [raw for _, _, raw in sorted(node.entries(), key=lambda entry: entry[1])]
    assert merkle.root(map(merkle.leaf_hash, raws)) == own.frontier.root()


def test_many_facts_of_one_turn_are_one_transaction_with_one_signature(make, author):
    node = make()
    own = node.open_log(1)
    facts = [(Fact(bind(), (unit(f"M-{i}"), lot())), stamp(i)) for i in range(5)]
    with pytest.raises(BadEvent, match=r"event\.on"), node.store.writing() as conn:
        append.append(conn, own, [*facts, (Fact(b.Aggregate(), (container(),)), stamp(9))])
    assert node.entries() == set()
    with node.store.writing() as conn:
        grown, written = append.append(conn, own, facts)
    assert [one.index for one in written] == list(range(5))
    assert node.head(author) == (5, grown.frontier.root())
    assert {one.id for one in written} == {event_id(own.log, merkle.leaf_hash(raw)) for _, _, raw in node.entries()}


def test_the_log_goes_on_after_a_restart_where_it_stood(make, author):
    node = make()
    own = node.open_log(1)
    own, _ = node.say(own, b.Commission(material="motor"), unit())
    node.close()
    again = Node(node.path)
    with again.store.reading() as conn:
        loaded = append.load(conn, key(1))
        assert append.load(conn, key(2)) is None
    assert loaded is not None
    assert (loaded.log, loaded.size, loaded.frontier) == (own.log, 1, own.frontier)
    grown, _ = again.say(loaded, bind(), unit(), lot())
    assert again.head(author) == (2, grown.frontier.root())
    again.close()


def test_a_new_incarnation_follows_what_there_was_of_the_old_one(make):
    node = make()
    old = node.open_log(1)
    old, before = node.say(old, b.Commission(material="motor"), unit())
    new = node.open_log(2, parent=note.Checkpoint(old.log, old.size, old.frontier.root()))
    new, after = node.say(new, bind(), unit(), lot())
    with node.store.reading() as conn:
        states = {known.log: (known.own, known.follows, known.follows_size) for known in logs.all_logs(conn)}
        order = HappensBefore(reads.history(conn, unit()))
    assert states == {old.log: (2, None, None), new.log: (1, old.log, 1)}
    assert order.before(before, after)


# What the disk gives back ---------------------------------------------------------------------------------------------
def wrote(make) -> tuple[Node, Own]:
    node = make()
    own = node.open_log(1)
    for i in range(5):
        own, _ = node.say(own, bind(), unit(f"M-{i}"), lot())
    return node, own


def test_a_log_that_reads_back_as_it_was_signed_is_sound(make):
    node, own = wrote(make)
    empty = node.open_log(2, "st-20")
    with node.store.reading() as conn:
        append.verify(conn, own)
        append.verify(conn, empty)


@pytest.mark.parametrize(
    "damage",
    [
        lambda own: update(t.entry).where(t.entry.c.idx == 2).values(raw=b"other"),
        lambda own: update(t.entry).where(t.entry.c.idx == 4).values(leaf=bytes(32)),
        lambda own: update(t.entry).where(t.entry.c.idx == 4).values(idx=7),
        lambda own: delete(t.entry).where(t.entry.c.idx == 4),
        lambda own: delete(t.entry).where(t.entry.c.idx == 0),
        lambda own: delete(t.entry),
        lambda own: update(t.branch).values(note=""),
        lambda own: update(t.branch).values(note=note.sign(note.Checkpoint(own.log, 5, bytes(32)), own.key)),
        lambda own: update(t.branch).values(note=note.sign(note.Checkpoint(own.log, 4, own.frontier.root()), own.key)),
    ],
    ids=["bytes", "leaf", "index", "last gone", "first gone", "all gone", "no note", "another root", "another size"],
)
def test_a_log_that_reads_back_otherwise_is_corrupt(make, damage):
    """Nothing is written on over it: at the next start somebody must look."""
    node, own = wrote(make)
    with node.store.writing() as conn:
        conn.execute(damage(own))
    with node.store.reading() as conn, pytest.raises(StoreUnavailable) as caught:
        append.verify(conn, own)
    assert caught.value.code == "store.corrupt"


# What an event relied on ----------------------------------------------------------------------------------------------
def test_a_reference_counts_back_in_the_own_log(make):
    """Of each thing it names, the last event on it; things that were not named do not matter."""
    node = make()
    own = node.open_log(1)
    own, first = node.say(own, b.Commission(material="motor"), unit())
    own, _ = node.say(own, b.Commission(material="motor"), unit("M-2"))
    own, second = node.say(own, bind(), unit(), lot())
    own, third = node.say(own, b.Aggregate(), container(), unit(), unit("M-2"))
    assert rf(node, first) == ()
    assert rf(node, second) == (2,)
    assert rf(node, third) == (1, 2)


def test_a_reference_to_another_log_names_log_index_and_leaf(make, author):
    node = make(author)
    own = node.open_log(2)
    author.say(b.Commission(material="motor"), unit())
    author.say(done("press"), unit())
    node.take(author.batch())
    own, id = node.say(own, b.OperationStarted(operation="wire"), unit())
    assert rf(node, id) == (author.ref(1),)
    own, id = node.say(own, done("wire"), unit())
    assert rf(node, id) == (1,)


def test_concurrent_events_of_two_logs_are_both_relied_on_until_one_event_knew_both(make):
    here, there = Author(1), Author(2)
    node = make(here, there)
    own = node.open_log(3)
    here.say(done("press"), unit())
    there.say(done("press", "fail"), unit())
    node.take(here.batch())
    node.take(there.batch())
    own, id = node.say(own, b.OperationStarted(operation="wire"), unit())
    assert rf(node, id) == tuple(sorted([here.ref(0), there.ref(0)]))
    there.say(done("press"), unit(), rf=[(own.log, 0, id.partition(".")[2])])
    node.take(there.batch(1))
    own, id = node.say(own, done("wire"), unit())
    assert rf(node, id) == (there.ref(1),)


def test_references_reach_everything_known_of_the_things_in_whatever_order_it_came(make):
    """Batches that come before what they rely on may leave an older tip beside a newer; none is ever missed."""
    first, second = Author(1), Author(2)
    first.say(b.Commission(material="motor"), unit())
    second.say(done("press"), unit(), rf=[first.ref(0)])
    second.say(done("wire"), unit())
    for number, batches in enumerate(([first, second], [second, first])):
        node = make(first, second)
        own = node.open_log(3 + number)
        for each in batches:
            node.take(each.batch())
        own, id = node.say(own, b.OperationStarted(operation="test"), unit())
        with node.store.reading() as conn:
            order = HappensBefore(reads.history(conn, unit()))
        assert all(order.before(known, id) for known in (first.id(0), second.id(0), second.id(1)))
        assert second.ref(1) in rf(node, id)
    in_order = make(first, second)
    own = in_order.open_log(9)
    in_order.take(first.batch())
    in_order.take(second.batch())
    own, id = in_order.say(own, b.OperationStarted(operation="test"), unit())
    assert rf(in_order, id) == (second.ref(1),), "in causal order exactly the maxima"


def test_projecting_again_does_not_bring_back_what_was_relied_on(make):
    first, second = Author(1), Author(2)
    node = make(first, second)
    own = node.open_log(3)
    first.say(b.Commission(material="motor"), unit())
    second.say(done("press"), unit(), rf=[first.ref(0)])
    node.take(first.batch())
    node.take(second.batch())
    with node.store.writing() as conn:
        project(conn, [new for new in everything(conn) if new.raw == first.raws[0]])
    own, id = node.say(own, b.OperationStarted(operation="wire"), unit())
    assert rf(node, id) == (second.ref(0),)


def test_a_clones_branch_of_the_own_log_is_cited_as_another_authors(make):
    """The index of a clone's entry is another entry here, so counting back would name the wrong one."""
    node = make()
    own = node.open_log(1)
    own, _ = node.say(own, b.Commission(material="motor"), unit())
    mirror = Author(1)
    mirror.raws = [raw for _, _, raw in node.entries()]
    clone = mirror.clone(1)
    for i in range(4):
        clone.say(done(f"op-{i}"), unit())
    own, _ = node.say(own, done("press"), unit("M-2"))
    assert node.take(clone.batch())[0].kind == "forked"
    own, id = node.say(own, done("press"), unit())
    assert clone.ref(4) in rf(node, id)
    assert [ref for ref in rf(node, id) if isinstance(ref, int) and ref < 1] == []


def test_an_own_log_has_the_id_of_its_key(make):
    own = make().open_log(7)
    assert own.log == log_id(key(7).public_key().public_bytes_raw())
