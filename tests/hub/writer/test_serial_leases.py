"""Blocks of serial numbers: one log each, renewed when half is used, and no number in two blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import event_types as b
from common.definitions import CodeRule, Definitions, Form, Issue, Line, Material, Operation, Route, Step, canonical
from common.definitions.line import Workplace
from common.definitions.naming import Name
from common.errors import HeadwaterError
from common.ids import Claim
from common.ledger import leases
from common.serials import Block
from hub.access.accounts import ROLES, Caller
from hub.decisions import orders
from hub.definitions.checks import faults
from tests.support.factory import Author
from tests.support.hub import Office

NAME = Name("名", "Name")
RULE = CodeRule("m", NAME, "unit", r"M-\d{4}", "M-0001", "motor")
ISSUE = Issue("M-", 4, 1, 10)
ROUTE = Route("r", NAME, [Operation("press", NAME, ["st-10"], "f"), Operation("test", NAME, ["st-20"], "f", ["press"])])
ZHOU = Caller("p-zhou", frozenset(ROLES["supervisor"]))


def motor(issue: Issue = ISSUE, **more: Any) -> Material:
    return Material("motor", NAME, "made", "unit", route="r", issues=issue, **more)


@pytest.fixture
def press(office: Office) -> Author:
    """ST-10, where motors begin; ST-20 is there too."""
    office.define(motor(), ROUTE, RULE, Line("line-1", NAME, [Workplace("st-10", NAME), Workplace("st-20", NAME)]))
    author = Author(1, "st-10")
    office.trust(author, Author(2, "st-20"))
    office.settle()
    return author


def blocks(office: Office, log: str | None = None) -> list[tuple[int, int]]:
    with office.reading() as conn:
        found = leases.of_log(conn, log) if log else leases.every(conn)
    return [(block.first, block.last) for block in found]


def use(office: Office, author: Author, *numbers: int) -> None:
    for number in numbers:
        author.say(b.Commission("motor"), Claim(f"unit@{office.site.id}", f"M-{number:04}"))
    office.take(author, author.size - len(numbers))


# By itself ------------------------------------------------------------------------------------------------------------
def test_the_station_where_things_begin_gets_a_block_and_the_next_when_half_is_used(
    office: Office, press: Author
) -> None:
    assert blocks(office, press.log) == [(1, 10)] and blocks(office) == [(1, 10)]
    use(office, press, *range(1, 6))
    assert blocks(office, press.log) == [(1, 10)]
    use(office, press, 6)
    assert blocks(office, press.log) == [(1, 10), (11, 20)]
    office.settle()
    assert blocks(office) == [(1, 10), (11, 20)], "once"


def test_a_lease_stands_in_the_lines_log(office: Office, press: Author) -> None:
    with office.reading() as conn:
        (block,) = leases.of_log(conn, press.log)
        line = conn.exec_driver_sql("SELECT log FROM log WHERE role = 'line' AND line = 'line-1'").scalar_one()
    assert block.id.startswith(f"{line}.")
    assert (block.material, block.text(7)) == ("motor", "M-0007")


def test_a_new_incarnation_gets_a_block_of_its_own_and_the_old_log_no_more(office: Office, press: Author) -> None:
    use(office, press, 1, 2)
    heir = Author(3, "st-10")
    office.trust(heir, parent=press.head())
    office.settle()
    assert (blocks(office, press.log), blocks(office, heir.log)) == ([(1, 10)], [(11, 20)])
    use(office, heir, *range(11, 17))
    assert (blocks(office, press.log), blocks(office, heir.log)) == ([(1, 10)], [(11, 20), (21, 30)])


def test_a_revoked_station_gets_none(office: Office, press: Author) -> None:
    office.publish(b.StationRevoked(press.log, 0, "stolen"))
    other = Author(4, "st-10")
    office.trust(other)
    office.settle()
    assert (blocks(office, press.log), blocks(office, other.log)) == ([(1, 10)], [(11, 20)])


def test_a_series_that_ends_leases_what_there_is_and_then_nothing(office: Office, press: Author) -> None:
    office.define(motor(Issue("M-", 4, 9_995, 10)))
    use(office, press, *range(1, 10))
    assert blocks(office, press.log) == [(1, 10), (9_995, 9_999)]
    use(office, press, 10, *range(9_995, 10_000))
    assert blocks(office, press.log) == [(1, 10), (9_995, 9_999)]


def test_what_is_not_issued_is_not_leased(office: Office) -> None:
    office.define(Material("motor", NAME, "made", "unit", route="r"), ROUTE, RULE)
    office.trust(Author(1, "st-10"))
    office.settle()
    assert blocks(office) == []


# By hand --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def work(office: Office) -> Callable[..., Block]:
    def do(*asked: Any) -> Block:
        done: Block = office.ingest.do(lambda conn: orders.lease(conn, office.ingest, ZHOU, *asked))
        office.settle()
        return done

    return do


def test_a_supervisor_leases_more_before_a_long_outage(
    office: Office, press: Author, work: Callable[..., Block]
) -> None:
    block = work("motor", "st-10", 500)
    assert (block.first, block.last, block.log) == (11, 510, press.log)
    assert blocks(office, press.log) == [(1, 10), (11, 510)]
    use(office, press, *range(1, 11))
    assert blocks(office, press.log) == [(1, 10), (11, 510)]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("rotor", "st-10", None), "lease.material"),
        (("motor", "st-99", None), "station.unknown"),
        (("motor", "st-10", 9_989), ""),
    ],
)
def test_only_what_there_is_is_leased(
    office: Office, press: Author, work: Callable[..., Block], asked: tuple[Any, ...], code: str
) -> None:
    if code:
        with pytest.raises(HeadwaterError, match=code.replace(".", r"\.")):
            work(*asked)
        return
    assert work(*asked).last == 9_999
    with pytest.raises(HeadwaterError, match=r"lease\.exhausted"):
        work(*asked)


# Definitions ----------------------------------------------------------------------------------------------------------
FORM = Form("f", NAME, [Step("s", NAME, "scan", "rotor")])


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (motor(), ""),
        (motor(Issue("M-", 5)), "definition.pattern"),
        (motor(Issue("X-", 4)), "definition.pattern"),
        (motor(Issue("M-", 4, 10_000)), "definition.limits"),
    ],
)
def test_an_issue_must_give_serials_that_read_as_the_material(made: Material, code: str) -> None:
    found = {fault.code for fault in faults([made, ROUTE, RULE, FORM]) if fault.field.startswith("issues")}
    assert found == ({code} if code else set())


def test_what_is_bought_is_not_numbered_here() -> None:
    bought = Material("motor", NAME, "bought", "unit", issues=ISSUE)
    assert "definition.schema" in {fault.code for fault in faults([bought, RULE])}


def test_a_material_without_issues_keeps_its_bytes() -> None:
    assert b"issues" not in canonical(Material("m", NAME, "bought", "unit"))
    (known,) = Definitions.of([motor()]).all(Material)
    assert b'"issues":{"block":10,"digits":4,"first":1,"prefix":"M-"}' in canonical(known)


# Never twice ----------------------------------------------------------------------------------------------------------
@given(st.integers(0, 10**15 - 2), st.integers(0, 50), st.dictionaries(st.sampled_from(["b", "c"]), st.integers(0, 60)))
def test_a_block_counts_what_is_left(first: int, more: int, used: dict[str, int]) -> None:
    block = Block("b", "l", "m", "P", 3, first, min(first + more, 10**15 - 1))
    numbers = range(block.following(used), block.last + 1)
    assert len(numbers) == block.left(used)
    assert all(block.first <= n and n > used.get("b", -1) for n in numbers)
    assert len({block.text(n) for n in numbers}) == len(numbers)
