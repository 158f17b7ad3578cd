"""Expressions: what they give is decimal arithmetic, and what they refuse is refused before they run."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import expressions
from common.errors import BadDefinition
from common.expressions import Evaluated, evaluate, parse, usable

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "forms" / "expressions.json").read_text(encoding="utf-8"))
DECIMALS = st.decimals("-1000000", "1000000", places=3)
NAMES = ("a", "b", "c", "厚度")


def value(written: Any) -> Any:
    """A JSON value as an expression reads it; a number is written as text with a leading #."""
    if isinstance(written, str) and written.startswith("#"):
        return Decimal(written[1:])
    return tuple(written) if isinstance(written, list) else written


@pytest.mark.parametrize("vector", GOLDEN["values"], ids=lambda vector: vector["text"][:40])
def test_an_expression_gives_for_ever_what_it_gave_then(vector: dict[str, Any]) -> None:
    found = evaluate(parse(vector["text"]), {name: value(v) for name, v in vector["with"].items()})
    assert found == Evaluated(value(vector["gives"]), vector.get("why", ""))
    assert type(found.value) is type(value(vector["gives"]))


@pytest.mark.parametrize(("text", "hint"), GOLDEN["refused"].items(), ids=lambda text: text[:30])
def test_what_is_no_expression_is_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(BadDefinition) as refused:
        parse(text)
    assert (refused.value.code, refused.value.details["hint"]) == ("definition.expression", f"expression_{hint}")


# Against decimal arithmetic ------------------------------------------------------------------------------------------
@st.composite
def sums(draw: st.DrawFn, depth: int = 3) -> tuple[str, Any]:
    """(an expression in a and b, the same as a function of them)."""
    if depth == 0 or draw(st.booleans()):
        leaf = draw(st.sampled_from(["a", "b", "literal"]))
        if leaf != "literal":
            return leaf, lambda v: v[leaf]
        number = draw(st.decimals("0", "1000", places=2))
        return str(number), lambda _: number
    left, right = draw(sums(depth - 1)), draw(sums(depth - 1))
    sign = draw(st.sampled_from("+-*/"))
    act = {
        "+": lambda v: left[1](v) + right[1](v),
        "-": lambda v: left[1](v) - right[1](v),
        "*": lambda v: left[1](v) * right[1](v),
        "/": lambda v: left[1](v) / right[1](v),
    }[sign]
    return f"({left[0]} {sign} {right[0]})", act


@given(sums(), DECIMALS, DECIMALS)
def test_arithmetic_is_that_of_decimals(made: tuple[str, Any], a: Decimal, b: Decimal) -> None:
    text, reference = made
    with localcontext(Context(prec=28, rounding=ROUND_HALF_UP)):
        try:
            wanted = reference({"a": a, "b": b})
        except ArithmeticError:
            wanted = None
    found = evaluate(parse(text), {"a": a, "b": b})
    if wanted is None or abs(wanted) >= Decimal(10) ** 29:
        assert found.value is None and found.why in ("zero", "size")
    elif found.value is not None:
        assert isinstance(found.value, Decimal)
        assert abs(found.value - wanted) <= abs(wanted) * Decimal("1e-20") + Decimal("1e-20")
    else:
        assert found.why == "size"


@given(st.lists(DECIMALS | st.none(), min_size=1, max_size=4))
def test_sum_average_and_count_are_of_what_is_there(given_values: list[Decimal | None]) -> None:
    names = NAMES[: len(given_values)]
    values = dict(zip(names, given_values, strict=True))
    there = [one for one in given_values if one is not None]
    args = ", ".join(names)
    assert evaluate(parse(f"count({args})"), values).value == len(there)
    total = evaluate(parse(f"sum({args})"), values)
    average = evaluate(parse(f"avg({args})"), values)
    if not there:
        assert total.why == average.why == "missing"
    else:
        assert total.value == sum(there)
        assert isinstance(average.value, Decimal) and abs(average.value * len(there) - sum(there)) < Decimal("1e-15")
    least = evaluate(parse(f"min({args})"), values)
    assert least == (Evaluated(min(there)) if len(there) == len(given_values) else Evaluated(None, "missing"))


@given(st.sampled_from([True, False, None]), st.sampled_from([True, False, None]))
def test_and_and_or_do_not_care_which_side_is_missing(a: bool | None, b: bool | None) -> None:
    for word, decides in (("and", False), ("or", True)):
        one, other = (evaluate(parse(text), {"a": a, "b": b}) for text in (f"a {word} b", f"b {word} a"))
        assert one == other
        if decides in (a, b):
            assert one.value is decides
        else:
            assert one.value is (None if None in (a, b) else not decides)


# Whatever it is given ------------------------------------------------------------------------------------------------
PIECES = """min max abs round sum avg count given days a b c 厚度 0 1.50 999999999999999999999999999 10**9 'x' "剩"
( ) , + - * / ** % and or not if else in == < >= != [ ] . __class__ lambda : { } for f' \\ @ := import await ...
None True 1_0 0x1 1e9 9j"""
WORDS = st.sampled_from([*PIECES.split(), " ", "\n", "\0"])
THINGS = (
    DECIMALS | st.booleans() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=3).map(tuple) | st.none()
)


@given(st.lists(WORDS, max_size=14).map("".join) | st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=40))
def test_any_text_is_an_expression_or_the_declared_error(text: str) -> None:
    try:
        expression = parse(text)
    except BadDefinition:
        return
    evaluate(expression, {})


@given(
    st.lists(WORDS, max_size=9).map(" ".join),
    st.fixed_dictionaries({name: THINGS for name in NAMES}),
)
def test_no_values_make_an_expression_raise_or_grow_without_end(text: str, values: dict[str, Any]) -> None:
    try:
        expression = parse(text)
    except BadDefinition:
        return
    found = evaluate(expression, values)
    assert (found.value is None) == (found.why in ("missing", "zero", "size", "kind"))
    if isinstance(found.value, Decimal):
        assert found.value.is_finite() and found.value.adjusted() <= 28


@pytest.mark.parametrize("text", ["-" * 499 + "1", "(" * 240 + "1" + ")" * 240, "1" + "+1" * 249, "not " * 124 + "a"])
def test_what_would_take_long_or_go_deep_is_refused_at_once(text: str) -> None:
    with pytest.raises(BadDefinition):
        parse(text)


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("torque-1", "torque_1"),
        ("厚度", "厚度"),
        ("ａｂ", "ab"),
        ("if", ""),
        ("True", ""),
        ("2nd", ""),
        ("两个 字", ""),
    ],
)
def test_a_name_is_read_by_one_spelling(name: str, spelled: str) -> None:
    assert usable(name) == spelled
    if spelled:
        assert parse(f"{spelled} + 1").names == {spelled}


@given(DECIMALS, st.integers(0, 6))
def test_rounding_is_half_away_from_zero(number: Decimal, decimals: int) -> None:
    assert expressions.rounded(number, decimals) == number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
