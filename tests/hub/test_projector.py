"""The projector: what is judged behind the commits, and what cannot be."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, select, update

from common import event_types as b
from common.definitions import Definition, Material
from common.definitions.naming import Name
from common.events import Fact
from common.ids import Claim, b64
from common.ledger import logs
from common.ledger import tables as t
from hub.db import access
from tests.support.factory import (
    Author,
    bind,
    done,
    lot,
    motor_route,
    operation,
    portable_rows,
    route,
    tags,
    unit,
)
from tests.support.hub import Office, accept_only, definitions_of, forget_rows, judged
from tests.support.postgres import BOTH

ENGINES = BOTH
Offices = Callable[..., Office]
Expect = Callable[[str], None]
MOTOR = b.Commission(material="motor")
ROUTE = motor_route()
U, V, W = unit("M-1"), unit("M-2"), unit("M-3")
ROOM = 1_000_000


def material(route_id: str | None = ROUTE.id) -> Definition:
    return Material(id="motor", name=Name(zh="电机", en="Motor"), origin="made", tracked="unit", route=route_id)


def say_nonsense(author: Author, *on: Claim, n: int = 77) -> str:
    """An event of a known type whose body breaks its schema: authentic, and unreadable."""
    on_ = [{"scheme": claim.scheme, "value": claim.value} for claim in on]
    tree = {"at": 1, "b": {"nonsense": True}, "bo": "x", "mo": 1, "n": b64(bytes([n] * 12)), "on": on_, "t": "bind"}
    return author.write(msgspec.json.encode(tree | {"v": 1}, order="sorted"))


# The projector --------------------------------------------------------------------------------------------------------
def test_what_was_accepted_before_a_kill_is_projected_after_it(offices: Offices, author: Author) -> None:
    office = offices("hub")
    office.trust(author)
    office.stop()
    author.say(MOTOR, U)
    author.say(bind(), U, V)
    assert [v.kind for v in accept_only(office.database, author.batch(0, 1), author.batch(1))] == ["accepted"] * 2
    again = offices("hub")
    again.settle()
    assert (again.state(U), again.state(V)) == ("in_process", "unknown")
    with again.reading() as conn:
        trunk = logs.trunk(conn, logs.by_id(conn, author.log).lid)  # type: ignore[union-attr]
    assert (trunk.size, trunk.projected) == (2, 2)


def test_what_was_to_be_judged_again_before_a_kill_is_judged_after_it(offices: Offices, author: Author) -> None:
    """Definitions were published, and the hub died before it came to all the things that they change."""
    office = offices("hub")
    office.trust(author)
    for thing in (U, V):
        author.say(MOTOR, thing)
        author.say(done("press"), thing)
    office.take(author)
    office.stop()
    office = offices("hub", start=False)
    with office.store.writing() as conn:
        office.ingest.publish(conn, [Fact(b.DefinitionPublished(tree)) for tree in trees()])
        office.ingest.rejudge_all(conn)
    assert office.state(U) == "in_process"
    office.store.close()
    again = offices("hub")
    again.settle()
    assert (again.state(U), again.state(V)) == ("passed", "passed")


def trees() -> list[dict[str, Any]]:
    one_step = route(operation("press", "st-10"))
    return [msgspec.to_builtins(d) | {"kind": kind} for d, kind in ((material(), "material"), (one_step, "route"))]


@pytest.mark.parametrize("seed", range(4))
def test_incremental_is_rebuild(offices: Offices, expect_warning: Expect, seed: int) -> None:
    """In whatever pieces and order it came, judging all of it anew over empty tables gives the same."""
    expect_warning("batch_forked|batch_quarantined|event_unreadable")
    office = offices("hub")
    press, wire, test = authors = Author(1, "st-10"), Author(2, "st-20"), Author(3, "st-30")
    office.trust(*authors)
    tell_a_while(press, wire, test)
    clone = wire.clone(3)
    clone.say(b.Scrap(reason="said by a clone"), unit("M-5"))
    random = Random(seed)
    todo = [(one, n, min(n + 3, one.size)) for one in (*authors, clone) for n in range(0, one.size, 3)]
    todo.sort(key=lambda piece: (piece[1], random.random()))
    for at, piece in enumerate(todo):
        office.take(*piece)
        if at == 4:
            office.define(material(), ROUTE)
        if at == 9:
            office.publish(b.StationRevoked(log=test.log, at=5, reason="lost"))
            office.define(material(), motor_route(tests=2))
    with office.reading() as conn:
        before, rows = judged(conn), portable_rows(conn)
    kinds = {kind for _, _, kind, *_ in before["finding"]}
    assert kinds >= {"cannot_judge", "disputed", "failed", "component_contested"}
    assert {state for state, _ in before["state"].values()} >= {"hold", "scrapped", "failed", "in_process"}
    office.stop()
    forget_rows(office.database)
    again = offices("hub")
    again.settle()
    with again.reading() as conn:
        after = judged(conn)
        assert portable_rows(conn) == rows
    for what in before:
        assert after[what] == before[what], what


def tell_a_while(press: Author, wire: Author, test: Author) -> None:
    """Parts in and out, a failure, rework, a part in two units, a hold, a scrap, what nobody can read or may say."""
    for n in range(6):
        thing = unit(f"M-{n}")
        press.say(MOTOR, thing)
        press.say(bind("rotor"), thing, unit(f"R-{n // 2}"))
        press.say(bind("magnet", "magnet"), thing, lot("magnet/L-1"))
        press.say(done("press"), thing)
        wire.say(done("wire"), thing, rf=[press.ref(press.size - 1)])
        test.say(done("test", "fail" if n == 1 else "pass"), thing, rf=[wire.ref(wire.size - 1)])
    swap = b.Replace(slot="rotor", material="rotor", quantity="1", uom="pcs", operation="rework")
    wire.say(swap, unit("M-1"), unit("R-9"), unit("R-0"), rf=[test.ref(1), press.ref(5)])
    wire.say(done("rework"), unit("M-1"), rf=[test.ref(1)])
    test.say(done("test"), unit("M-1"), rf=[wire.ref(wire.size - 1)])
    press.say(b.Hold(reason="look"), unit("M-2"), unit("M-3"))
    press.say(b.Scrap(reason="dropped"), unit("M-4"))
    press.say(MOTOR, unit("M-6"))
    say_nonsense(press, unit("M-5"))
    press.say(b.StationRevoked(log=wire.log, at=0, reason="not mine to say"), unit("M-0"))


# What cannot be read or judged ----------------------------------------------------------------------------------------
def test_a_body_that_makes_no_sense_holds_its_thing_and_the_others_go_on(
    office: Office, author: Author, expect_warning: Expect
) -> None:
    expect_warning("event_unreadable code=event.body")
    office.trust(author)
    author.say(MOTOR, W)
    say_nonsense(author, U, V)
    author.say(MOTOR, U)
    assert office.take(author).kind == "accepted"
    assert [office.state(thing) for thing in (U, V, W)] == ["hold", "hold", "in_process"]
    assert [office.findings(thing) for thing in (U, V, W)] == [[("cannot_judge", True)], [("cannot_judge", True)], []]
    office.define(material(), ROUTE)
    author.say(done("press"), U)
    office.take(author, 3)
    assert (office.state(U), office.findings(U)) == ("hold", [("cannot_judge", True)]), "nor is it forgotten later"


def test_a_station_that_speaks_for_the_site_is_found_and_not_heard(
    office: Office, author: Author, expect_warning: Expect
) -> None:
    expect_warning("event_unreadable code=event.authority")
    other = Author(2)
    office.trust(author)
    author.say(b.DefinitionPublished(trees()[0]), U)
    author.say(other.enrolment())
    office.take(author)
    assert (office.state(U), office.findings(U)) == ("hold", [("cannot_judge", True)])
    assert definitions_of(office).get(Material, "motor") is None
    with office.reading() as conn:
        assert logs.by_id(conn, other.log) is None


def test_an_entry_that_the_disk_damaged_holds_its_thing_when_it_is_judged(
    office: Office, author: Author, expect_warning: Expect
) -> None:
    expect_warning("cannot_judge thing=.*M-1")
    office.trust(author)
    author.say(MOTOR, U)
    author.say(MOTOR, V)
    office.take(author)
    office.ingest.do(lambda conn: damage(conn, author, 0))
    office.define(material(), ROUTE)
    office.settle()
    assert (office.state(U), office.findings(U)) == ("hold", [("cannot_judge", True)])
    assert office.state(V) == "in_process"
    author.say(done("press"), V)
    assert office.take(author, 2).kind == "accepted"


def test_an_entry_that_was_damaged_before_it_was_projected_stops_no_other(
    offices: Offices, author: Author, expect_warning: Expect
) -> None:
    expect_warning("attempt_failed .*BadEvent|cannot_project")
    office = offices("hub")
    office.trust(author)
    office.stop()
    for thing in (U, V, W):
        author.say(MOTOR, thing)
    accept_only(office.database, author.batch())
    store = access.open_store(office.database, create=False)
    with store.writing() as conn:
        damage(conn, author, 1)
    store.close()
    again = offices("hub")
    again.settle()
    with again.reading() as conn:
        assert set(judged(conn)["state"]) == {U, W}


def damage(conn: Connection, author: Author, index: int) -> None:
    """One flipped bit in an entry's bytes."""
    raw = bytearray(author.raws[index])
    raw[0] ^= 1
    conn.execute(update(t.entry).where(t.entry.c.raw == author.raws[index]).values(raw=bytes(raw)))


# Standings, findings, edges -------------------------------------------------------------------------------------------
def test_findings_are_replaced_and_never_pile_up(office: Office, author: Author) -> None:
    office.define(material(), motor_route())
    office.trust(author)
    author.say(MOTOR, U)
    author.say(done("press", "fail"), U)
    office.take(author)
    assert office.findings(U) == [("failed", True)]
    author.say(done("press"), U)
    for _ in range(3):
        office.take(author, 2)
        office.define(material())
    author.say(b.Refused(operation="press", code="component.wrong"), U)
    office.take(author, 3)
    assert office.findings(U) == [("component_refused", False), ("failed", True)]
    author.say(b.Scrap(reason="dropped"), U)
    office.take(author, 4)
    assert office.findings(U) == [("component_refused", False), ("failed", False)]


def test_a_change_of_definitions_judges_again_what_they_are_about(office: Office, author: Author) -> None:
    office.trust(author)
    author.say(MOTOR, U)
    author.say(done("press"), U)
    office.take(author)
    assert office.state(U) == "in_process"
    office.define(material(), route(operation("press", "st-10")))
    office.settle()
    assert office.state(U) == "passed"
    office.define(ROUTE)
    office.settle()
    assert office.state(U) == "in_process"


def ended(office: Office, parent: Claim) -> list[bool]:
    """Of each edge of a parent, in the order in which they were said: whether it ended."""
    with office.reading() as conn:
        e = t.edge.c
        joined = t.edge.join(t.thing, e.parent == t.thing.c.tid)
        query = select(e.removed_by).select_from(joined).where(t.thing.c.value == parent.value).order_by(e.eid, e.k)
        return [removed is not None for removed in conn.execute(query).scalars()]


def test_a_component_that_came_out_ends_its_own_edge_and_no_other(office: Office, author: Author) -> None:
    office.trust(author)
    author.say(bind("rotor"), U, V)
    author.say(bind("magnet"), U, W)
    office.take(author)
    assert ended(office, U) == [False, False]
    author.say(b.Unbind(operation="rework"), U, V, rf=[2])
    office.take(author, 2)
    assert ended(office, U) == [True, False]
    author.say(bind("rotor"), U, V, rf=[1])
    office.take(author, 3)
    assert ended(office, U) == [True, False, False], "it was put back: the first time is over all the same"
    author.say(b.Unbind(operation="rework", tags=tags(author.id(3))), U, V, rf=[1])
    office.take(author, 4)
    assert ended(office, U) == [True, False, True]


def test_a_carton_that_is_emptied_and_filled_again(office: Office, author: Author) -> None:
    office.trust(author)
    carton = Claim("container@k3f9x2ma", "C-1")
    author.say(b.Aggregate(), carton, U, V)
    author.say(b.Disaggregate(), carton, U, rf=[1])
    author.say(b.Aggregate(), carton, U, rf=[1])
    office.take(author)
    assert ended(office, carton) == [True, False, False]
