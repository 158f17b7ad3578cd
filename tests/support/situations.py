"""Every situation in which a kiosk can stand, one registry: the pictures and the walk over all widgets use it.

Each is made by the real turns of a workplace; nothing here needs Qt. Whoever adds a screen adds its situation.
"""

from __future__ import annotations

from msgspec.structs import replace

from common import event_types as b
from common.definitions import Characteristic, Definitions, Form, Gauge, Person, Route, Step
from common.definitions.naming import Name
from common.ids import Claim
from common.shift_notes import WrittenNote
from station.messages import Shown
from tests.support import (
    page_situations,  # noqa: F401 - its situations are entered when it is read
    people_situations,  # noqa: F401 - so are these
    scenes,
    tile_situations,  # noqa: F401 - so are these
)
from tests.support.answers import ANSWERS, ENROLLING, NOTES
from tests.support.factory import SITE, Story, lot, unit
from tests.support.scenes import states
from tests.support.shift import CARTON, PRESS_OK, TEST_NOISY, TEST_OK, Shift, load_pack
from tests.support.situation import (
    OFFLINE,
    QUALITY,
    SERIAL,
    SITUATIONS,
    STEPS,
    Situation,
    at,
    lengthened,
    longer,
    pressed,
    situation,
)

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
_notes = ("tap.more", "room.notes")
for _name, _last in (("typing", "room.note_write"), ("undo", "room.note_undo")):
    _said = scenes.STATUS, scenes.SCAN, scenes.WORK
    _enter(Situation(f"room-notes-{_name}", _said, _notes, then=(NOTES,), last=(_last,)))
for _name, _open in (("pinyin", "shebeiguzhang"), ("initials", "sbgz")):
    _said, _write = (scenes.STATUS, scenes.SCAN, scenes.WORK), ("room.note_write",)
    _enter(Situation(f"room-notes-typing-{_name}", _said, _notes, then=(NOTES,), last=_write, pinyin=_open))
for _name, _state in ENROLLING.items():
    _enter(Situation(f"enrol-{_name}", (_state,)))


def situations(*, long: bool = False) -> list[Situation]:
    """All of them. `long`: every name is as long as names get."""
    return [make(long) for make in SITUATIONS.values()]


SAUCE_QUALITY = "S30001"


def tested(long: bool, *, wired: bool = True) -> Shift:
    """ST-30, the motor wired or not."""
    shift = at("st-30", long)
    done = ("press", "wire") if wired else ("press",)
    shift.happened(b.Commission("motor"), unit(SERIAL))
    for operation in done:
        shift.happened(b.OperationCompleted(operation, "pass"), unit(SERIAL))
    shift.fresh("st-10", "st-20", "st-30")
    return shift


RECEIVED = {
    "broad-bean": "BB-2611-01",
    "chilli": "CH-2611-01",
    "soybean": "SY-2611-01",
    "wheat-flour": "WF-2611-01",
    "salt": "SA-2611-01",
    "rapeseed-oil": "RO-2611-01",
}
DOSES = ("40.0", "25.0", "10.0", "8.0", "7.0", "10.0")


def kettle(long: bool, *scans: str) -> Shift:
    """The sauce line's kettle, everything received."""
    story = Story()
    for material, number in RECEIVED.items():
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


@situation("work-notes")
def _unread(long: bool) -> Shift:
    shift = at("st-10", long)
    shift.notes = tuple(WrittenNote(f"e{n}", "M-250-004217", 0, "p-other", n) for n in range(1, 4))
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


@situation("work-done-here")
def _done_here(long: bool) -> Shift:
    doses = zip(RECEIVED.values(), DOSES, strict=True)
    return kettle(long, *(scan for number, dose in doses for scan in (number, f"HW:N:{dose}")))


@situation("work-rework")
def _reworking(long: bool) -> Shift:
    shift = at("st-20", long)
    shift.happened(b.Commission("motor"), unit(SERIAL))
    for operation in ("press", "wire"):
        shift.happened(b.OperationCompleted(operation, "pass"), unit(SERIAL))
    shift.happened(b.Bind("controller", "controller", "1", "pcs", "wire"), unit(SERIAL), unit("C25-01187"))
    shift.happened(b.OperationCompleted("test", "fail", reasons=("noise",)), unit(SERIAL))
    shift.fresh("st-10", "st-20", "st-30")
    shift.scan(SERIAL)
    return shift


@situation("work-partner", "tap.partner")
def _partner(long: bool) -> Shift:
    shift = at("sauce-10", long, pack="sauce-filling")
    shift.scan("CH-2611-07")
    return shift


@situation("work-order")
def _order(long: bool) -> Shift:
    """So many of so many, by a day; the order is known here."""
    shift = at("st-10", long)
    shift.happened(b.OrderReceived("motor", "24", "pcs", "2026-11-30"), Claim(f"order@{SITE}", "WO-2611-0087"))
    shift.scan("WO-2611-0087", SERIAL, *STEPS[:1])
    return shift


@situation("work-provisional")
def _provisional_now(long: bool) -> Shift:
    return _provisional(long)


@situation("work-gauge")
def _gauge(long: bool) -> Shift:
    return _calipered(long, "2027-11-02")


@situation("work-clean")
def _clean(long: bool) -> Shift:
    shift = at("sauce-20", long, pack="sauce-filling")
    shift.scan(SAUCE_QUALITY, "HW:CONFIRM")
    return shift


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


@situation("result-gauge-due")
def _gauge_due(long: bool) -> Shift:
    shift = _calipered(long, "2026-10-31")
    shift.scan("HW:MEASURE")
    return shift


@situation("work-gauge-due")
def _gauge_due_now(long: bool) -> Shift:
    return _gauge_due(long)


@situation("result-not-qualified")
def _not_qualified(long: bool) -> Shift:
    """Who is signed in may wire, and does not press."""
    known = lengthened("motor-assembly") if long else load_pack("motor-assembly").definitions
    shift = at("st-10", long)
    here = next(d for d in known if isinstance(d, Person) and d.id == shift.work.person)
    shift.definitions = Definitions.of([*known, replace(here, qualified=["wire"])])
    shift.scan(SERIAL)
    return shift


@situation("work-not-qualified")
def _not_qualified_now(long: bool) -> Shift:
    return _not_qualified(long)


@situation("result-disk-full")
def _disk_full(long: bool) -> Shift:
    shift = pressed(long, *STEPS[:1])
    shift.said = [Shown("ng", "store.full")]
    return shift


@situation("work-disk-full")
def _disk_full_now(long: bool) -> Shift:
    return _disk_full(long)


@situation("result-garbage")
def _garbage(long: bool) -> Shift:
    return pressed(long, STEPS[0], "https://example.com/?q=" + "x" * 80)


@situation("result-packed")
def _packed(long: bool) -> Shift:
    shift = _pack(long)
    shift.scan(CARTON)
    return shift


def _calipered(long: bool, due: str) -> Shift:
    """ST-10 at a step of the caliper, which is to be calibrated by a day."""
    shaft = Characteristic("shaft", Name("轴径", "Shaft diameter"), "mm", 3, "11.980", "12.000")
    step = Step("calip", Name("量轴径", "Measure the shaft"), "gauge", device="caliper", characteristics=[shaft])
    gauge = Gauge("mc-0042", Name("数显卡尺", "Digital caliper"), "st-10", "caliper", due)
    rules = [Form("press-form", Name("压装", "Press"), [step]), gauge]
    shift = at("st-10", long, *(longer(rules) if long else rules))
    shift.scan(SERIAL)
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


@situation("blocked-override", "tap.override")
def _override(long: bool) -> Shift:
    """What may be signed for: nobody knows here whether it was wired."""
    route = next(d for d in load_pack("motor-assembly").definitions if isinstance(d, Route))
    asks = [replace(o, on_unknown="override") if o.id == "test" else o for o in route.operations]
    shift = at("st-30", long, replace(route, operations=asks))
    shift.happened(b.Commission("motor"), unit(SERIAL))
    shift.happened(b.OperationCompleted("press", "pass"), unit(SERIAL))
    shift.fresh("st-10")
    shift.fresh("st-20", age_ms=600_000)
    shift.scan(SERIAL)
    return shift


@situation("override-sign")
def _override_sign(long: bool) -> Shift:
    shift = _override(long)
    shift.scan("HW:OVERRIDE:record-on-paper")
    return shift


@situation("override-sign-pin")
def _override_pin(long: bool) -> Shift:
    shift = _override_sign(long)
    shift.scan(QUALITY)
    return shift


@situation("undo-ask-pass", "tap.undo")
def _(long: bool) -> Shift:
    gap = Characteristic("gap", Name("间隙", "Gap"), "mm", 2, "0.10", "0.30")
    shift = at(
        "st-10",
        long,
        Form("press-form", Name("量间隙", "Measure the gap"), [Step("g", gap.name, "enter", characteristics=[gap])]),
    )
    shift.scan("WO-2611-0087", SERIAL, "HW:N:0.20")
    return shift


@situation("undo-sign")
def _undo_sign(long: bool) -> Shift:
    """Too late for who did it: somebody signs for taking it back."""
    shift = pressed(long, STEPS[0])
    shift.scan("HW:UNDO", after_ms=90_000)
    return shift


@situation("undo-sign-pin")
def _undo_pin(long: bool) -> Shift:
    shift = _undo_sign(long)
    shift.scan("B20005")
    return shift


@situation("blocked-in-hand")
def _held_in_hand(long: bool) -> Shift:
    """Bad news while it is worked on."""
    shift = pressed(long, STEPS[0])
    shift.news(b.Hold("来料裂纹，等待质量员复检 / cracks in the lot, to be checked again by quality"), unit(SERIAL))
    return shift


@situation("blocked-all")
def _all_at_once(long: bool) -> Shift:
    news = (b.Hold("噪声复查"), b.Scrap("shaft-bent"), b.OperationCompleted("wire", "fail"))
    return _stopped(long, *news, wired=False)
