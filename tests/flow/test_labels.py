"""From the scan of a new unit to paper: a real station, a real socket; out of paper, and killed at the worst moment."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Iterator

import pytest
import zxingcpp

from common import event_types as b
from common.definitions import Definitions, LabelDefinition
from common.labels import render
from tests.support.plant import Kiosk, in_hub
from tests.support.shift import motor_pack
from tests.support.zpl_printer import ZplPrinter, drawn

LABEL = Definitions.of(motor_pack().definitions).get(LabelDefinition, "motor-label")


def motor(n: int) -> str:
    return f"M-250-{n:06d}"


@pytest.fixture
def zebra() -> Iterator[ZplPrinter]:
    made = ZplPrinter()
    yield made
    made.off()


@pytest.fixture
def station(kiosk: Kiosk, zebra: ZplPrinter) -> Kiosk:
    """ST-10 with a label printer, somebody signed in."""
    tables = f'[[printer]]\nname = "zebra"\nkind = "tcp"\nhost = "127.0.0.1"\nport = {zebra.port}\n'
    kiosk.toml.write_text(kiosk.toml.read_text() + tables)
    kiosk.start().sign_in()
    return kiosk


def serial(label: bytes) -> str:
    """What a scanner reads on a label that arrived."""
    (code,) = zxingcpp.read_barcodes(drawn(label).convert("L"))
    assert code.symbology_identifier == "]Q1"
    return str(code.text)


def states(kiosk: Kiosk, value: str = "") -> list[str]:
    """The life of the labels, as it is on the station's disk."""
    found = [(entry, entry.body) for entry in kiosk.entries()]
    return [body.state for entry, body in found if isinstance(body, b.Label) and value.encode() in entry.raw]


def test_a_new_unit_gets_its_label_and_the_hub_hears_of_it(station: Kiosk, zebra: ZplPrinter) -> None:
    assert LABEL is not None
    station.scan("WO-2611-0087", "·")
    station.scan(motor(1), "✓✓")
    (label,) = zebra.wait(1)
    assert serial(label) == motor(1)
    station.wait("printed", lambda: states(station) == ["issued", "printed"])
    values = {"serial": motor(1), "name_zh": "轮毂电机 M-250", "name_en": "Hub motor M-250", "order": "WO-2611-0087"}
    day = time.strftime("%Y-%m-%d")
    preview = render(LABEL, {**values, "date": day, "copy": "1"}, 203)
    assert drawn(label).tobytes() == preview.tobytes(), "the preview is what arrives, dot by dot"
    station.scan("HW:MEASURE", "✗")  # else it would be the same code twice within a second
    station.scan(motor(1), "✓")
    assert states(station) == ["issued", "printed", "verified"]
    station.delivered()
    assert [body.state for body in (e.body for e in in_hub(station.hub)) if isinstance(body, b.Label)] == [
        "issued",
        "printed",
        "verified",
    ]


def test_out_of_paper_holds_up_nobody_and_every_label_comes_once(station: Kiosk, zebra: ZplPrinter) -> None:
    zebra.trouble = "printer.paper_out"
    station.wait("the printer out", lambda: "Devices down: Label printer" in station.text)
    for n in (11, 12, 13):
        station.scan(motor(n), "✓✓")
        station.scan("HW:LEAVE", "‖")
    said = "Labels waiting: [12]. The label printer is out"  # once, when the first or second waits
    station.wait("what waits", lambda: re.search(said, station.text))
    station.kill()
    station.come_back()
    station.wait("what waits", lambda: "Labels waiting: 3. The label printer is out" in station.text)
    assert zebra.labels == []
    zebra.trouble = ""
    assert [serial(label) for label in zebra.wait(3)] == [motor(11), motor(12), motor(13)]
    station.wait("printed", lambda: states(station).count("printed") == 3)


@pytest.mark.parametrize("how", ["out of labels", "switched off"])
def test_a_printer_that_is_out_between_two_labels_prints_both_once(station: Kiosk, zebra: ZplPrinter, how: str) -> None:
    """By the device's own worker, which finds out by itself that the printer went and that it is back."""
    station.scan(motor(14), "✓✓")
    assert [serial(label) for label in zebra.wait(1)] == [motor(14)]
    station.wait("printed", lambda: states(station, motor(14)) == ["issued", "printed"])
    if how == "switched off":
        zebra.off()
    else:
        zebra.trouble = "printer.paper_out"
    station.wait("the printer out", lambda: "Devices down: Label printer" in station.text)
    station.scan("HW:LEAVE", "‖")
    station.scan(motor(15), "✓✓")
    station.wait("what waits", lambda: "Labels waiting: 1" in station.text)
    if how == "switched off":
        zebra.on()
    else:
        zebra.trouble = ""
    assert [serial(label) for label in zebra.wait(2)] == [motor(14), motor(15)]
    station.wait("printed", lambda: states(station, motor(15)) == ["issued", "printed"])
    assert states(station).count("issued") == states(station).count("printed") == 2


def test_killed_behind_the_last_byte_it_prints_nothing_twice_and_says_so(station: Kiosk, zebra: ZplPrinter) -> None:
    """The printer has the label; the station was killed before it could write that down."""
    zebra.falls_mute = True
    station.scan(motor(21), "✓✓")
    zebra.wait(1)
    station.kill()
    zebra.falls_mute = zebra.mute = False
    station.come_back()
    station.wait("it says so", lambda: f"Printed or not? Scan the label or reprint it: {motor(21)}" in station.text)
    station.scan("HW:LEAVE", "‖")
    station.scan(motor(22), "✓✓")
    assert [serial(label) for label in zebra.wait(2)] == [motor(21), motor(22)]
    station.scan("HW:LEAVE", "‖")
    station.scan(motor(21), "✓")
    station.scan("HW:REPRINT:label-lost", "✓")
    assert serial(zebra.wait(3)[2]) == motor(21)
    station.wait("printed", lambda: states(station, motor(21)) == ["issued", "verified", "issued", "printed"])


def test_however_often_it_is_killed_no_label_comes_twice_and_none_is_forgotten(
    station: Kiosk, zebra: ZplPrinter
) -> None:
    chance = random.Random(18)
    zebra.slow_s = 0.15
    for n in range(31, 36):
        station.scan(motor(n), "✓✓")
        time.sleep(chance.uniform(0.0, 0.2))  # any moment of its way to the printer is a good one
        station.kill()
        station.come_back()
        station.scan("HW:LEAVE", "‖")
    motors = {motor(n) for n in range(31, 36)}
    station.wait("no label on its way", lambda: motors == _printed(station, motors) | _in_doubt(station, motors))
    came = Counter(serial(label) for label in zebra.labels)
    assert set(came.values()) <= {1}
    assert _printed(station, motors) <= set(came), "what the ledger calls printed is on paper"
    assert motors - set(came) <= _in_doubt(station, motors), "what is not on paper is asked about"


def _printed(station: Kiosk, motors: set[str]) -> set[str]:
    return {value for value in motors if states(station, value) == ["issued", "printed"]}


def _in_doubt(station: Kiosk, motors: set[str]) -> set[str]:
    """Those of which the status line asks."""
    asked = [line for line in station.text.splitlines() if "Printed or not?" in line]
    return {value for value in motors if asked and value in asked[-1]}
