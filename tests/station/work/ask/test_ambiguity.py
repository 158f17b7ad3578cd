"""A code that may be read in several ways is never chosen in silence: the operator is asked, and picks a card."""

from __future__ import annotations

import pytest

from common import event_types as b
from common.definitions import CodeRule
from common.definitions.naming import Name
from common.ids import Claim, b64
from common.text import say
from station.work.drafts import freeze, thaw
from station.work.state import WhichCode
from tests.support.factory import SITE, unit
from tests.support.shift import NOTHING, Shift

M1, HOUSING, ROTOR = "M-250-000001", "HL-2644", "R-88213-0456"
# Reads what the magnets' rule reads too.
LOOKALIKE = CodeRule("lookalike", Name("相似", "Lookalike"), "order", r"MG-\d{4}-[A-Z]", "MG-0000-A")
AS_BADGE = CodeRule("as-badge", Name("像工牌", "Badge-like"), "badge", r"MG-\d{4}-[A-Z]", "MG-0000-A")
MAGNET = "MG-2610-B"


def at_the_magnet(*rules: CodeRule) -> Shift:
    """ST-10, with the motor in hand, at the step that takes a magnet lot."""
    shift = Shift("st-10", rules)
    shift.scan(M1, HOUSING, ROTOR)
    return shift


def test_the_operator_is_asked_and_nothing_is_written() -> None:
    press = at_the_magnet(LOOKALIKE)
    before = len(press.facts)
    assert press.scan(MAGNET).code == "ask.which"
    assert len(press.facts) == before
    assert press.prompt.code == "prompt.ask"
    assert [say("en", "prompt.ask", press.prompt.params), say("zh", "prompt.ask", press.prompt.params)] == [
        "What is this code? Scan a number card: 1 = Magnet lot (NdFeB magnet N42SH), 2 = Lookalike; or CANCEL",
        "这是什么码？请扫数字卡：1 = 磁钢批次（钕铁硼磁钢 N42SH）、2 = 相似；或扫“取消”卡",
    ]


def test_the_card_picks_the_reading_and_the_scan_counts_as_it() -> None:
    press = at_the_magnet(LOOKALIKE)
    assert press.scan(MAGNET, "HW:1").code == "done.bound"
    bound = press.bodies[-1]
    assert isinstance(bound, b.Bind)
    assert bound.scan == b64(MAGNET.encode())
    assert press.facts[-1].on == (unit(M1), Claim(f"lot@{SITE}", f"magnet/{MAGNET}"))
    assert press.unclear is None


def test_the_other_card_picks_the_other_reading() -> None:
    press = at_the_magnet(LOOKALIKE)
    assert press.scan(MAGNET, "HW:2").code == "order.set"
    assert press.work.order == Claim(f"order@{SITE}", MAGNET)


def test_a_reading_that_is_refused_ends_the_question_too() -> None:
    press = Shift("st-10", [LOOKALIKE])
    assert press.scan(MAGNET, "HW:1").code == "unit.not_a_unit"
    assert press.unclear is None
    assert press.prompt.code == "prompt.unit"


@pytest.mark.parametrize("scan", [HOUSING, M1, "HW:LEAVE", "HW:3", "HW:9", "B10034"])
def test_nothing_else_is_taken_before_the_answer(scan: str) -> None:
    press = at_the_magnet(LOOKALIKE)
    press.scan(MAGNET)
    asked, hand = press.unclear, press.work.hand
    assert press.scan(scan).code == "choice.first"
    assert (press.unclear, press.work.hand) == (asked, hand)
    assert press.scan("HW:1").code == "done.bound"


def test_cancel_drops_the_scan_and_writes_down_that_it_was_not_understood() -> None:
    press = at_the_magnet(LOOKALIKE)
    hand = press.work.hand
    assert press.scan(MAGNET, "HW:CANCEL").code == "barcode.ambiguous"
    assert press.bodies[-1] == b.Refused("press", "barcode.ambiguous", scan=b64(MAGNET.encode()))
    assert press.facts[-1].on == (unit(M1),)
    assert (press.unclear, press.work.hand) == (None, hand)
    assert press.prompt.code == "prompt.scan"


def test_a_number_card_without_a_question_is_refused() -> None:
    assert at_the_magnet().scan("HW:1").code == "command.not_here"


def test_what_may_be_a_badge_is_in_no_event() -> None:
    press = at_the_magnet(AS_BADGE)
    press.scan(MAGNET, HOUSING, "HW:CANCEL")
    assert [body.scan for body in press.bodies if isinstance(body, b.Refused)] == [b64(HOUSING.encode()), ""]


def test_before_sign_in_only_what_may_be_a_badge_is_asked_about() -> None:
    assert Shift("st-10", [LOOKALIKE], signed_in=False).scan(MAGNET).code == "sign_in.first"
    press = Shift("st-10", [AS_BADGE], signed_in=False)
    assert press.scan(MAGNET).code == "ask.which"
    assert press.scan("HW:1").code == "sign_in.unknown"
    assert press.scan("B10021").code == "done.signed_in"


def test_a_refused_scan_that_may_be_a_badge_is_kept_by_no_event() -> None:
    press = at_the_magnet(LOOKALIKE, AS_BADGE)
    press.scan(MAGNET, "MG-2611-C")
    assert press.bodies[-1] == b.Refused("press", "choice.first", "answer", scan="")


def test_a_second_scan_of_the_label_at_once_is_ignored_while_the_question_stands() -> None:
    press = at_the_magnet(LOOKALIKE)
    press.scan(MAGNET)
    assert press.scan(MAGNET, after_ms=200).code == "ignored.double"
    assert press.scan("HW:1").code == "done.bound"


def test_the_question_survives_a_restart() -> None:
    press = at_the_magnet(LOOKALIKE)
    press.scan(MAGNET)
    work = thaw(freeze(press.work))
    assert work == press.work
    assert work.asked(WhichCode) is not None


def test_a_code_of_gs1_that_names_two_things_is_asked_about_by_their_kinds() -> None:
    press = at_the_magnet()
    press.scan("]C1001061414123456789080109506000134352" + "21A7")
    assert "1 = container, 2 = unit" in say("en", "prompt.ask", press.prompt.params)
    assert press.scan("HW:2") != NOTHING
