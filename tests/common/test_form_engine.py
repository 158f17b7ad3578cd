"""The form engine: what is not visible does not count, the order of entry is nothing, and complete means complete."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.definitions import Field, Option
from common.definitions.naming import Name
from common.form_engine import FieldState, Given, Page, page, put

PHOTO = "sha256:" + "0" * 64


def field(id: str, type: Any, **more: Any) -> Field:
    return Field(id, Name(id, id), type, **more)


COLOURS = [
    Option("red", Name("红", "Red")),
    Option("dull", Name("暗", "Dull"), "warn"),
    Option("none", Name("无", "None"), "fail"),
]
FIELDS = [
    field("ok", "yes_no", expect="yes"),
    field("gap", "number", uom="mm", decimals=2, low="0.10", high="0.50", warn_high="0.40", visible_when="ok"),
    field("width", "gauge", uom="mm", device="caliper", required=False),
    field("ratio", "computed", decimals=3, expression="gap / width", high="10", required=False),
    field("colour", "choice", options=COLOURS),
    field("marks", "choices", options=COLOURS, required=False, visible_when="colour == 'dull' and ratio > 1"),
    field("remark", "text", length=8, visible_when="'none' in marks or colour == 'none'"),
    field("day", "date", required=False),
    field("look", "photo", required=False),
    field("seen", "signature", meaning="checked", visible_when="colour != 'none'"),
]
BY_ID = {one.id: one for one in FIELDS}
VALUES: dict[str, st.SearchStrategy[tuple[str, ...]]] = {
    "ok": st.sampled_from([("yes",), ("no",), ("maybe",)]),
    "gap": st.sampled_from([("0.05",), ("0.30",), ("0.45",), ("0.60",), ("0.123",), ("x",)]),
    "width": st.sampled_from([("0.1",), ("0",), ("2.0000",)]),
    "colour": st.sampled_from([("red",), ("dull",), ("none",), ("green",), ("red", "dull")]),
    "marks": st.sampled_from([("red",), ("none", "red"), ("red", "red")]),
    "remark": st.sampled_from([("SCRATCH",), ("MUCH TOO LONG",), (" ",)]),
    "day": st.sampled_from([("2026-02-28",), ("2026-02-30",), ("20260228",)]),
    "look": st.sampled_from([(PHOTO,), ("photo",)]),
}
GIVEN = st.one_of([st.builds(Given, st.just(id), values) for id, values in VALUES.items()])


def filled(entries: list[Given]) -> tuple[Given, ...]:
    """Entered one after the other."""
    now: tuple[Given, ...] = ()
    for one in entries:
        now = put(FIELDS, now, one)
    return now


def verdicts(found: Page) -> dict[str, tuple[str, str]]:
    return {state.field.id: (state.verdict, state.code) for state in found.fields}


def one(id: str, *value: str, **more: Any) -> FieldState:
    """How one field alone judges a value."""
    lone = field(id, BY_ID[id].type, **more) if more else BY_ID[id]
    (state,) = page([lone], [Given(id, value)]).fields
    return state


# What must hold whatever is entered ----------------------------------------------------------------------------------
@given(st.lists(GIVEN, max_size=12))
def test_a_page_is_complete_when_all_that_is_visible_and_required_is_valid(entries: list[Given]) -> None:
    found = page(FIELDS, filled(entries))
    assert found.complete == all(
        s.verdict in ("pass", "warn", "fail") for s in found.fields if s.visible and s.field.required
    )
    asked = found.asked
    assert found.complete or (asked is not None and asked.visible) or (found.lacking and found.lacking.code)
    if asked is not None and asked.field.type == "signature":
        assert not [s for s in found.fields if s.required and not s.valid and s.field.id != "seen"], "signed last"


@given(st.lists(GIVEN, max_size=12))
def test_what_is_not_visible_never_counts_and_is_never_recorded(entries: list[Given]) -> None:
    now = filled(entries)
    found = page(FIELDS, now)
    hidden = {s.field.id for s in found.fields if not s.visible}
    assert hidden.isdisjoint(s.field.id for s in found.recorded)
    without = page(FIELDS, [one for one in now if one.field not in hidden])
    assert (without.verdict, without.complete, without.recorded) == (found.verdict, found.complete, found.recorded)


@given(st.lists(GIVEN, max_size=9, unique_by=lambda one: one.field), st.randoms())
def test_the_order_of_entry_is_nothing(entries: list[Given], chance: Any) -> None:
    shuffled = list(entries)
    chance.shuffle(shuffled)
    assert filled(entries) == filled(shuffled)
    assert page(FIELDS, entries) == page(FIELDS, shuffled)


@given(st.lists(GIVEN, max_size=9))
def test_the_last_entry_counts_and_clearing_leaves_nothing(entries: list[Given]) -> None:
    now = filled(entries)
    assert {one.field: one.value for one in now} == {one.field: one.value for one in entries}
    for one in entries:
        now = put(FIELDS, now, Given(one.field, ()))
    assert now == ()


@given(VALUES["ok"], VALUES["gap"], VALUES["width"])
def test_a_computed_field_is_its_expression_of_what_is_visible(ok: Any, gap: Any, width: Any) -> None:
    found = page(FIELDS, [Given("ok", ok), Given("gap", gap), Given("width", width)])
    ratio, seen = found.state("ratio"), found.state("gap")
    assert ratio is not None and seen is not None
    if not (seen.visible and seen.valid):
        assert ratio.verdict == "missing", "an input is missing, and so is the result"
    elif width == ("0",):
        assert (ratio.verdict, ratio.code) == ("invalid", "mark.zero")
    else:
        assert ratio.value == (str((Decimal(gap[0]) / Decimal(width[0])).quantize(Decimal("0.001"))),)


def test_what_cannot_be_computed_names_what_it_comes_from_and_is_mended_before_anybody_signs() -> None:
    fields = [
        field("b", "number"),
        field("a", "number"),
        field("sum", "computed", expression="a - b"),
        field("q", "computed", expression="1 / sum"),
        field("remark", "text", required=False),
        field("seen", "signature", meaning="checked"),
    ]
    found = page(fields, [Given("a", ("2",)), Given("b", ("2",))])
    assert found.asked is None and found.lacking and found.lacking.code == "mark.zero"
    assert found.lacking.params == {"name": fields[3].name, "parts": [fields[0].name, fields[1].name]}
    mended = page(fields, [Given("a", ("3",)), Given("b", ("2",))])
    assert mended.asked and mended.asked.field.id == "seen" and mended.lacking == mended.asked


@given(st.lists(GIVEN, max_size=9))
def test_whatever_is_changed_takes_the_signature_away(entries: list[Given]) -> None:
    now = put(FIELDS, filled(entries), Given("seen", ("p-zhou",)))
    assert now == put(FIELDS, now, Given("seen", ("p-zhou",)))
    for one in entries:
        assert all(left.field != "seen" for left in put(FIELDS, now, one))


# One value -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("id", "value", "verdict", "code"),
    [
        ("gap", "0.10", "pass", ""),
        ("gap", "0.40", "pass", ""),
        ("gap", "0.41", "warn", "mark.above_warn"),
        ("gap", "0.50", "warn", "mark.above_warn"),
        ("gap", "0.51", "fail", "mark.above"),
        ("gap", "0.09", "fail", "mark.below"),
        ("gap", "0.405", "invalid", "field.decimals"),
        ("gap", "+0.4", "invalid", "field.number"),
        ("width", "0.123456", "pass", ""),
        ("ok", "yes", "pass", ""),
        ("ok", "no", "fail", "mark.not_expected"),
        ("ok", "y", "invalid", "field.option"),
        ("colour", "dull", "warn", "mark.marked"),
        ("colour", "none", "fail", "mark.rejected"),
        ("remark", "A-7", "pass", ""),
        ("remark", "A\x1b7", "invalid", "field.text"),
        ("day", "2026-02-30", "invalid", "field.date"),
        ("look", "sha256:0", "invalid", "field.photo"),
    ],
)
def test_a_value_is_judged_by_its_field(id: str, value: str, verdict: str, code: str) -> None:
    bare = BY_ID[id]
    (state,) = page(
        [Field(**{f: getattr(bare, f) for f in bare.__struct_fields__} | {"visible_when": None})], [Given(id, (value,))]
    ).fields
    assert (state.verdict, state.code) == (verdict, code)


def test_a_multiple_choice_is_in_the_order_of_its_options_and_as_bad_as_its_worst() -> None:
    state = one("marks", "none", "red", options=COLOURS)
    assert (state.value, state.verdict) == (("red", "none"), "fail")


def test_what_depends_on_itself_is_not_there() -> None:
    fields = [field("a", "number", visible_when="b > 0"), field("b", "number", visible_when="a > 0")]
    found = page(fields, [Given("a", ("1",)), Given("b", ("1",))])
    assert not found.recorded and found.complete


def test_a_broken_expression_hides_its_field_and_raises_nothing() -> None:
    fields = [field("a", "number", visible_when="b >"), field("c", "computed", expression="open('x')")]
    found = page(fields, [])
    assert verdicts(found) == {"a": ("missing", ""), "c": ("invalid", "mark.kind")}


# Panels --------------------------------------------------------------------------------------------------------------
PANEL = [
    field("paste", "scan", shared=True),
    field("height", "number", decimals=1, low="1", high="2"),
    field("why", "text", visible_when="height > 1.5"),
]


def test_a_panel_has_each_field_for_every_unit_and_the_shared_ones_once() -> None:
    found = page(PANEL, [], columns=2)
    assert [(s.field.id, s.i) for s in found.fields] == [
        ("paste", 0), ("height", 1), ("height", 2), ("why", 1), ("why", 2),
    ]  # fmt: skip


@given(st.sampled_from(["1.2", "1.8", "2.5", ""]), st.sampled_from(["1.2", "1.8", "2.5", ""]))
def test_a_column_is_judged_as_if_it_were_alone(first: str, second: str) -> None:
    entries = [Given("height", (value,), i) for i, value in ((1, first), (2, second)) if value]
    both = page(PANEL, entries, columns=2)
    for i, value in ((1, first), (2, second)):
        alone = page(PANEL, [Given("height", (value,), 1)] if value else [], columns=1)
        for id in ("height", "why"):
            mine, other = both.state(id, i), alone.state(id, 1)
            assert (
                mine
                and other
                and (mine.visible, mine.value, mine.verdict) == (other.visible, other.value, other.verdict)
            )


def test_a_value_given_for_a_column_that_is_not_there_counts_for_nothing() -> None:
    found = page(PANEL, [Given("height", ("9",), 3), Given("height", ("9",), 0)], columns=2)
    assert not found.recorded and found.verdict == "pass"
