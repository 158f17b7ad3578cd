"""The one writer: what is accepted stays, what is projected is what a rebuild gives, and nothing stops the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from common import bodies as b
from common.definitions import Material
from common.definitions.naming import Name
from common.errors import BadBatch, Denied, StoreUnavailable, Unavailable
from common.ids import b64
from common.ledger import tables as t
from hub.db import access
from tests.support.factory import (
    Author,
    bind,
    definitions_of,
    done,
    lot,
    motor_route,
    portable_entries,
    portable_rows,
    tags,
    unit,
)
from tests.support.hub import Office, accept_only, judged, together, waiting, welcome

MOTOR = b.Commission(material="motor")
ROUTE = motor_route()
MATERIAL = Material(id="motor", name=Name(zh="电机", en="Motor"), origin="made", tracked="unit", route=ROUTE.id)
U, V, W = unit("M-1"), unit("M-2"), unit("M-3")


def bad_body(author: Author, *on: object) -> str:
    """An event that decodes, of a known type, whose body breaks its schema."""
    from msgspec import json

    tree = json.decode(author.raws[0])
    tree |= {"t": "bind", "b": {"nonsense": True}, "n": b64(author.size.to_bytes(12, "big"))}
    tree["on"] = [{"scheme": claim.scheme, "value": claim.value} for claim in on]  # type: ignore[attr-defined]
    return author.write(json.encode(tree, order="sorted"))


def story(*authors: Author) -> None:
    """What a line says in a while: parts in and out, a failure with rework, a hold, a scrap, what nobody can read."""
    press, wire, test = authors
    for n in range(6):
        thing = unit(f"M-{n}")
        press.say(MOTOR, thing)
        press.say(bind("rotor"), thing, unit(f"R-{n}"))
        press.say(bind("magnet", "magnet"), thing, lot("magnet/L-1"))
        press.say(done("press"), thing)
        last = press.ref(press.size - 1)
        wire.say(done("wire"), thing, rf=[last])
        test.say(done("test", "fail" if n == 1 else "pass"), thing, rf=[wire.ref(wire.size - 1)])
    wire.say(b.Replace(slot="rotor", material="rotor", quantity="1", uom="pcs", operation="rework"),
             unit("M-1"), unit("R-9"), unit("R-1"), rf=[test.ref(1), press.ref(1)])  # fmt: skip
    wire.say(done("rework"), unit("M-1"), rf=[test.ref(1)])
    test.say(done("test"), unit("M-1"), rf=[wire.ref(wire.size - 1)])
    test.say(b.Hold(reason="look"), unit("M-2"), unit("M-3"))
    test.say(b.Scrap(reason="dropped"), unit("M-4"))
    bad_body(press, unit("M-5"))
    press.say(b.StationRevoked(log=wire.log, at=0, reason="not mine to say"), unit("M-0"))


# Receipts and commits -------------------------------------------------------------------------------------------------
def test_what_has_a_receipt_is_on_the_disk(office: Office, author: Author) -> None:
    office.trust(author)
    author.say(MOTOR, U)
    said = office.ingest.submit(author.batch())
    assert (said.kind, said.size, bool(said.receipt)) == ("accepted", 1, True)
    assert office.size(author) == 1, "another connection sees it as soon as the answer is there"


def test_many_batches_are_one_commit_and_each_gets_its_own_answer(offices: Callable[..., Office]) -> None:
    """All are queued before the writer starts, so that they are one group."""
    office = offices(start=False)
    authors = [Author(seed) for seed in range(1, 9)]
    for one in authors:
        one.say(MOTOR, unit(f"M-{one.station}"))
    stranger = Author(99)
    stranger.say(MOTOR, U)

    def no(_: object) -> None:
        raise Denied("enrol.words", station="st-1")

    work = [lambda: office.trust(*authors), *(lambda one=one: office.ingest.submit(one.batch()) for one in authors)]
    bad = [lambda: _error(office.ingest.submit, b"rubbish"), lambda: _error(office.ingest.do, no)]
    last = [lambda: office.ingest.submit(stranger.batch())]

    def begin() -> None:
        while office.ingest._jobs.qsize() < len(work) + len(bad) + len(last):
            pass
        office.start()

    answers = together(*work, *bad, *last, begin)
    kinds = [answer.kind for answer in answers[1 : len(work)]]
    assert set(kinds) <= {"accepted", "aside"}, "in which order they came is nobody's promise"
    assert [type(answer) for answer in answers[len(work) : -2]] == [BadBatch, Denied]
    assert answers[-2].kind == "aside"
    assert [office.size(one) for one in authors] == [1] * 8


def _error(work: Callable[..., object], *arguments: object) -> Exception | None:
    try:
        work(*arguments)
    except Exception as e:
        return e
    return None


@pytest.fixture(autouse=True)
def _said(request: pytest.FixtureRequest, expect_warning: Callable[[str], None]) -> None:
    """What these tests provoke is said in the log; which of it, is declared by the marker `says`."""
    for mark in request.node.iter_markers("says"):
        expect_warning(mark.args[0])
