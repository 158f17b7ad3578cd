"""Work goes on without the hub; afterwards everything is there once, and both sides judge alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from common import event_types as b
from common.ids import Claim
from common.judge import InterlockAnswer, Source, Standing, interlock, judge
from common.ledger import reads
from hub.demo.processes import wait_for
from hub.demo.story import carton
from tests.support.hub_process import HubProcess
from tests.support.plant import Kiosk, Line, at_hub, current_log, in_hub, looking, same_but_for_the_hubs_time

LIMIT_MS = 3_300  # above the 3 s of the test operation in the pack


@pytest.fixture(scope="module")
def line(hub: HubProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """The three workplaces; each test leaves them on, in reach of the hub, with nothing in hand."""
    made = Line(hub, tmp_path_factory.mktemp("line") / "line", "line-1")
    yield made
    made.close()
    assert "Traceback" not in made.error, made.error


def press(kiosk: Kiosk, number: int) -> str:
    """Make a motor of this number at ST-10; its serial."""
    serial = f"M-250-{number:06d}"
    kiosk.scan(serial, "✓✓")
    for part in ("HL-2644", f"R-88213-{number:04d}", "MG-2610-B"):
        kiosk.scan(part, "✓")
    kiosk.expect("✓✓", "press")
    return serial


def wire(kiosk: Kiosk, number: int) -> None:
    kiosk.scan(f"M-250-{number:06d}", "✓")
    kiosk.scan(f"C25-{number:05d}", "✓")
    kiosk.scan("SC-2638", "✓")
    kiosk.expect("✓✓", "driver")


def level(*kiosks: Kiosk) -> None:
    """Until the hub has all that they wrote, and each has all that the others wrote."""
    for kiosk in kiosks:
        kiosk.delivered()
    wrote = {entry.id for kiosk in kiosks for entry in kiosk.entries()}
    for kiosk in kiosks:
        kiosk.wait("all that the others wrote", lambda kiosk=kiosk: wrote <= kiosk.known())


def once_at_the_hub(hub: HubProcess, *kiosks: Kiosk) -> None:
    """The hub has just what the stations wrote, each event once, in one branch a log."""
    for kiosk in kiosks:
        own = kiosk.entries()
        mine = [entry for entry in in_hub(hub, kiosk.place) if entry.log in {e.log for e in own}]
        assert same_but_for_the_hubs_time(own, mine)
        unseen = b.LogOpened | b.Anchor | b.DeviceChanged
        assert set(kiosk.confirmed) == {e.reference for e in own if not isinstance(e.body, unseen)}
        assert len(kiosk.confirmed) == len(set(kiosk.confirmed))


def same_verdict(kiosk: Kiosk, hub: HubProcess, thing: Claim) -> Standing:
    """Both judge the same rows alike, whatever order they came in."""
    here, there = kiosk.standing(thing), at_hub(hub, thing)
    assert here == there
    return there


def unit(hub: HubProcess, serial: str) -> Claim:
    return Claim(f"unit@{hub.site.id}", serial)


def answer(hub: HubProcess, thing: Claim) -> InterlockAnswer:
    """May the test of a motor begin? What the hub would say, by what it has and how fresh that is."""
    with looking(hub.settled().data / "hub.db") as conn:
        definitions, known = reads.definitions(conn), reads.history(conn, thing)
    rows = hub.client.stations()
    places = {row["station"] for row in rows}
    sources = {
        place: tuple(Source(row["log"], row["age_ms"]) for row in rows if row["station"] == place) for place in places
    }
    route = definitions.route_of("motor")
    return interlock(judge(known, definitions), route, route.operation("test"), sources)


def out_of_sight(hub: HubProcess, kiosk: Kiosk) -> None:
    """Until the hub has not heard of a station for longer than the limit."""

    def age_ms() -> int:
        rows = hub.client.stations()
        return next(row["age_ms"] or 0 for row in rows if row["log"] == current_log(kiosk.toml))

    wait_for("it to be out of sight", lambda: age_ms() > LIMIT_MS)


# The hub is away ------------------------------------------------------------------------------------------------------
def test_the_line_works_on_while_the_hub_is_dead(hub: HubProcess, line: Line) -> None:
    first, _, third = line.kiosks
    hub.kill()
    first.wait("the hub is missed", lambda: "Offline" in first.text.splitlines()[-1])
    serial = press(first, 1)
    assert first.receipted() < len(first.entries())
    hub.run()
    level(*line.kiosks)
    once_at_the_hub(hub, *line.kiosks)
    standing = same_verdict(third, hub, unit(hub, serial))
    assert standing.outcome("press") == "pass"
    assert {c.slot for c in standing.components} == {"housing", "rotor", "magnet"}


# A cable is cut -------------------------------------------------------------------------------------------------------
def test_a_motor_that_skipped_a_workplace_which_is_in_sync_is_blocked(hub: HubProcess, line: Line) -> None:
    first, _, third = line.kiosks
    serial = press(first, 2)
    level(*line.kiosks)
    third.scan(serial, "✗")
    reasons = third.text.partition(third.results[-1][1])[2]
    assert "ST-20" in reasons
    assert "supervisor" in reasons, "who can release it"
    assert answer(hub, unit(hub, serial)).verdict == "not_passed", "the hub says the same"


def test_a_motor_whose_evidence_is_out_of_sight_is_provisional_until_it_comes(hub: HubProcess, line: Line) -> None:
    first, second, third = line.kiosks
    serial = press(first, 3)
    level(*line.kiosks)
    second.cable.cut()
    wire(second, 3)
    out_of_sight(hub, second)
    assert answer(hub, unit(hub, serial)).verdict == "unknown", "the hub says the same"
    third.scan(serial, "?")
    third.expect("✓?", "tester")
    third.scan(carton(1), "✓✓")
    third.delivered()
    assert same_verdict(third, hub, unit(hub, serial)).state == "provisional"
    assert second.receipted() < len(second.entries())
    second.cable.mend()
    level(*line.kiosks)
    once_at_the_hub(hub, *line.kiosks)
    assert same_verdict(third, hub, unit(hub, serial)).state == "passed"
    assert same_verdict(second, hub, unit(hub, serial)).state == "passed"
    wait_for("the page", lambda: shown(hub, serial) == "passed")


def test_late_bad_news_holds_what_was_provisional(hub: HubProcess, line: Line) -> None:
    first, second, third = line.kiosks
    serial = press(first, 4)
    level(*line.kiosks)
    second.cable.cut()
    second.scan(serial, "✓")
    second.scan("HW:NG:cable-damaged", "✗")
    out_of_sight(hub, second)
    third.scan(serial, "?")
    third.expect("✓?", "tester")
    third.scan(carton(1), "✓")
    second.cable.mend()
    level(*line.kiosks)
    once_at_the_hub(hub, *line.kiosks)
    standing = same_verdict(third, hub, unit(hub, serial))
    assert standing.state == "hold"
    assert "late_bad_news" in {finding.kind for finding in standing.findings if finding.open}
    wait_for("the page", lambda: shown(hub, serial) == standing.state)


def shown(hub: HubProcess, serial: str) -> str:
    """The state of a motor on its page."""
    asked = {"scheme": f"unit@{hub.site.id}", "value": serial}
    found = requests.get(f"http://{hub.host}:8080/thing.json", params=asked, headers=hub.shown, timeout=60).json()
    return str(found["state"])
