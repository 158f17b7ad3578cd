"""Configuration: station.toml, written by people, and the enrolment, given by the ticket."""

from __future__ import annotations

import re
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from common.definitions.naming import Name
from common.errors import BadConfig
from common.text import LANGUAGES, say
from common.wire_types import HttpsUrl

ConfigName = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9_-]{0,62}\Z")]
Port = Annotated[int, Meta(ge=1, le=65_535)]
BlockNumber = Annotated[int, Meta(ge=1, le=65_535)]
Pixels = Annotated[int, Meta(ge=480, le=7680)]
HexBytes = Annotated[str, Meta(pattern=r"\A[0-9A-Fa-f]{2}( ?[0-9A-Fa-f]{2}){0,31}\Z")]
Seconds = Annotated[float, Meta(ge=0.05, le=3600)]


class Scanner(Struct, frozen=True, forbid_unknown_fields=True):
    """A scanner. `serial`: `port` is a stable path such as /dev/serial/by-id/…, at `baud`.

    `hid`: types like a keyboard; `port` as in docs/add-a-device.md, `end` is the key that it sends last.
    """

    name: ConfigName
    port: Annotated[str, Meta(pattern=r"[^/]\Z")]
    baud: Annotated[int, Meta(ge=50, le=4_000_000)] = 9600
    kind: Literal["serial", "hid"] = "serial"
    end: Literal["enter", "kp_enter", "tab"] = "enter"
    title: Name | None = None


class PlcConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """A Siemens PLC with the exchange block of docs/plc.md in data block `db`. `name` is the device in the forms."""

    name: ConfigName
    host: str
    db: BlockNumber
    port: Port = 102
    rack: Annotated[int, Meta(ge=0, le=7)] = 0
    slot: Annotated[int, Meta(ge=0, le=31)] = 1
    title: Name | None = None


class GaugeConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """A gauge on a serial line; docs/add-a-device.md explains the fields.

    `name`, or with `channels` NAME-CHANNEL, is the device in the forms.
    """

    name: ConfigName
    port: Annotated[str, Meta(pattern=r"[^/]\Z")]
    baud: Annotated[int, Meta(ge=50, le=4_000_000)] = 9600
    protocol: Literal["digimatic", "balance", "plain"] = "digimatic"
    pattern: str = ""
    mode: Literal["push", "request", "continuous"] = "push"
    trigger: str = ""
    unit: str = ""
    channels: tuple[ConfigName, ...] = ()
    title: Name | None = None


class Camera(Struct, frozen=True, forbid_unknown_fields=True):
    """A camera: a `folder` in which it puts its pictures, or a `command` that writes one to its standard output."""

    name: ConfigName
    folder: str = ""
    command: tuple[str, ...] = ()
    title: Name | None = None


class Printer(Struct, frozen=True, forbid_unknown_fields=True):
    """A label printer of `dpi` dots per inch. `tcp`: ZPL to `host` and `port`; `lp`: to the CUPS queue `queue`; `pdf`:
    files in `folder`. `labels`: those that it prints; if empty, all that no other printer names.

    `status`: it answers ~HS. Without that nobody knows when it is out, or whether it took a label.
    """

    name: ConfigName
    kind: Literal["tcp", "lp", "pdf"]
    dpi: Annotated[int, Meta(ge=100, le=1200)] = 203
    host: str = ""
    port: Port = 9100
    queue: Annotated[str, Meta(pattern=r"\A([A-Za-z0-9_][A-Za-z0-9_.-]{0,126})?\Z")] = ""
    folder: str = ""
    labels: tuple[ConfigName, ...] = ()
    status: bool = True
    title: Name | None = None


class Switch(Struct, frozen=True, forbid_unknown_fields=True):
    """The bytes that switch one channel of a relay board, in hex: "A0 01 01 A2"."""

    on: HexBytes
    off: HexBytes


def _lcus(channel: int) -> Switch:
    """A channel as the common USB boards of this protocol have it: A0, channel, state, sum."""
    return Switch(*(bytes((0xA0, channel, state, 0xA0 + channel + state)).hex(" ") for state in (1, 0)))


class SignalConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """A signal light and horn on a serial relay board; the channels as wired, by default 1 to 4 of an LCUS board.

    `horn_s`: how long it sounds at a no; 0: never.
    """

    name: ConfigName
    port: Annotated[str, Meta(pattern=r"[^/]\Z")]
    baud: Annotated[int, Meta(ge=50, le=4_000_000)] = 9600
    green: Switch = _lcus(1)
    yellow: Switch = _lcus(2)
    red: Switch = _lcus(3)
    horn: Switch = _lcus(4)
    horn_s: Annotated[float, Meta(ge=0, le=10)] = 0.5
    title: Name | None = None


class Kiosk(Struct, frozen=True, forbid_unknown_fields=True):
    """The touch screen. `size`: of a window; without it the kiosk fills the screen.

    `dpi`: the panel's real dots per inch if it reports them wrongly; 0: as reported. `volume`: of the tones, 0 to 100.
    """

    size: tuple[Pixels, Pixels] | None = None
    dpi: Annotated[float, Meta(ge=0, le=600)] = 0
    volume: Annotated[int, Meta(ge=0, le=100)] = 70


AnyDevice = Scanner | PlcConfig | GaugeConfig | Camera | Printer | SignalConfig


class StationConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """station.toml. `data`: the folder of database and keys. `sentinel`: better on another partition.

    `hub`: addresses to try before the ticket's; `discover`: take hints from the local network too. `screen`: where the
    operator reads: standard output, or a kiosk, whose standard output records what it painted. Each device may have a
    `title`, its name in sentences; `device_titles` gives the others one.
    """

    data: str
    language: Literal["zh", "en"] = "zh"
    sync_every_s: Seconds = 2.0
    sentinel: str = ""
    screen: Literal["terminal", "kiosk"] = "terminal"
    kiosk: Kiosk = Kiosk()
    hub: tuple[HttpsUrl, ...] = ()
    discover: bool = False
    scanner: tuple[Scanner, ...] = ()
    plc: tuple[PlcConfig, ...] = ()
    gauge: tuple[GaugeConfig, ...] = ()
    camera: tuple[Camera, ...] = ()
    printer: tuple[Printer, ...] = ()
    signal: tuple[SignalConfig, ...] = ()


class EnrolmentFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The enrolment: the hub's address, its TLS key pin and the site's root key (base64url), the station's identity,
    and the trust note that names the site's log."""

    address: str
    tls_pin: str
    site_root: str
    site: str
    station: str
    line: str
    trust: str


def load(path: Path) -> StationConfig:
    """Read station.toml. BadConfig config.missing, config.toml, config.value, or the code of
    what does not fit together; each with the file."""
    try:
        config = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), StationConfig)
    except OSError as e:
        raise BadConfig("config.missing", file=str(path), reason=e.strerror) from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as e:
        raise BadConfig("config.toml", file=str(path), reason=str(e)) from e
    except msgspec.ValidationError as e:
        raise BadConfig("config.value", file=str(path), reason=str(e)) from e
    if flaw := _flaw(config):
        code, details = flaw
        raise BadConfig(code, file=str(path), **details)
    return config


def device_titles(config: StationConfig) -> dict[str, Name]:
    """Names of the devices in sentences, by id: the configured title, else the word of the kind, with a number where
    there are several of a kind. Each channel of a gauge has the title of the gauge and the channel."""
    found: dict[str, Name] = {}
    for kind, group in _devices(config).items():
        for number, device in enumerate(group, 1):
            title = device.title or _default_title(kind, number if len(group) > 1 else None)
            found[device.name] = title
            for channel in device.channels if isinstance(device, GaugeConfig) else ():
                found[f"{device.name}-{channel}"] = Name(f"{title.zh} {channel}", f"{title.en} {channel}")
    return found


def _default_title(kind: str, number: int | None) -> Name:
    words = (say(language, f"device.kind.{kind}", {}) for language in LANGUAGES)
    return Name(*(word if number is None else f"{word} {number}" for word in words))


def _devices(config: StationConfig) -> dict[str, tuple[AnyDevice, ...]]:
    return {kind: getattr(config, kind) for kind in ("scanner", "plc", "gauge", "camera", "printer", "signal")}


def _flaw(config: StationConfig) -> tuple[str, dict[str, str]] | None:
    """The code and details of an error between values that are each valid alone; None if there is none."""
    names = Counter(device.name for group in _devices(config).values() for device in group)
    if twice := [name for name, count in names.items() if count > 1]:
        return "config.device_twice", {"name": twice[0]}
    for camera in config.camera:
        if bool(camera.folder) == bool(camera.command):
            return "config.camera_source", {"name": camera.name}
    for printer in config.printer:
        needed = {"tcp": "host", "lp": "queue", "pdf": "folder"}[printer.kind]
        if not getattr(printer, needed):
            return "config.printer_needs", {"name": printer.name, "needed": needed}
    for gauge in config.gauge:
        if gauge.mode == "request" and not gauge.trigger:
            return "config.gauge_trigger", {"name": gauge.name}
        try:
            if gauge.pattern and "value" not in re.compile(gauge.pattern).groupindex:
                return "config.gauge_pattern", {"name": gauge.name}
        except re.error as e:
            return "config.gauge_pattern", {"name": gauge.name, "reason": str(e)}
    return None


def make_folders(config: StationConfig) -> None:
    """Make the folders of `data` and `sentinel`. BadConfig config.unwritable: one of them cannot be written."""
    _make_folder("data", config.data, Path(config.data))
    if config.sentinel:
        _make_folder("sentinel", config.sentinel, Path(config.sentinel).parent)


def _make_folder(setting: str, path: str, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as e:
        raise BadConfig("config.unwritable", setting=setting, path=path, reason=e.strerror or str(e)) from e


def is_enrolled(config: StationConfig) -> bool:
    """Return True if this computer is enrolled as a station."""
    return (Path(config.data) / "enrolment.json").exists()


def enrolment(config: StationConfig) -> EnrolmentFile:
    """Read the station's enrolment. BadConfig config.not_enrolled before `headwater station enrol`."""
    path = Path(config.data) / "enrolment.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=EnrolmentFile)
    except (OSError, msgspec.MsgspecError) as e:
        raise BadConfig("config.not_enrolled", file=str(path)) from e
