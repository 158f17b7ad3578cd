"""The pack of the demo is the line that it says, and its labels read as what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import barcode_router
from common.definitions import DEFINITION, CodeRule, Definitions, Form, Route, canonical
from common.errors import BadBarcode
from common.ids import Claim
from hub.definitions.pack import PACKS, Pack, load


@pytest.fixture(scope="module")
def motor() -> Pack:
    return load(PACKS / "motor-assembly")


def test_the_motor_line_is_the_one_of_the_demo(motor: Pack) -> None:
    known = Definitions.of(motor.definitions)
    route = known.get(Route, "motor-route")
    assert route is not None and known.route_of("motor") == route
    assert [(o.id, o.at, o.after, o.on_unknown) for o in route.operations] == [
        ("press", ["st-10"], [], "block"),
        ("wire", ["st-20"], ["press"], "block"),
        ("test", ["st-30"], ["wire"], "provisional"),
        ("rework", ["st-20"], [], "block"),
        ("audit", ["st-40"], ["test"], "block"),
    ]
    test, rework, audit = route.operations[2:]
    assert audit.optional and not test.optional
    assert (test.evidence_age_s, test.tests, test.on_fail, test.packs, rework.reworks) == (3, 1, "rework", 4, "test")


def test_the_limits_of_the_motor_line_are_as_written(motor: Pack) -> None:
    known = Definitions.of(motor.definitions)
    found = {
        f"{form.id}/{c.id}": (c.low, c.high, c.uom, c.decimals)
        for form in known.all(Form)
        for step in form.steps
        for c in step.characteristics
    }
    assert found["press-form/force"] == ("12.00", "14.00", "kN", 2)
    assert found["press-form/distance"] == ("17.90", "18.10", "mm", 2)
    assert all(
        found[f"{form}/torque-{i}"] == ("2.20", "2.60", "N·m", 2)
        for form in ("wire-form", "rework-form")
        for i in range(1, 5)
    )
    assert found["test-form/speed"] == ("2850", "3150", "rpm", 0)
    assert found["test-form/current"] == (None, "0.75", "A", 2)
    assert found["test-form/noise"] == (None, "55.0", "dB", 1)
    assert found["test-form/temperature"] == (None, "65.0", "°C", 1)


@pytest.mark.parametrize(
    ("text", "kind", "claim"),
    [
        ("M-250-000024", "unit", Claim("unit@s", "M-250-000024")),
        ("R-88213-0007", "unit", Claim("unit@s", "R-88213-0007")),
        ("C25-00019", "unit", Claim("unit@s", "C25-00019")),
        ("HL-2644", "lot", Claim("lot@s", "housing/HL-2644")),
        ("MG-2610-B", "lot", Claim("lot@s", "magnet/MG-2610-B")),
        ("SC-2638", "lot", Claim("lot@s", "screw/SC-2638")),
        ("WO-2611-0087", "order", Claim("order@s", "WO-2611-0087")),
        ("B20005", "badge", None),
        ("]C100106141412345678908", "container", Claim("gs1:sscc", "106141412345678908")),
        ("HW:SCRAP:shaft-bent", "command", None),
    ],
)
def test_the_labels_of_the_motor_line_read_as_what_they_are(
    motor: Pack, text: str, kind: str, claim: Claim | None
) -> None:
    code = barcode_router.route(text.encode(), Definitions.of(motor.definitions).all(CodeRule), "s")
    assert (code.kind, code.claim) == (kind, claim)


@given(
    st.sampled_from(["M-250-", "R-88213-", "C25-", "HL-", "MG-", "SC-", "WO-2611-", "B"]),
    st.text("0123456789-AB", max_size=9),
)
def test_no_code_of_the_motor_line_is_ambiguous(motor: Pack, prefix: str, rest: str) -> None:
    try:
        code = barcode_router.route((prefix + rest).encode(), Definitions.of(motor.definitions).all(CodeRule), "s")
    except BadBarcode as e:
        assert e.code == "barcode.unknown"
    else:
        assert (code.kind == "badge") == (prefix == "B")


def test_every_definition_survives_its_way_through_an_event(motor: Pack) -> None:
    for definition in motor.definitions:
        raw = canonical(definition)
        assert DEFINITION.decode(raw) == definition
        assert canonical(DEFINITION.decode(raw)) == raw


def test_no_name_and_no_badge_of_the_motor_line_gets_into_an_event(motor: Pack) -> None:
    assert len(motor.people) == 5
    raw = b"".join(canonical(definition) for definition in motor.definitions)
    assert not [person.id for person in motor.people if person.name.encode() in raw or person.badge.encode() in raw]
