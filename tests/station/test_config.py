"""station.toml and enrolment.json: whatever is wrong with them is named, with the file, before anything starts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from common.errors import BadConfig
from common.text import LANGUAGES, say
from station import config as configuration
from station.config import Camera, EnrolmentFile, GaugeConfig, PlcConfig, Scanner, StationConfig

WHOLE = """
data = "/var/lib/headwater"
language = "en"
sync_every_s = 5
sentinel = "/boot/headwater.json"

[[scanner]]
name = "scanner-1"
port = "/dev/serial/by-id/usb-Datalogic"
baud = 115200

[[scanner]]
name = "scanner-2"
kind = "hid"
port = "phys:usb-0000:00:14.0-3/input0"
end = "tab"

[[plc]]
name = "press"
host = "192.168.1.10"
db = 100

[[gauge]]
name = "box"
port = "/dev/serial/by-id/usb-Mitutoyo"
protocol = "digimatic"
mode = "request"
trigger = "1\\r"
unit = "mm"
channels = ["01", "02"]

[[camera]]
name = "camera"
command = ["fswebcam", "-"]
"""
ENROLMENT = EnrolmentFile("https://hub:8443", "pin", "root", "site", "st-10", "line-1", "a note")


def refused(path: Path) -> BadConfig:
    with pytest.raises(BadConfig) as caught:
        configuration.load(path)
    error = caught.value
    assert error.details["file"] == str(path)
    for language in ("zh", "en"):
        said = say(language, error.code, error.details)
        assert str(path) in said
        assert "…?" not in said
    return error


def loaded(folder: Path, text: str) -> StationConfig:
    path = folder / "station.toml"
    path.write_text(text)
    return configuration.load(path)


def test_every_setting_is_read(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text(WHOLE)
    assert configuration.load(path) == StationConfig(
        data="/var/lib/headwater",
        language="en",
        sync_every_s=5,
        sentinel="/boot/headwater.json",
        scanner=(
            Scanner("scanner-1", "/dev/serial/by-id/usb-Datalogic", 115200),
            Scanner("scanner-2", "phys:usb-0000:00:14.0-3/input0", kind="hid", end="tab"),
        ),
        plc=(PlcConfig("press", "192.168.1.10", 100),),
        gauge=(
            GaugeConfig(
                "box", "/dev/serial/by-id/usb-Mitutoyo", mode="request", trigger="1\r", unit="mm", channels=("01", "02")
            ),
        ),
        camera=(Camera("camera", command=("fswebcam", "-")),),
    )


def test_a_data_folder_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text('data = "."')
    assert configuration.load(path) == StationConfig(".")


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        ("colour = 1", "colour"),
        ('language = "de"', "language"),
        ("sync_every_s = 0", "sync_every_s"),
        ("sync_every_s = nan", "sync_every_s"),
        ("sync_every_s = inf", "sync_every_s"),
        ("data = 7", "data"),
        ('[[scanner]]\nname = "s"', "port"),
        ('[[scanner]]\nname = "S 1"\nport = "x"', "name"),
        ('[[scanner]]\nname = "s"\nport = "x"\nbaud = 0', "baud"),
        ('[[scanner]]\nname = "s"\nport = "x"\nspeed = 9600', "speed"),
        ('[[scanner]]\nname = "s"\nport = "/dev/input/"', "port"),
        ('[[scanner]]\nname = "s"\nport = "x"\nkind = "ps2"', "kind"),
        ('[[scanner]]\nname = "s"\nport = "x"\nend = "space"', "end"),
        ('[[plc]]\nname = "p"\nhost = "h"\ndb = 0', "db"),
        ('[[plc]]\nname = "p"\nhost = "h"\ndb = 10\nport = 70000', "port"),
        ('[[plc]]\nname = "p"\nhost = "h"\ndb = 10\nrack = -1', "rack"),
        ('plc = "none"', "plc"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(tmp_path: Path, extra: str, named: str) -> None:
    path = tmp_path / "station.toml"
    path.write_text(extra if extra.startswith("data") else f'data = "d"\n{extra}')
    error = refused(path)
    assert error.code == "config.value"
    assert named in str(error.details["reason"])


@pytest.mark.parametrize(
    ("extra", "code", "name"),
    [
        ('[[scanner]]\nname = "twin"\nport = "x"\n[[plc]]\nname = "twin"\nhost = "h"\ndb = 1', "device_twice", "twin"),
        ('[[camera]]\nname = "c"', "camera_source", "c"),
        ('[[camera]]\nname = "c"\nfolder = "/srv"\ncommand = ["x"]', "camera_source", "c"),
        ('[[camera]]\nname = "c"\nfolder = "/srv"\n[[plc]]\nname = "c"\nhost = "h"\ndb = 1', "device_twice", "c"),
        ('[[printer]]\nname = "p"\nkind = "lp"', "printer_needs", "p"),
        ('[[gauge]]\nname = "g"\nport = "x"\nmode = "request"', "gauge_trigger", "g"),
        ('[[gauge]]\nname = "g"\nport = "x"\npattern = "[0-9]+"', "gauge_pattern", "g"),
        ('[[gauge]]\nname = "g"\nport = "x"\npattern = "(?P<value>"', "gauge_pattern", "g"),
    ],
)
def test_values_that_do_not_fit_together_are_said_in_both_languages(
    tmp_path: Path, extra: str, code: str, name: str
) -> None:
    path = tmp_path / "station.toml"
    path.write_text(f'data = "d"\n{extra}')
    error = refused(path)
    assert error.code == f"config.{code}" and error.details["name"] == name
    assert all(name in say(language, error.code, error.details) for language in LANGUAGES)


def test_without_a_data_folder_nothing_starts(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text('language = "en"')
    assert "data" in str(refused(path).details["reason"])


@pytest.mark.parametrize("raw", [b"data = ", b"\xff\xfe", b'data = "a"\ndata = "b"', b"data = " + b"[" * 10_000])
def test_what_is_no_toml_is_named(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "station.toml"
    path.write_bytes(raw)
    assert refused(path).code == "config.toml"


def test_a_file_that_cannot_be_read_is_missing(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.toml").code == "config.missing"
    assert refused(tmp_path).code == "config.missing"


# Enrolment ------------------------------------------------------------------------------------------------------------
def test_an_enrolment_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "enrolment.json").write_bytes(msgspec.json.encode(ENROLMENT))
    assert configuration.enrolment(StationConfig(str(tmp_path))) == ENROLMENT


@pytest.mark.parametrize("raw", [None, b"", b"{}", b"[]", msgspec.json.encode(ENROLMENT)[:-1], b"\xff"])
def test_a_station_without_a_sound_enrolment_is_not_enrolled(tmp_path: Path, raw: bytes | None) -> None:
    path = tmp_path / "enrolment.json"
    if raw is not None:
        path.write_bytes(raw)
    with pytest.raises(BadConfig) as caught:
        configuration.enrolment(StationConfig(str(tmp_path)))
    assert (caught.value.code, caught.value.details["file"]) == ("config.not_enrolled", str(path))


def test_a_device_without_a_title_is_the_word_of_its_kind_with_a_number_where_there_are_several(tmp_path: Path) -> None:
    titles = configuration.device_titles(loaded(tmp_path, WHOLE))
    assert [(titles[id].zh, titles[id].en) for id in ("scanner-1", "scanner-2", "camera", "box-02")] == [
        ("扫码枪 1", "Scanner 1"),
        ("扫码枪 2", "Scanner 2"),
        ("相机", "Camera"),
        ("量具 02", "Gauge 02"),
    ]


def test_a_device_with_a_title_is_called_by_it_and_so_are_its_channels(tmp_path: Path) -> None:
    text = WHOLE.replace('name = "box"', 'name = "box"\ntitle = {zh = "卡尺", en = "Caliper"}')
    titles = configuration.device_titles(loaded(tmp_path, text))
    assert [titles[id].say("zh") for id in ("box", "box-01")] == ["卡尺", "卡尺 01"]
    with pytest.raises(BadConfig):
        loaded(tmp_path, text.replace(', en = "Caliper"', ""))


# Folders --------------------------------------------------------------------------------------------------------------
def test_the_folders_of_data_and_sentinel_are_made(tmp_path: Path) -> None:
    configuration.make_folders(
        StationConfig(str(tmp_path / "a" / "data"), sentinel=str(tmp_path / "b" / "c" / "s.json"))
    )
    assert (tmp_path / "a" / "data").is_dir()
    assert list((tmp_path / "b" / "c").iterdir()) == []


@pytest.mark.parametrize(("setting", "path"), [("data", "file/data"), ("sentinel", "file/folder/sentinel.json")])
def test_a_folder_that_cannot_be_made_is_named_with_its_setting(tmp_path: Path, setting: str, path: str) -> None:
    (tmp_path / "file").touch()
    places = {"data": str(tmp_path / "data"), setting: str(tmp_path / path)}
    with pytest.raises(BadConfig, match=r"config\.unwritable") as caught:
        configuration.make_folders(StationConfig(**places))
    said = [say(language, caught.value.code, caught.value.details) for language in LANGUAGES]
    assert all(setting in text and str(tmp_path / path) in text for text in said)
