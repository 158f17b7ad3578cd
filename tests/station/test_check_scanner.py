"""`headwater station check-scanner`: one scan of the check code, and what is wrong with the scanner in a sentence."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from common.errors import BadConfig
from common.text import say
from station.command import check_scanner
from station.devices.check_code import CHECK
from station.devices.simulated.keyboard import PipeScanner


@pytest.mark.parametrize(
    ("scanned", "code", "said"),
    [
        (CHECK, 0, "left is set up right."),
        (CHECK.replace(b"\x1d", b""), 1, "GS (ASCII 29) is missing"),
        (CHECK.translate(bytes.maketrans(b"YZyz", b"ZYzy")), 1, "keyboard country is German"),
    ],
)
def test_the_operator_reads_what_is_wrong(
    scanned: bytes, code: int, said: str, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    device, toml = PipeScanner(tmp_path / "left"), tmp_path / "station.toml"
    toml.write_text(f'data = "."\n[[scanner]]\nname = "left"\nkind = "hid"\nport = "{device.path}"\n')
    device.scan(scanned)
    assert check_scanner(Namespace(config=toml, name="left")) == code
    assert said in capsys.readouterr().out
    device.unplug()


def test_a_scanner_that_is_not_in_the_configuration_is_named(tmp_path: Path) -> None:
    toml = tmp_path / "station.toml"
    toml.write_text('data = "."\n')
    with pytest.raises(BadConfig, match="left"):
        check_scanner(Namespace(config=toml, name="left"))


def test_a_scanner_that_cannot_be_opened_promises_no_reconnection(tmp_path: Path) -> None:
    toml = tmp_path / "station.toml"
    toml.write_text(f'data = "."\n[[scanner]]\nname = "left"\nport = "{tmp_path}/none"\n')
    with pytest.raises(BadConfig, match=r"config\.scanner_closed") as caught:
        check_scanner(Namespace(config=toml, name="left"))
    said = say("en", caught.value.code, caught.value.details)
    assert "Scanner not found" in said and f"{tmp_path}/none" in said and "reconnecting" not in said
