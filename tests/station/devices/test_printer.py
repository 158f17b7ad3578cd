"""Printers: printed once, and it is known whether; against a real socket, a real `lp` and a real folder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from msgspec import structs

from common.definitions import LabelDefinition, canonical, definition_hash
from common.definitions.label import LabelSymbol
from common.definitions.naming import Name
from common.errors import DeviceUnavailable
from common.labels import render
from station.devices import printer_connections
from station.devices.printer import LOOK_EVERY_MS, LabelPrinter, PrinterConnection
from station.devices.printer_connections import CupsQueue, PdfFolder, TcpConnection
from station.devices.printer_status import parse
from station.messages import LabelDone, LabelPrint
from tests.support.zpl_printer import ZplPrinter, drawn, status

LABEL = LabelDefinition("unit", Name("标签", "Label"), 40, 30, [LabelSymbol(2, 2, 26, 26, "qr", "{serial}")])
VALUES = {"serial": "M-250-000001"}


class Driven:
    """A driver whose time passes only when the test says so."""

    def __init__(self, way: PrinterConnection) -> None:
        self.now_ms = 0
        self.driver = LabelPrinter("zebra", way, 203, lambda: self.now_ms, lambda _: None)

    def print(self, job: int = 1, values: dict[str, str] = VALUES, label: LabelDefinition = LABEL) -> LabelDone:
        self.driver.write(LabelPrint("zebra", job, canonical(label), values, f"unit_M_{job}"))
        done = self.driver.read(0.0)
        assert done is not None
        return done


@pytest.fixture
def zebra(monkeypatch: pytest.MonkeyPatch) -> Iterator[ZplPrinter]:
    monkeypatch.setattr(printer_connections, "ANSWER_S", 0.3)
    made = ZplPrinter()
    yield made
    made.off()


def way(zebra: ZplPrinter, asks: bool = True) -> TcpConnection:
    return TcpConnection("127.0.0.1", zebra.port, asks)


# TCP ------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("asks", [True, False])
def test_what_arrives_is_the_preview_dot_by_dot(zebra: ZplPrinter, asks: bool) -> None:
    assert Driven(way(zebra, asks)).print() == LabelDone("zebra", 1, "printed")
    arrived = drawn(zebra.wait(1)[0])
    assert arrived.tobytes() == render(LABEL, VALUES, 203).tobytes()
    assert [one.text for one in zxingcpp.read_barcodes(arrived.convert("L"))] == ["M-250-000001"]


@pytest.mark.parametrize("trouble", ["paper_out", "head_open", "ribbon_out", "paused", "full"])
def test_a_printer_that_is_out_says_why_and_gets_no_label(zebra: ZplPrinter, trouble: str) -> None:
    driven = Driven(way(zebra))
    driven.driver.open()
    zebra.trouble = f"printer.{trouble}"
    with pytest.raises(DeviceUnavailable, match=zebra.trouble):
        driven.driver.open()
    done = driven.print()
    assert (done.outcome, done.code) == ("not_taken", zebra.trouble)
    with pytest.raises(DeviceUnavailable, match=zebra.trouble):
        driven.driver.read(0.0)
    zebra.trouble = ""
    driven.driver.open()
    assert driven.print(2).outcome == "printed"
    zebra.wait(1)


def test_it_is_looked_at_from_time_to_time(zebra: ZplPrinter) -> None:
    driven = Driven(way(zebra))
    driven.driver.open()
    zebra.trouble = "printer.paper_out"
    driven.now_ms = LOOK_EVERY_MS - 1
    assert driven.driver.read(0.0) is None
    driven.now_ms = LOOK_EVERY_MS
    with pytest.raises(DeviceUnavailable, match=r"printer\.paper_out"):
        driven.driver.read(0.0)


def test_one_that_is_switched_off_gets_nothing(zebra: ZplPrinter) -> None:
    zebra.off()
    driven = Driven(way(zebra))
    with pytest.raises(DeviceUnavailable, match=r"printer\.unreachable"):
        driven.driver.open()
    assert driven.print().outcome == "not_taken"
    zebra.on()
    driven.driver.open()
    assert zebra.labels == []


def test_one_that_says_nothing_is_not_trusted_with_a_label(zebra: ZplPrinter) -> None:
    zebra.mute = True
    with pytest.raises(DeviceUnavailable, match=r"printer\.silent"):
        Driven(way(zebra)).driver.open()
    assert Driven(way(zebra)).print().outcome == "not_taken"
    assert zebra.labels == []


def test_one_that_goes_away_behind_a_label_leaves_it_in_doubt(zebra: ZplPrinter) -> None:
    """It is there, but the station cannot know; so it must not say that nothing was printed."""
    zebra.hangs_up = True
    assert Driven(way(zebra)).print().outcome == "doubtful"
    zebra.wait(1)


@pytest.mark.parametrize("trouble", ["paper_out", "head_open", "ribbon_out", "paused"])
def test_one_that_is_out_behind_a_label_leaves_it_in_doubt_and_says_why(zebra: ZplPrinter, trouble: str) -> None:
    """It has the whole label, and perhaps half of it is on the last of the roll."""
    zebra.after = f"printer.{trouble}"
    driven = Driven(way(zebra))
    done = driven.print()
    assert (done.outcome, done.code) == ("doubtful", zebra.after)
    with pytest.raises(DeviceUnavailable, match=zebra.after):
        driven.driver.read(0.0)


def test_a_label_is_printed_once_it_waits_in_the_printer_no_more(zebra: ZplPrinter) -> None:
    zebra.busy = 3
    waited: list[float] = []
    assert Driven(TcpConnection("127.0.0.1", zebra.port, True, waited.append)).print().outcome == "printed"
    assert len(waited) == 3


def test_a_printer_that_never_prints_what_it_has_is_seen_and_gets_nothing_more(zebra: ZplPrinter) -> None:
    zebra.busy = 10_000
    driven = Driven(TcpConnection("127.0.0.1", zebra.port, True, lambda _: None))
    done = driven.print()
    assert (done.outcome, done.code) == ("doubtful", "printer.busy")
    done = driven.print(2)
    assert (done.outcome, done.code) == ("not_taken", "printer.busy")
    zebra.wait(1)


def test_a_label_that_cannot_be_drawn_is_refused_and_the_printer_stays_up(zebra: ZplPrinter) -> None:
    driven = Driven(way(zebra))
    done = driven.print(values={})
    assert (done.outcome, done.code, done.details["name"]) == ("refused", "label.value", "serial")
    assert driven.print(2).outcome == "printed"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (status(), ""),
        (status("printer.paper_out"), "printer.paper_out"),
        (status("printer.head_open"), "printer.head_open"),
        (b"", "printer.silent"),
        (b"\x02030,0,0\x03\r\n", "printer.silent"),
        (b"\x02030,0,0\x03\x02000,0\x03\x02\x03", "printer.silent"),
        (status()[:40], "printer.silent"),
    ],
)
def test_what_the_printer_says_of_itself(answer: bytes, code: str) -> None:
    assert parse(answer) == code


# Copies ---------------------------------------------------------------------------------------------------------------
TWO = structs.replace(LABEL, copies=2)


def test_a_printer_is_told_how_many_copies_and_gets_the_label_once(zebra: ZplPrinter) -> None:
    assert Driven(way(zebra)).print(label=TWO).outcome == "printed"
    (arrived,) = zebra.wait(1)
    assert b"^PQ2,0,1,N^XZ" in arrived
    assert drawn(arrived).tobytes() == render(LABEL, VALUES, 203).tobytes(), "the preview is of one"


def test_cups_is_told_how_many_copies_and_a_folder_gets_a_page_of_each(lp: Path) -> None:
    assert Driven(CupsQueue("labels")).print(label=TWO).outcome == "printed"
    assert "-n 2" in " ".join((lp / "arguments").read_text().split())
    assert len(pypdfium2.PdfDocument(lp / "printed.pdf")) == 1
    assert Driven(PdfFolder(lp)).print(label=TWO).outcome == "printed"
    pages = [read_page(lp / "unit_M_1.pdf", n) for n in range(len(pypdfium2.PdfDocument(lp / "unit_M_1.pdf")))]
    assert pages == [[("M-250-000001", [40, 30])]] * 2


def test_one_copy_is_the_label_that_was_published_before_there_were_copies() -> None:
    assert "copies" not in json.loads(canonical(LABEL))
    assert definition_hash(LABEL) != definition_hash(TWO)


# CUPS -----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def lp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program named lp that keeps what it is given; with a file `broken` beside it, it says no."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "lp"
    program.write_text(
        dedent(
            f"""\
            #!/bin/sh
            test -e "{tmp_path}/broken" && echo "lp: The printer or class does not exist." >&2 && exit 1
            printf '%s\\n' "$@" > "{tmp_path}/arguments"
            cat > "{tmp_path}/printed.pdf"
            """
        )
    )
    program.chmod(0o755)
    lpstat = folder / "lpstat"
    lpstat.write_text(
        dedent(
            f"""\
            #!/bin/sh
            test -e "{tmp_path}/unknown" && echo 'lpstat: Invalid destination name in list "labels".' >&2 && exit 1
            if test -e "{tmp_path}/stopped"; then
                printf 'printer labels disabled since Sat Nov 28 20:00:00 2026 -\\n\\tPaused by hand\\n'
            else
                echo "printer labels is idle.  enabled since Sat Nov 28 20:00:00 2026"
            fi
            """
        )
    )
    lpstat.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return tmp_path


def read_page(path: Path, n: int = 0) -> list[tuple[str, list[int]]]:
    page: Any = pypdfium2.PdfDocument(path)[n]
    image = page.render(scale=300 / 72).to_pil()
    size = [round(side * 25.4 / 72) for side in page.get_size()]
    return [(one.text, size) for one in zxingcpp.read_barcodes(image)]


def test_a_queue_of_cups_gets_a_page_of_the_labels_size(lp: Path) -> None:
    driven = Driven(CupsQueue("labels"))
    driven.driver.open()
    assert driven.print().outcome == "printed"
    arguments = (lp / "arguments").read_text().split()
    assert arguments == ["-d", "labels", "-n", "1", "-t", "unit_M_1", "-o", "print-scaling=none", "-"]
    assert read_page(lp / "printed.pdf") == [("M-250-000001", [40, 30])]


def test_a_queue_that_says_no_gets_the_label_again_later(lp: Path) -> None:
    (lp / "broken").touch()
    done = Driven(CupsQueue("labels")).print()
    assert (done.outcome, done.code) == ("not_taken", "printer.refused")
    assert "does not exist" in str(done.details["reason"])


def test_a_queue_that_cups_has_stopped_is_a_printer_that_is_out(lp: Path) -> None:
    """CUPS would take the label and print it on another day."""
    (lp / "stopped").touch()
    driven = Driven(CupsQueue("labels"))
    with pytest.raises(DeviceUnavailable, match=r"printer\.stopped") as e:
        driven.driver.open()
    assert e.value.details == {"queue": "labels", "reason": "Paused by hand"}
    assert (driven.print().outcome, (lp / "printed.pdf").exists()) == ("not_taken", False)
    (lp / "stopped").unlink()
    driven.driver.open()
    assert driven.print(2).outcome == "printed"


def test_a_queue_that_cups_does_not_know_is_seen_before_the_first_label(lp: Path) -> None:
    (lp / "unknown").touch()
    with pytest.raises(DeviceUnavailable, match=r"printer\.refused"):
        Driven(CupsQueue("labels")).driver.open()


def test_without_cups_the_station_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeviceUnavailable, match=r"printer\.no_lp"):
        Driven(CupsQueue("labels")).driver.open()
    assert Driven(CupsQueue("labels")).print().outcome == "not_taken"


# A folder -------------------------------------------------------------------------------------------------------------
def test_a_folder_gets_a_file_and_the_same_print_twice_is_one_file(tmp_path: Path) -> None:
    driven = Driven(PdfFolder(tmp_path))
    driven.driver.open()
    assert driven.print().outcome == driven.print().outcome == "printed"
    assert [path.name for path in tmp_path.iterdir()] == ["unit_M_1.pdf"]
    assert read_page(tmp_path / "unit_M_1.pdf") == [("M-250-000001", [40, 30])]


def test_a_folder_that_is_not_there_is_a_printer_that_is_out(tmp_path: Path) -> None:
    driven = Driven(PdfFolder(tmp_path / "gone"))
    with pytest.raises(DeviceUnavailable, match=r"printer\.folder"):
        driven.driver.open()
    assert driven.print().outcome == "not_taken"
