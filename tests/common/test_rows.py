"""One event, its rows: which type makes which, positions of `on`, and nothing else is looked at."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from common import entries as e
from common import event_types as b
from common import events
from common.errors import BadEvent
from common.events import Fact
from common.ids import Claim
from common.rows import (
    Amount,
    Called,
    Correction,
    Decision,
    Edge,
    Enrolment,
    Entered,
    Identity,
    Leased,
    Lift,
    Mark,
    Measure,
    Movement,
    Published,
    Result,
    Retraction,
    Revocation,
    Row,
    rows_of,
)
from tests.support.bodies import EVERY
from tests.support.factory import Author, bind, container, done, lot, stamp, unit

U, V, W, L = unit("M-1"), unit("M-2"), unit("M-3"), lot()
TAG = "a" * 26 + "." + "A" * 43 + "#0"
VALUE = b.Value("f", "1.50", "kN", "pass", "1", "2")


def rows(body: b.Body, *on: Claim) -> tuple[Row, ...]:
    return rows_of(events.decode(events.encode(Fact(body, on), stamp(1))))


@pytest.mark.parametrize(
    ("body", "on", "expected"),
    [
        (b.Commission(material="motor", order="WO-1"), (U,), (Identity(0, U, "motor", "WO-1"),)),
        (b.Receive(material="screw", supplier="s", quantity="5", uom="pcs"), (L,), (
            Identity(0, L, "screw", received=True), Movement(1, L, "receive", "s", quantity="5", uom="pcs"),
        )),
        (bind("rotor", "r", "2"), (U, V), (Edge(0, U, V, "bind", "rotor", "r", "2", "pcs", "press"),)),
        (b.BindOneOf("s", "m", "8", "pcs", "o"), (U, L, lot("L-2")), (
            Edge(0, U, L, "candidate", "s", "m", "8", "pcs", "o"),
            Edge(1, U, lot("L-2"), "candidate", "s", "m", "8", "pcs", "o"),
        )),
        (b.Unbind(operation="o"), (U, V), (Retraction(0, U, V),)),
        (b.Unbind(operation="o", slot="s"), (U,), (Retraction(0, U, None, (), "s"),)),
        (b.Unbind(operation="o", tags=(TAG,)), (U, V), (Retraction(0, U, V, (TAG,)),)),
        (
            b.Replace("s", "m", "1", "pcs", "o", (TAG,)),
            (U, V, W),
            (Edge(0, U, V, "bind", "s", "m", "1", "pcs", "o"), Retraction(1, U, W, (TAG,), "s")),
        ),
        (b.Aggregate(operation="pack"), (U, V, W), (
            Edge(0, U, V, "aggregate", operation="pack"), Edge(1, U, W, "aggregate", operation="pack"),
        )),
        (b.AggregateCounted((b.Quantity(2, "12", "jar"),), "pack"), (U, V, W), (
            Edge(0, U, V, "aggregate", operation="pack"),
            Edge(1, U, W, "aggregate", quantity="12", uom="jar", operation="pack"),
        )),
        (b.Ship("c", "d"), (U, V), (Movement(0, U, "ship", "c", "d"), Movement(1, V, "ship", "c", "d"))),
        (b.Return("c", "r"), (U,), (Movement(0, U, "return", "c", "r"),)),
        (b.Disaggregate(tags=(TAG,)), (U, V, W), (Retraction(0, U, V, (TAG,)), Retraction(1, U, W, (TAG,)))),
        (
            b.Transform(inputs=1, quantities=(b.Quantity(i=0, quantity="2", uom="kg"),), material="m", operation="o"),
            (U, V, W),
            (
                Edge(0, V, U, "transform", "", "m", "2", "kg", "o"),
                Edge(1, W, U, "transform", "", "m", "2", "kg", "o"),
                Amount(2, U, "-2", "kg"),
            ),
        ),
        (b.OperationStarted(operation="o", unknown=("p",)), (U,), (Result(0, U, "o", "started", unknown=("p",)),)),
        (done("o", "fail", reasons=("x",)), (U,), (Result(0, U, "o", "fail", reasons=("x",)),)),
        (
            done("o", provisional=True, unknown=("p",)), (U,), (Result(0, U, "o", "pass", True, ("p",)),),
        ),
        (b.OperationLeft(operation="o", step="2"), (U,), (Result(0, U, "o", "left"),)),
        (b.Inspected("o", "fail", ("d",)), (U,), (Result(0, U, "o", "fail", reasons=("d",)),)),
        (
            b.Measured("o", "s", "plc", (VALUE, b.Value("d", "0.1", "mm", "fail"))),
            (U,),
            (
                Measure(0, U, "o", "plc", "f", "1.50", "kN", "1", "2", "pass"),
                Measure(1, U, "o", "plc", "d", "0.1", "mm", None, None, "fail"),
            ),
        ),
        (
            b.MeasuredPage("o", "s", (
                e.NumberEntry(ch="f", verdict="warn", i=1, value="1.50", uom="kN", high="2", warn_high="1.4"),
                e.NumberEntry(ch="g", verdict="pass", value="2", device="caliper"),
                e.CodeEntry(ch="t", verdict="pass", value="W-1", thing=2),
                e.SignatureEntry(ch="s", verdict="pass", value="p-1", meaning="checked"),
            )),
            (U, V, W),
            (
                Measure(0, V, "o", "manual", "f", "1.50", "kN", None, "2", "warn"),
                Measure(1, U, "o", "caliper", "g", "2", "", None, None, "pass"),
                Entered(2, U, "o", "t", "code", "W-1", "pass"),
                Entered(3, U, "o", "s", "signature", "p-1", "pass", "", "checked"),
            ),
        ),
        (b.Refused(operation="o", code="plc.stale"), (U,), (Mark(0, U, "refused", "plc.stale", "o"),)),
        (b.Refused(operation="o", code="barcode.unknown"), (), ()),
        (b.Hold(reason="r"), (U, V), (Mark(0, U, "hold", "hold", "r"), Mark(1, V, "hold", "hold", "r"))),
        (b.Hold(reason="r", rule="child"), (U,), (Mark(0, U, "hold", "child", "r"),)),
        (b.Release(tags=(TAG,), reason="r", meaning="m"), (U,), (Lift(0, U, "hold", (TAG,)),)),
        (b.Scrap(reason="r"), (U,), (Mark(0, U, "scrap", "r"),)),
        (b.Unscrap(tags=(TAG,), reason="r"), (U,), (Lift(0, U, "scrap", (TAG,)),)),
        (b.NonconformanceOpened(code="c", text="t"), (U,), (Mark(0, U, "nonconformance", "c", "t"),)),
        (
            b.NonconformanceDecided(opened=TAG, decision="rework"), (U,), (Lift(0, U, "nonconformance", (TAG,)),)
        ),
        (
            b.NonconformanceDecided(opened=TAG, decision="scrap"), (U,),
            (Lift(0, U, "nonconformance", (TAG,)), Mark(1, U, "scrap", "nonconformance")),
        ),
        (b.Void(event=TAG[:-2], reason="r"), (U,), (Correction(0, TAG[:-2], None, "r"),)),
        (b.Amend(event=TAG[:-2], body={"b": 1, "a": 2}, reason="r"), (U,), (
            Correction(0, TAG[:-2], b'{"a":2,"b":1}', "r", (U,)),
        )),
        (b.Settle("f", (TAG,), reason="r"), (U, V), (Decision(0, U, "f", (TAG,), (), "r"),)),
        (b.Call("raised", "st-10", "material"), (), (Called(0, "st-10", "raised", "material", None),)),
        (b.Call("answered", "st-10", "m", TAG[:-2]), (), (Called(0, "st-10", "answered", "m", TAG[:-2]),)),
        (b.Call("cleared", "st-10"), (), ()),
        (b.SerialBlockLeased("a" * 26, "motor", "M-", 6, 1, 9), (), (
            Leased(0, "a" * 26, "motor", "M-", 6, 1, 9),
        )),
        (b.StationRevoked(log="a" * 26, at=7, reason="r"), (), (Revocation(0, "a" * 26, 7, "r"),)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, b.Body) else "",
)  # fmt: skip
def test_an_event_makes_just_these_rows(body, on, expected):
    assert rows(body, *on) == expected


def test_an_enrolment_carries_the_key_and_what_its_log_follows():
    author, old = Author(3, "st-30"), Author(4)
    old.say(done("press"), U)
    assert rows(author.enrolment(parent=old.head())) == (
        Enrolment(0, "st-30", "line-1", author.log, author.pub, old.log, 1),
    )
    assert rows(author.enrolment()) == (Enrolment(0, "st-30", "line-1", author.log, author.pub),)


def test_a_definition_is_kept_whole_with_the_hash_of_its_canonical_bytes():
    (row,) = rows(b.DefinitionPublished(definition={"use": "fail", "kind": "reason", "id": "noise"}))
    assert isinstance(row, Published)
    assert (row.kind, row.id, row.raw) == ("reason", "noise", b'{"id":"noise","kind":"reason","use":"fail"}')
    assert row.hash == "sha256:" + hashlib.sha256(row.raw).hexdigest()


def test_every_body_type_makes_rows_or_is_known_to_make_none():
    without = {
        b.Approval, b.SignIn,
        b.LogOpened, b.Readopt, b.Anchor, b.ShiftNote, b.DeviceChanged,
    }  # fmt: skip
    for body, on in EVERY:
        assert bool(rows(body, *on)) == (type(body) not in without), type(body)


def test_the_position_in_an_event_tells_its_assertions_apart():
    for body, on in EVERY:
        made = rows(body, *on)
        assert [row.k for row in made] == list(range(len(made)))


def test_an_unknown_type_or_version_has_no_rows():
    raw = events.encode(Fact(b.Scrap(reason="r"), (U,)), stamp(1))
    event = msgspec.structs.replace(events.decode(raw), v=2)
    assert rows_of(event) == ()
    assert rows_of(msgspec.structs.replace(event, t="annealed")) == ()


def test_a_body_that_breaks_its_schema_makes_no_rows_but_an_error():
    raw = events.encode(Fact(b.Scrap(reason="r"), (U,)), stamp(1))
    with pytest.raises(BadEvent, match=r"event\.body"):
        rows_of(msgspec.structs.replace(events.decode(raw), b=msgspec.Raw(b"{}")))
    with pytest.raises(BadEvent, match=r"event\.on"):
        rows_of(msgspec.structs.replace(events.decode(raw), on=()))


def test_the_same_event_makes_the_same_rows_whoever_wrote_it_and_when():
    for body, on in EVERY:
        one = events.encode(Fact(body, on), stamp(1))
        two = events.encode(Fact(body, on), stamp(2, who="p1"))
        assert one != two
        assert rows_of(events.decode(one)) == rows_of(events.decode(two))


def test_a_container_inside_a_container_is_an_edge_as_any_other():
    (row,) = rows(b.Aggregate(), container("P-1"), container("C-1"))
    assert (row.parent, row.child) == (container("P-1"), container("C-1"))
