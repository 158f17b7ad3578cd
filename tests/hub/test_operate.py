"""docs/operate.md is true: on a new site each of its commands, in the order of the page, does what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from common import event_types as b
from station.devices.simulated.scanner import PtyScanner
from tests.house.tree import ROOT
from tests.support.factory import Author, bind, unit
from tests.support.hub_process import Command, HubProcess

PAGE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
SECRETS = {"password": "correct horse battery", "pin": "482913"}
# A word in capitals on the page → where a command before printed it.
PRINTED = {
    "PERSON": r"\b(p-[a-z0-9]{8})\b",
    "TICKET": r"^(headwater-ticket\S+|\S{60,})$",
    "TOKEN": r"^(hw_\S+)$",
    "PREFIX": r"^(hw_\S{8})…",
    "WORD WORD WORD WORD WORD WORD": r"^((?:[a-z]+ ){5}[a-z]+)$",
    "TAG": r"^(\S+#\d+)$",
}


def commands() -> list[str]:
    """The lines of the page's blocks that start with a command of ours, without their comments."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    lines = [line.partition("  #")[0].strip() for kind, text in fenced if not kind for line in text.splitlines()]
    return [line for line in lines if line.startswith(("headwater ", "curl "))]


def block(name: str) -> str:
    """The page's example of a configuration file."""
    found = re.search(rf"^`{name}`.*?^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


class Reader:
    """Somebody who goes by the page, in a folder with the page's two configuration files for this computer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hub = HubProcess(folder / "site")
        self.host = self.hub.host
        scanner = PtyScanner(folder / "scanner")
        self._write("hub.toml", "/var/lib/headwater", f"{folder}/site/data", ("hub.factory", self.host))
        text = (folder / "hub.toml").read_text().replace("0.0.0.0", self.host).replace("127.0.0.1", self.host)
        (folder / "hub.toml").write_text(text.replace("announce = true", "announce = false"))
        self.hub.toml = folder / "hub.toml"
        self._write("station.toml", "/var/lib/headwater-station", f"{folder}/station", ("10.1.2.3", self.host))
        text = (folder / "station.toml").read_text().replace("/boot/headwater", str(folder)).replace("10.20", "10.1")
        text = text.replace("/dev/serial/by-id/usb-…", str(scanner.path)).replace("192.168.10.1", "127.0.0.1")
        (folder / "station.toml").write_text(text.replace("discover = true", "discover = false"))
        self._scanner = scanner
        self.said = ""
        self.stays: list[Command] = []

    def _write(self, name: str, old: str, new: str, *more: tuple[str, str]) -> None:
        text = block(name)
        for before, after in ((old, new), *more):
            assert before in text
            text = text.replace(before, after)
        (self.folder / name).write_text(text)

    def does(self, line: str) -> None:
        """Type a line of the page, with what was printed in the place of its words in capitals."""
        line = line.replace("2026-12-31", "2099-12-31")  # the page's day may be over
        if "TAG" in line:
            self._work_goes_wrong()
        # All at once: a ticket is random and may have one of these words in it.
        line = re.sub("|".join(PRINTED), self._printed, line)
        program, *arguments = shlex.split(line)
        if program == "curl":
            self._curl(arguments)
            return
        if "--config" not in arguments:
            arguments += ["--config", f"{arguments[0]}.toml"]
        arguments[-1] = str(self.folder / arguments[-1])
        if arguments[1] == "run":
            self._stays(arguments)
        else:
            self._ends(line, arguments)

    def _printed(self, word: re.Match[str]) -> str:
        return str(re.findall(PRINTED[word[0]], self.said, re.MULTILINE)[-1])

    def _curl(self, arguments: list[str]) -> None:
        name, _, value = arguments[1].partition(": ")
        answer = requests.get(arguments[2].replace("127.0.0.1", self.host), headers={name: value}, timeout=60)
        assert answer.status_code == 200, answer.text

    def _stays(self, arguments: list[str]) -> None:
        self.stays.append(Command(self.folder, arguments, {"LC_ALL": "C.UTF-8"}))
        self.stays[-1].wait_said({"hub": "http://", "station": "→"}[arguments[0]])

    def _ends(self, line: str, arguments: list[str]) -> None:
        secret = SECRETS.get(arguments[2])
        if secret and arguments[1] == "people":
            code, said, error = self._typed(arguments, secret)
        else:
            one = Command(self.folder, arguments, {"LC_ALL": "C.UTF-8"})
            code, said, error = one.ended(), one.said, one.error
            one.close()
        assert code == 0, f"{line}\n{said}\n{error}"
        self.said += said

    def _typed(self, arguments: list[str], secret: str) -> tuple[int, str, str]:
        """A secret is asked for twice; without a terminal it is read from standard input."""
        whole = [sys.executable, "-m", "common.command", *arguments]
        done = subprocess.run(
            whole, input=f"{secret}\n" * 2, capture_output=True, text=True, timeout=60, check=False,
            start_new_session=True,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    # Between the sections of the page ---------------------------------------------------------------------------------
    def work(self) -> None:
        """The line works: a motor is begun, and a lot of magnets comes."""
        line = self.hub.join(Author(1, "st-20"))
        line.author.say(b.Commission(material="motor"), unit("M-250-004217"))
        line.author.say(b.Commission(material="motor"), unit("M-250-004218"))
        line.author.say(b.Receive(material="magnet", supplier="mag-tec", quantity="500", uom="g"), unit("MG-2610-B"))
        self._line = line
        self._send()

    def _work_goes_wrong(self) -> None:
        """One rotor is bound into two motors; the page of the motor shows the tags."""
        rotor = unit("R-88213-0007")
        for motor in ("M-250-004217", "M-250-004218"):
            id = self._line.author.say(bind(), unit(motor), rotor)
            self.said += f"\n{id}#0\n"
        self._send()

    def _send(self) -> None:
        self._line.send(0)
        self.hub.wait_projected(self._line.author, self._line.author.size)

    def close(self) -> None:
        for one in reversed(self.stays):
            assert one.terminate() == 0, one.error
            one.close()
        self._scanner.unplug()
        self.hub.close()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    made = Reader(tmp_path)
    yield made
    made.close()


def test_every_command_of_the_page_works_in_its_order(reader: Reader) -> None:
    listed = commands()
    assert len(listed) > 20
    for line in listed:
        if line.startswith("headwater hub hold"):
            reader.work()
        reader.does(line)


def test_a_pack_brings_no_people_and_no_orders_to_a_site(hub: HubProcess) -> None:
    """Unless somebody asks for them, to try it; so the site's own badges are free."""
    hub.run()
    code, said, error = hub.command("load", "motor-assembly", environment={"LC_ALL": "C.UTF-8"})
    assert (code, "--demo" in said) == (0, True), error
    assert hub.ask("GET", "/v1/people") == []
    hub.ask("POST", "/v1/people", {"name": "王强", "badge": "B10021", "roles": ["operator"]})
    assert hub.command("load", "motor-assembly")[0] == 0, "again, with people of the site who have other roles"
    assert hub.command("load", "sauce-filling", "--demo")[0] == 0
    assert {"孙丽", "王强"} < {row["name"] for row in hub.ask("GET", "/v1/people")}
