"""Late bad news reaches everything that it is in, packed and shipped things too, and ends when somebody lifts it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.events import Fact, encode
from common.ids import Claim
from common.ledger import reads, upstream
from hub.db import consequences
from hub.db import reads as hub_reads
from hub.trace.thing import thing_page
from tests.support.factory import Author, bind, container, definitions_of, done, lot, motor_route, stamp, tags, unit
from tests.support.hub import Office, forget_rows, judged
from tests.support.postgres import BOTH

ENGINES = BOTH
Offices = Callable[..., Office]
MOTOR = b.Commission(material="motor")
MAGNETS, OTHER = lot("MG-1"), lot("MG-2")
ROTOR, U, V = unit("R-1"), unit("M-1"), unit("M-2")
CARTON, PALLET = container("C-1"), container("P-1")
NONE = definitions_of(motor_route())


@pytest.fixture
def packed(office: Office, author: Author) -> Author:
    """A magnet lot is in a rotor, that in a motor, that in a carton, that on a pallet that has left."""
    office.trust(author)
    author.say(bind("magnet", "magnet"), ROTOR, MAGNETS)
    for thing in (U, V):
        author.say(MOTOR, thing)
        author.say(done("press"), thing)
    author.say(bind(), U, ROTOR)
    author.say(b.Aggregate(), CARTON, U, V)
    author.say(b.Aggregate(), PALLET, CARTON)
    author.say(b.Ship(to="customer-7"), PALLET)
    office.take(author)
    return author


def states(office: Office, *things: Claim) -> list[str]:
    return [office.state(thing) for thing in things]


def test_a_hold_on_a_lot_holds_all_that_it_is_in_up_to_what_was_shipped(office: Office, packed: Author) -> None:
    assert "hold" not in states(office, MAGNETS, ROTOR, U, CARTON, PALLET)
    packed.say(b.Hold(reason="magnets crack"), MAGNETS)
    office.take(packed)
    assert states(office, MAGNETS, ROTOR, U, CARTON, PALLET) == ["hold"] * 5
    assert office.state(V) != "hold", "its neighbour in the carton has another rotor"


def test_the_end_of_the_hold_ends_all_that_followed_from_it(office: Office, packed: Author) -> None:
    hold = packed.say(b.Hold(reason="magnets crack"), MAGNETS)
    office.take(packed)
    packed.say(b.Release(tags=tags(hold), reason="they do not", meaning="release"), MAGNETS)
    office.take(packed)
    assert "hold" not in states(office, MAGNETS, ROTOR, U, CARTON, PALLET)
    with office.reading() as conn:
        assert not any(consequences.at(conn, tid) for tid in range(1, 20))


def test_who_releases_one_thing_downstream_releases_it_and_what_it_is_in_alone(office: Office, packed: Author) -> None:
    """Somebody looked at this motor. The rotor, and the lot, stay where they are."""
    hold = packed.say(b.Hold(reason="magnets crack"), MAGNETS)
    packed.say(b.Release(tags=tags(hold), reason="looked at", meaning="release"), U)
    office.take(packed)
    assert states(office, MAGNETS, ROTOR) == ["hold", "hold"]
    assert "hold" not in states(office, U, CARTON, PALLET)


def test_a_late_fail_or_a_scrap_reaches_the_carton_and_ends_with_it(office: Office, packed: Author) -> None:
    packed.say(done("press", "fail"), V)
    office.take(packed)
    assert states(office, CARTON, PALLET) == ["hold", "hold"]
    packed.say(done("press"), V)
    scrap = packed.say(b.Scrap(reason="fell"), U)
    office.take(packed)
    assert states(office, CARTON, PALLET) == ["hold", "hold"]
    packed.say(b.Unscrap(tags=tags(scrap), reason="another one fell"), U)
    office.take(packed)
    assert "hold" not in states(office, CARTON, PALLET)


def test_a_component_that_comes_out_takes_its_bad_news_along(office: Office, packed: Author) -> None:
    packed.say(b.Hold(reason="magnets crack"), MAGNETS)
    packed.say(b.Unbind(operation="rework"), U, ROTOR)
    office.take(packed)
    assert office.state(ROTOR) == "hold"
    assert "hold" not in states(office, U, CARTON, PALLET)


def test_a_circle_does_not_hold_itself(office: Office, packed: Author) -> None:
    """Leftovers went into the next cook, and that one's leftovers came back."""
    packed.say(b.Transform(inputs=1), MAGNETS, OTHER)
    packed.say(b.Transform(inputs=1), OTHER, MAGNETS)
    cracked = packed.say(b.Hold(reason="magnets crack"), MAGNETS)
    office.take(packed)
    assert states(office, MAGNETS, OTHER, PALLET) == ["hold"] * 3
    packed.say(b.Release(tags=tags(cracked), reason="they do not", meaning="release"), MAGNETS)
    office.take(packed)
    assert "hold" not in states(office, MAGNETS, OTHER, ROTOR, U, CARTON, PALLET)


def test_how_long_containment_took_is_recorded(office: Office, packed: Author) -> None:
    known_ms = office.clock.wall_ms()
    hold = Fact(b.Hold(reason="magnets crack"), (MAGNETS,))
    packed.write(encode(hold, replace(stamp(1), at=known_ms - 150_000)))
    office.take(packed)
    with office.reading() as conn:
        (done,) = consequences.containments(conn, 10)
    assert (done.cause.rule, done.cause.thing, done.held) == ("hold", MAGNETS, 4)
    assert done.minutes == 3, "begun minutes count"
    assert done.known_ms == done.done_ms == known_ms


def test_bad_news_of_what_is_in_nothing_needs_no_containment(office: Office, author: Author) -> None:
    office.trust(author)
    author.say(MOTOR, U)
    author.say(done("press", "fail"), U)
    office.take(author)
    with office.reading() as conn:
        assert consequences.containments(conn, 10) == []


def test_the_page_says_which_lot_holds_the_unit(office: Office, packed: Author) -> None:
    packed.say(b.Hold(reason="magnets crack"), MAGNETS)
    office.take(packed)
    with office.reading() as conn:
        page = thing_page(conn, U, lambda log, size: 0, 0)
    assert page is not None and page.state == "hold"
    (found,) = [f for f in page.findings if f.kind == "consequential_hold"]
    assert found.open and found.params["child"] == str(MAGNETS)


# Any graph ------------------------------------------------------------------------------------------------------------
UNITS, LOTS = [unit(f"M-{n}") for n in range(6)], [lot(f"L-{n}") for n in range(3)]
THINGS = [*UNITS, *LOTS, *(container(f"C-{n}") for n in range(3))]


def live_a_while(author: Author, random: Random) -> None:
    """Anything in anything, circles too; bad news, and its end."""
    holds: list[tuple[str, Claim]] = []
    for _ in range(40):
        one, other = random.sample(THINGS, 2)
        match random.randrange(8):
            case 0 | 1 | 2:
                author.say(bind(f"slot-{random.randrange(3)}"), one, other)
            case 3:
                author.say(b.Unbind(operation="rework"), one, other)
            case 4:
                holds.append((author.say(b.Hold(reason="bad"), one), one))
            case 5 if holds:
                hold, held = random.choice(holds)
                author.say(b.Release(tags=tags(hold), reason="good", meaning="release"), random.choice([held, one]))
            case 6:
                author.say(done("press", random.choice(["fail", "pass"])), one)
            case _:
                holds.append((author.say(b.Scrap(reason="bad"), one), one))


def brute(office: Office) -> dict[Claim, bool]:
    """Whether each thing is held, by the way that a station looks: from the thing down, with nothing remembered."""
    with office.reading() as conn:
        states = {thing: upstream.standing(conn, reads.history(conn, thing), NONE).state for thing in known(office)}
    return {thing: state in ("hold", "scrapped") for thing, state in states.items()}


def known(office: Office) -> Iterable[Claim]:
    with office.reading() as conn:
        return [thing for thing in THINGS if hub_reads.is_known(conn, thing)]


@pytest.mark.parametrize("seed", range(6))
def test_what_the_hub_remembers_is_what_a_station_finds_by_looking(offices: Offices, author: Author, seed: int) -> None:
    """In whatever pieces it came, and after a rebuild."""
    office, random = offices("hub"), Random(seed)
    office.trust(author)
    live_a_while(author, random)
    at = 0
    while at < author.size:
        upto = min(at + random.randint(1, 9), author.size)
        office.take(author, at, upto)
        at = upto
    found = brute(office)
    assert {thing: office.state(thing) in ("hold", "scrapped") for thing in known(office)} == found
    with office.reading() as conn:
        before = judged(conn)
    office.stop()
    forget_rows(office.database)
    again = offices("hub")
    again.settle()
    with again.reading() as conn:
        assert judged(conn) == before
