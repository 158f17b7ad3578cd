"""Reading logs: the batches that carry them to somebody, under heads their author signed, and roots at any size."""

from itertools import product

import pytest
from sqlalchemy import update

from common import event_types as b
from common.events import Fact
from common.ids import Claim
from common.ledger import append, logs
from common.ledger import tables as t
from common.signedlog import batch as wire
from common.signedlog import merkle, note
from tests.support.factory import Author, Node, bind, key, lot, stamp, unit
from tests.support.postgres import BOTH

ENGINES = BOTH


def wide(events: int) -> list[tuple[b.Body, tuple[Claim, ...]]]:
    """Facts of some 30 kB each."""
    hold = b.Hold(reason="x" * 512)
    return [(hold, tuple(unit(f"{i}-{j}".ljust(100, "x")) for j in range(200))) for i in range(events)]


def known(node: Node, log: str) -> logs.Log:
    with node.store.reading() as conn:
        found = logs.by_id(conn, log)
    assert found is not None
    return found


def busy(seed: int, events: int) -> Author:
    author = Author(seed)
    for i in range(events):
        author.say(bind(), unit(f"M-{i}"), lot())
    return author


def relay(source: Node, log: str, start: int, *, most: int = 99, secret: int | None = None) -> list[bytes]:
    with source.store.reading() as conn:
        found = logs.by_id(conn, log)
        assert found is not None
        return list(logs.suffix(conn, found, start, most, key(secret) if secret is not None else None))


@pytest.mark.parametrize("start", range(0, 30, 4))
def test_a_relayed_suffix_ends_at_heads_the_author_signed(make, start):
    """Who has not the key cannot sign a shorter log, so a relay cuts where the author did."""
    author = busy(1, 30)
    first, second = make(author), make(author)
    for cut in ((0, 10), (10, 11), (11, 30)):
        first.take(author.batch(*cut))
    if start:
        second.take(author.batch(0, start))
    for body in relay(first, author.log, start):
        assert second.take(body)[0].kind == "accepted"
    assert second.head(author) == first.head(author)


def test_a_log_longer_than_a_batch_travels_in_several(make):
    author = Author(1)
    for body, on in wide(40):
        author.say(body, *on)
    first, second = make(author), make(author)
    for start in range(0, 40, 8):
        first.take(author.batch(start, start + 8))
    sent = relay(first, author.log, 0)
    assert len(sent) > 1
    assert all(len(wire.pack(wire.decode(body))) <= wire.MAX_RAW for body in sent)
    for body in sent:
        assert second.take(body)[0].kind == "accepted"
    assert second.head(author) == (40, author.head().root)
    assert len(relay(first, author.log, 0, most=1)) == 1


def test_the_author_cuts_its_own_log_anywhere_for_it_has_the_key(make):
    node, other = make(), make()
    own = node.open_log(1)
    facts = [(Fact(body, on), stamp(i)) for i, (body, on) in enumerate(wide(40))]
    with node.store.writing() as conn:
        own, _ = append.append(conn, own, facts)
    with other.store.writing() as conn:
        append.add_log(conn, own.key.public_key().public_bytes_raw(), "st-10", "line-1", "station")
    sent = relay(node, own.log, 0, secret=1)
    assert len(sent) == 2
    assert wire.decode(sent[-1]).stop == own.size
    for body in sent:
        assert other.take(body)[0].kind == "accepted"


def test_nothing_more_is_no_batch(make):
    author = busy(1, 3)
    node = make(author)
    assert relay(node, author.log, 0) == []
    node.take(author.batch())
    assert relay(node, author.log, 3) == relay(node, author.log, 4) == []


def test_the_root_at_any_size_is_what_a_naive_tree_gives(make):
    author = busy(1, 20)
    node = make(author)
    node.take(author.batch(0, 13))
    node.take(author.batch(13))
    with node.store.reading() as conn:
        trunk = logs.trunk(conn, known(node, author.log).lid)
        for size in range(21):
            assert logs.frontier_at(conn, trunk, size).root() == merkle.root(author.leaves()[:size])
        assert logs.head(conn, trunk.lid) == author.head()


def test_a_log_from_a_base_needs_nothing_below_it(make):
    """What pruning and snapshots will leave: a frontier and a note, and entries only above."""
    author = busy(1, 20)
    node = make(author)
    base = merkle.EMPTY.extend(author.leaves()[:12])
    values = {"base": 12, "base_frontier": base.pack(), "base_note": note.sign(author.head(12), author.key)}
    values |= {"size": 12, "frontier": base.pack(), "note": values["base_note"]}
    with node.store.writing() as conn:
        conn.execute(update(t.branch).values(values))
    assert node.take(author.batch(12, 16))[0].kind == "accepted"
    assert node.take(author.batch(14))[0].kind == "accepted"
    assert node.take(author.batch(13, 15))[0].kind == "duplicate"
    assert node.head(author) == (20, author.head().root)
    with node.store.reading() as conn:
        trunk = logs.trunk(conn, known(node, author.log).lid)
        assert logs.frontier_at(conn, trunk, 15).root() == author.head(15).root


def test_all_logs_are_listed_with_what_is_known_of_them(make, author, site):
    node = make(author, site=site)
    node.open_log(9, "st-30")
    with node.store.reading() as conn:
        found = [(one.author, one.role, one.own) for one in logs.all_logs(conn)]
        assert logs.by_id(conn, "a" * 26) is None
    assert found == [("st-10", "station", 0), ("site", "site", 0), ("st-30", "station", 1)]


@pytest.mark.parametrize("had", [*product((0, 6), (0, 5), (0, 7)), (2, 4, 5)])
def test_who_lacks_something_of_a_forked_log_is_given_every_branch_and_nothing_twice(make, had):
    """`had`: how much of each of three branches the other has already, in whatever order it got them."""
    trunk = busy(1, 6)
    clone = trunk.clone(3)
    clone.say(bind(), unit("clone-1"), lot())
    clone.say(bind(), unit("clone-2"), lot())
    second = clone.clone(4)
    for i in range(3):
        second.say(bind(), unit(f"second-{i}"), lot())
    source, reader = make(trunk), make(trunk)
    for author in (clone, trunk, second):
        source.take(author.batch())
    for author, size in zip((second, clone, trunk), reversed(had), strict=True):
        if size:
            reader.take(author.batch(0, size))
    for lacked in (given(source, reader, trunk.log), given(source, reader, trunk.log)):
        for body in lacked:
            reader.take(body)
    assert reader.entries() == source.entries()
    assert given(source, reader, trunk.log) == []


def given(source: Node, reader: Node, log: str) -> list[bytes]:
    """What a pull brings to a reader that says what heads it has."""
    with reader.store.reading() as conn:
        have = [(head.size, head.root) for head in logs.heads(conn, known(reader, log).lid)]
    with source.store.reading() as conn:
        found = logs.by_id(conn, log)
        assert found is not None
        lacking = logs.lacking(conn, found, have)
        return [body for one, start in lacking for body in logs.suffix(conn, found, start, 99, None, one)]
