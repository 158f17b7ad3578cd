"""A code that may be read in several ways: the operator says which one is meant, by the number cards or CANCEL. Pure.

Until the answer nothing else is taken, so that no scan is used for what it was not meant for.
"""

from __future__ import annotations

from msgspec import Struct

from common.barcode_router import Ambiguous, Code
from common.definitions import CodeRule
from common.errors import BadBarcode, RuleViolation
from common.event_types import Refused
from common.ids import b64
from common.text import say
from station.messages import Prompt
from station.work.turn import Turn

KEPT_BYTES = 1_536  # in base64url the 2048 characters that a scan in an event may have


class ReadingChoice(Struct, frozen=True):
    """One way to read the code, as it is offered. `number`: of its card. `name`: of the site's rule that reads it."""

    number: int
    kind: str
    name: object = None
    material: object = None

    def say(self, language: str) -> str:
        """The choice in `language`, e.g. "1 = Magnet lot"."""
        name = self.name or say(language, f"kind.{self.kind}", {})
        code = "ask.choice" if self.material is None else "ask.choice_of"
        return say(language, code, {"number": self.number, "name": name, "material": self.material})


def answered(turn: Turn, code: Code | Ambiguous | BadBarcode) -> Code | Ambiguous | BadBarcode:
    """The reading that this card picks, with the scan it answers for; any other code unchanged."""
    asked = turn.work.asked
    if asked is None or not isinstance(code, Code) or code.kind != "command" or not code.value.isdecimal():
        return code
    number = int(code.value)
    if number > len(asked.readings):
        return code
    turn.move(asked=None)
    return asked.readings[number - 1]


def ask(turn: Turn, code: Ambiguous) -> None:
    """Ask which reading is meant. Before sign-in only what may be a badge is worth a question."""
    if turn.work.person is None and not any(reading.kind == "badge" for reading in code.readings):
        raise RuleViolation("sign_in.first")
    turn.move(asked=code)
    turn.tell("ask.which", choices=choices(turn, code))


def insist(turn: Turn, code: Code | Ambiguous) -> None:
    """While the question stands: CANCEL drops the scan, and that it was not understood is written down."""
    asked = turn.work.asked
    if asked is None or not isinstance(code, Code) or (code.kind, code.value) != ("command", "CANCEL"):
        raise RuleViolation("choice.first")
    is_badge = any(reading.kind == "badge" for reading in asked.readings)
    kept = b"" if is_badge else asked.raw[:KEPT_BYTES]
    hand = turn.work.hand
    turn.move(asked=None)
    body = Refused(hand.operation if hand else "-", "barcode.ambiguous", scan=b64(kept))
    turn.confirm("ng", "barcode.ambiguous", body, (hand.unit,) if hand else (), rules=choices(turn, asked))


def prompt(turn: Turn, asked: Ambiguous) -> Prompt:
    """What to do now: pick a card."""
    return Prompt("prompt.ask", {"choices": choices(turn, asked)})


def choices(turn: Turn, asked: Ambiguous) -> tuple[ReadingChoice, ...]:
    """Every way to read the code, numbered as the cards are."""
    return tuple(_choice(turn, number, reading) for number, reading in enumerate(asked.readings, 1))


def _choice(turn: Turn, number: int, reading: Code) -> ReadingChoice:
    rule = turn.view.definitions.get(CodeRule, reading.rule)
    material = turn.material_name(reading.material) if reading.material else None
    return ReadingChoice(number, reading.kind, rule.name if rule else None, material)
