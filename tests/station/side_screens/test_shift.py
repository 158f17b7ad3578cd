"""The counts of a shift, kept up event by event, are those of a recount; a shift is a span of the plant's day."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from common.definitions import Shift, Workplace
from common.definitions.naming import Name
from common.ids import Claim
from station.shown.work_screen import Pace
from station.side_screens.shift import ShiftSpan, Tally, pace, recount, span_at

HOUR = 3_600_000
SPAN = ShiftSpan(Name("白班", "Day shift"), 10 * HOUR, 18 * HOUR)
BODIES = {
    "operation_completed": st.fixed_dictionaries(
        {"operation": st.sampled_from(["press", "test"]), "outcome": st.sampled_from(["pass", "fail"])}
    ),
    "operation_left": st.just({"operation": "press", "step": "one"}),
    "scrap": st.just({"reason": "bent"}),
    "bind": st.just({"slot": "magnet"}),
    "void": st.fixed_dictionaries({"event": st.integers(0, 30).map(str), "reason": st.just("wrong")}),
    "amend": st.fixed_dictionaries(
        {
            "event": st.integers(0, 30).map(str),
            "body": st.fixed_dictionaries({"outcome": st.sampled_from(["pass", "fail"])}),
        }
    ),
}
said = st.sampled_from(sorted(BODIES)).flatmap(lambda t: st.tuples(st.just(t), BODIES[t]))
at = st.integers(8 * HOUR, 20 * HOUR)


def raw(t: str, body: object, at: int, thing: int) -> bytes:
    on = [Claim("unit@k3f9x2ma", f"M-{thing}")]
    return msgspec.json.encode({"at": at, "b": body, "on": on, "t": t, "who": "p-wang"})


events = st.lists(st.tuples(said, at, st.integers(0, 3)), max_size=30)


@given(events)
def test_counting_on_gives_what_a_recount_gives(log: list[tuple[tuple[str, object], int, int]]) -> None:
    written = [(str(n), raw(t, body, at, thing)) for n, ((t, body), at, thing) in enumerate(log)]
    kept = Tally(SPAN)
    for id, one in written:
        kept.add(id, one)
    again = recount(SPAN, reversed(written))
    assert (kept.counts, kept.ended, kept.first_pass()) == (again.counts, again.ended, again.first_pass())
    outcomes = [one.outcome for one in kept.ended.values()]
    counts = kept.counts
    assert [outcomes.count(o) for o in ("passed", "failed", "scrapped", "left")] == [
        counts.passed, counts.failed, counts.scrapped, counts.left
    ]  # fmt: skip
    assert all(SPAN.start <= one.at < SPAN.end for one in kept.ended.values())


def test_the_cycle_is_the_median_from_end_to_end_and_what_was_left_is_none() -> None:
    tally = Tally(SPAN)
    for n, seconds in enumerate((0, 60, 61, 200)):
        tally.add(
            str(n), raw("operation_completed", {"operation": "press", "outcome": "pass"}, HOUR * 11 + seconds * 1000, n)
        )
    tally.add("left", raw("operation_left", {"operation": "press"}, HOUR * 11 + 900_000, 9))
    assert tally.counts.cycle_s == 60


def test_only_the_first_end_of_a_thing_counts_for_the_first_pass() -> None:
    tally = Tally(SPAN)
    for n, (thing, outcome) in enumerate([(1, "fail"), (1, "pass"), (2, "pass")]):
        tally.add(str(n), raw("operation_completed", {"operation": "test", "outcome": outcome}, HOUR * 11 + n, thing))
    assert tally.first_pass() == 50


def test_old_entries_are_not_read_to_the_beginning_of_the_log() -> None:
    asked = 0

    def newest_first():  # type: ignore[no-untyped-def]
        nonlocal asked
        for n in range(100_000):
            asked += 1
            yield str(n), raw("bind", {"slot": "magnet"}, 9 * HOUR, 1)

    recount(SPAN, newest_first())
    assert asked == 2_000


@given(
    st.integers(1_600_000_000_000, 1_900_000_000_000),
    st.lists(st.tuples(st.integers(0, 23), st.integers(0, 59)), max_size=4, unique=True),
)
def test_every_moment_is_in_one_shift_and_the_next_begins_where_it_ends(
    wall_ms: int, starts: list[tuple[int, int]]
) -> None:
    shifts = [Shift(Name("班", "Shift"), f"{hour:02}:{minute:02}") for hour, minute in starts]
    span = span_at(shifts, wall_ms)
    assert span.start <= wall_ms < span.end
    assert span_at(shifts, span.end).start == span.end
    assert span_at(shifts, span.start) == span


MOTOR = Claim("unit@k3f9x2ma", "M-1")


def test_the_pace_has_the_time_at_which_the_unit_in_hand_was_started_and_no_other() -> None:
    place = Workplace("st-10", Name("压装", "Press"), target=240, takt_s=61)
    tally = Tally(SPAN)
    tally.add("1", raw("operation_started", {"operation": "press"}, 11 * HOUR, 1))
    expected = Pace(SPAN.start, SPAN.end, 240, 61, 11 * HOUR)
    assert pace(tally, place, MOTOR) == expected
    again = recount(SPAN, [("1", raw("operation_started", {"operation": "press"}, 11 * HOUR, 1))])
    assert pace(again, place, MOTOR) == expected, "a restart does not start the time anew"
    tally.add("2", raw("operation_completed", {"operation": "press", "outcome": "pass"}, 12 * HOUR, 1))
    assert pace(tally, place, MOTOR) == Pace(SPAN.start, SPAN.end, 240, 61)
    assert pace(tally, place, None) == Pace(SPAN.start, SPAN.end, 240, 61)
    assert pace(tally, Workplace("st-10", Name("压装", "Press")), MOTOR) is None


def test_without_shifts_nothing_is_due_at_any_time() -> None:
    place = Workplace("st-10", Name("压装", "Press"), target=40)
    day = pace(Tally(span_at([], 20 * HOUR)), place, None)
    assert day is not None and (day.target, day.due(20 * HOUR)) == (40, None)


def test_so_many_are_due_as_the_shift_is_old() -> None:
    whole = Pace(SPAN.start, SPAN.end, 240)
    assert [whole.due(at) for at in (0, SPAN.start, 14 * HOUR, SPAN.end - 1, 99 * HOUR)] == [0, 0, 120, 239, 240]
