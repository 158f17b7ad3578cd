"""A code that may be read in several ways: the worker picks one, by a number card or CANCEL. Pure.

Until the answer nothing else is taken, so that no scan is used for a purpose that it was not meant for.
"""

from __future__ import annotations

from common.barcode_router import Ambiguous, Code
from common.definitions import CodeRule
from common.errors import BadBarcode, RuleViolation
from common.event_types import Refused
from common.ids import b64
from station.work.expected import NumberedChoice
from station.work.state import WhichCode
from station.work.turn import Turn

KEPT_BYTES = 1_536  # in base64url the 2048 characters that a scan in an event may have


def answered(turn: Turn, code: Code | Ambiguous | BadBarcode) -> Code | Ambiguous | BadBarcode:
    """The reading that this card picks, with its scan; any other code unchanged."""
    asked = turn.work.asked(WhichCode)
    if asked is None or not isinstance(code, Code) or code.kind != "command" or not code.value.isdecimal():
        return code
    number = int(code.value)
    if number > len(asked.code.readings):
        return code
    turn.answered(WhichCode)
    return asked.code.readings[number - 1]


def ask(turn: Turn, code: Ambiguous) -> None:
    """Ask which reading is meant. Before sign-in only a code that may be a badge is worth a question."""
    if turn.work.person is None and not any(reading.kind == "badge" for reading in code.readings):
        raise RuleViolation("sign_in.first")
    turn.question(WhichCode(code))
    turn.tell("ask.which", choices=choices(turn, code))


def drop(turn: Turn, asked: Ambiguous) -> None:
    """Take the scan for none of them, and record that it was not understood."""
    is_badge = any(reading.kind == "badge" for reading in asked.readings)
    kept = b"" if is_badge else asked.raw[:KEPT_BYTES]
    hand = turn.work.hand
    turn.answered(WhichCode)
    body = Refused(turn.operation_id, "barcode.ambiguous", scan=b64(kept))
    turn.confirm("ng", "barcode.ambiguous", body, (hand.unit,) if hand else (), rules=choices(turn, asked))


def choices(turn: Turn, asked: Ambiguous) -> tuple[NumberedChoice, ...]:
    """Every way to read the code, numbered as the cards are."""
    return tuple(_choice(turn, number, reading) for number, reading in enumerate(asked.readings, 1))


def _choice(turn: Turn, number: int, reading: Code) -> NumberedChoice:
    rule = turn.view.definitions.get(CodeRule, reading.rule)
    material = turn.material_name(reading.material) if reading.material else None
    return NumberedChoice(number, reading.kind, rule.name if rule else None, material)
