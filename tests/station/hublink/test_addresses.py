"""Where a station looks for its hub: it never gives up on what people wrote, and remembers only who answered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from station.hublink.addresses import MOST_HINTS, Addresses

WRITTEN = ["https://config:1", "https://ticket:2"]
HINTS = st.lists(st.sampled_from([f"https://hint:{n}" for n in range(30)] + WRITTEN), max_size=20)
STEPS = st.lists(st.one_of(HINTS, st.just("fails"), st.just("answers")), max_size=60)


def test_the_last_that_answered_comes_first_then_what_people_wrote_then_hints() -> None:
    addresses = Addresses(WRITTEN, "https://last:3")
    addresses.hear(["https://hint:4", "https://config:1"])
    tried = [addresses.current] + [addresses.failed() for _ in range(6)]
    assert tried[:3] == ["https://last:3", *WRITTEN]
    assert tried[3:7] == ["https://last:3", *WRITTEN, "https://hint:4"], "a hint counts from the next round on"


def test_one_that_answered_is_news_once_and_comes_first_in_the_next_round() -> None:
    addresses = Addresses(WRITTEN)
    assert addresses.failed() == WRITTEN[1]
    assert [addresses.answered(), addresses.answered()] == [True, False]
    assert addresses.failed() == WRITTEN[1]


def test_only_what_was_heard_and_never_answered_is_a_hint() -> None:
    addresses = Addresses(WRITTEN[:1])
    addresses.hear(["https://hint:4"])
    assert not addresses.is_hint
    assert [addresses.failed(), addresses.failed()] == [WRITTEN[0], "https://hint:4"]
    assert addresses.is_hint
    addresses.answered()
    assert not addresses.is_hint


@given(STEPS)
def test_whatever_the_network_says_every_written_address_is_tried_again_and_again(steps: list[object]) -> None:
    addresses, since = Addresses(WRITTEN), dict.fromkeys(WRITTEN, 0)
    for step in steps:
        if isinstance(step, list):
            addresses.hear(step)
        elif step == "fails":
            tried = addresses.failed()
            since = {one: 0 if one == tried else count + 1 for one, count in since.items()}
            assert max(since.values()) <= 2 * (len(WRITTEN) + MOST_HINTS + 1)
        else:
            addresses.answered()


@given(STEPS)
def test_only_an_address_that_answered_is_remembered(steps: list[object]) -> None:
    addresses, answered = Addresses(WRITTEN), [""]
    for step in steps:
        if isinstance(step, list):
            addresses.hear(step)
        elif step == "fails":
            addresses.failed()
        elif addresses.answered():
            answered.append(addresses.current)
        assert addresses._last == answered[-1]
