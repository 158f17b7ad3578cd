"""Every situation in which a kiosk can stand, one registry: the pictures and the walk over all widgets use it.

Each is made by the real turns of a workplace; nothing here needs Qt. Whoever adds a screen adds its situation.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from common import bodies as b
from common.definitions import CodeRule, Definition, Form
from common.definitions.naming import Name
from station.messages import Announcement, GaugeRead, Status
from station.staging import stage
from tests.support import scenes
from tests.support.answers import ANSWERS, ENROLLING
from tests.support.factory import Story, lot, unit
from tests.support.scenes import states
from tests.support.shift import CARTON, PRESS_OK, TEST_NOISY, TEST_OK, Shift, load_pack

SERIAL = "M-250-004217"
ONLINE = Status(True, 0, 0, 412, 0, devices=(("scanner-1", "scanner", True), ("press", "plc", True)))
OFFLINE = Status(
    False, 37, 0, 375, 1_260, down=("press",), devices=(("scanner-1", "scanner", True), ("press", "plc", False))
)
LONGER = {"zh": "（出口欧洲加长型）", "en": " (long, for export)"}
EVENT = f"{'a' * 26}.{'A' * 43}"
PERSON = "Maximilian-Alexander von Hohenstein"


class Situation(Struct, frozen=True):
    """What was announced, in order, and what is tapped then: codes of tiles, or the words of a button.

    `passed`: the time of a result is over. `then`: what is answered to the taps.
    """

    name: str
    said: tuple[Announcement, ...]
    taps: tuple[str, ...] = ()
    passed: bool = True
    then: tuple[Announcement, ...] = ()


SITUATIONS: dict[str, Callable[[bool], Situation]] = {}


def situation(name: str, *taps: str, status: Status = ONLINE):  # type: ignore[no-untyped-def]
    """Enter the situation that a function of (long names?) → Shift describes; a result before its time is over."""

    def enter(make: Callable[[bool], Shift]) -> Callable[[bool], Shift]:
        def made(long: bool) -> Situation:
            shift = make(long)
            scene = stage(shift.work, shift.view())
            said = (one if one.tone == "info" else replace(one, event=EVENT) for one in shift.said)
            return Situation(name, (status, *said, shift.prompt, scene), taps, not name.startswith("result-"))

        SITUATIONS[name] = made
        return make

    return enter


RESULTS = ("ok", "ng", "pass", "fail", "hold", "unknown")  # of those drawn, as they are before their time is over


def _enter(made: Situation) -> None:
    SITUATIONS[made.name] = lambda long: made


for _name, _said in states().items():
    _enter(Situation(f"drawn-{_name}", _said, passed=_name not in RESULTS))
for _name, (_room, _answer) in ANSWERS.items():
    _then = () if _answer is None else (_answer,)
    _enter(
        Situation(f"room-{_name}", (scenes.STATUS, scenes.SCAN, scenes.WORK), ("tap.more", f"room.{_room}"), then=_then)
    )
for _name, _state in ENROLLING.items():
    _enter(Situation(f"enrol-{_name}", (_state,)))


def situations(*, long: bool = False) -> list[Situation]:
    """All of them. `long`: every name is as long as names get."""
    return [make(long) for make in SITUATIONS.values()]


# How they come about --------------------------------------------------------------------------------------------------
@lru_cache
def lengthened(pack: str) -> tuple[Definition, ...]:
    """A pack's definitions with longer names."""
    return tuple(msgspec.convert(_longer(msgspec.to_builtins(one)), type(one)) for one in load_pack(pack).definitions)


def _longer(tree: object) -> object:
    if isinstance(tree, dict):
        if set(tree) == {"zh", "en"}:
            return {language: (text + LONGER[language])[:80] for language, text in tree.items()}
        return {key: _longer(value) for key, value in tree.items()}
    return [_longer(one) for one in tree] if isinstance(tree, list) else tree


def at(
    place: str, long: bool, *rules: Definition, pack: str = "motor-assembly", story: Story | None = None, **more: object
) -> Shift:
    """Somebody works at a place."""
    definitions = (*(lengthened(pack) if long else ()), *rules)
    shift = Shift(place, definitions, story=story, name=pack, **more)  # type: ignore[arg-type]
    if long:
        shift.people = {badge: (id, PERSON) for badge, (id, _) in shift.people.items()}
    return shift


def pressed(long: bool, *steps: str) -> Shift:
    """ST-10 with a motor in hand, so many steps done."""
    shift = at("st-10", long)
    shift.scan("WO-2611-0087", SERIAL, *steps)
    return shift


# Reads what the magnets' rule reads too.
LOOKALIKE = CodeRule("lookalike", Name("相似", "Lookalike"), "order", r"MG-\d{4}-[A-Z]", "MG-0000-A")
STEPS = ("HL-2644", "R-88213-0456", "MG-2610-B")


def tested(long: bool, *, wired: bool = True) -> Shift:
    """ST-30, the motor wired or not."""
    shift = at("st-30", long)
    done = ("press", "wire") if wired else ("press",)
    shift.happened(b.Commission("motor"), unit(SERIAL))
    for operation in done:
        shift.happened(b.OperationCompleted(operation, "pass"), unit(SERIAL))
    shift.fresh("st-10", "st-20", "st-30")
    return shift


def kettle(long: bool, *scans: str) -> Shift:
    """The sauce line's kettle, everything received."""
    story = Story()
    for material, number in (("broad-bean", "BB-2611-01"), ("chilli", "CH-2611-01"), ("soybean", "SY-2611-01")):
        body = b.Receive(material, "somebody", "500", "kg", number, expiry="2027-10-31")
        story.say("goods", body, lot(f"{material}/{number}"))
    shift = at("sauce-20", long, pack="sauce-filling", story=story)
    shift.scan("KP-2611-01", *scans)
    return shift


# Signing in -----------------------------------------------------------------------------------------------------------
@situation("sign-in")
def _sign_in(long: bool) -> Shift:
    return at("st-10", long, signed_in=False)


@situation("sign-in-pin", "王强")
def _pin(long: bool) -> Shift:
    return at("st-10", False, signed_in=False)


@situation("sign-in-offline", status=OFFLINE)
def _sign_in_offline(long: bool) -> Shift:
    return at("st-10", long, signed_in=False)


@situation("sign-in-first")
def _unit_before_badge(long: bool) -> Shift:
    shift = at("st-10", long, signed_in=False)
    shift.scan(SERIAL)
    return shift


# Work -----------------------------------------------------------------------------------------------------------------
@situation("work-idle")
def _idle(long: bool) -> Shift:
    shift = at("st-10", long)
    shift.scan("WO-2611-0087")
    return shift


@situation("work-scan")
def _scan(long: bool) -> Shift:
    return pressed(long, STEPS[0])


@situation("work-offline", status=OFFLINE)
def _offline(long: bool) -> Shift:
    return pressed(long, *STEPS[:2])


@situation("work-machine")
def _machine(long: bool) -> Shift:
    return pressed(long, *STEPS)


@situation("work-wrong")
def _wrong(long: bool) -> Shift:
    return pressed(long, STEPS[0], "SC-2638")


@situation("work-add")
def _add(long: bool) -> Shift:
    return kettle(long, "BB-2611-01", "HW:N:40.0", "CH-2611-01")


@situation("work-number")
def _number(long: bool) -> Shift:
    return kettle(long, "BB-2611-01")


@situation("work-overdose")
def _overdose(long: bool) -> Shift:
    return kettle(long, "BB-2611-01", "HW:N:45.0")


@situation("work-pack")
def _pack(long: bool) -> Shift:
    shift = tested(long)
    shift.scan(SERIAL)
    shift.measure(TEST_OK, "tester")
    return shift


# Results --------------------------------------------------------------------------------------------------------------
@situation("result-started")
def _started(long: bool) -> Shift:
    return pressed(long)


@situation("result-bound")
def _bound(long: bool) -> Shift:
    return pressed(long, *STEPS[:2])


@situation("result-passed")
def _passed(long: bool) -> Shift:
    shift = pressed(long, *STEPS)
    shift.measure(PRESS_OK)
    return shift


@situation("result-failed")
def _failed(long: bool) -> Shift:
    shift = tested(long)
    shift.scan(SERIAL)
    shift.measure(TEST_NOISY, "tester")
    return shift


@situation("result-ng")
def _ng(long: bool) -> Shift:
    return pressed(long, STEPS[0], "HW:NG:cable-damaged")


@situation("result-scrap")
def _scrap(long: bool) -> Shift:
    return pressed(long, STEPS[0], "HW:SCRAP:housing-cracked")


@situation("result-left")
def _left(long: bool) -> Shift:
    return pressed(long, STEPS[0], "HW:LEAVE:material-short")


@situation("result-provisional")
def _provisional(long: bool) -> Shift:
    shift = tested(long, wired=False)
    shift.sources = {}
    shift.scan(SERIAL)
    return shift


@situation("result-wrong")
def _wrong_now(long: bool) -> Shift:
    return pressed(long, STEPS[0], "SC-2638")


@situation("result-garbage")
def _garbage(long: bool) -> Shift:
    return pressed(long, STEPS[0], "https://example.com/?q=" + "x" * 80)


@situation("result-packed")
def _packed(long: bool) -> Shift:
    shift = _pack(long)
    shift.scan(CARTON)
    return shift


# Stopped --------------------------------------------------------------------------------------------------------------
def _stopped(long: bool, *news: b.Body, wired: bool = True) -> Shift:
    shift = tested(long, wired=wired)
    for body in news:
        shift.happened(body, unit(SERIAL))
    shift.scan(SERIAL)
    return shift


@situation("blocked-missing")
def _missing(long: bool) -> Shift:
    return _stopped(long, wired=False)


@situation("blocked-hold")
def _hold(long: bool) -> Shift:
    return _stopped(long, b.Hold("噪声复查，等待质量部判定 / noise to be checked again by quality"))


@situation("blocked-scrapped")
def _scrapped(long: bool) -> Shift:
    return _stopped(long, b.Scrap("shaft-bent"))


@situation("blocked-failed")
def _failed_before(long: bool) -> Shift:
    return _stopped(long, b.OperationCompleted("test", "fail", reasons=("noise",)))


@situation("blocked-unknown")
def _unknown(long: bool) -> Shift:
    shift = at("st-20", long)
    shift.happened(b.Commission("motor"), unit(SERIAL))
    shift.fresh("st-10", age_ms=41_000)
    shift.scan(SERIAL)
    return shift


@situation("blocked-all")
def _all_at_once(long: bool) -> Shift:
    news = (b.Hold("噪声复查"), b.Scrap("shaft-bent"), b.OperationCompleted("wire", "fail"))
    return _stopped(long, *news, wired=False)


# Pages of tiles -------------------------------------------------------------------------------------------------------
@situation("reasons-ng", "tap.ng")
def _reasons(long: bool) -> Shift:
    return pressed(long, STEPS[0])


@situation("reasons-leave", "tap.leave")
def _reasons_leave(long: bool) -> Shift:
    return pressed(long, STEPS[0])


@situation("question")
def _question(long: bool) -> Shift:
    shift = at("st-10", long, LOOKALIKE)
    shift.scan(SERIAL, *STEPS)
    return shift


# A page of a form ----------------------------------------------------------------------------------------------------
def _audited(long: bool, *scans: str) -> Shift:
    """The audit's page at ST-10, so far filled."""
    audit = next(d for d in load_pack("motor-assembly").definitions if isinstance(d, Form) and d.id == "audit-form")
    if long:
        audit = next(d for d in lengthened("motor-assembly") if isinstance(d, Form) and d.id == "audit-form")
    shift = at("st-10", long, Form("press-form", audit.name, audit.steps))
    shift.scan(SERIAL)
    for scan in scans[:1]:
        shift.scan(scan)
        shift.read(GaugeRead("caliper", "11.990", "mm", True, b"x", 0))
    shift.scan(*scans[1:])
    return shift


FILLED = ("C25-70001", "HW:N:0.25", "HW:N:0.19")


@situation("form-scan")
def _form_scan(long: bool) -> Shift:
    return _audited(long)


@situation("form-number")
def _form_number(long: bool) -> Shift:
    return _audited(long, *FILLED[:1])


@situation("form-yes")
def _form_yes(long: bool) -> Shift:
    return _audited(long, *FILLED)


@situation("form-choice")
def _form_choice(long: bool) -> Shift:
    return _audited(long, *FILLED, "HW:YES")


@situation("form-date")
def _form_date(long: bool) -> Shift:
    return _audited(long, *FILLED, "HW:YES", "HW:OPTION:good")
