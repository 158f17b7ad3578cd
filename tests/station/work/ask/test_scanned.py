"""A wrong code says what it is and what was expected, whatever stands on the screen; and a badge is told to nobody."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
import pytest
from msgspec.structs import replace

from common.definitions import Definition, Field, Form, Material, Step
from common.definitions.naming import Name
from common.event_types import Commission, Hold, OperationCompleted, Refused
from common.ids import b64
from common.text import MISSING, say
from station.work import signatures
from station.work.ask.cards import CARDS
from station.work.state import Signature
from station.work.turn import Turn
from tests.support.factory import unit
from tests.support.shift import TEST_OK, Shift, motor_pack

MOTOR, ROTOR, SCREWS, ORDER = "M-250-004217", "R-88213-0456", "SC-2638", "WO-2611-0087"
OPERATOR, NOBODYS = "B10034", "B99999"
GTIN, OTHER_GTIN = "09506000134352", "09506000134376"
GAP = Field("gap", Name("间隙", "Gap"), "number", uom="mm", decimals=2)


def gtin() -> list[Definition]:
    """The housing has a GTIN, so that there is one that names no single thing."""
    known = next(m for m in motor_pack().definitions if isinstance(m, Material) and m.id == "housing")
    return [replace(known, gtin=(GTIN,))]


# Where a worker may stand --------------------------------------------------------------------------------------------
def nobody() -> Shift:
    return Shift("st-10", gtin(), signed_in=False)


def idle() -> Shift:
    return Shift("st-10", gtin())


def at_scan() -> Shift:
    shift = idle()
    shift.scan(MOTOR)
    return shift


def at_machine() -> Shift:
    shift = at_scan()
    shift.scan("HL-2644", ROTOR, "MG-2610-B")
    return shift


def at_page() -> Shift:
    step = Step("gap", Name("间隙", "Gap"), "fill", fields=[GAP])
    shift = Shift("st-10", [*gtin(), Form("press-form", Name("表", "Form"), [step])])
    shift.scan(MOTOR)
    return shift


def at_signature() -> Shift:
    shift = at_scan()
    turn = Turn(shift.work, shift.view())
    signatures.want(turn, Signature("proof", "checked", ("quality",), "this"))
    shift.work = turn.work
    return shift


def wired() -> Shift:
    shift = Shift("st-30", gtin())
    shift.happened(Commission("motor"), unit(MOTOR))
    for operation in ("press", "wire"):
        shift.happened(OperationCompleted(operation, "pass"), unit(MOTOR))
    shift.fresh("st-10", "st-20", "st-30")
    return shift


def at_packing() -> Shift:
    shift = wired()
    shift.scan(MOTOR)
    shift.measure(TEST_OK, "tester")
    assert shift.work.packing
    return shift


def at_blocked() -> Shift:
    shift = wired()
    shift.happened(Hold("noise"), unit(MOTOR))
    shift.scan(MOTOR)
    assert shift.work.stopped
    return shift


def at_call() -> Shift:
    shift = nobody()
    shift.scan("HW:CALL", "HW:ANSWER")
    assert shift.badge_for
    return shift


IDLE = ("the label of Hub motor M-250 (unit)", "unit motor")
# How it comes about, what is expected then, and how an event says that.
STATES: dict[str, tuple[Callable[[], Shift], str, str]] = {
    "nobody": (nobody, "a badge", "badge"),
    "idle": (idle, *IDLE),
    "scan": (at_scan, "Die-cast aluminium housing", "material housing"),
    "machine": (at_machine, "the machine result: Press", "machine press"),
    "page": (at_page, "Gap", "field gap"),
    "signing": (at_signature, "a badge (quality inspector)", "badge quality"),
    "packing": (at_packing, "a carton label", "container"),
    "blocked": (at_blocked, *IDLE),
    "call": (at_call, "a badge", "badge"),
}
HOUSING = "Die-cast aluminium housing"
CODES = {
    "unit": (ROTOR, f"Rotor assembly R-88213 {ROTOR} (unit)"),
    "lot": (SCREWS, f"Socket screw M4×12 {SCREWS} (lot)"),
    "order": (ORDER, f"order {ORDER}"),
    "badge": (OPERATOR, "the badge of 李娜"),
    "unknown badge": (NOBODYS, "an unknown badge"),
    "other step": ("HW:MEASURE", "the command “Measure”"),
    "number": ("HW:N:5", "the number 5"),
    "other reason": ("HW:NG:noise", "the command “NG: Abnormal noise”"),
    "gtin": (f"]C101{GTIN}", f"GTIN {GTIN} of {HOUSING}, without a serial or lot"),
    "other gtin": (f"]C101{OTHER_GTIN}", f"GTIN {OTHER_GTIN}, unknown here and without a serial or lot"),
    "material": ("housing", f"the material number housing of {HOUSING}"),
    "text": ("ZZ-1", "the unknown code ZZ-1"),
    "bytes": ("A\x07B", "a code that cannot be read"),
}
# What each of them takes of the codes, or refuses for what the thing or the person is and not for being a wrong code.
TAKEN = {
    "nobody": {"badge"},
    "idle": {"order", "badge"},
    "scan": {"order", "badge", "other reason"},
    "machine": {"order", "badge", "other reason"},
    "page": {"order", "badge", "number", "other reason"},
    "signing": {"order", "other reason"},
    "packing": {"order", "badge"},
    "blocked": {"order", "badge"},
    "call": {"badge"},
}
OF_ITSELF = {
    ("nobody", "unknown badge"): "sign_in.unknown",
    ("signing", "unknown badge"): "sign_in.unknown",
    ("call", "unknown badge"): "sign_in.unknown",
    ("signing", "badge"): "sign.role",
    ("scan", "unit"): "component.wrong",
    ("scan", "lot"): "component.wrong",
}
ALL = [(state, kind) for state in STATES for kind in CODES]


@pytest.mark.parametrize(("state", "kind"), ALL)
def test_a_wrong_code_says_what_it_is_and_what_was_expected(state: str, kind: str) -> None:
    make, words, text = STATES[state]
    shift, (raw, got) = make(), CODES[kind]
    shown = shift.scan(raw)
    assert (shown.tone == "ng") == (kind not in TAKEN[state] or kind == "other reason"), shown.code
    if kind in TAKEN[state]:
        return
    refusal = shift.bodies[-1]
    assert isinstance(refusal, Refused) and refusal.expected == text
    if (state, kind) in OF_ITSELF:
        assert (shown.code, shown.scan) == (OF_ITSELF[state, kind], None)
    else:
        assert shown.scan and say("en", *shown.scan) == f"This is {got}. Expected: {words}"
        assert MISSING not in say("zh", *shown.scan)


def test_what_a_wrong_component_is_stands_in_its_own_sentence() -> None:
    shown = at_scan().scan(ROTOR)
    assert say("en", shown.code, shown.params).startswith(
        f"Wrong component: {HOUSING} goes here, you scanned Rotor assembly"
    )


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("badge", [OPERATOR, NOBODYS])
def test_no_badge_is_shown_or_written_down(state: str, badge: str) -> None:
    shift = STATES[state][0]()
    shift.scan(badge)
    seen = (shift.said, shift.facts, shift.prompt, shift.scene)
    assert badge not in str(seen) and badge not in str([say("en", one.code, one.params) for one in shift.said])
    written = json.dumps(msgspec.to_builtins([fact.body for fact in shift.facts], str_keys=True))
    assert badge not in written and b64(badge.encode()) not in written


def test_an_expected_thing_that_may_not_be_used_is_refused_for_what_it_is() -> None:
    shift = wired()
    shift.happened(Hold("noise"), unit(MOTOR))
    shown = shift.scan(MOTOR)
    assert shown.code == "interlock.on_hold" and shown.scan is None


def test_a_tile_that_comes_too_late_is_no_wrong_code() -> None:
    """Who tapped knows what they tapped."""
    assert at_scan().scan("HW:MEASURE", device="screen").scan is None


def test_the_words_of_every_card_are_known() -> None:
    """PARTNER is named by its partner, a number by itself; a command without a card cannot be scanned."""
    wordless = {card.verb for card in CARDS.values() if not card.word and not card.off_paper}
    assert {verb for verb in wordless if not verb.isdecimal()} == {"PARTNER"}
