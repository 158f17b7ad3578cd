"""A signature: the badge of who may, their PIN, and nothing in between that makes it another's."""

from __future__ import annotations

import pytest

from common.event_types import Refused
from station.work import signatures, transition
from station.work.drafts import freeze, thaw
from station.work.state import Signature
from station.work.turn import Turn
from tests.support.shift import Shift

WANTED = Signature("proof", "checked", ("quality",), "this")
QUALITY, OPERATOR = "B30002", "B10021"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[Signature]:
    """What was signed, for a purpose of this test's own."""
    signed: list[Signature] = []
    monkeypatch.setitem(transition.SIGNED, "proof", lambda turn, signature: signed.append(signature))
    return signed


@pytest.fixture
def shift() -> Shift:
    """Somebody holds a motor, and a signature is wanted."""
    made = Shift("st-10")
    made.scan("M-250-004217")
    turn = Turn(made.work, made.view())
    signatures.want(turn, WANTED)
    made.work = turn.work
    return made


def test_badge_then_pin_is_a_signature_of_somebody_else_than_who_is_signed_in(
    shift: Shift, given: list[Signature]
) -> None:
    assert shift.prompt.code == "prompt.sign_role"
    assert shift.scan(QUALITY).code == "noted.signer"
    assert (shift.prompt.code, shift.prompt.params["name"]) == ("prompt.sign_pin", "周敏")
    shift.sign("p-zhou")
    assert [(one.signer, one.meaning, one.about) for one in given] == [("p-zhou", "checked", "this")]
    assert (shift.work.person, shift.signature) == ("p-wang", None)


def test_who_may_not_sign_is_refused_and_it_is_written_down(shift: Shift, given: list[Signature]) -> None:
    assert shift.scan(OPERATOR).code == "sign.role"
    assert isinstance(shift.bodies[-1], Refused) and shift.bodies[-1].scan == ""
    assert shift.scan("B99999").code == "sign_in.unknown"
    assert shift.sign("p-wang").code == "sign.badge"
    assert not given and shift.signature == WANTED


def test_a_pin_is_of_the_last_badge_or_refused(shift: Shift, given: list[Signature]) -> None:
    shift.scan(QUALITY)
    assert shift.sign("p-chen").code == "sign.badge"
    assert not given and shift.signature is not None and shift.signature.signer == "p-zhou"


def test_a_signature_survives_a_kill_and_its_pin_does_not(shift: Shift) -> None:
    shift.scan(QUALITY)
    before, shift.work = shift.signature, thaw(freeze(shift.work))
    scene = shift.scene
    assert shift.signature == before
    assert scene.signing is not None and (scene.signing.signer, scene.signing.name) == ("p-zhou", "周敏")
    assert [tile.command for tile in scene.tiles] == ["CALL", "CANCEL"]


def test_cancel_and_leaving_end_it(shift: Shift) -> None:
    wanted = shift.work
    shift.scan("HW:CANCEL")
    assert shift.signature is None and shift.work.hand is not None
    shift.work = wanted
    shift.scan("HW:LEAVE")
    assert shift.signature is None and shift.work.hand is None


def test_the_next_step_wants_no_signature_for_the_last(shift: Shift) -> None:
    shift.scan("HL-0611")
    assert shift.work.hand is not None and shift.work.hand.step == 1
    assert shift.signature is None
