"""The fields of a page are checked before anybody fills them: every wrong one is said at its place."""

from __future__ import annotations

from typing import Any

import pytest

from common.definitions import Field, Option, Reason, Step
from common.definitions.naming import Name
from common.text import LANGUAGES
from hub.definitions import field_checks
from hub.definitions.checks import faults
from hub.definitions.definition_errors import Flaw

OPTIONS = [Option("good", Name("好", "Good")), Option("bad", Name("坏", "Bad"), "fail")]


def field(id: str, type: Any, **more: Any) -> Field:
    return Field(id, Name(f"中{id}", f"the {id}"), type, **more)


GOOD = [
    field("a-1", "number", decimals=2, low="0", warn_low="1", warn_high="2", high="3"),
    field("b", "gauge", uom="mm", device="caliper"),
    field("ok", "yes_no", expect="yes"),
    field("kind", "choice", options=OPTIONS),
    field("marks", "choices", options=OPTIONS, visible_when="kind == 'bad' and not ok"),
    field("made", "date"),
    field("used", "date", visible_when="days(made, '2026-01-01') > 3 or made < '2026-01-01'"),
    field("sum", "computed", expression="round(中b * 2 ** -2, 1) if 'good' in marks else avg(a_1, b)", decimals=1),
    field("name", "text", visible_when="given(look) and count(look, seen) > 0"),
    field("look", "photo", device="camera"),
    field("seen", "signature", roles=["quality"], shared=True),
]


def flaws(*asks: Field, each: bool = False) -> list[tuple[str, str, str]]:
    """(field, code, hint) of what is wrong with a page of the good fields and these."""
    step = Step("page", Name("页", "Page"), "fill", fields=[*GOOD, *asks], **({"each": True} if each else {}))
    found: list[Flaw] = list(field_checks.fields(step))
    assert all(flaw.hint.say(language) for flaw in found for language in LANGUAGES)
    return [(flaw.field.removeprefix(f"fields[{len(GOOD)}]."), flaw.code, flaw.hint.code) for flaw in found]


def test_a_good_page_has_no_fault() -> None:
    assert flaws() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (field("x", "gauge", uom="mm"), ("device", "definition.missing", "hint.field_needs")),
        (field("x", "computed"), ("expression", "definition.missing", "hint.field_needs")),
        (field("x", "choice"), ("options", "definition.missing", "hint.field_needs")),
        (field("x", "yes_no", low="1"), ("low", "definition.schema", "hint.field_has_none")),
        (field("x", "text", meaning="approved"), ("meaning", "definition.schema", "hint.field_has_none")),
        (field("x", "number", low="2", high="1"), ("high", "definition.limits", "hint.low_above_high")),
        (field("x", "number", low="2", warn_low="1"), ("warn_low", "definition.limits", "hint.low_above_high")),
        (field("x", "number", low="0.5"), ("low", "definition.limits", "hint.decimals")),
        (field("x", "choice", options=[*OPTIONS, OPTIONS[0]]), ("options[2].id", "definition.duplicate", "hint.twice")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_field_has_what_its_type_needs_and_nothing_else(wrong: Field, said: tuple[str, str, str]) -> None:
    assert flaws(wrong) == [said]


@pytest.mark.parametrize(
    ("condition", "hint"),
    [
        ("a_1 >", "syntax"),
        ("a_2 > 1", "name"),
        ("a_1", "kind"),
        ("a_1 > 'x'", "kind"),
        ("kind > 1", "kind"),
        ("kind == 1", "kind"),
        ("'good' in kind", "kind"),
        ("ok + 1 > 0", "kind"),
        ("not a_1", "kind"),
        ("min(kind) > 1", "kind"),
        ("look == 'x'", "kind"),
        ("a_1 ** b > 1", "power"),
        ("a_1 ** 10 > 1", "power"),
        ("(1 if ok else 'x') == 1", "kind"),
        ("a_1.real > 1", "word"),
        ("eval(a_1) > 1", "function"),
    ],
)
def test_an_expression_fits_the_fields_or_is_refused(condition: str, hint: str) -> None:
    wrong = field("x", "text", visible_when=condition)
    assert flaws(wrong) == [("visible_when", "definition.expression", f"hint.expression_{hint}")]


def test_a_name_that_may_be_two_fields_is_refused_where_it_is_used() -> None:
    twin = Field("twin", GOOD[0].name, "number")
    assert flaws(twin) == [], "nobody asks for it by that name"
    user = field("x", "number", visible_when="中a_1 > 1")
    assert flaws(user, twin)[0][2] == "hint.expression_twice"


def test_what_depends_on_itself_is_refused() -> None:
    around = [field("x", "number", visible_when="y > 1"), field("y", "computed", expression="x + 1")]
    assert [(code, hint) for _, code, hint in flaws(*around)] == [("definition.expression", "hint.round")]


def test_what_a_panel_asks_once_cannot_read_what_each_unit_has() -> None:
    wrong = field("x", "text", shared=True, visible_when="ok")
    assert ("visible_when", "definition.expression", "hint.expression_column") in flaws(wrong, each=True)
    unshared = field("x", "signature")
    assert ("shared", "definition.schema", "hint.not_shared") in flaws(unshared, each=True)


def test_a_page_that_fits_no_event_is_refused() -> None:
    many = [field(f"n{i}", "note", length=200) for i in range(50)]
    assert flaws(*many[:30]) == []
    assert ("fields", "definition.oversized", "hint.page_oversized") in flaws(*many[:8], each=True)


def test_what_a_reason_asks_is_checked_like_a_page_and_only_some_reasons_may_ask() -> None:
    name = Name("因", "Reason")
    torn = Reason("torn", name, "scrap", [field("photo", "photo"), field("remark", "note")])
    late = Reason("late", name, "leave", [field("remark", "note")])
    found = [(one.at, one.field, one.code, one.hint.code) for one in faults([torn, late])]
    assert found == [
        (0, "fields[0].device", "definition.missing", "hint.field_needs"),
        (1, "fields", "definition.schema", "hint.reason_has_none"),
    ]
