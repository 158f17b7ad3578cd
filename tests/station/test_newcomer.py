"""A computer without a ticket becomes a station at its own screen, once somebody has compared the words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

import pytest

from common.errors import StoreUnavailable
from station import config as configuration
from station import messages as m
from station.app import Newcomer
from station.config import EnrolmentFile, StationConfig
from station.devices.ports import Ports
from station.shown.side_screens import Enrolling
from station.threads import Threads
from tests.support.hub_process import HubProcess

PATIENCE_S = 30.0
Tick = Callable[[float], bool]


@pytest.fixture
def config(tmp_path: Path) -> StationConfig:
    """Nothing but a folder."""
    (tmp_path / "data").mkdir()
    return StationConfig(str(tmp_path / "data"))


class Person:
    """Stands before the screen: does one thing for each state that it shows, and waits for the end."""

    def __init__(self, config: StationConfig, *acts: m.Message, before: EnrolmentFile | None = None) -> None:
        self.seen: list[Enrolling] = []
        self._said: SimpleQueue[Enrolling] = SimpleQueue()
        self._acts = list(acts)
        self._ends = ("failed",) if any(isinstance(act, m.WordsCompared) for act in acts) else ("failed", "compare")
        self._ports = Ports(config, Threads(), scanners=True)
        self._newcomer = Newcomer(config, self._said.put, self._ports, before)  # type: ignore[arg-type]

    def enrol(self) -> EnrolmentFile | None:
        with self._ports:
            return self._newcomer.run(self._serve)

    def _serve(self, tick: Tick) -> None:
        while self._acts:
            self.seen.append(self._said.get(timeout=PATIENCE_S))
            if self.seen[-1].state != "asking":
                self._newcomer.hear(self._acts.pop(0))
        while not self.ended(tick):
            pass

    def ended(self, tick: Tick) -> bool:
        if tick(0.05):
            return True
        if not self._said.empty():
            self.seen.append(self._said.get())
        return bool(self.seen) and self.seen[-1].state in self._ends


def typed(hub: HubProcess, line: str) -> m.TicketTyped:
    return m.TicketTyped(hub.client.ticket("st-10", line))


def test_a_ticket_and_the_same_words_make_a_station(hub: HubProcess, config: StationConfig, line: str) -> None:
    person = Person(config, typed(hub, line), m.WordsCompared(True))
    enrolled = person.enrol()
    assert [one.state for one in person.seen] == ["wait", "asking", "compare"]
    assert len(person.seen[-1].words.split()) == 6
    assert enrolled and (enrolled.station, enrolled.line) == ("st-10", line)
    assert configuration.enrolment(config) == enrolled


def test_a_scanned_ticket_does_the_same(hub: HubProcess, config: StationConfig, line: str) -> None:
    scan = m.Scanned("scanner-1", typed(hub, line).text.encode(), 0)
    assert Person(config, scan, m.WordsCompared(True)).enrol()


def test_other_words_enrol_nothing(hub: HubProcess, config: StationConfig, line: str) -> None:
    person = Person(config, typed(hub, line), m.WordsCompared(False))
    assert person.enrol() is None
    assert person.seen[-1].why == ("enrolling.differs", {})
    assert not configuration.is_enrolled(config)


def test_a_station_stays_what_it_is_with_a_ticket_for_another(
    hub: HubProcess, config: StationConfig, line: str
) -> None:
    before = Person(config, typed(hub, line), m.WordsCompared(True)).enrol()
    other = m.TicketTyped(hub.client.ticket("st-20", line))
    person = Person(config, other, before=before)
    assert person.enrol() is None
    assert person.seen[-1].why == ("ticket.other", {"have": "st-10", "got": "st-20"})
    assert Person(config, m.EnrolLeft(), before=before).enrol() == before == configuration.enrolment(config)
    assert Person(config, typed(hub, line), m.WordsCompared(True), before=before).enrol() == before


def test_a_key_that_the_hub_trusts_already_has_nothing_to_compare(
    hub: HubProcess, config: StationConfig, line: str
) -> None:
    ticket = typed(hub, line)
    person = Person(config, ticket, m.WordsCompared(True))
    before = person.enrol()
    hub.client.confirm("st-10", person.seen[-1].words)
    again = Person(config, ticket, before=before)
    assert again.enrol() == before
    assert "compare" not in [one.state for one in again.seen]


def test_what_is_no_ticket_is_said(config: StationConfig) -> None:
    person = Person(config, m.TicketTyped("HW1.ABC"))
    assert person.enrol() is None
    assert person.seen[-1].why and person.seen[-1].why[0].startswith("ticket.")


def test_an_enrolment_that_cannot_be_kept_is_no_quiet_end(
    hub: HubProcess, config: StationConfig, line: str, expect_warning: Callable[[str], None]
) -> None:
    person = Person(config, typed(hub, line), m.WordsCompared(True))
    (Path(config.data) / "enrolment.json").mkdir()
    expect_warning("thread_failed thread=enrol")
    with pytest.raises(StoreUnavailable, match=r"store\.io"):
        person.enrol()
