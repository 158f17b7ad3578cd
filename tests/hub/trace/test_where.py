"""Where a thing went: every unit and container, what came out again, and nothing twice."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from common import event_types as b
from common.ids import Claim
from hub.trace.thing import thing_page
from hub.trace.tree import Node
from hub.trace.where import WherePage, where_page
from hub.web.words import where_groups
from tests.support.motors import CARTONS, REWORKED, Line


def where(line: Line, claim: Claim) -> WherePage:
    with line.store.reading() as conn:
        found = where_page(conn, claim, line.gate.age_ms, line.now_ms)
    assert found is not None
    return found


def test_a_lot_is_followed_to_its_units_and_their_containers(line: Line) -> None:
    found = where(line, line.lot("magnet", "MG-2610-B"))
    assert (found.kind, found.counts, found.ended) == ("lot", {"container": 2, "unit": 7}, 0)
    packed = {one.claim.value[-4:]: one.container for one in found.lines if one.kind == "unit"}
    assert packed == {
        **dict.fromkeys(("4216", "4217", "4218", "4219"), CARTONS[0]),
        **dict.fromkeys(("4221", "4222"), CARTONS[1]),
        "4220": None,
    }
    assert {one.via for one in found.lines if one.kind == "unit"} == {found.claim}
    assert {one.material.en for one in found.lines if one.kind == "unit" and one.material} == {"Hub motor M-250"}


def test_what_came_out_again_is_told_and_not_followed(line: Line) -> None:
    found = where(line, line.unit("C25-04217"))
    assert [(one.claim.value, one.ended) for one in found.lines] == [(f"M-250-{REWORKED:06d}", True)]
    assert (found.counts, found.ended) == ({}, 1)


def test_what_went_nowhere_has_an_empty_page(line: Line) -> None:
    found = where(line, CARTONS[0])
    assert (found.lines, found.counts) == ((), {})


def test_a_unit_leads_to_its_container(line: Line) -> None:
    found = where(line, line.unit(f"M-250-{REWORKED:06d}"))
    assert [one.claim for one in found.lines] == [CARTONS[0]]
    grouped = where_groups(found, 500)
    assert [group.container for group in grouped.groups] == [None] and grouped.all == 1


def test_the_page_groups_by_container_and_counts_states(line: Line) -> None:
    grouped = where_groups(where(line, line.lot("magnet", "MG-2610-B")), 500)
    assert [(g.container, len(g.lines)) for g in grouped.groups] == [(CARTONS[0], 4), (CARTONS[1], 2), (None, 1)]
    assert dict(grouped.states) == {"passed": 5, "scrapped": 1, "hold": 1}


def test_a_cycle_ends_and_is_told(tmp_path: Path) -> None:
    with closing(Line(tmp_path)) as line:
        one, other = line.unit("C25-00001"), line.unit("C25-00002")
        for parent, child in ((one, other), (other, one)):
            line.say("st-10", b.Bind("x", "controller", "1", "pcs", "wire"), parent, child)
        line.upload()
        assert [n.claim for n in where(line, one).lines] == [other, one]


def test_one_of_several_lots_is_told_as_possible_until_somebody_knows(tmp_path: Path) -> None:
    """The reel was changed and nobody noted when."""
    with closing(Line(tmp_path)) as line:
        rotor, one, other = line.unit("R-00001"), line.lot("magnet", "MG-1"), line.lot("magnet", "MG-2")
        line.say("st-10", b.BindOneOf("magnet", "magnet", "8", "pcs", "press"), rotor, one, other)
        line.upload()
        assert [(n.claim, n.possible) for lot in (one, other) for n in where(line, lot).lines] == [(rotor, True)] * 2
        assert {n.possible for n in inside(line, rotor)} == {True}
        line.say("st-10", b.Bind("magnet", "magnet", "8", "pcs", "press"), rotor, one)
        line.upload()
        assert False in {n.possible for n in where(line, one).lines}
        assert [n.claim for n in where(line, other).lines if not n.ended] == []


def inside(line: Line, claim: Claim) -> tuple[Node, ...]:
    with line.store.reading() as conn:
        found = thing_page(conn, claim, line.gate.age_ms, line.now_ms)
    assert found is not None
    return found.tree.children
