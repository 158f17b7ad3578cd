"""What people decide by the API becomes one signed event that says who decided; what makes no sense becomes none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from common import event_types as b
from common import events, pins
from common.definitions import Line, Material, Operation, Person, Route
from common.definitions.line import Workplace
from common.definitions.naming import Name
from common.errors import HeadwaterError
from common.ids import Claim
from common.ledger import logs, reads
from common.rows import Mark
from hub.access.accounts import Caller
from hub.api.decisions import Held
from hub.decisions import holds, orders, people, revocations, settlements
from tests.support.factory import Author, unit
from tests.support.hub import Office, size_of

ZHOU = Caller("p-zhou", frozenset({"read", "quality", "calls", "orders", "stations", "people"}))
M1 = unit("M-1")
NAME = Name("名", "Name")


@pytest.fixture
def work(office: Office, old: Author) -> Callable[..., Any]:
    """work(powers.hold, …) → done in the hub's writer by ZHOU, and judged."""
    office.define(Material("motor", NAME, "made", "unit"), Line("line-1", NAME, [Workplace("st-10", NAME)]))

    def do(what: Callable[..., Any], *arguments: Any) -> Any:
        done = office.ingest.do(lambda conn: what(conn, office.ingest, ZHOU, *arguments))
        office.settle()
        return done

    return do


def refused(work: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(HeadwaterError) as caught:
        work(*arguments)
    return caught.value.code


def last(office: Office, log: str | None = None) -> events.Event:
    """The newest event of the site log, or of this one."""
    with office.reading() as conn:
        known = logs.by_id(conn, log or office.site.trust.site_log)
        assert known
        return events.decode(logs.waiting(conn, known.lid, 10_000)[-1])


def held(office: Office, claim: Claim = M1) -> list[Held]:
    with office.reading() as conn:
        return holds.holds(conn, claim)


# Holds ----------------------------------------------------------------------------------------------------------------
def test_a_hold_holds_until_a_release_names_it_and_both_say_who(office: Office, work: Callable[..., Any]) -> None:
    assert work(holds.hold, ["M-1"], "noise", None) == [M1]
    assert office.state(M1) == "hold"
    (one,) = held(office)
    assert (one.reason, one.who) == ("noise", "p-zhou")
    assert work(holds.release, M1, [one.tag], ("heard again", "release")) == 1
    assert office.state(M1) != "hold" and not held(office)


def test_a_release_of_all_ends_what_stands_and_not_what_comes_later(office: Office, work: Callable[..., Any]) -> None:
    for reason in ("noise", "scratch"):
        work(holds.hold, [M1], reason, None)
    assert work(holds.release, M1, None, ("looked at both", "release")) == 2
    work(holds.hold, [M1], "again", None)
    assert office.state(M1) == "hold" and [one.reason for one in held(office)] == ["again"]


def test_a_release_must_name_what_stands(office: Office, work: Callable[..., Any]) -> None:
    assert refused(work, holds.release, M1, None, ("x", "release")) == "hold.none"
    work(holds.hold, [M1], "noise", None)
    (one,) = held(office)
    work(holds.release, M1, [one.tag], ("x", "release"))
    work(holds.hold, [M1], "again", None)
    assert refused(work, holds.release, M1, [one.tag], ("x", "release")) == "hold.unknown"


def test_a_hold_of_a_line_stands_in_the_lines_log(office: Office, work: Callable[..., Any]) -> None:
    before = size(office)
    work(holds.hold, ["M-1"], "noise", "line-1")
    assert office.state(M1) == "hold"
    assert size(office) == before + 1, "the site log grew by the enrolment of the line's log only"


def size(office: Office) -> int:
    with office.reading() as conn:
        return size_of(conn, office.site.trust.site_log)


@pytest.mark.parametrize("thing", ["M-999", "", "unit@nowhere:M-1", Claim("unit@nowhere", "M-1")])
def test_what_nobody_knows_is_not_held(office: Office, work: Callable[..., Any], thing: Claim | str) -> None:
    before = size(office)
    assert refused(work, holds.hold, ["M-1", thing], "noise", None) == "code.unknown"
    assert size(office) == before and office.state(M1) != "hold", "all or nothing"


def test_a_code_that_means_two_things_is_not_guessed(office: Office, old: Author, work: Callable[..., Any]) -> None:
    other = Claim("container@" + M1.scheme.partition("@")[2], "M-1")
    old.say(b.Hold("x"), other)
    office.take(old, old.size - 1)
    assert refused(work, holds.hold, ["M-1"], "noise", None) == "code.ambiguous"
    assert work(holds.hold, [str(M1)], "noise", None) == [M1]


def test_a_line_that_is_not_there_gets_no_log(office: Office, work: Callable[..., Any]) -> None:
    assert refused(work, holds.hold, [M1], "noise", "lime-1") == "line.unknown"
    assert not (office.data / "keys" / "line-lime-1.key").exists()


# Findings, stations, orders -------------------------------------------------------------------------------------------
def test_only_an_open_finding_is_settled(office: Office, old: Author, work: Callable[..., Any]) -> None:
    said = b.Settle(finding="commissioned_twice", reason="the first label stands")
    assert refused(work, settlements.settle, M1, said) == "settle.none"
    second = old.say(b.Commission(material="motor"), M1)
    office.take(old, old.size - 1)
    work(settlements.settle, M1, b.Settle("commissioned_twice", drop=(f"{second}#0",), reason="the first label stands"))
    event = last(office)
    assert (event.t, event.who) == ("settle", "p-zhou")


def test_a_station_is_revoked_where_the_hub_has_received_it(
    office: Office, old: Author, work: Callable[..., Any], expect_warning: Callable[[str], None]
) -> None:
    expect_warning("batch_quarantined")
    assert work(revocations.revoke, "st-10", None, "stolen") == [(old.log, old.size)]
    old.say(b.Hold("forged"), M1)
    assert office.take(old, old.size - 1).kind == "aside"
    assert refused(work, revocations.revoke, "st-10", None, "again") == "station.unknown"
    assert refused(work, revocations.revoke, "st-99", None, "x") == "station.unknown"
    assert last(office).who == "p-zhou"


def test_a_revocation_may_reach_back_and_never_forward(office: Office, old: Author, work: Callable[..., Any]) -> None:
    assert work(revocations.revoke, "st-10", 1, "stolen last week") == [(old.log, 1)]


def test_an_order_is_given_once_for_what_is_made_here(office: Office, work: Callable[..., Any]) -> None:
    order = b.OrderReceived("motor", "24", "pcs", "2099-12-31")
    claim = work(orders.order, "WO-1", "line-1", order)
    with office.reading() as conn:
        assert reads.history(conn, claim).events
    assert refused(work, orders.order, "WO-1", "line-1", order) == "orders.exists"
    assert refused(work, orders.order, "WO-2", "line-1", b.OrderReceived("bolt", "1", "pcs")) == "orders.material"
    assert refused(work, orders.order, "WO-2", "line-9", order) == "line.unknown"
    for quantity in ("0", "0.00", "-1"):
        said = b.OrderReceived("motor", quantity, "pcs")
        assert refused(work, orders.order, "WO-2", "line-1", said) == "orders.quantity"


# People ---------------------------------------------------------------------------------------------------------------
def test_rights_are_events_and_names_are_not(office: Office, work: Callable[..., Any]) -> None:
    person = work(people.add, None, people.Changes("王小二", "B10099", ["operator"], stations=["st-10"]))
    event = last(office)
    assert (event.t, event.who) == ("definition_published", "p-zhou")
    assert person.startswith("p-") and "王小二" not in person
    assert not [mark for mark in ("王小二".encode(), b"B10099") if mark in bytes(event.b)]
    work(people.erase, person)
    with office.reading() as conn:
        assert person not in [row.id for row in people.listed(conn)]


def test_a_badge_is_one_persons_and_a_person_is_added_once(office: Office, work: Callable[..., Any]) -> None:
    work(people.add, "p-a", people.Changes("A", "B1", ["operator"]))
    assert refused(work, people.add, "p-a", people.Changes("A")) == "person.exists"
    assert refused(work, people.add, "p-b", people.Changes("B", "B1")) == "person.badge"
    assert refused(work, people.change, "p-c", people.Changes("C")) == "person.unknown"
    assert refused(work, people.change, "p-a", people.Changes(qualified=["no-such"])) == "person.operation"
    work(people.change, "p-a", people.Changes(badge="B2"))
    with office.reading() as conn:
        (row,) = people.listed(conn)
    assert (row.name, row.badge, row.roles) == ("A", "B2", ("operator",))


def test_a_hold_that_a_thing_shares_with_others_is_its_own(
    office: Office, old: Author, work: Callable[..., Any]
) -> None:
    """One event, two things, two tags: the release of one does not release the other."""
    two = unit("M-2")
    old.say(b.Commission(material="motor"), two)
    office.take(old, old.size - 1)
    work(holds.hold, [M1, two], "noise", None)
    work(holds.release, M1, None, ("x", "release"))
    assert (office.state(M1) != "hold", office.state(two)) == (True, "hold")
    with office.reading() as conn:
        marks = [r for p in reads.history(conn, two).events for r in p.rows if isinstance(r, Mark) and r.kind == "hold"]
    assert marks


# What a station learns of people --------------------------------------------------------------------------------------
def test_a_station_learns_only_of_people_who_may_work_there(office: Office, work: Callable[..., Any]) -> None:
    verifier = pins.verifier(office.site.pepper, "240817", b"s" * 16)
    name = Name("二线", "Line 2")
    office.define(Line("line-2", name, [Workplace("st-20", name)]))
    for id, roles, lines, stations in (
        ("p-anywhere", ["operator"], [], []),
        ("p-line", ["operator"], ["line-1"], []),
        ("p-here", ["quality"], [], ["st-10"]),
        ("p-other", ["operator"], ["line-2"], []),
        ("p-next", ["operator"], [], ["st-20"]),
        ("p-office", ["admin"], [], []),
    ):
        asked = people.Changes(id, f"B-{id}", [role for role in roles if role != "admin"], None, lines, stations)
        work(people.add, id, asked)
    office.define(Person("p-office", ["admin"]))
    office.ingest.do(lambda conn: people.set_pin(conn, ZHOU, "p-here", verifier))

    def known(line: str, station: str) -> dict[str, str]:
        with office.reading() as conn:
            return {one.id: one.pin for one in people.working_at(conn, line, station)}

    assert known("line-1", "st-10") == {"p-anywhere": "", "p-line": "", "p-here": verifier}
    assert set(known("line-2", "st-20")) == {"p-anywhere", "p-other", "p-next"}
    work(people.erase, "p-here")
    assert set(known("line-1", "st-10")) == {"p-anywhere", "p-line"}


def test_whoever_is_qualified_for_nothing_here_is_not_known_here(office: Office, work: Callable[..., Any]) -> None:
    at = Operation("press", NAME, ["st-10"], "press-form"), Operation("test", NAME, ["st-30"], "test-form")
    office.define(Route("motor-route", NAME, list(at)))
    work(people.add, "p-press", people.Changes("P", "B-P", ["operator"]))
    office.define(Person("p-press", ["operator"], ["press"]))
    with office.reading() as conn:
        assert [one.id for one in people.working_at(conn, "line-1", "st-10")] == ["p-press"]
        assert not people.working_at(conn, "line-1", "st-30")
