"""Bugs that other synchronising systems had, one named test each: the thread, and what went wrong there in our words.

The numbers are those of the survey from which the protocol was drawn. Those without a test speak of what is not built
yet: 24 (litestream#752: a backup that looked healthy could not be restored) needs backups.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from common import event_types as b
from common.errors import StoreUnavailable
from common.events import Fact
from common.ledger import append, logs
from common.ledger.accept import accept
from common.signedlog import batch as wire
from common.signedlog import note
from station.messages import Tick
from tests.conftest import Clock
from tests.faults.plan import RESTORE_HUB, YEAR_MS, Fault, Plan
from tests.faults.world import play
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import START_MS, Author, Node, done, kinds, site_author, stamp, unit
from tests.support.hub import Office

Expect = Callable[[str], None]
Make = Callable[..., Node]
M1 = "M-250-000001"
WORK_MS = 6_000


def kept(seed: int, *faults: Fault) -> None:
    """A run with these faults ends with every replica equal and every promise kept."""
    broken, transcript, _ = play(Plan(seed, WORK_MS, faults))
    assert not broken, broken + "\n" + "\n".join(transcript[-40:])


@pytest.fixture
def make(databases: Callable[..., Path | str]) -> Iterator[Make]:
    made: list[Node] = []

    def node(*trusted: Author, site: Author | None = None) -> Node:
        made.append(Node(databases(f"node-{len(made)}", "ledger"), trusted, site))
        return made[-1]

    yield node
    for each in made:
        each.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    clock = StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)
    made = Bench(Plant(tmp_path / "plant"), tmp_path / "st-10", clock)
    made.scan("B10021")
    yield made
    made.close()


def telling(author: Author, count: int = 5) -> Author:
    for i in range(count):
        author.say(b.Commission("motor"), unit(f"{author.station}-{author.size + i}"))
    return author


def kept_entries(node: Node, *authors: Author) -> bool:
    wanted = {(author.log, i, raw) for author in authors for i, raw in enumerate(author.raws)}
    return wanted <= node.entries()


# Restored, cloned, copied ---------------------------------------------------------------------------------------------
def test_1_a_hub_restored_from_a_backup_gets_again_what_came_after_it() -> None:
    """medic/cht-core#8093: where an upload had come to was known to the client only, so nothing was sent twice."""
    kept(1, Fault(4_700, RESTORE_HUB, "hub", 600))


def test_2_what_a_restored_station_writes_reaches_the_hub() -> None:
    """tursodatabase/turso#8129: after a restore every write was acknowledged locally and never left the machine."""
    kept(2, Fault(4_000, "restore", "st-10", 2_000, "same host"))


def test_3_what_tells_a_restored_station_is_not_restored_with_it(bench: Bench, expect_warning: Expect) -> None:
    """submersion#309: clock, device id, cursors and tombstones all lay in the database that a backup rewinds."""
    expect_warning("new_incarnation .*reason=restore")
    bench.close()
    backup = shutil.copy(bench.path, bench.folder / "backup.db")
    bench.start()
    bench.scan(M1, "HL-2644")
    bench.cell.handle(Tick(bench.clock.mono_ms()))
    old = bench.log
    bench.close()
    for path in bench.folder.glob("station.db*"):
        path.unlink()
    shutil.copy(backup, bench.path)
    bench.start()
    assert bench.log != old


def test_4_a_copied_folder_on_another_computer_is_another_author() -> None:
    """vlcn-io/cr-sqlite#145: the site id lay in the file, so a copy of the file wrote in the first one's name."""
    kept(4, Fault(2_500, "clone", "st-10", 0, "other host"))


def test_5_a_second_entry_at_an_index_does_not_take_the_place_of_the_first(make: Make) -> None:
    """planetary-social/scuttlego#197: a second message with the same sequence overwrote the first."""
    author = telling(Author(1))
    clone = author.clone(3)
    author.say(done("press"), unit())
    clone.say(done("press", "fail"), unit())
    node = make(author)
    for one in (author, clone, author):
        node.take(one.batch())
    assert kept_entries(node, author, clone)


def test_6_both_sides_of_a_reused_key_keep_what_they_wrote_and_go_on() -> None:
    """ssbc/patchwork#1292: whoever restored a key had forked its feed, and lost it for everybody else."""
    kept(6, Fault(2_500, "clone", "st-20", 0, "same host"))


def test_7_a_revocation_cuts_at_an_index_and_what_is_below_still_counts(make: Make) -> None:
    """ssbc/ssb-meta-feeds-spec#2: a key could not be revoked without putting its whole past in doubt."""
    site, author = site_author(), Author(1)
    author.say(done("press"), unit("below"))
    author.say(done("press"), unit("above"))
    node = make(author, site=site)
    node.take(author.batch())
    site.say(b.StationRevoked(author.log, 1, "stolen"))
    node.take(site.batch())
    assert node.standing(unit("below")).outcome("press") == "pass"
    assert node.standing(unit("above")).outcome("press") == "none"
    assert kept_entries(node, author), "what is in doubt is kept all the same"


# Never wedged ---------------------------------------------------------------------------------------------------------
def test_8_a_log_that_forked_stops_neither_its_branches_nor_the_others(make: Make) -> None:
    """quarto-dev/q2#689: one (actor, sequence) given twice, and both sides refused every change from then on."""
    author, other = telling(Author(1)), telling(Author(2))
    clone = telling(author.clone(2))
    node = make(author, other)
    for one in (author, clone, other):
        node.take(one.batch())
    for one in (author, clone, other):
        telling(one)
        assert [verdict.kind for verdict in node.take(one.batch())] == ["accepted"]
    assert kept_entries(node, author, clone, other)


def test_9_how_far_a_log_is_moves_with_its_entries_or_not_at_all(make: Make) -> None:
    """ankidroid/Anki-Android#4366: a counter moved on without the rows, which were then never sent."""
    author = telling(Author(1))
    node = make(author)
    with pytest.raises(KeyboardInterrupt), node.store.writing() as conn:
        accept(conn, author.batch(), START_MS)
        raise KeyboardInterrupt
    assert node.head(author)[0] == 0
    assert [verdict.kind for verdict in node.take(author.batch())] == ["accepted"]


def test_10_a_check_that_fails_asks_again_and_never_for_a_side_to_be_thrown_away(make: Make) -> None:
    """ankitects/anki, rslib/src/sync/collection/normal.rs: a failed sanity check makes one side lose what it has."""
    author = telling(Author(1))
    node = make(author)
    node.take(author.batch(0, 3))
    sent = wire.decode(author.batch(3))
    damaged = wire.Batch(3, (sent.events[0].replace(b"motor", b"rotor"), *sent.events[1:]), sent.note)
    assert [verdict.kind for verdict in node.take(wire.encode(damaged))] == ["resend"]
    assert node.head(author)[0] == 3
    node.take(author.batch(3))
    assert kept_entries(node, author)


def test_19_a_record_that_makes_no_sense_stops_nothing_behind_it(make: Make) -> None:
    """frappe/erpnext#11000: one bad record blocked the queue; elsewhere a refused sign-in deleted what was queued."""
    author = telling(Author(1))
    author.write(author.raws[0].replace(b'"motor"', b"17"))
    last = author.say(done("press"), unit())
    node = make(author)
    node.take(author.batch())
    assert kept_entries(node, author)
    assert node.standing(unit()).operation("press").event == last


def test_17_after_a_kill_at_any_commit_nothing_stands_in_the_way_of_the_next_round() -> None:
    """powersync-ja/powersync-sqlite-core#162: a crash left a flag that said "wait" over an empty queue, for ever."""
    moments = ("before", "after", "idle", "before", "after")
    kept(17, *(Fault(1_000 * i, "kill", "st-10", 300 + i, how) for i, how in enumerate(moments, 1)))


def test_18_what_says_that_it_will_retry_does() -> None:
    """powersync-ja/powersync-native#15: "will retry", and nothing ever did."""
    kept(18, Fault(1_000, "partition", "st-10", 30_000), Fault(2_000, "request_lost", "st-20", 4))


# Whole logs, with their authors ---------------------------------------------------------------------------------------
def relayed(node: Node, author: Author) -> bytes:
    with node.store.reading() as conn:
        known = logs.by_id(conn, author.log)
        assert known is not None
        body = logs.outgoing(conn, known, 0)
    assert body is not None
    return body


def test_11_what_changed_nothing_is_relayed_like_everything_else(make: Make) -> None:
    """vlcn-io/cr-sqlite#413: a change without effect was passed on as an empty version, a hole nobody could see."""
    author = Author(1)
    author.say(b.Commission("motor"), unit())
    author.say(b.Release((f"{'a' * 26}.{'A' * 43}#0",), "of nothing", "release"), unit())
    first, second = make(author), make(author)
    first.take(author.batch())
    second.take(relayed(first, author))
    assert second.entries() == first.entries()
    assert second.head(author) == first.head(author)


def test_12_whoever_relays_does_not_become_the_author(make: Make) -> None:
    """vlcn-io/cr-sqlite#30: a change that came through a proxy bore the proxy's name."""
    author = telling(Author(1))
    first, second = make(author), make(author)
    first.take(author.batch())
    sent = wire.decode(relayed(first, author))
    assert note.open_note(sent.note, author.pub) == author.head()
    second.take(wire.encode(sent))
    assert kept_entries(second, author)


def test_13_a_reader_never_steps_over_what_is_committed_late(make: Make) -> None:
    """JumpMind/symmetric-ds PR#914: numbers were drawn before the commit, and readers passed by those not yet there."""
    author = telling(Author(1))
    node, reader = make(author), make(author)
    assert [verdict.kind for verdict in node.take(author.batch(3, 5))] == ["gap"], "nothing is ahead of its log"
    node.take(author.batch(0, 3))
    reader.take(relayed(node, author))
    node.take(author.batch(3, 5))
    reader.take(relayed(node, author))
    assert kept_entries(reader, author)


def test_14_what_is_answered_can_be_read(tmp_path: Path, clock: Clock) -> None:
    """electric-sql/electric#4755: "up to date" was said before the data could be seen."""
    office, author = Office(tmp_path / "hub", clock), telling(Author(1))
    office.trust(author)
    said = office.ingest.submit(author.batch())
    assert office.size(author) == said.size == 5
    office.stop()


def test_15_who_begins_again_at_nothing_is_heard(make: Make) -> None:
    """bluesky-social/pds#341: a host whose numbers began anew was ignored until it had passed its old ones."""
    before, after = telling(Author(1, "st-10"), 9), telling(Author(2, "st-10"), 2)
    node = make(before, after)
    node.take(before.batch())
    node.take(after.batch())
    assert kept_entries(node, before, after)


def test_16_entry_head_and_rows_are_one_commit(make: Make) -> None:
    """bluesky-social/atproto#3580: the sequencer lay elsewhere, and ran ahead of what it had numbered."""
    node = make()
    own = node.open_log(7)
    own, _ = node.say(own, b.Commission("motor"), unit())
    before = (node.entries(), node.rows())
    with pytest.raises(KeyboardInterrupt), node.store.writing() as conn:
        append.append(conn, own, [(Fact(b.Scrap("broken"), (unit(),)), stamp(50))])
        raise KeyboardInterrupt
    assert (node.entries(), node.rows()) == before
    with node.store.reading() as conn:
        found = append.load(conn, own.key)
        assert found is not None
        append.verify(conn, found)
        assert found.size == 1


# Identity, doubles, clocks --------------------------------------------------------------------------------------------
def test_20_two_units_with_one_serial_are_both_kept_and_somebody_is_told(make: Make) -> None:
    """odoo/odoo#71455: a number that a client had made up was taken for identity, and the second order was dropped."""
    one, other = Author(1, "st-10"), Author(2, "st-11")
    for author in (one, other):
        author.say(b.Commission("motor"), unit(M1))
    node = make(one, other)
    for author in (one, other):
        node.take(author.batch())
    assert kept_entries(node, one, other)
    assert "commissioned_twice" in kinds(node.standing(unit(M1)))


def test_21_a_lost_answer_doubles_nothing() -> None:
    """odoo/odoo PR#40600: the answer was lost, the order was sent again and stood there twice."""
    kept(21, Fault(1_000, "answer_lost", "st-10", 4), Fault(3_000, "twice", "st-10", 900))


def test_22_clocks_that_are_years_wrong_stop_nothing_and_order_nothing() -> None:
    """actualbudget/actual#3786: an hour of difference stopped the sync; a stamp of the far future stayed for ever."""
    nodes = ("st-10", "st-20", "st-30", "hub")
    jumps = (-60 * YEAR_MS, 9 * YEAR_MS, -3 * YEAR_MS, 9 * YEAR_MS)
    kept(22, *(Fault(1_500 + 700 * i, "clock", *pair) for i, pair in enumerate(zip(nodes, jumps, strict=True))))


def test_23_a_root_is_worked_out_and_never_taken_over(make: Make) -> None:
    """MattFaz/actuali#188: the client took the server's root for its own, and the gap was out of reach for ever."""
    author = telling(Author(1))
    lie = note.sign(note.Checkpoint(author.log, 5, bytes(32)), author.key)
    node = make(author)
    verdicts = node.take(wire.encode(wire.Batch(0, tuple(author.raws), lie)))
    assert [verdict.kind for verdict in verdicts] == ["resend"]
    assert node.head(author)[0] == 0
    node.take(author.batch())
    assert node.head(author) == (author.size, author.head().root)


def test_25_a_bit_that_turned_on_the_disk_is_seen_before_anything_is_signed_over_it(bench: Bench) -> None:
    """Certificate transparency, Yeti 2022: one bit turned over in a log, and its next head was signed all the same."""
    bench.scan(M1)
    with bench.store.writing() as conn:
        other = "CAST(replace(CAST(raw AS TEXT), 'st-10', 'st-20') AS BLOB)"
        conn.exec_driver_sql(f"UPDATE entry SET raw = {other} WHERE bid = (SELECT max(bid) FROM entry) AND idx = 1")
    bench.close()
    with pytest.raises(StoreUnavailable, match=r"store\.corrupt"):
        bench.start()
