"""Hubs, stopped when the test is over, and stations that talk to one that runs all the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from common import event_types as b
from tests.conftest import Clock
from tests.support.factory import Author, done, unit
from tests.support.hub import Office, make_hub
from tests.support.hub_process import Caller, HubProcess

REVOKED = Author(9, "st-90")
POOL = [Author(seed, f"st-{seed}") for seed in range(10, 70)]
SEEDS = count(100)


@pytest.fixture
def offices(tmp_path: Path, clock: Clock, databases: Callable[..., Path | str]) -> Iterator[Callable[..., Office]]:
    """offices("name", start=…) → the hub in that folder, also one that was there before."""
    made: list[Office] = []

    def office(name: str = "hub", *, start: bool = True) -> Office:
        made.append(Office(tmp_path / name, clock, start=start, database=databases(name)))
        return made[-1]

    yield office
    for each in made:
        each.stop()


@pytest.fixture
def office(offices: Callable[..., Office]) -> Office:
    return offices()


@pytest.fixture
def author() -> Author:
    return Author(1, "st-10")


@pytest.fixture
def old(office: Office, author: Author) -> Author:
    """A trusted station that said something."""
    office.trust(author)
    author.say(b.Commission(material="motor"), unit("M-1"))
    author.say(done("press"), unit("M-1"))
    office.take(author)
    return author


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    """A site that was made and whose hub is not started."""
    made = HubProcess(tmp_path / "hub").init()
    yield made
    made.close()


# One hub that runs all the time ---------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A running hub that trusts stations enough for all tests, and that revoked one. At the end it stops in order."""
    hub = HubProcess(tmp_path_factory.mktemp("served"))
    make_hub(hub.data, hub.host)
    office = Office(hub.data, Clock(datetime(2026, 11, 2, 8, tzinfo=UTC), 0))
    office.trust(REVOKED, *POOL)
    office.publish(b.StationRevoked(log=REVOKED.log, at=0, reason="stolen"))
    office.stop()
    yield hub.run()
    assert hub.stop() == 0, hub.error
    assert "Traceback" not in hub.error, hub.error
    hub.close()


@pytest.fixture(scope="session")
def honest(served: HubProcess) -> Caller:
    return served.join(Author(1, "st-10"))


@pytest.fixture
def well(honest: Caller) -> Iterator[None]:
    """Whatever the test did to the hub, an honest station goes on."""
    yield
    honest.author.say(b.Commission(material="motor"), unit(f"H-{honest.author.size}"))
    size = honest.author.size
    said = honest.send(size - 1)
    assert (said.kind, said.size, bool(said.receipt)) == ("accepted", size, True)


@pytest.fixture
def station(served: HubProcess) -> Caller:
    """A trusted station that said nothing yet, with a session."""
    caller = Caller(POOL.pop(), served.wire(), served.site)
    caller.hello()
    return caller


@pytest.fixture
def newcomer() -> Callable[..., Author]:
    """newcomer("st-x", "line-2") → an author whom nobody knows."""
    return lambda station="", line="line-1": Author(next(SEEDS), station, line)


@pytest.fixture
def stranger(served: HubProcess, newcomer: Callable[..., Author]) -> Caller:
    """A station that nobody trusted."""
    return Caller(newcomer(), served.wire(), served.site)


@pytest.fixture
def revoked(served: HubProcess) -> Caller:
    return Caller(REVOKED, served.wire(), served.site)
