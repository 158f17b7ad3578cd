"""The tolerance bar: where a value stands between its limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.layout import EDGE, MARGIN, tolerance

decimals = st.decimals(-10_000, 10_000, places=3).map(str)


def at(value: str, low: str | None, high: str | None) -> float:
    bar = tolerance(value, low, high)
    assert bar is not None
    return round(bar.at, 6)


def test_without_limits_there_is_no_bar() -> None:
    assert tolerance("1.0", None, None) is None


@pytest.mark.parametrize(("value", "where"), [("12.00", MARGIN), ("13.00", 0.5), ("14.00", 1 - MARGIN)])
def test_between_two_limits_the_middle_is_the_middle(value: str, where: float) -> None:
    assert at(value, "12.00", "14.00") == pytest.approx(where)


def test_an_upper_limit_alone_is_measured_from_zero() -> None:
    assert at("0.75", None, "0.75") == pytest.approx(1 - MARGIN)
    assert at("0.375", None, "0.75") == pytest.approx((1 - MARGIN) / 2)
    assert at("0.0", None, "0.75") == pytest.approx(EDGE)


def test_a_lower_limit_alone_has_its_room_above() -> None:
    assert at("50", "50", None) == pytest.approx(MARGIN)
    assert at("75", "50", None) == pytest.approx(MARGIN + (1 - MARGIN) / 2)


FAR_OUT = [("99", "1", "2"), ("-99", "1", "2"), ("9", None, "2"), ("1", "9", None)]


@pytest.mark.parametrize(("value", "low", "high"), FAR_OUT)
def test_what_lies_far_outside_stands_at_the_edge_and_says_so(value: str, low: str | None, high: str | None) -> None:
    bar = tolerance(value, low, high)
    assert bar is not None and bar.beyond and bar.at in (EDGE, 1 - EDGE)


@given(decimals, st.none() | decimals, st.none() | decimals)
def test_every_bar_can_be_drawn(value: str, low: str | None, high: str | None) -> None:
    bar = tolerance(value, low, high)
    assert bar is None or (0 <= bar.low <= bar.high <= 1 and EDGE <= bar.at <= 1 - EDGE)


@given(decimals, decimals, decimals)
def test_a_value_is_drawn_in_the_tolerance_if_and_only_if_it_is_in_it(value: str, one: str, other: str) -> None:
    low, high = sorted((one, other), key=float)
    bar = tolerance(value, low, high)
    assert bar is not None
    inside = float(low) <= float(value) <= float(high)
    if float(low) != float(high):
        assert (bar.low - 1e-9 <= bar.at <= bar.high + 1e-9) == inside
