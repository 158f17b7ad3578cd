"""Evidence that comes late, of a part or of the hub's time, changes what waited for it: at the hub as at a station."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Definition, Definitions, Material, Route
from common.definitions.naming import Name
from common.events import Fact, encode
from common.ids import Claim
from common.ledger import reads, upstream
from common.ledger.project import thing_ids
from hub.db import awaiting
from hub.trace.thing import thing_page
from hub.writer.ingest import MOST_ENTRIES
from tests.support.factory import START_MS, Author, bind, container, done, lot, operation, route, stamp, tags, unit
from tests.support.hub import Office, forget_rows, judged
from tests.support.postgres import BOTH

ENGINES = BOTH
Offices = Callable[..., Office]
U, ROTOR, GLUE, CARTON = unit("M-1"), unit("R-1"), lot("G-1"), container()
ANY, DAY_MS = Name("名", "name"), 86_400_000
KNOWN: list[Definition] = [
    Route("rotor-route", ANY, [operation("balance", "st-20")]),
    route(operation("press", "st-10", on_unknown="provisional")),
    Material("rotor", ANY, "made", "unit", route="rotor-route"),
    Material("motor", ANY, "made", "unit", route="motor-route"),
    Material("glue", ANY, "bought", "lot", shelf_life_days=365),
]


@pytest.fixture
def second() -> Author:
    return Author(2, "st-20")


def build(author: Author) -> None:
    """A motor with a rotor and glue in it, in a carton: nobody saw if the rotor was balanced, or which day it was."""
    author.say(b.Commission("motor"), U)
    author.say(bind("rotor", "rotor"), U, ROTOR)
    author.say(bind("glue", "glue"), U, GLUE)
    author.say(done("press", provisional=True, unknown=("component", "expiry")), U)
    author.say(b.Aggregate(), CARTON, U)


@pytest.fixture
def plant(office: Office, author: Author, second: Author) -> Office:
    """The hub heard of it by its workplace alone."""
    office.define(*KNOWN)
    office.trust(author, second)
    build(author)
    office.take(author)
    assert office.state(U) == "provisional"
    return office


def anchored(author: Author, days: int) -> None:
    """The station hears the hub's time, so many days after 2 November 2026."""
    note = f"headwater.anchor/site\nlog\nchallenge\n{START_MS + days * DAY_MS}\n"
    at = 10_000 + author.size
    author.write(encode(Fact(b.Anchor(note, 40), ()), replace(stamp(at), mo=at * 1000)))


def received(second: Author, expiry: str) -> str:
    return second.say(b.Receive("glue", "s", "1", "kg", expiry=expiry), GLUE)


def state(office: Office, thing: Claim) -> str:
    """What the hub remembers, which is what a station finds by looking, and what the page shows."""
    stored = office.state(thing)
    with office.reading() as conn:
        found = upstream.standing(conn, reads.history(conn, thing), Definitions.of(KNOWN))
        page = thing_page(conn, thing, lambda log, size: 0, 0)
    assert found.state == stored
    assert page is not None and (page.state, page.held_because) == (stored, found.held_because)
    return stored


def test_a_part_and_a_day_that_come_late_clear_the_pass(plant: Office, author: Author, second: Author) -> None:
    second.say(done("balance"), ROTOR)
    plant.take(second)
    assert state(plant, U) == "provisional"
    received(second, "2026-12-01")
    plant.take(second)
    assert state(plant, U) == "provisional"
    anchored(author, 3)
    plant.take(author)
    assert state(plant, U) == "passed"


def test_what_is_said_of_a_part_when_the_pass_is_cleared_counts_too(
    plant: Office, author: Author, second: Author
) -> None:
    balanced = second.say(done("balance"), ROTOR)
    received(second, "2026-12-01")
    anchored(author, 3)
    plant.take(second)
    plant.take(author)
    assert state(plant, U) == "passed"
    second.say(b.Void(balanced, "another rotor"), ROTOR)
    plant.take(second)
    assert state(plant, U) == "provisional"
    plant.publish(b.Settle("provisional", keep=tags(author.id(3)), reason="seen"), on=(U,))
    plant.settle()
    assert state(plant, U) == "passed"


def test_a_lot_that_was_past_its_day_holds_the_thing_and_the_carton_until_it_is_released(
    plant: Office, author: Author, second: Author
) -> None:
    anchored(author, 60)
    plant.take(author)
    second.say(done("balance"), ROTOR)
    received(second, "2026-12-01")
    plant.take(second)
    assert [state(plant, thing) for thing in (U, CARTON)] == ["hold", "hold"]
    assert ("component_expired", True) in plant.findings(U)
    plant.publish(b.Release(tags(author.id(3)), "tested", "use as is"), on=(U,))
    plant.settle()
    assert (state(plant, U), state(plant, CARTON)) == ("passed", "unknown")


def test_time_from_where_a_log_is_no_longer_trusted_clears_nothing(
    plant: Office, author: Author, second: Author
) -> None:
    second.say(done("balance"), ROTOR)
    received(second, "2026-12-01")
    anchored(author, 3)
    plant.take(second)
    plant.take(author)
    assert state(plant, U) == "passed"
    plant.publish(b.StationRevoked(author.log, author.size - 1, "stolen"))
    plant.settle()
    assert state(plant, U) == "provisional"


def test_a_part_that_came_out_is_waited_for_no_longer(plant: Office, author: Author) -> None:
    with plant.reading() as conn:
        ids = thing_ids(conn, [U, ROTOR, GLUE])
        assert awaiting.waiters(conn, [ids[ROTOR]]) == awaiting.waiters(conn, [ids[GLUE]]) == {ids[U]}
    author.say(b.Unbind("press"), U, ROTOR)
    plant.take(author)
    with plant.reading() as conn:
        assert awaiting.waiters(conn, [ids[ROTOR]]) == set()
        assert awaiting.waiters(conn, [ids[GLUE]]) == {ids[U]}


def test_a_rebuild_judges_by_definitions_that_come_behind_very_much_else(offices: Offices, second: Author) -> None:
    office = offices("hub")
    office.publish(*(b.SignIn("desk", "in") for _ in range(MOST_ENTRIES)))
    office.define(*KNOWN)
    office.trust(second)
    second.say(done("balance"), ROTOR)
    second.say(b.Commission("rotor"), ROTOR)
    office.take(second)
    assert office.state(ROTOR) == "passed"
    office.stop()
    forget_rows(office.database)
    again = offices("hub")
    again.settle()
    assert again.state(ROTOR) == "passed"


@pytest.mark.parametrize("seed", range(4))
def test_in_whatever_order_it_came_and_after_a_rebuild_it_is_judged_the_same(
    offices: Offices, author: Author, second: Author, seed: int
) -> None:
    random, office = Random(seed), offices("hub")
    office.define(*KNOWN)
    office.trust(author, second)
    build(author)
    anchored(author, 3 if seed % 2 else 60)
    second.say(done("balance"), ROTOR)
    received(second, "2026-12-01")
    left = {author: 0, second: 0}
    while any(at < who.size for who, at in left.items()):
        who = random.choice([who for who, at in left.items() if at < who.size])
        upto = random.randint(left[who] + 1, who.size)
        office.take(who, left[who], upto)
        left[who] = upto
    assert [state(office, thing) for thing in (U, CARTON)] == (["passed", "unknown"] if seed % 2 else ["hold"] * 2)
    with office.reading() as conn:
        before = judged(conn)
    office.stop()
    forget_rows(office.database)
    again = offices("hub")
    again.settle()
    with again.reading() as conn:
        assert judged(conn) == before
