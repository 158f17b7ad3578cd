"""Several people work at one workplace: all of them are recorded, and each event is by the one who acts."""

from __future__ import annotations

import pytest

from common import event_types as b
from common.definitions import Person
from common.ids import Claim
from station.devices.plc_block import Command
from station.messages import Shown
from station.work.ask.people import CHOSEN
from station.work.drafts import freeze, thaw
from station.work.state import SecondBadge, Stopped, Work
from tests.station.work.ask import test_ambiguity
from tests.support.factory import unit
from tests.support.shift import PRESS_OK, Shift

M1, HOUSING, ROTOR, MAGNET = "M-250-000001", "HL-2644", "R-88213-0456", "MG-2610-B"
WANG, LI, LIU, CHEN, ZHOU = "B10021", "B10034", "B10047", "B20005", "B30002"
TOGETHER, TAKE_OVER = "HW:CONFIRM", "HW:SIGNOUT"


@pytest.fixture
def shift() -> Shift:
    """ST-10, where p-wang is signed in."""
    return Shift("st-10")


@pytest.fixture
def both(shift: Shift) -> Shift:
    """p-wang and p-li, who acts."""
    shift.scan(LI, TOGETHER)
    return shift


def signed(shift: Shift) -> list[tuple[str, str | None]]:
    """(in or out, person) of every sign-in and sign-out so far, but that of p-wang with whom it begins."""
    who = [past.who for _, past in shift.story.past if past.t == "sign_in"]
    states = [body.state for body in shift.bodies if isinstance(body, b.SignIn)]
    return list(zip(states, who, strict=True))[1:]


def chosen(shift: Shift) -> list[bool]:
    """Of each sign-in and sign-out of the last turn: a name was chosen, and no badge shown."""
    return [one.via == CHOSEN for one in shift.turn.said if one.fact and isinstance(one.fact.body, b.SignIn)]


def people(shift: Shift) -> tuple[str, ...]:
    return shift.work.people


def by(shift: Shift) -> str | None:
    """The person of the last event."""
    return shift.story.past[-1][1].who


# One more -------------------------------------------------------------------------------------------------------------
def test_the_badge_of_one_more_person_asks_and_signs_nobody_in_or_out_until_it_is_answered(shift: Shift) -> None:
    shift.scan(M1)
    before = len(shift.facts)
    shift.scan(LI)
    assert (shift.prompt.code, shift.prompt.params) == ("prompt.second_badge", {"name": "李娜", "others": ["王强"]})
    assert [tile.command for tile in shift.scene.choices] == ["CONFIRM", "SIGNOUT", "CANCEL"]
    assert (people(shift), len(shift.facts)) == (("p-wang",), before)


def test_who_joins_acts_from_then_on_and_both_stay_recorded(shift: Shift) -> None:
    shift.scan(M1, LI)
    shown = shift.scan(TOGETHER)
    assert (shown.code, shown.params) == ("done.joined", {"name": "李娜", "others": ["王强"]})
    assert signed(shift) == [("in", "p-li")]
    assert (people(shift), shift.scene.person, shift.scene.also) == (("p-li", "p-wang"), "李娜", ("王强",))
    shift.scan(HOUSING)
    assert isinstance(shift.bodies[-1], b.Bind) and by(shift) == "p-li"


def test_who_takes_over_signs_everybody_else_out_each_with_an_event(both: Shift) -> None:
    both.scan(LIU, TAKE_OVER)
    assert signed(both)[1:] == [("out", "p-li"), ("out", "p-wang"), ("in", "p-liu")]
    assert (both.codes, chosen(both)) == (
        ["done.signed_out_one", "done.signed_out_one", "done.signed_in"],
        [True, True, False],
    )
    assert people(both) == ("p-liu",)


def test_cancel_lets_nobody_in(both: Shift) -> None:
    both.scan(LIU, "HW:CANCEL")
    assert (people(both), both.work.questions, signed(both)) == (("p-li", "p-wang"), (), [("in", "p-li")])


@pytest.mark.parametrize("code", [M1, HOUSING, "HW:LEAVE", "HW:NG:noise", "WO-2611-0087"])
def test_until_the_answer_no_scan_is_taken_for_either_of_them(shift: Shift, code: str) -> None:
    shift.scan(LI)
    assert shift.scan(code).code == "choice.second_badge"
    assert shift.prompt.code == "prompt.second_badge"


def test_a_code_that_may_be_read_in_two_ways_waits_for_the_answer_too() -> None:
    shift = test_ambiguity.at_the_magnet(test_ambiguity.LOOKALIKE)
    shift.scan(LI)
    assert shift.scan(test_ambiguity.MAGNET).code == "choice.second_badge"


def test_somebody_can_be_called_during_the_question(shift: Shift) -> None:
    shift.scan(LI)
    assert shift.scan("HW:CALL:quality").code == "done.called_kept"
    assert shift.prompt.code == "prompt.second_badge"


def test_a_third_badge_during_the_question_is_the_one_that_is_asked_about(shift: Shift) -> None:
    shift.scan(LI, LIU)
    assert shift.work.question == SecondBadge("p-liu")


def test_who_is_here_shows_their_badge_and_the_question_is_dropped(shift: Shift) -> None:
    shift.scan(LI)
    assert shift.scan(WANG, after_ms=5_000).code == "done.signed_in"
    assert (people(shift), shift.work.questions) == (("p-wang",), ())


def test_the_fifth_is_refused_with_the_names_of_the_four(both: Shift) -> None:
    both.scan(LIU, TOGETHER, CHEN, TOGETHER)
    shown = both.scan(ZHOU)
    assert (shown.code, shown.scan) == ("sign_in.full", None)
    assert shown.params == {"most": 4, "names": ["陈伟", "刘洋", "李娜", "王强"]}
    assert both.bodies[-1] == b.Refused("-", "sign_in.full", both.case.expects(both.now).text)
    assert people(both) == ("p-chen", "p-liu", "p-li", "p-wang")


def test_a_stopped_unit_stays_on_the_screen_during_the_question(shift: Shift) -> None:
    shift.happened(b.Hold("sampled"), unit(M1))
    shift.scan(M1, LI)
    assert shift.scan("M-250-000002").code == "choice.second_badge"
    shift.scan(TOGETHER)
    assert isinstance(shift.work.bench, Stopped) and shift.case.name == "stopped_thing"


def test_a_machine_that_ends_its_step_meanwhile_does_not_answer_for_them(shift: Shift) -> None:
    shift.scan(M1, HOUSING, ROTOR, MAGNET, LI)
    shift.measure(PRESS_OK)
    assert shift.work.hand is None and by(shift) == "p-wang"
    assert shift.prompt.code == "prompt.second_badge"


def test_who_is_not_known_here_any_more_is_signed_out_by_the_next_badge(both: Shift) -> None:
    both.people = {LIU: both.people[LIU]}
    both.scan(LIU)
    assert signed(both)[1:] == [("out", "p-li"), ("out", "p-wang"), ("in", "p-liu")]


# Who acts -------------------------------------------------------------------------------------------------------------
def test_the_badge_of_somebody_who_is_here_lets_them_act_without_a_question(both: Shift) -> None:
    both.scan(M1)
    assert by(both) == "p-li"
    assert both.scan(WANG).params == {"name": "王强", "others": ["李娜"]}
    assert (both.codes, signed(both)[1:]) == (["done.acts"], [("in", "p-wang")])
    assert people(both) == ("p-wang", "p-li")
    both.scan(HOUSING)
    assert by(both) == "p-wang"


def test_a_name_that_is_tapped_acts_and_the_event_says_that_it_was_chosen(both: Shift) -> None:
    switch = next(tile for tile in both.scene.tiles if tile.code == "tap.people")
    assert [tile.command for tile in switch.more] == ["PERSON:p-wang", "SIGNOUT"]
    assert both.scan("HW:PERSON:p-wang", device="screen").code == "done.acts"
    assert (signed(both)[1:], chosen(both)) == ([("in", "p-wang")], [True])
    assert people(both) == ("p-wang", "p-li")


def test_nobody_acts_by_a_card_who_did_not_sign_in(both: Shift) -> None:
    assert both.scan("HW:PERSON:p-chen").code == "command.not_here"
    assert both.scan("HW:SIGNOUT:p-chen").code == "command.not_here"
    assert people(both) == ("p-li", "p-wang")


def test_the_qualification_of_the_one_who_acts_counts() -> None:
    shift = Shift("st-10", [Person("p-li", ["operator"], ["wire"])])
    shift.scan(M1, HOUSING, ROTOR, MAGNET)
    assert shift.request().command is Command.PERMIT
    shift.scan(LI, TOGETHER)
    assert (shift.prompt.code, shift.request().command) == ("prompt.not_qualified", Command.ABORT)
    shift.scan("HW:PERSON:p-wang")
    assert shift.prompt.code == "prompt.machine"


def test_an_act_stays_with_the_one_who_acted(both: Shift) -> None:
    both.scan(M1, HOUSING, WANG)
    assert both.scan("HW:UNDO").code == "noted.signature", "p-wang undoes what p-li did: with her signature"
    assert both.signature is not None and both.signature.people == ("p-li",)
    both.scan("HW:CANCEL", LI)
    assert both.scan("HW:UNDO", after_ms=3_000).code == "done.undone"


def test_a_signature_is_of_the_signer_whoever_acts(both: Shift) -> None:
    both.scan(M1, HOUSING)
    both.scan("HW:UNDO", after_ms=90_000)
    assert both.scan(CHEN).code == "noted.signer", "no question: a badge under a signature is the signer's"
    both.sign("p-chen")
    approved = next(n for n, body in enumerate(both.bodies) if isinstance(body, b.Approval))
    assert both.story.past[approved][1].who == "p-chen" and people(both) == ("p-li", "p-wang")


# Signing out ----------------------------------------------------------------------------------------------------------
def test_who_acts_signs_out_and_the_other_goes_on_with_the_unit_in_hand(both: Shift) -> None:
    both.scan(M1, HOUSING)
    shown = both.scan("HW:SIGNOUT")
    assert (shown.code, shown.params) == ("done.signed_out_left", {"name": "李娜", "acting": "王强"})
    assert (signed(both)[1:], people(both)) == ([("out", "p-li")], ("p-wang",))
    both.scan(ROTOR)
    assert isinstance(both.bodies[-1], b.Bind) and by(both) == "p-wang"
    assert both.scan("HW:SIGNOUT").code == "command.finish_first", "nobody would be left with it"


def test_another_is_signed_out_by_name_and_the_one_who_acts_stays(both: Shift) -> None:
    both.scan("HW:SIGNOUT:p-wang")
    assert (signed(both)[1:], chosen(both), people(both)) == ([("out", "p-wang")], [True], ("p-li",))
    sign_out = next(tile for tile in both.scene.tiles if tile.code == "tap.sign_out")
    assert sign_out.more == () and "tap.people" not in [tile.code for tile in both.scene.tiles]


def test_of_those_who_are_left_the_one_who_acted_last_acts(both: Shift) -> None:
    both.scan(LIU, TOGETHER, WANG)
    assert people(both) == ("p-wang", "p-liu", "p-li")
    both.scan("HW:SIGNOUT")
    assert people(both) == ("p-liu", "p-li")


def test_the_signature_that_somebody_waits_for_outlives_a_sign_out_of_one(both: Shift) -> None:
    both.scan(M1, HOUSING)
    both.scan("HW:UNDO", after_ms=90_000)
    both.scan("HW:SIGNOUT")
    assert both.signature is not None and people(both) == ("p-wang",)


# The draft ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("codes", [(), (LIU,)])
def test_both_and_the_question_outlive_the_process(both: Shift, codes: tuple[str, ...]) -> None:
    both.scan(*codes)
    assert thaw(freeze(both.work)) == both.work
    assert people(both) == ("p-li", "p-wang")


@pytest.mark.parametrize("wrong", [{"also": ("p-li",)}, {"person": "p-li", "also": ("p-li",)}])
def test_no_work_is_made_in_which_nobody_acts_or_one_is_here_twice(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="nobody acts"):
        Work(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="nobody acts"):
        Work(questions=(SecondBadge("p-li"),))


def test_a_name_is_said_where_a_card_of_a_person_was_not_wanted(both: Shift) -> None:
    both.scan(LIU)
    shown: Shown = both.scan("HW:PERSON:p-wang")
    assert shown.scan is not None and "王强" in str(shown.scan[1]["got"])
    assert all(not isinstance(value, Claim) for value in shown.params.values())
