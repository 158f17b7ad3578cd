"""The demo's plant: makes the site, starts the hub, enrols a line's stations with their devices, as people would."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import requests
from msgspec import Struct

from common.errors import HeadwaterError
from hub import config as configuration
from hub.client import HubClient
from hub.console.local import local_hub
from hub.demo.processes import DeviceProcesses, Service, free_port, headwater, wait_for
from hub.site import Site

LINE = "line-1"
ANSWER_S = 30
# Kiosks where Qt is installed, in windows or drawn into memory; else terminals.
SCREEN = 'screen = "kiosk"\nkiosk.size = [1280, 800]\n' if find_spec("PySide6") else ""
PLACES = {"st-10": "press", "st-20": "driver", "st-30": "tester"}
TYPING = ["st-30"]  # whose scanner types like a keyboard; the others' are on serial lines
MACHINES: dict[str, object] = {
    "press": {"db": 10, "cycle_s": 0.2, "values": [[1220, 1380], [1792, 1808]], "seed": 1},
    "driver": {"db": 20, "cycle_s": 0.2, "values": [[225, 255]] * 4, "seed": 2},
    "tester": {
        "db": 30,
        "cycle_s": 0.25,
        "values": [[2900, 3100], [48, 70], [420, 540], [310, 560]],
        "seed": 3,
    },
}


class Floor(Struct, frozen=True):
    """The equipment of a plant: a pack's line, and at each workplace its machine, or "" if there is none. `typing`:
    workplaces whose scanner types like a keyboard."""

    pack: str
    line: str
    places: Mapping[str, str]
    typing: Sequence[str] = ()


MOTOR_FLOOR = Floor("motor-assembly", LINE, PLACES, TYPING)


class Plant:
    """Everything that runs. `language` is what the stations' terminals speak."""

    def __init__(self, folder: Path, language: str, floor: Floor = MOTOR_FLOOR) -> None:
        self.folder = folder
        self.floor = floor
        self.language = language
        self._port, self._pages_port = free_port(), free_port()
        self._hub_config = folder / "hub.toml"
        self.hub = Service("hub", ["hub", "run", "--config", str(self._hub_config)], folder)
        self.stations: dict[str, Service] = {}
        self.bench: DeviceProcesses
        self._token = ""
        self.url = f"http://127.0.0.1:{self._pages_port}/"

    def build(self) -> None:
        """From nothing to a line that waits for its people."""
        self._hub_config.write_text(
            f'data = "{self.folder / "hub"}"\naddress = "https://127.0.0.1:{self._port}"\nhost = "127.0.0.1"\n'
            f"port = {self._port}\npages_port = {self._pages_port}\n"
        )
        headwater("hub", "init", "--config", str(self._hub_config))
        self.hub.start()
        self.wait_for_hub()
        headwater("pack", "load", self.floor.pack, "--demo", "--config", str(self._hub_config))
        self._token = self._client.new_token("demo", ["read"], days=1)
        (self.folder / "labels").mkdir(exist_ok=True)
        places, typing = self.floor.places, self.floor.typing
        machines = {name: MACHINES[name] for name in places.values() if name}
        cables = dict.fromkeys(machines, "plc") | dict.fromkeys(places, f"127.0.0.1:{self._port}")
        serial = [place for place in places if place not in typing]
        setup: dict[str, object] = {"folder": str(self.folder), "scanners": serial, "keyboards": list(typing)}
        self.bench = DeviceProcesses(setup | {"machines": machines, "cables": cables}, self.folder)
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(self._enrol, places))
        for service in self.stations.values():
            service.start()

    def _enrol(self, place: str) -> None:
        """Ticket at the hub, enrol at the station, compare the six words, confirm at the hub."""
        config, data = self.folder / f"{place}.toml", self.folder / place
        data.mkdir()
        config.write_text(
            f'data = "{data}"\nlanguage = "{self.language}"\nsync_every_s = 0.4\n{SCREEN}'
            f'\n[[scanner]]\nname = "scanner"\nkind = "{"hid" if place in self.floor.typing else "serial"}"\n'
            f'port = "{self.folder / f"scanner-{place}"}"\n{self._plc(self.floor.places[place])}'
            f'\n[[printer]]\nname = "labels"\nkind = "pdf"\nfolder = "{self.folder / "labels"}"\ndpi = 300\n'
        )
        words = headwater("station", "enrol", "--config", str(config), self._client.ticket(place, self.floor.line))
        self._client.confirm(place, words.splitlines()[-1])
        self._reach_through_cable(data, place)
        self.stations[place] = Service(place, ["station", "run", "--config", str(config)], self.folder)

    def _plc(self, machine: str) -> str:
        """The lines of a station's configuration about its machine."""
        if not machine:
            return ""
        return (
            f'\n[[plc]]\nname = "{machine}"\nhost = "127.0.0.1"\nport = {self.bench.cables[machine]}\n'
            f"db = {MACHINES[machine]['db']}\n"  # type: ignore[index]
        )

    def _reach_through_cable(self, data: Path, place: str) -> None:
        """The station reaches the hub by its own cable, so that the demo can cut it."""
        path = data / "enrolment.json"
        enrolment = json.loads(path.read_text())
        enrolment["address"] = f"https://127.0.0.1:{self.bench.cables[place]}"
        path.write_text(json.dumps(enrolment))

    def wait_for_hub(self) -> None:
        """Until the pages answer."""

        def answers() -> bool:
            self.hub.check()
            with contextlib.suppress(requests.RequestException):
                return requests.get(self.url, timeout=ANSWER_S).ok
            return False

        wait_for("the hub's pages", answers)

    def ask(self, path: str, **params: str) -> Any:
        """JSON from the hub's pages, or None while it does not answer."""
        with contextlib.suppress(requests.RequestException):
            shown = {"Authorization": f"Bearer {self._token}"}
            answer = requests.get(self.url + path, params=params, headers=shown, timeout=ANSWER_S)
            return answer.json() if answer.ok else None
        return None

    @property
    def _client(self) -> HubClient:
        return local_hub(configuration.load(self._hub_config))

    def printed(self, unit: str) -> bool:
        """True once the hub has heard that a unit's label came out of the printer."""
        page = self.ask("thing.json", scheme=f"unit@{self.site_id()}", value=unit)
        return page is not None and any(line["what"] == "label_printed" for line in page["history"])

    def entrance(self) -> str:
        """An address that signs a browser in to read; somebody may try it in several."""
        return self.url.rstrip("/") + self._client.link(["read"], uses=20, valid_s=3600)

    def site_id(self) -> str:
        """The id of the demo's site."""
        return Site(self.folder / "hub").id

    def rows(self) -> dict[str, dict[str, Any]]:
        """The hub's list of stations, by workplace; empty while it does not answer."""
        with contextlib.suppress(HeadwaterError):
            return {row["station"]: row for row in self._client.stations()}
        return {}

    def age_ms(self, place: str) -> int:
        """Return the age of the hub's last word that it had all of this station; 0 while it does not know."""
        return int(self.rows().get(place, {}).get("age_ms") or 0)

    def carry(self, to: str, *done: str) -> None:
        """A unit takes longer to the next workplace than what others did with it; here nobody walks.

        A round of a station sends, then says what it has and fetches; the second word that is heard of it was said
        after what it is to carry, and what the fetch before that brought is in its queue before what is scanned then.
        """
        for places in (done, done, (to,), (to,)):
            self._hear(*places)

    def _hear(self, *places: str) -> None:
        since = time.monotonic()

        def heard() -> bool:
            asked = time.monotonic()  # before the hub says how old its word is, which is older by then
            ages = [self.age_ms(place) for place in places]
            return all(0 < age < (asked - since) * 1000 for age in ages)

        wait_for(f"a round of {', '.join(places)}", heard)

    def stop(self) -> None:
        """Everything off, the hub last."""
        for service in self.stations.values():
            service.stop()
        if hasattr(self, "bench"):
            self.bench.stop()
        self.hub.stop()
