"""The conversation with a real hub over TLS, round by round: no cursor is trusted, nothing is lost, nothing twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from common import event_types as b
from common.errors import BadBatch
from common.events import Fact
from common.ledger import append, logs
from common.ledger import tables as t
from common.signedlog import batch, note
from common.signedlog import session as s
from common.signedlog.trust import open_trust
from common.text import say
from station import messages as m
from station.devices.simulated.proxy import Proxy
from station.hublink.http import RefusedByHub
from station.store import access
from tests.conftest import Clock
from tests.support.factory import stamp
from tests.support.hub import Office
from tests.support.hub_process import HubProcess
from tests.support.plant import Desk, Entry, current_log, entries, looking, reach

PARTS = ("HL-2644", "R-88213-0456", "MG-2610-B")
Desks = Callable[..., Desk]
Expect = Callable[[str], None]


def rounds(desk: Desk, most: int = 6) -> None:
    """Rounds until one brought nothing to send and nothing to take; a refused one counts."""
    for _ in range(most):
        try:
            desk.sync.round()
        except RefusedByHub as e:
            assert e.code in ("session.none", "hello.unknown"), e.code
            continue
        if desk.receipt()[0] == len([entry for entry in desk.entries() if entry.log == current_log(desk.toml)]):
            return
    raise AssertionError("it does not come to rest")


def at_hub(desk: Desk) -> list[Entry]:
    """What the hub has of this line's stations at this place, in every incarnation and branch."""
    with looking(desk.hub.data / "hub.db") as conn:
        mine = {known.log for known in logs.all_logs(conn) if (known.author, known.line) == (desk.place, desk.line)}
        return [entry for entry in entries(conn, author=desk.place) if entry.log in mine]


def ids(found: list[Entry]) -> list[str]:
    return [entry.id for entry in found]


def backup(desk: Desk, name: str) -> Path:
    """A copy of the whole folder, as an image of the disk has it."""
    desk.close()
    copy = desk.folder.with_name(name)
    shutil.copytree(desk.folder, copy)
    desk.start()
    return copy


def restore(desk: Desk, copy: Path) -> None:
    """The disk as it was: database, keys, sentinel."""
    desk.close()
    shutil.rmtree(desk.folder)
    shutil.copytree(copy, desk.folder)
    desk.start()


def opened(desk: Desk) -> list[b.LogOpened]:
    return [entry.body for entry in desk.entries() if isinstance(entry.body, b.LogOpened)]


# Up and down ----------------------------------------------------------------------------------------------------------
def test_what_a_station_writes_is_at_the_hub_after_a_round_and_the_receipt_says_so(desk: Desk) -> None:
    desk.scan("M-250-000001", *PARTS)
    desk.sync.round()
    assert ids(at_hub(desk)) == ids(desk.entries())
    size, receipt = desk.receipt()
    trust = open_trust(desk.hub.site.trust_note, desk.hub.site.root_public)
    key = desk.files.current()
    checkpoint, _ = note.open_receipt(receipt, append.public(key), trust.hub_name, trust.hub_key)
    assert size == checkpoint.size == len(desk.entries())
    assert desk.states[-1].pending == 0


def test_a_first_round_brings_definitions_and_people(desks: Desks) -> None:
    fresh = desks()
    assert fresh.asked[-1].code == "prompt.waiting"
    fresh.sync.round()
    assert fresh.asked[-1].code == "prompt.sign_in"
    with looking(fresh.hub.data / "hub.db") as conn:
        published = [entry.id for entry in entries(conn, role="site")]
    with looking(fresh.database) as conn:
        assert [entry.id for entry in entries(conn, role="site")] == published


def test_a_pull_brings_what_the_neighbours_wrote_and_since_when_they_had_nothing_more(desks: Desks, desk: Desk) -> None:
    desk.scan("M-250-000002")
    desk.sync.round()
    other = desks("st-20")
    other.sync.round()
    with looking(other.database) as conn:
        assert ids(entries(conn, author="st-10")) == ids(desk.entries())
    desk.sync.round()
    other.sync.round()
    (_, before_ms), (size, confirmed_ms) = (said.ages[current_log(desk.toml)] for said in other.said(m.Pulled))
    assert size == len(desk.entries())
    assert before_ms < confirmed_ms <= other.said(m.Pulled)[-1].asked_ms


def test_a_note_that_was_written_offline_reaches_the_neighbour_through_the_hub(desks: Desks, desk: Desk) -> None:
    desk.cell.handle(m.WriteNote("2 号枪扭矩偏大"))
    desk.restart()
    (note,) = [entry for entry in desk.entries() if isinstance(entry.body, b.ShiftNote)]
    assert note.body == b.ShiftNote("st-10", "2 号枪扭矩偏大")
    assert note.id not in ids(at_hub(desk)), "nobody was asked for anything"
    desk.sync.round()
    other = desks("st-20")
    other.sync.round()
    with looking(other.database) as conn:
        (there,) = [entry for entry in entries(conn, author="st-10") if isinstance(entry.body, b.ShiftNote)]
    assert (there.id, there.raw) == (note.id, note.raw)


def test_another_lines_logs_are_not_pulled(desk: Desk, hub: HubProcess, tmp_path: Path) -> None:
    elsewhere = Desk(hub, tmp_path / "elsewhere", "st-10", f"{desk.line}-b")
    elsewhere.sync.round()
    desk.sync.round()
    with looking(desk.database) as conn:
        assert logs.by_id(conn, current_log(elsewhere.toml)) is None or entries(conn, author="st-10") == desk.entries()
    elsewhere.close()


def test_with_equal_heads_nothing_is_sent_again(desk: Desk) -> None:
    desk.sync.round()
    had = len(desk.entries())
    desk.restart()
    desk.sync.round()
    assert desk.said(m.Outdated) == []
    assert [sent.size for sent in desk.said(m.Sent)] == [had + 1]  # the anchor that the new hello brought
    assert ids(at_hub(desk)) == ids(desk.entries())


def written(desk: Desk, *bodies: b.Body) -> None:
    """Many events in one transaction, behind the work cell's back; it begins again afterwards."""
    with desk.store.writing() as conn:
        own = append.load(conn, desk.files.current())
        append.append(conn, own, [(Fact(body), stamp(i)) for i, body in enumerate(bodies)])
    desk.restart()


def signed_sizes(desk: Desk) -> list[tuple[int, int]]:
    """(size, bytes before compression) of each batch that the hub took of this log."""
    with looking(desk.hub.data / "hub.db") as conn:
        known = logs.by_id(conn, current_log(desk.toml))
        bid = logs.trunk(conn, known.lid).bid
        query = t.checkpoint.select().where(t.checkpoint.c.bid == bid).order_by(t.checkpoint.c.size)
        sizes = [row.size for row in conn.execute(query)]
    raws = [entry.raw for entry in desk.entries()]
    return [(stop, sum(len(raw) for raw in raws[start:stop])) for start, stop in zip([0, *sizes], sizes, strict=False)]


def test_more_than_a_batch_holds_goes_in_several(desk: Desk) -> None:
    desk.sync.round()
    had = len(desk.entries())
    written(desk, *[b.SignIn("st-10", "in")] * 4_200)
    desk.sync.round()
    counts = [stop for stop, _ in signed_sizes(desk)]
    assert counts[-2:] == [had + batch.MAX_EVENTS, had + 4_200 + 1]
    written(desk, *[b.Refused("-", "barcode.unknown", scan="A" * 2_000)] * 700)
    desk.sync.round()
    last = signed_sizes(desk)[-2:]
    assert all(0 < size < batch.MAX_RAW for _, size in last)
    assert last[0][1] > batch.MAX_RAW * 0.9
    assert ids(at_hub(desk)) == ids(desk.entries())
    assert desk.receipt()[0] == len(desk.entries())


# Restored, cloned, forked ---------------------------------------------------------------------------------------------
def test_a_restored_station_opens_a_new_log_waits_for_somebody_and_delivers(desk: Desk, expect_warning: Expect) -> None:
    expect_warning("new_incarnation .*reason=restore")
    desk.sync.round()
    image = backup(desk, "image")
    desk.scan("M-250-000003", *PARTS)
    desk.sync.round()
    lost, old = at_hub(desk), current_log(desk.toml)
    restore(desk, image)
    had = len(desk.entries())
    desk.sync.round()
    assert [(said.reason, said.log) for said in desk.said(m.Outdated)] == [("restore", old)]
    assert current_log(desk.toml) != old
    with pytest.raises(RefusedByHub, match=r"hello\.unknown"):
        desk.sync.round()
    assert desk.scan("M-250-000004").event.startswith(current_log(desk.toml))
    assert not [entry for entry in at_hub(desk) if entry.log == current_log(desk.toml)]
    desk.confirm()
    rounds(desk)
    assert ids(at_hub(desk)) == ids(lost) + [e.id for e in desk.entries() if e.log == current_log(desk.toml)]
    assert ids(desk.entries())[: len(lost)] == ids(lost), "what the image did not have came back"
    assert (opened(desk)[-1].reason, opened(desk)[-1].parent.size) == ("restore", had)


def test_a_restored_station_that_worked_on_delivers_that_too(desk: Desk, expect_warning: Expect) -> None:
    """The hub has more than it, and its last entries are others than the hub's."""
    expect_warning("new_incarnation .*reason=fork")
    desk.sync.round()
    image = backup(desk, "image")
    desk.scan("M-250-000005", *PARTS)
    desk.sync.round()
    theirs = at_hub(desk)
    restore(desk, image)
    fork_at = len(desk.entries())
    shown = [desk.scan("M-250-000006").event, desk.scan("HL-2644").event]
    ours = desk.entries()
    assert fork_at < len(ours) < len(theirs)
    desk.sync.round()
    assert [said.reason for said in desk.said(m.Outdated)] == ["fork"]
    branches = at_hub(desk)
    assert ids(branches) == ids(theirs) + ids(ours[fork_at:])
    assert {entry.index for entry in branches if entry.branch != branches[0].branch} == {*range(fork_at, len(ours))}
    assert set(shown) <= set(ids(branches))
    with pytest.raises(RefusedByHub, match=r"hello\.unknown"):
        desk.sync.round()
    desk.confirm()
    rounds(desk)
    assert opened(desk)[-1].reason == "fork"
    assert set(ids(desk.entries())) <= set(ids(at_hub(desk)))


def test_a_longer_log_that_differs_is_a_fork_too(desk: Desk, expect_warning: Expect) -> None:
    expect_warning("new_incarnation .*reason=fork")
    desk.sync.round()
    image = backup(desk, "image")
    desk.scan("M-250-000007")
    desk.sync.round()
    theirs = at_hub(desk)
    restore(desk, image)
    fork_at = len(desk.entries())
    desk.scan("M-250-000008", *PARTS, "HW:LEAVE", "M-250-000009")
    ours = desk.entries()
    assert len(ours) > len(theirs)
    desk.sync.round()
    assert [said.reason for said in desk.said(m.Outdated)] == ["fork"]
    assert sorted(ids(at_hub(desk))) == sorted(ids(theirs) + ids(ours[fork_at:]))
    with looking(desk.hub.data / "hub.db") as conn:
        known = logs.by_id(conn, ours[0].log)
        notes = {branch.fork_at: note.parse(branch.note)[0].size for branch in logs.branches(conn, known.lid)}
    assert notes == {0: len(theirs), fork_at: len(ours)}, "both heads, as they were signed"


def test_the_hub_hears_why_a_new_log_was_opened(desk: Desk, expect_warning: Expect) -> None:
    expect_warning("new_incarnation .*reason=clone")
    desk.sync.round()
    desk.close()
    desk.files.sentinel.write_bytes(desk.files.sentinel.read_bytes().replace(b'"host":"', b'"host":"another'))
    desk.start()
    with pytest.raises(RefusedByHub, match=r"hello\.unknown"):
        desk.sync.round()
    with looking(desk.hub.data / "hub.db") as conn:
        query = "SELECT reason, parent_size FROM candidate WHERE log = ?"
        row = conn.exec_driver_sql(query, (current_log(desk.toml),)).one()
    assert tuple(row) == ("clone", opened(desk)[-1].parent.size)


def test_a_lost_database_says_to_the_hub_how_far_it_had_come(desk: Desk, expect_warning: Expect) -> None:
    """What the lost log may hold beyond the hub's head must not count as seen."""
    expect_warning("new_incarnation .*reason=restore")
    desk.sync.round()
    desk.scan("M-250-000010")
    desk.cell.handle(m.Tick(desk.clock.mono_ms()))
    had = len(desk.entries())
    desk.close()
    for path in desk.folder.glob("station.db*"):
        path.unlink()
    desk.start()
    with pytest.raises(RefusedByHub, match=r"hello\.unknown"):
        desk.sync.round()
    with looking(desk.hub.data / "hub.db") as conn:
        query = "SELECT parent_size FROM candidate WHERE log = ?"
        assert conn.exec_driver_sql(query, (current_log(desk.toml),)).scalar_one() == had


def test_a_station_without_its_old_key_waits_and_works_on(desk: Desk, expect_warning: Expect) -> None:
    """Its data folder is gone, its sentinel lay elsewhere: nobody can vouch for it but people."""
    expect_warning("new_incarnation .*reason=restore")
    desk.sync.round()
    desk.cell.handle(m.Tick(desk.clock.mono_ms()))
    desk.close()
    for path in (*desk.folder.glob("station.db*"), *desk.files.keys.iterdir()):
        path.unlink()
    desk.start()
    with pytest.raises(RefusedByHub, match=r"hello\.unknown"):
        desk.sync.round()
    assert desk.scan("M-250-000001").event.startswith(current_log(desk.toml))


# The hub goes away, and comes back otherwise --------------------------------------------------------------------------
def test_a_hub_that_was_restored_asks_for_what_it_lost(desk: Desk) -> None:
    """The session is lost as well. The station's next batch leaves a gap, which the hub says; all is sent again."""
    desk.sync.round()
    image = desk.hub.folder / "image"
    desk.hub.kill()
    shutil.copytree(desk.hub.data, image)
    desk.hub.run()
    with pytest.raises(RefusedByHub, match=r"session\.none"):
        desk.sync.round()
    desk.scan("M-250-000011", *PARTS)
    desk.sync.round()
    assert len(at_hub(desk)) == len(desk.entries())
    desk.hub.kill()
    for path in desk.hub.data.glob("hub.db*"):
        path.unlink()
    for path in image.glob("hub.db*"):
        shutil.copy(path, desk.hub.data)
    desk.hub.run()
    assert len(at_hub(desk)) < len(desk.entries())
    desk.scan("HW:LEAVE")
    with pytest.raises(RefusedByHub, match=r"session\.none"):
        desk.sync.round()
    assert ids(at_hub(desk)) == ids(desk.entries()), "the batch is taken without a session: it proves itself"
    rounds(desk)
    assert ids(at_hub(desk)) == ids(desk.entries())
    assert desk.said(m.Outdated) == []


def test_a_hub_that_went_back_and_then_on_with_another_branch_gets_every_branch(
    desk: Desk, tmp_path: Path, expect_warning: Expect
) -> None:
    """Two computers hold the key. What the hub forgot lies below where this one would go on: it must step back."""
    expect_warning("new_incarnation .*reason=fork")
    desk.sync.round()
    image = desk.hub.folder / "image-2"
    twin = Twin(desk, tmp_path / "twin")
    desk.hub.kill()
    shutil.copytree(desk.hub.data, image)
    desk.hub.run()
    desk.sync.round()
    desk.scan("M-250-000012", *PARTS)
    desk.sync.round()
    desk.hub.kill()
    for path in desk.hub.data.glob("hub.db*"):
        path.unlink()
    for path in image.glob("hub.db*"):
        shutil.copy(path, desk.hub.data)
    desk.hub.run()
    theirs = twin.goes_on(10)
    desk.scan("HW:LEAVE")
    for _ in range(8):
        try:
            desk.sync.round()
        except RefusedByHub as e:
            assert e.code in ("session.none", "hello.unknown")
    assert {entry.id for entry in desk.entries() if entry.log == twin.log} | set(theirs) <= set(ids(at_hub(desk)))
    assert {said.reason for said in desk.said(m.Outdated)} == {"fork"}


class Twin:
    """The same key on another computer, worked by hand."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.log = current_log(desk.toml)
        self._desk, self._folder = desk, folder
        desk.close()
        shutil.copytree(desk.folder, folder)
        desk.start()

    def goes_on(self, count: int) -> list[str]:
        """Write so many entries and send them; their ids."""
        store = access.open_store(self._folder / "station.db", create=False)
        with store.writing() as conn:
            own = append.load(conn, self._desk.files.key(self.log))
            own, written = append.append(conn, own, [(Fact(b.SignIn("st-10", "in")), stamp(i)) for i in range(count)])
            known = logs.by_id(conn, self.log)
            body = logs.outgoing(conn, known, 0, own.key)
        store.close()
        wire = self._desk.hub.wire()
        wire.post(f"/v1/logs/{self.log}", body, s.BATCH_TYPE)
        wire.close()
        return [one.id for one in written]


# Trust ----------------------------------------------------------------------------------------------------------------
def test_a_receipt_by_another_key_than_the_hubs_is_refused(desk: Desk) -> None:
    desk.sync.round()
    good = desk.receipt()
    path = desk.hub.data / "keys" / "hub.key"
    key = path.read_bytes()
    desk.hub.kill()
    path.write_bytes(bytes(32))
    desk.hub.run()
    desk.scan("M-250-000013")
    with pytest.raises(BadBatch, match=r"note\.signature"):
        desk.sync.round()
    with pytest.raises((BadBatch, RefusedByHub)):
        desk.sync.round()
    assert desk.receipt() == good
    desk.hub.kill()
    path.write_bytes(key)
    desk.hub.run()
    rounds(desk)
    assert desk.receipt()[0] == len(desk.entries())


def revoke(desk: Desk, clock: Clock) -> None:
    """The site says that this station's key no longer counts; there is no command for it yet."""
    desk.hub.kill()
    office = Office(desk.hub.data, clock)
    office.publish(b.StationRevoked(current_log(desk.toml), len(desk.entries()), "stolen"))
    office.stop()
    desk.hub.run()


def test_a_revoked_station_works_on_by_itself_and_says_so(desk: Desk, clock: Clock) -> None:
    desk.sync.round()
    revoke(desk, clock)
    had = len(desk.entries())
    desk.sync.wait = lambda _: desk.sync.stop() if desk.said(m.LinkChanged)[-1].code == "hello.revoked" else None
    desk.sync.run()
    assert [shown.code for shown in desk.shown if not shown.event] == ["hello.revoked"]
    assert "…?" not in say("en", "hello.revoked", desk.shown[-1].params)
    assert (desk.states[-1].online, desk.states[-1].refused) == (False, "hello.revoked")
    assert desk.scan("M-250-000014").event
    assert desk.scan("HL-2644").code == "done.bound"
    assert len(desk.entries()) > had == len(at_hub(desk))


# Patience -------------------------------------------------------------------------------------------------------------
def test_it_retries_with_growing_pauses_and_begins_anew_once_it_got_through(desk: Desk) -> None:
    cable = Proxy((desk.hub.host, 8443))
    reach(desk.folder, f"https://127.0.0.1:{cable.port}")
    desk.restart()
    cable.cut()
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 8:
            cable.mend()
        if len(waits) == 9:
            desk.sync.stop()

    def heard(message: m.Message) -> None:
        if message == m.LinkChanged(True):
            cable.cut()
            desk.sync.wake()

    desk.sync.wait, desk.heard = wait, heard
    desk.sync.run()
    cable.close()
    longest = [0.5, 1, 2, 4, 8, 10, 10, 10, 0.5]
    assert len(waits) == len(longest)
    assert all(most / 2 <= seconds <= most for most, seconds in zip(longest, waits, strict=True)), waits
    changes = [(change.up, change.code) for change in desk.said(m.LinkChanged)]
    assert changes == [(False, "hub.unreachable"), (True, ""), (False, "hub.unreachable")], "said once a change"
