"""The one way in: what is authentic is kept, nothing is kept twice, and a damaged batch is never taken for a fork."""

import json

import pytest
from sqlalchemy import select

from common import event_types as b
from common.errors import BadBatch
from common.ledger import accept, logs
from common.ledger import tables as t
from common.signedlog import batch as wire
from common.signedlog import merkle, note
from tests.support.factory import START_MS, Author, Node, bind, done, lot, unit
from tests.support.postgres import BOTH

ENGINES = BOTH


def line(seed: int = 1, events: int = 12) -> Author:
    """An author who has done some work."""
    author = Author(seed)
    for i in range(events):
        author.say(bind(), unit(f"M-{i}"), lot())
    return author


def kind(node: Node, body: bytes) -> str:
    return node.take(body)[0].kind


def resigned(author: Author, start: int, raws: list[bytes], by: Author | None = None) -> bytes:
    """A batch of these bytes whose root comes out, signed by the log's key, or with another's key in its name."""
    root = merkle.root(map(merkle.leaf_hash, author.raws[:start] + raws))
    head = note.Checkpoint(author.log, start + len(raws), root)
    signed = note.sign(head, author.key)
    if by is not None:
        signature = by.key.sign(head.text().encode())
        ours = note.parse(signed)[1][0]
        signed = head.text() + "\n" + note.SignatureLine(ours.name, ours.key_id, signature).text()
    return wire.encode(wire.Batch(start, tuple(raws), signed))


# Taking ---------------------------------------------------------------------------------------------------------------
def test_a_batch_is_accepted_and_its_head_is_kept_as_the_author_signed_it(make):
    author = line()
    node = make(author)
    verdict = node.take(author.batch(0, 7))[0]
    assert (verdict.kind, verdict.checkpoint, len(verdict.new)) == ("accepted", author.head(7), 7)
    assert note.open_note(verdict.note, author.pub) == author.head(7)
    assert kind(node, author.batch(7)) == "accepted"
    assert node.head(author) == (12, author.head().root)
    assert node.entries() == {(author.log, i, raw) for i, raw in enumerate(author.raws)}


def test_the_same_batch_again_is_a_duplicate_and_changes_nothing(make):
    author = line()
    node = make(author)
    node.take(author.batch())
    before = (node.entries(), node.rows(), node.head(author))
    for start, stop in ((0, 12), (0, 5), (5, 9), (11, 12)):
        assert kind(node, author.batch(start, stop)) == "duplicate"
    assert (node.entries(), node.rows(), node.head(author)) == before


def test_an_overlap_is_trimmed(make):
    author = line()
    node = make(author)
    node.take(author.batch(0, 5))
    verdict = node.take(author.batch(2, 9))[0]
    assert verdict.kind == "accepted"
    assert [new.index for new in verdict.new] == [5, 6, 7, 8]
    assert node.head(author) == (9, author.head(9).root)


def test_a_batch_from_beyond_is_a_gap_and_says_what_is_wanted(make):
    author = line()
    node = make(author)
    assert node.take(author.batch(3, 5))[0].want == 0
    node.take(author.batch(0, 2))
    verdict = node.take(author.batch(3, 5))[0]
    assert (verdict.kind, verdict.want, verdict.new) == ("gap", 2, ())
    assert len(node.entries()) == 2
    assert node.shelf() == []


def test_lines_that_others_added_to_the_note_are_not_stored(make):
    author, hub = line(events=3), Author(9)
    node = make(author)
    sent = wire.decode(author.batch())
    cosigned = note.cosign(sent.note, "hub.example/a", hub.key, 1_790_000_000)
    verdict = node.take(wire.encode(wire.Batch(0, sent.events, cosigned)))[0]
    assert (verdict.kind, verdict.note) == ("accepted", sent.note)
    with node.store.reading() as conn:
        assert conn.execute(select(t.branch.c.note)).scalar() == sent.note


# Damage is not a fork -------------------------------------------------------------------------------------------------
def test_a_batch_damaged_on_the_way_is_asked_for_again_and_never_called_a_fork(make):
    """Every byte of every event, turned over: the signed root does not come out, whatever the overlap looks like."""
    author = line(events=4)
    node = make(author)
    node.take(author.batch(0, 3))
    good = wire.decode(author.batch(1))
    for which, raw in enumerate(good.events):
        for at in range(0, len(raw), 7):
            bad = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
            events = (*good.events[:which], bad, *good.events[which + 1 :])
            verdict = node.take(wire.encode(wire.Batch(1, events, good.note)))[0]
            assert (verdict.kind, verdict.want) == ("resend", 1)
    assert node.shelf() == []
    assert kind(node, author.batch(1)) == "accepted"
    with node.store.reading() as conn:
        assert len(logs.branches(conn, 1)) == 1


def test_a_batch_under_the_wrong_index_is_asked_for_again(make):
    author = line()
    node = make(author)
    node.take(author.batch(0, 6))
    shifted = wire.Batch(5, tuple(author.raws[6:11]), note.sign(author.head(10), author.key))
    assert kind(node, wire.encode(shifted)) == "resend"
    assert len(node.entries()) == 6


@pytest.mark.parametrize("cut", [1, 10, 60, 200, 10_000])
def test_a_truncated_batch_is_refused(make, cut):
    author = line()
    node = make(author)
    with pytest.raises(BadBatch):
        node.take(author.batch()[:-cut])
    assert node.entries() == set()


# Signatures -----------------------------------------------------------------------------------------------------------
def test_a_batch_signed_by_another_key_in_the_logs_name_is_refused_and_not_kept(make):
    author, thief = line(), Author(2)
    node = make(author)
    with pytest.raises(BadBatch) as caught:
        node.take(resigned(author, 0, author.raws[:3], by=thief))
    assert caught.value.code == "note.signature"
    assert node.entries() == set()
    assert node.shelf() == []


def test_a_batch_sent_to_another_logs_address_is_refused(make):
    author, other = line(1), line(2)
    node = make(author, other)
    with pytest.raises(BadBatch, match=r"batch\.log"), node.store.writing() as conn:
        accept.accept(conn, author.batch(), START_MS, other.log)
    with node.store.writing() as conn:
        assert accept.accept(conn, author.batch(), START_MS, author.log).kind == "accepted"


def test_a_batch_with_another_logs_note_is_that_other_logs(make):
    """Events of one log under the head of another do not come out."""
    author, other = line(1), line(2)
    node = make(author, other)
    mixed = wire.Batch(0, tuple(author.raws), note.sign(other.head(12), other.key))
    assert kind(node, wire.encode(mixed)) == "resend"
    assert node.entries() == set()


# Forks ----------------------------------------------------------------------------------------------------------------
def forked() -> tuple[Author, Author]:
    """An author, and a clone of it after five entries that went another way."""
    author = line(events=5)
    clone = author.clone(5)
    for i in range(4):
        author.say(done("press"), unit(f"M-{i}"))
        clone.say(done("press", "fail"), unit(f"M-{i}"))
    return author, clone


def branches(node: Node) -> dict[int, tuple[int | None, int, int, str]]:
    with node.store.reading() as conn:
        return {x.bid: (x.parent, x.fork_at, x.size, x.note) for x in logs.branches(conn, 1)}


def test_a_fork_keeps_both_branches_and_both_notes(make):
    author, clone = forked()
    node = make(author)
    node.take(author.batch())
    verdict = node.take(clone.batch())[0]
    assert (verdict.kind, [new.index for new in verdict.new]) == ("forked", [5, 6, 7, 8])
    found = branches(node)
    assert {bid: kept[:3] for bid, kept in found.items()} == {1: (None, 0, 9), 2: (1, 5, 9)}
    assert [note.open_note(kept[3], author.pub).root for kept in found.values()] == [
        author.head().root,
        clone.head().root,
    ]
    assert node.entries() == {(a.log, i, raw) for a in (author, clone) for i, raw in enumerate(a.raws)}


def test_both_branches_of_a_fork_go_on_and_repeat_as_any_log(make):
    author, clone = forked()
    node = make(author)
    node.take(author.batch(0, 7))
    assert kind(node, clone.batch(3, 8)) == "forked"
    assert kind(node, clone.batch(8)) == "accepted"
    assert kind(node, author.batch(6)) == "accepted"
    assert [kept[:3] for kept in branches(node).values()] == [(None, 0, 9), (1, 5, 9)]
    for each in (author, clone):
        assert kind(node, each.batch(0)) == kind(node, each.batch(7)) == "duplicate"


def test_a_branch_that_comes_before_its_beginning_is_asked_for_from_below(make):
    author, clone = forked()
    node = make(author)
    node.take(author.batch())
    verdict = node.take(clone.batch(7))[0]
    assert (verdict.kind, verdict.want) == ("resend", 7)
    assert kind(node, clone.batch(4, 8)) == "forked"
    assert kind(node, clone.batch(7)) == "accepted"


def test_a_branch_may_fork_again(make):
    author, clone = forked()
    third = clone.clone(7)
    third.say(b.Scrap(reason="broken"), unit("M-0"))
    node = make(author)
    for each in (author, clone, third):
        node.take(each.batch())
    assert [kept[:3] for kept in branches(node).values()] == [(None, 0, 9), (1, 5, 9), (2, 7, 8)]
    with node.store.reading() as conn:
        found = logs.branches(conn, 1)[2]
        assert logs.leaves(conn, found, 0, 8) == third.leaves()
        assert logs.frontier_at(conn, found, 6).root() == third.head(6).root


def test_whichever_branch_comes_first_the_same_is_known_and_judged(make):
    author, clone = forked()
    one, two = make(author), make(author)
    for node, order in ((one, (author, clone)), (two, (clone, author))):
        for each in order:
            node.take(each.batch())
    assert one.entries() == two.entries()
    assert one.rows() == two.rows()
    assert one.standings() == two.standings()
    assert one.standing(unit("M-0")).outcome("press") == "fail", "the disputed pass does not count, the fail does"


def test_the_own_log_is_extended_by_nobody_else(make):
    """Somebody who has more of it shows that this node was restored or cloned; it must not write on over that."""
    node = make()
    own = node.open_log(1)
    own, _ = node.say(own, bind(), unit(), lot())
    elsewhere = Author(1)
    elsewhere.raws = [raw for _, _, raw in node.entries()]
    elsewhere.say(bind(), unit("M-2"), lot())
    assert kind(node, elsewhere.batch(0, 1)) == "duplicate"
    verdict = node.take(elsewhere.batch())[0]
    assert (verdict.kind, verdict.code) == ("aside", "aside.own_log")
    own, _ = node.say(own, bind(), unit("M-3"), lot())
    assert own.size == 2
    node.open_log(2)
    with node.store.writing() as conn:
        assert [v.kind for v in accept.retry_aside(conn, own.log, START_MS)] == ["forked"]
    assert node.shelf() == []


# The shelf ------------------------------------------------------------------------------------------------------------
def test_an_unknown_log_is_set_aside_whole_and_once(make):
    stranger = line(5)
    node = make()
    for _ in range(3):
        verdict = node.take(stranger.batch(0, 4))[0]
        assert (verdict.kind, verdict.code) == ("aside", "aside.unknown_log")
    node.take(stranger.batch(4))
    assert node.shelf() == [("aside.unknown_log", stranger.log)] * 2
    with node.store.reading() as conn:
        row = conn.execute(select(t.aside)).first()
    assert row.raw == stranger.batch(0, 4)
    assert json.loads(row.details) == {"from": 0, "to": 4}
    assert row.at == START_MS
    assert node.entries() == set()


def test_what_waited_is_taken_when_trust_grows_in_the_order_of_its_entries(make, site):
    stranger = line(5)
    node = make(site=site)
    for start, stop in ((8, 12), (0, 4), (4, 8), (2, 6)):
        node.take(stranger.batch(start, stop))
    site.say(stranger.enrolment())
    assert [v.kind for v in node.take(site.batch())] == ["accepted", "accepted", "accepted", "accepted", "accepted"]
    assert node.shelf() == []
    assert node.head(stranger) == (12, stranger.head().root)


def test_a_forged_batch_on_the_shelf_stops_neither_the_trust_nor_the_others(make, site):
    """The key was not known when it came, so nobody could look at its signature."""
    stranger, thief = line(5), Author(6)
    node = make(site=site)
    node.take(resigned(stranger, 0, stranger.raws[:2], by=thief))
    node.take(stranger.batch())
    site.say(stranger.enrolment())
    assert [v.kind for v in node.take(site.batch())] == ["accepted", "accepted"]
    assert node.head(stranger) == (12, stranger.head().root)
    assert node.shelf() == [("note.signature", stranger.log)]


def test_what_still_has_a_gap_waits_on(make, site):
    stranger = line(5)
    node = make(site=site)
    node.take(stranger.batch(6, 9))
    site.say(stranger.enrolment())
    assert [v.kind for v in node.take(site.batch())] == ["accepted", "gap"]
    assert node.shelf() == [("aside.unknown_log", stranger.log)]
    node.take(stranger.batch(0, 6))
    with node.store.writing() as conn:
        assert [v.kind for v in accept.retry_aside(conn, stranger.log, START_MS)] == ["accepted"]
    assert node.shelf() == []


def test_a_revoked_log_is_taken_below_the_cut_and_set_aside_above(make, site):
    author = line(1)
    site.say(b.StationRevoked(log=author.log, at=6, reason="stolen"))
    node = make(author, site=site)
    node.take(site.batch())
    assert kind(node, author.batch(0, 6)) == "accepted"
    verdict = node.take(author.batch(6))[0]
    assert (verdict.kind, verdict.code) == ("aside", "aside.revoked")
    assert len(node.entries()) == 6 + 1
    assert node.shelf() == [("aside.revoked", author.log)]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"not json", "event.json"),
        (b'{"t": "bind"}', "event.canonical"),
        (b'{"b":1.5}', "event.float"),
        (b'{"b":{},"t":"bind"}', "event.envelope"),
        (b"[" * 40 + b"]" * 40, "event.depth"),
    ],
)
def test_a_signed_batch_with_bytes_that_are_no_event_is_set_aside_with_their_code(make, raw, code):
    author = line(events=2)
    author.write(raw)
    node = make(author)
    assert kind(node, author.batch(0, 2)) == "accepted"
    verdict = node.take(author.batch(2))[0]
    assert (verdict.kind, verdict.code) == ("aside", code)
    assert node.shelf() == [(code, author.log)]
    with node.store.reading() as conn:
        assert conn.execute(select(t.aside.c.raw)).scalar() == author.batch(2)
    assert node.head(author)[0] == 2
