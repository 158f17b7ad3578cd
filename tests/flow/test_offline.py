"""Work goes on without the hub; afterwards everything is there once, and both sides judge alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common import bodies as b
from common.ids import Claim
from common.judge import Standing
from hub.demo.processes import wait_for
from hub.demo.story import carton
from tests.support.hub_process import HubProcess
from tests.support.plant import Kiosk, Line, at_hub, in_hub

Lines = Callable[..., Line]
STALE_S = 3  # the test operation's limit in the pack


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
        kiosk.wait("all that the others wrote", lambda kiosk=kiosk: wrote <= set(kiosk.known()))


def once_at_the_hub(hub: HubProcess, *kiosks: Kiosk) -> None:
    """The hub has just what the stations wrote, each event once, in one branch a log."""
    for kiosk in kiosks:
        own = kiosk.entries()
        mine = [entry for entry in in_hub(hub, kiosk.place) if entry.log in {e.log for e in own}]
        assert [entry.raw for entry in mine] == [entry.raw for entry in own]
        assert set(kiosk.confirmed) == {e.reference for e in own if not isinstance(e.body, b.LogOpened | b.Anchor)}
        assert len(kiosk.confirmed) == len(set(kiosk.confirmed))


def same_verdict(kiosk: Kiosk, hub: HubProcess, thing: Claim) -> Standing:
    """Both judge the same rows alike, whatever order they came in."""
    here, there = kiosk.standing(thing), at_hub(hub, thing)
    assert here == there
    return there


def unit(hub: HubProcess, serial: str) -> Claim:
    return Claim(f"unit@{hub.site.id}", serial)


def unseen(kiosk: Kiosk, by: Kiosk) -> None:
    """Until `by` has not heard of `kiosk` for longer than the limit."""
    since = by.clock_ms()
    by.wait("time to pass", lambda: by.clock_ms() - since > STALE_S * 1000 + 500)


# The hub is away ------------------------------------------------------------------------------------------------------
def test_the_line_works_on_while_the_hub_is_dead(hub: HubProcess, line: Line) -> None:
    first, second, third = line.kiosks
    level(*line.kiosks)
    hub.kill()
    first.wait("the hub is missed", lambda: "Offline" in first.text.splitlines()[-1])
    serial = press(first, 1)
    assert first.receipted() < len(first.entries())
    assert third.scan(serial, "✗"), "ST-30 knows that nothing of it can have been seen"
    hub.run()
    level(*line.kiosks)
    once_at_the_hub(hub, *line.kiosks)
    standing = same_verdict(third, hub, unit(hub, serial))
    assert standing.outcome("press") == "pass"
    assert {c.slot for c in standing.components} == {"housing", "rotor", "magnet"}
