"""A call is what was said of it, in whatever order that came."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from common.calls import CallEvent, calls

WORDS = st.builds(
    CallEvent,
    call=st.sampled_from(["a", "b", "c"]),
    state=st.sampled_from(["raised", "answered", "cleared"]),
    place=st.just("st-10"),
    reason=st.sampled_from(["", "help"]),
    at=st.integers(0, 9),
    who=st.sampled_from(["p-wang", "p-li"]),
    log=st.sampled_from(["x", "y"]),
)
ALL = st.lists(WORDS, max_size=12, unique_by=lambda word: (word.call, word.state, word.at, word.log))


@given(words=ALL, data=st.data())
def test_any_order_and_any_repetition_gives_the_same_calls(words: list[CallEvent], data: st.DataObject) -> None:
    again = data.draw(st.permutations(words + words[:3]))
    assert set(calls(again)) == set(calls(words))


@given(words=ALL)
def test_a_call_is_there_once_if_it_was_raised_and_else_not(words: list[CallEvent]) -> None:
    found = calls(words)
    assert sorted(call.id for call in found) == sorted({word.call for word in words if word.state == "raised"})
    assert [call.raised.at for call in found] == [
        min(word.at for word in words if (word.call, word.state) == (call.id, "raised")) for call in found
    ]


def test_who_answered_first_is_who_answered() -> None:
    def word(state: str, at: int, who: str) -> CallEvent:
        return CallEvent("a", state, "st-10", "", at, who, "x")

    (call,) = calls([word("answered", 9, "p-li"), word("raised", 1, "p-wang"), word("answered", 5, "p-zhou")])
    assert call.answered and call.answered.who == "p-zhou" and call.cleared is None
