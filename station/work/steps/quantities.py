"""Numbers that an operator enters: how they are asked for, limited, judged and recorded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from common.definitions import Characteristic, Field, Step
from common.errors import RuleViolation
from common.event_types import Measured, Value
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work.begin import calibration
from station.work.expected import Expected, text
from station.work.state import InHand, Readings
from station.work.steps.kind import kind_of_step
from station.work.turn import Turn

MANUAL = "manual"  # the device of values that a person entered


def number(turn: Turn, value: str) -> None:
    """A number is entered. RuleViolation quantity.* if none is asked for, or it cannot be that one."""
    step, wanted = turn.step, asked(turn)
    if step is None or turn.work.hand is None:
        raise RuleViolation("quantity.not_now", value=value)
    kind = kind_of_step(step)
    if wanted is None:
        raise RuleViolation(kind.no_number, value=value)
    if len(value.partition(".")[2]) > wanted.decimals:
        raise RuleViolation("quantity.decimals", value=value, uom=wanted.uom, decimals=wanted.decimals)
    turn.remember({f"{step.id}/{wanted.id}": value})
    kind.entered(turn, step, wanted, value)


def asked(turn: Turn) -> Characteristic | None:
    """The number that is asked for now, with its unit and limits."""
    return kind_of_step(turn.step).number(turn, turn.step) if turn.step else None


def within(wanted: Characteristic, value: str) -> None:
    """Refuse an amount outside its limits. RuleViolation quantity.below, quantity.above."""
    amount = Decimal(value)
    if amount <= 0 or (wanted.low is not None and amount < Decimal(wanted.low)):
        raise RuleViolation("quantity.below", value=value, uom=wanted.uom, low=wanted.low or "0", name=wanted.name)
    if wanted.high is not None and amount > Decimal(wanted.high):
        raise RuleViolation("quantity.above", value=value, uom=wanted.uom, high=wanted.high, name=wanted.name)


def prompt(wanted: Characteristic, params: dict[str, object], *, amount: bool = True) -> Prompt:
    """Ask for a number: how much of something, or the value of a characteristic."""
    asked = Phrase("asked.amount", {"uom": wanted.uom}) if amount else Phrase("asked.value")
    said = {"name": wanted.name, "asked": asked, "uom": wanted.uom, "limits": limits(wanted)}
    return Prompt("prompt.number" if wanted.low or wanted.high else "prompt.number_free", params | said)


def limits(of: Characteristic | Field) -> Phrase:
    """The limits of a number, in words; one that does not exist is left out."""
    code = "limits.both" if of.low and of.high else "limits.low" if of.low else "limits.high"
    return Phrase(code, {"low": of.low, "high": of.high, "uom": of.uom})


def expects(wanted: Characteristic) -> Expected:
    """A number card, or the pad of the screen."""
    return Expected(
        Phrase("expect.number", {"name": wanted.name, "uom": wanted.uom}), text("number", wanted.id), ("N",)
    )


# Values of characteristics -------------------------------------------------------------------------------------------
def readings(turn: Turn) -> Readings:
    """The values of the step so far."""
    return turn.work.hand.so_far(Readings) if turn.work.hand else Readings()


def judged(c: Characteristic, value: str) -> Value:
    """Judge a value by its limits."""
    low_ok = c.low is None or Decimal(value) >= Decimal(c.low)
    high_ok = c.high is None or Decimal(value) <= Decimal(c.high)
    return Value(c.id, value, c.uom, "pass" if low_ok and high_ok else "fail", c.low, c.high)


def amounts(values: Iterable[Value]) -> list[str]:
    """Values with their units."""
    return [f"{value.value} {value.uom}" for value in values]


def said(step: Step, values: Sequence[Value]) -> list[str | Phrase]:
    """The values as a result names them: those that are out alone, each with its name and limits; else all."""
    of = {c.id: c for c in step.characteristics}
    out = [(of[value.ch], value) for value in values if value.verdict == "fail"]
    named = (
        Phrase("measured.out", {"name": c.name, "value": value.value, "uom": c.uom, "limits": limits(c)})
        for c, value in out
    )
    return list(named) or [*amounts(values)]


def keep(turn: Turn, step: Step) -> None:
    """Record the values that were entered or read so far, before the work leaves their step."""
    hand, values = turn.work.hand, readings(turn).values
    if hand is None or not values:
        return
    gauge = calibration.gauge_at(turn, step.device)
    device = gauge.id if gauge else step.device or MANUAL
    body = Measured(hand.operation, step.id, device, values)
    turn.confirm("ok", "done.measured", body, (hand.unit,), step=step.name, values=amounts(values))


def note(turn: Turn) -> tuple[InHand, Phrase] | None:
    """The work without the value that came last."""
    hand, values = turn.work.hand, readings(turn).values
    if hand is None or not values:
        return None
    return hand.with_progress(Readings(values[:-1])), Phrase("deed.measured", {"values": amounts(values[-1:])})


def plain(value: Decimal) -> str:
    """Spell a decimal as events have it: no exponent, no zeros at the end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
