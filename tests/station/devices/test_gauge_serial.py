"""Gauges on real pseudo terminals: sent by hand, asked for, or one of many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from common.errors import DeviceUnavailable
from hub.demo.processes import wait_for
from station.devices.gauge_lines import BALANCE, PLAIN
from station.devices.gauge_serial import GaugeSettings, SerialGauge
from station.devices.simulated.scanner import PtyScanner
from station.messages import DeviceReport, GaugeAsk, GaugeRead

Make = Callable[..., SerialGauge]


@pytest.fixture
def plugged(tmp_path: Path) -> Iterator[PtyScanner]:
    device = PtyScanner(tmp_path / "gauge")
    yield device
    device.unplug()


@pytest.fixture
def make(plugged: PtyScanner) -> Iterator[Make]:
    """make(mode=…) → a gauge that is open."""
    opened: list[SerialGauge] = []

    def gauge(**settings: object) -> SerialGauge:
        opened.append(SerialGauge("gauge", plugged.path, 9600, GaugeSettings(**settings), clock=lambda: 4711))  # type: ignore[arg-type]
        opened[-1].open()
        return opened[-1]

    yield gauge
    for one in opened:
        one.close()


def next_reading(gauge: SerialGauge) -> GaugeRead:
    return wait_for("a reading", lambda: gauge.read(0.05))


def test_a_reading_sent_by_hand_is_handed_over_with_its_bytes(make: Make, plugged: PtyScanner) -> None:
    gauge = make(unit="mm")
    plugged.send(b"01A+00012.")
    assert gauge.read(0.01) is None
    plugged.send(b"340\r")
    assert next_reading(gauge) == GaugeRead("gauge", "12.340", "mm", True, b"01A+00012.340", 4711)


def test_a_gauge_that_is_asked_gets_its_trigger_and_its_answer_names_the_question(
    make: Make, plugged: PtyScanner
) -> None:
    gauge = make(mode="request", trigger=b"1\r", unit="mm")
    gauge.write(GaugeAsk("gauge", 77))
    assert plugged.receive(2) == b"1\r"
    plugged.send(b"01A+1.5\r01A+1.6\r")
    assert next_reading(gauge).token == 77
    assert gauge.read(0.01) is None, "one answer a question"


def test_of_a_gauge_that_sends_all_the_time_the_first_steady_one_after_the_question_counts(
    make: Make, plugged: PtyScanner
) -> None:
    gauge = make(mode="continuous", pattern=BALANCE)
    plugged.send(b"ST,GS,+0.0kg\r\n" * 5)
    assert gauge.read(0.05) is None
    plugged.send(b"ST,GS,+0.0kg\r\nST,GS,+1")
    gauge.write(GaugeAsk("gauge", 78))
    plugged.send(b"2.0kg\r\nUS,GS,+1.0kg\r\nUS,GS,+2.0kg\r\nST,GS,+2.1kg\r\nST,GS,+2.2kg\r\n")
    reading = next_reading(gauge)
    assert (reading.value, reading.uom, reading.stable, reading.token) == ("2.1", "kg", True, 78)
    assert gauge.read(0.05) is None


def test_several_gauges_on_one_line_are_several_devices(make: Make, plugged: PtyScanner) -> None:
    gauge = make(channels=("01", "02"), unit="mm")
    plugged.send(b"02A+2.0\r01A+1.0\r")
    assert [next_reading(gauge).device for _ in range(2)] == ["gauge-02", "gauge-01"]


def test_what_is_no_reading_is_logged_once_until_a_good_one_comes(make: Make, plugged: PtyScanner) -> None:
    gauge = make(pattern=PLAIN)
    with capture_logs() as lines:
        plugged.send(b"Error 4\rError 4\r1.0 mm\rError 4\r2.0 mm\r")
        assert [next_reading(gauge).value for _ in range(2)] == ["1.0", "2.0"]
    assert [(line["code"], line["line"]) for line in lines] == [("gauge.line", "Error 4")] * 2


def test_a_gauge_that_is_not_there_or_in_use_says_so(tmp_path: Path, make: Make, plugged: PtyScanner) -> None:
    make()
    for path, code in ((plugged.path, "gauge.busy"), (tmp_path / "nothing", "gauge.absent")):
        with pytest.raises(DeviceUnavailable) as refused:
            SerialGauge("second", path, 9600, GaugeSettings()).open()
        assert refused.value.code == code


def test_a_question_is_not_asked_again_after_the_cable_was_out(plugged: PtyScanner, inbox, crew) -> None:
    gauge = SerialGauge("gauge", plugged.path, 9600, GaugeSettings(mode="request", trigger=b"1\r", unit="mm"))
    worker = crew.start(gauge, inbox)
    inbox.up()
    worker.send(GaugeAsk("gauge", 5))
    assert plugged.receive(10) == b"1\r"
    plugged.unplug()
    inbox.down("gauge.unplugged")
    plugged.replug()
    inbox.up()
    plugged.send(b"01A+1.5\r")
    assert inbox.quiet_for(0.3)
    worker.send(GaugeAsk("gauge", 6))
    assert plugged.receive(10) == b"1\r"
    plugged.send(b"01A+1.6\r")
    reading = inbox.wait_for(lambda m: isinstance(m, GaugeRead))
    assert (reading.value, reading.token) == ("1.6", 6)
    assert [m.kind for m in inbox.seen if isinstance(m, DeviceReport)] == ["gauge"] * 3


def test_unplugging_is_noticed_when_asking(make: Make, plugged: PtyScanner) -> None:
    gauge = make(mode="request", trigger=b"1")
    plugged.unplug()
    with pytest.raises(DeviceUnavailable) as gone:
        gauge.write(GaugeAsk("gauge", 1))
        next_reading(gauge)
    assert gone.value.code == "gauge.unplugged"
