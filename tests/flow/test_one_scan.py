"""One scan through the whole house, every part of it real: pty, disk, terminal, TLS, hub, page, receipt."""

from __future__ import annotations

import fcntl
import os
import select
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from common import event_types as b
from common import events
from common.ids import Claim
from common.ledger import append, logs
from common.ledger import tables as t
from common.signedlog import merkle, note
from common.signedlog.trust import open_trust
from hub.demo.processes import wait_for
from station.cell.own_log import Files
from station.terminal import parse_confirmations
from tests.support.hub_process import Command, HubProcess
from tests.support.plant import Kiosk, in_hub, looking


def page(hub: HubProcess, thing: Claim) -> dict | None:
    """What the hub's page says of a thing, as JSON."""
    asked = {"scheme": thing.scheme, "value": thing.value}
    answer = requests.get(f"http://{hub.host}:8080/thing.json", params=asked, headers=hub.shown, timeout=60)
    return answer.json() if answer.ok else None


def unit(hub: HubProcess, serial: str) -> Claim:
    return Claim(f"unit@{hub.site.id}", serial)


# Durable first --------------------------------------------------------------------------------------------------------
class Narrow:
    """A terminal that takes no line until somebody reads: a pipe of one page, which can be stuffed."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path, self.text = path, ""
        self._ends = [os.open(path, os.O_RDONLY | os.O_NONBLOCK), os.open(path, os.O_WRONLY | os.O_NONBLOCK)]
        fcntl.fcntl(self._ends[0], fcntl.F_SETPIPE_SZ, 4096)

    def stuff(self) -> None:
        """Leave no room for another byte."""
        for size in (4096, 512, 1):
            try:
                while os.write(self._ends[1], b"\n" * size):
                    pass
            except BlockingIOError:
                continue

    def read(self) -> str:
        """Take what is there; all that was taken so far."""
        while select.select(self._ends[:1], [], [], 0)[0]:
            self.text += os.read(self._ends[0], 65_536).decode()
        return self.text

    def close(self) -> None:
        for end in self._ends:
            os.close(end)


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Narrow]:
    made = Narrow(tmp_path / "terminal")
    yield made
    made.close()


def test_an_event_is_on_the_disk_before_its_line_is_shown(kiosk: Kiosk, narrow: Narrow) -> None:
    """As long as the terminal takes nothing the work cell stands at its first line: what is on the disk, was before."""
    kiosk.start(out=narrow.path)
    kiosk.wait("its definitions", lambda: narrow.read().count("→") > 1)
    kiosk.scanner.scan(b"B10021")
    kiosk.wait("the next prompt", lambda: narrow.read().count("→") > 2)
    kiosk.wrote_its_scanner()
    had = kiosk.entries()
    narrow.stuff()
    kiosk.scanner.scan(b"M-250-000001")
    kiosk.wait("the events on the disk", lambda: len(kiosk.entries()) == len(had) + 2)
    commission, started = kiosk.entries()[-2:]
    assert isinstance(commission.body, b.Commission)
    assert isinstance(started.body, b.OperationStarted)
    with looking(kiosk.database) as conn:
        own = next(known for known in logs.all_logs(conn) if known.own)
        head = note.open_note(logs.trunk(conn, own.lid).note, own.pub)
    assert head.size == len(had) + 2
    assert head.root == merkle.root([merkle.leaf_hash(entry.raw) for entry in kiosk.entries()]), "signed over just this"
    shown = parse_confirmations(narrow.text)
    assert commission.reference not in shown
    kiosk.wait("the lines", lambda: len(parse_confirmations(narrow.read())) == len(shown) + 2)
    assert parse_confirmations(narrow.text)[-2:] == [commission.reference, started.reference]
    assert kiosk.stop() == 0


# Through the house ----------------------------------------------------------------------------------------------------
def outbox(kiosk: Kiosk) -> str:
    """What `headwater station outbox` prints."""
    command = Command(kiosk.folder, ("station", "outbox", "--config", str(kiosk.toml)), {"LC_ALL": "C.UTF-8"})
    assert command.ended() == 0, command.error
    command.close()
    return command.said


def test_a_scan_comes_to_the_hubs_page_and_its_receipt_comes_back(kiosk: Kiosk, hub: HubProcess) -> None:
    kiosk.start()
    kiosk.sign_in()
    kiosk.wrote_its_scanner()
    kiosk.delivered()
    kiosk.cable.cut()
    kiosk.wait("the cable is missed", lambda: "Offline" in kiosk.text.splitlines()[-1])
    thing = unit(hub, "M-250-000002")
    kiosk.scan("M-250-000002", "✓✓")
    kiosk.scan("HL-2644", "✓")
    assert page(hub, thing) is None
    waits = outbox(kiosk)
    assert f"{len(kiosk.entries()) - 3} confirmed · 3 waiting" in waits
    assert "HL-2644" in waits.splitlines()[3]
    kiosk.cable.mend()
    kiosk.delivered()
    found = wait_for("the page", lambda: page(hub, thing))
    wait_for("its history", lambda: len(page(hub, thing)["history"]) == 3)
    found = page(hub, thing)
    assert found["claim"]["value"] == "M-250-000002"
    assert [line["what"] for line in found["history"]] == ["commission", "operation_started", "bind"]
    assert [line["station"] for line in found["history"]] == ["st-10"] * 3
    assert [node["claim"]["value"] for node in found["tree"]["children"]] == ["housing/HL-2644"]
    assert "0 waiting" in outbox(kiosk)
    assert kiosk.stop() == 0


def test_the_bytes_at_the_hub_are_those_that_the_station_signed(kiosk: Kiosk, hub: HubProcess) -> None:
    kiosk.start()
    kiosk.sign_in()
    kiosk.scan("M-250-000003", "✓✓")
    kiosk.delivered()
    own = kiosk.entries()
    mine = [entry for entry in in_hub(hub, "st-10") if entry.log == own[0].log]
    assert [entry.raw for entry in mine] == [entry.raw for entry in own]
    assert all(events.encode(*_taken_apart(entry.raw)) == entry.raw for entry in mine)
    assert kiosk.stop() == 0


def _taken_apart(raw: bytes) -> tuple[events.Fact, events.Stamp]:
    event = events.decode(raw)
    stamp = events.Stamp(event.at, event.bo, event.mo, event.n, event.who, event.cfg, event.rf)
    return events.Fact(events.body(event), event.on), stamp


def test_the_receipt_is_the_hubs_signature_under_the_stations_own_head(kiosk: Kiosk, hub: HubProcess) -> None:
    kiosk.start()
    kiosk.sign_in()
    kiosk.scan("M-250-000004", "✓✓")
    kiosk.delivered()
    pub = append.public(Files(kiosk.data).current())
    trust = open_trust(hub.site.trust_note, hub.site.root_public)
    with looking(kiosk.database) as conn:
        receipt = conn.execute(t.receipt.select()).one()
    checkpoint, _ = note.open_receipt(receipt.note, pub, trust.hub_name, trust.hub_key)
    leaves = [merkle.leaf_hash(entry.raw) for entry in kiosk.entries()]
    assert (checkpoint.size, checkpoint.root) == (len(leaves), merkle.root(leaves))
    assert kiosk.stop() == 0
