"""kill -9 at any moment: what has a receipt is there after the restart, and stations go on as if nothing had been."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

import pytest

from common import event_types as b
from common.errors import HubUnavailable
from station.hublink.http import RefusedByHub
from tests.support.factory import Author, done, unit
from tests.support.hub import PATIENCE_S, forget_rows, head, judged, size_of, waiting
from tests.support.hub_process import Caller, HubProcess
from tests.support.plant import Desk

MOTOR = b.Commission(material="motor")
KILLS, EACH = 8, 6


class Uploads:
    """Stations that upload one entry after the other, each in its thread, through every kill of their hub."""

    def __init__(self, hub: HubProcess, authors: list[Author]) -> None:
        self.hub = hub
        self.receipted = dict.fromkeys((author.log for author in authors), 0)
        self._changed = threading.Condition()
        self._up, self._over = threading.Event(), threading.Event()
        self._threads = [threading.Thread(target=self._work, args=[one], name=one.station) for one in authors]
        self._failures: list[Exception] = []

    def __enter__(self) -> Uploads:
        self._up.set()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._up.set()
        for thread in self._threads:
            thread.join(PATIENCE_S)
        assert not self._failures

    def wait_for(self, count: int) -> None:
        """Until so many entries have a receipt, all together."""
        with self._changed:
            assert self._changed.wait_for(lambda: sum(self.receipted.values()) >= count or self._failures, PATIENCE_S)

    def kill(self) -> None:
        self._up.clear()
        self.hub.kill()

    def up(self) -> None:
        self.hub.run()
        self._up.set()

    def _work(self, author: Author) -> None:
        try:
            while not self._over.is_set():
                self._up.wait(PATIENCE_S)
                with suppress(HubUnavailable, RefusedByHub):
                    self._upload(author)
        except Exception as e:
            self._failures.append(e)
            raise

    def _upload(self, author: Author) -> None:
        """As a station does it: ask what the hub has, and go on from there."""
        caller = self.hub.caller(author)
        at = next(h.size for h in caller.hello().heads if h.log == author.log)
        assert at >= self.receipted[author.log], "the hub lost what it had confirmed"
        while not self._over.is_set():
            if at == author.size:
                author.say(MOTOR, unit(f"M-{author.station}-{author.size}"))
                author.say(done("press"), unit(f"M-{author.station}-{author.size - 1}"))
            said = caller.send(at)
            assert (said.kind, bool(said.receipt)) == ("accepted", True), said
            at = said.size
            with self._changed:
                self.receipted[author.log] = at
                self._changed.notify_all()


def test_what_has_a_receipt_survives_every_kill(hub: HubProcess) -> None:
    """Three stations upload without a pause; the hub is killed again and again, at whatever it was doing then."""
    authors = [Author(seed, f"st-{seed}0") for seed in (1, 2, 3)]
    hub.run()
    for author in authors:
        hub.join(author)
    with Uploads(hub, authors) as uploads:
        for _ in range(KILLS):
            uploads.wait_for(sum(uploads.receipted.values()) + EACH)
            uploads.kill()
            for author in authors:
                assert hub.raws(author)[: uploads.receipted[author.log]] == author.raws[: uploads.receipted[author.log]]
            uploads.up()
        uploads.wait_for(sum(uploads.receipted.values()) + EACH)
    for author in authors:
        hub.wait_projected(author, uploads.receipted[author.log])
        assert hub.raws(author) == author.raws[: len(hub.raws(author))]
    assert hub.stop() == 0
    assert "Traceback" not in hub.error
    rebuild_is_the_same(hub)


def rebuild_is_the_same(hub: HubProcess) -> None:
    """What all those interrupted projections left is what one that nothing interrupts gives."""
    with hub.reading() as conn:
        before = judged(conn)
    assert before["state"]
    forget_rows(hub.data / "hub.db")
    hub.run()
    while any(row["projected"] < row["received"] for row in hub.ask("GET", "/v1/stations")):
        pass
    assert hub.stop() == 0
    with hub.reading() as conn:
        assert not waiting(conn)
        assert judged(conn) == before


@pytest.mark.parametrize("many", [1, 400])
def test_what_was_accepted_and_not_yet_projected_is_projected_after_the_kill(hub: HubProcess, many: int) -> None:
    hub.run()
    author = Author(1, "st-10")
    caller = hub.join(author)
    for n in range(many):
        author.say(MOTOR, unit(f"M-{n}"))
    assert caller.send().receipt
    hub.kill()
    assert len(hub.raws(author)) == many
    hub.run()
    hub.wait_projected(author, many)
    hub.stop()
    with hub.reading() as conn:
        assert len(judged(conn)["state"]) == many


def test_a_kill_while_nobody_says_anything_changes_nothing(hub: HubProcess) -> None:
    author = Author(1, "st-10")
    hub.run()
    caller = hub.join(author)
    author.say(MOTOR, unit("M-1"))
    caller.send()
    for _ in range(3):
        hub.kill()
        hub.run()
    assert hub.caller(author).tried() == "duplicate"
    with hub.reading() as conn:
        assert size_of(conn, hub.site.trust.site_log) == 2, "its own log grows by no restart"


def test_a_session_ends_with_the_hub_and_the_station_says_hello_again(hub: HubProcess) -> None:
    author = Author(1, "st-10")
    hub.run()
    caller = hub.join(author)
    token = caller.token
    hub.kill()
    hub.run()
    assert refused(caller) == "session.none"
    caller.hello()
    assert caller.token != token
    assert caller.pull(head(author))
    assert not any(row["suspect"] for row in hub.ask("GET", "/v1/stations"))


def refused(caller: Caller) -> str:
    with pytest.raises(RefusedByHub) as caught:
        caller.pull(head(caller.author))
    return caught.value.code


def test_the_real_station_does_so_by_itself(hub: HubProcess, tmp_path: Path) -> None:
    hub.run()
    desk = Desk(hub, tmp_path / "st-10")
    desk.sync.round()
    hub.kill()
    with pytest.raises(HubUnavailable):
        desk.sync.round()
    hub.run()
    desk.sync.round()
    desk.sync.round()
    (row,) = hub.ask("GET", "/v1/stations")
    assert row["received"] == row["projected"] > 0
    assert (row["suspect"], row["age_ms"] is not None) == (False, True)
    desk.close()
