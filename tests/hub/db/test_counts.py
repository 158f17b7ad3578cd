"""What the demo is counted by: every entry the hub has, and the units that are finished."""

from __future__ import annotations

from common import event_types as b
from common.definitions import Material
from common.definitions.naming import Name
from common.ids import split_event_id
from hub.db import counts
from tests.support.factory import Author, container, done, operation, route, unit
from tests.support.hub import Office

ONE_STEP = route(operation("press", "st-10"))
MOTOR = Material(id="motor", name=Name(zh="电机", en="Motor"), origin="made", tracked="unit", route=ONE_STEP.id)


def test_every_entry_is_counted_by_its_event_whatever_branch_it_is_on(office: Office, author: Author) -> None:
    office.trust(author)
    ids = [author.say(b.Commission(material="motor"), unit(f"M-{n}")) for n in range(3)]
    office.take(author)
    with office.reading() as conn:
        found = counts.event_references(conn)
    assert {split_event_id(id) for id in ids} <= found
    assert len(found) == 3 + 2, "the site log's opening and the enrolment are entries too"


def test_a_unit_is_finished_when_it_passed_everything_and_stands_in_a_container(office: Office, author: Author) -> None:
    office.trust(author)
    office.define(MOTOR, ONE_STEP)
    for n in range(4):
        author.say(b.Commission(material="motor"), unit(f"M-{n}"))
        author.say(done("press", "fail" if n == 1 else "pass"), unit(f"M-{n}"))
    author.say(b.Aggregate(), container(), unit("M-0"), unit("M-1"), unit("M-2"))
    office.take(author)
    with office.reading() as conn:
        assert (counts.finished(conn, "motor"), counts.finished(conn, "pump")) == (2, 0)
    author.say(b.Disaggregate(), container(), unit("M-0"), rf=[1])
    office.take(author, author.size - 1)
    with office.reading() as conn:
        assert counts.finished(conn, "motor") == 1, "taken out again; M-1 failed, M-3 was never packed"
