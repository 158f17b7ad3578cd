"""Announcements for every state that a kiosk's screen can be in, with the longest names that a site may give."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from msgspec.structs import replace

from common.definitions.naming import Name
from common.ids import Claim
from station.messages import Announcement, Prompt, Shown, Status
from station.shown.work_screen import (
    CallLine,
    Counts,
    GuideView,
    Instruction,
    LastResult,
    NumberWanted,
    Pace,
    Phrase,
    Reading,
    Scene,
    Signing,
    SlotLine,
    StepLine,
    Stop,
    Tile,
)
from tests.support.factory import SITE

EVENT = "yd72zur4xnwrc3cbmenf3xjynk.QQ7arObvQcXVxkz0n2W9p5T3s1uY8-_4Ab6cDeFgHiJ"
UNIT = Claim(f"unit@{SITE}", "M-250-004217")
LONG_UNIT = Claim(f"unit@{SITE}", "M-250-ASSEMBLY-LINE-7-2026-11-004217-REWORK")
CONTROLLER, HOUSING, SCREWS = Name("控制器", "Controller"), Name("壳体", "Housing"), Name("螺钉批次", "Screw lot")
LONG = Name("带霍尔传感器的高压水冷电机控制器总成（左舵）", "Water-cooled motor controller with Hall sensors")
STATUS = Status(True, 0, 0, 412, 0, devices=(("scanner-1", "scanner", True), ("press", "plc", True)))
OFFLINE = Status(False, 12, 0, 400, 2700, ("press",), devices=(("scanner-1", "scanner", True), ("press", "plc", False)))
REASONS = (
    ("划伤", "Scratched"),
    ("缺件", "Part missing"),
    ("异响", "Noise"),
    ("漏水", "Leaks"),
    ("标签错", "Wrong label"),
)


def reason_tiles(verb: str, count: int = 5) -> tuple[Tile, ...]:
    """So many reasons to choose from."""
    names = [Name(*REASONS[n % len(REASONS)]) for n in range(count)]
    return tuple(Tile(f"{verb}:r{n}", "tap.reason", {"name": name}) for n, name in enumerate(names))


NG = Tile("NG", "tap.ng", more=reason_tiles("NG"))
SCRAP = Tile("SCRAP", "tap.scrap", more=reason_tiles("SCRAP", 2))
LEAVE = Tile("LEAVE", "tap.leave", more=reason_tiles("LEAVE", 2))
MEASURE = Tile("MEASURE", "tap.measure")
STEPS = (
    StepLine(Name("扫控制器序列号", "Scan the controller serial"), "scan", "done"),
    StepLine(Name("扫螺钉批次", "Scan the screw lot"), "scan", "now"),
    StepLine(Name("拧紧四颗螺钉", "Drive four screws"), "machine", "todo"),
)
PARTS = (
    SlotLine(HOUSING, "done", (Claim(f"lot@{SITE}", "housing/HL-0611"),)),
    SlotLine(Name("转子", "Rotor"), "done", (Claim(f"unit@{SITE}", "R-88213-0419"),)),
    SlotLine(CONTROLLER, "done", (Claim(f"unit@{SITE}", "C25-26-11-08812"),)),
    SlotLine(SCREWS, "now"),
    SlotLine(Name("端盖", "End cap"), "todo"),
)
IDLE = Scene(
    "st-20",
    Name("接线与拧紧", "Wire and screw"),
    "李娜",
    "WO-2611-0087",
    tiles=(Tile("SIGNOUT", "tap.sign_out"),),
    counts=Counts(143, 2, 61),
    last=(LastResult(1_793_606_000_000, Claim(f"unit@{SITE}", "M-250-004216"), "passed"),),
    awaiting="begin",
)
SIGNED_OUT = replace(
    IDLE,
    person="",
    order="",
    tiles=(),
    counts=Counts(),
    people=(("p-1", "李娜"), ("p-2", "王强"), ("p-3", "陈伟")),
    awaiting="show_badge",
)
WORK = replace(
    IDLE,
    thing=UNIT,
    material=Name("驱动电机 250", "E-Drive 250"),
    operation=Name("接线与拧紧", "Wire and screw"),
    step=2,
    steps=STEPS,
    parts=PARTS,
    tiles=(NG, SCRAP, LEAVE),
    awaiting="at_step",
)
SCAN = Prompt("prompt.scan", {"step": STEPS[1].name, "unit": UNIT, "number": 2, "count": 3, "material": SCREWS})
TORQUES = tuple(
    Reading(Name(f"扭矩 {n}", f"Torque {n}"), "N·m", value, "2.20", "2.60", verdict, live)
    for n, value, verdict, live in (
        (1, "2.41", "pass", False),
        (2, "2.65", "fail", False),
        (3, "2.18", "", True),
        (4, None, "", False),
    )
)
MACHINE = replace(
    WORK,
    step=3,
    steps=tuple(replace(one, state=state) for one, state in zip(STEPS, ("done", "done", "now"), strict=True)),
    readings=TORQUES,
    tiles=(NG, SCRAP, LEAVE, MEASURE),
)
START = Prompt("prompt.machine", {"step": STEPS[2].name, "unit": UNIT, "number": 3, "count": 3})
WEIGHT = Name("净重", "Net weight")
ENTER = replace(WORK, wanted=NumberWanted(WEIGHT, "kg", 3, "12.000", "14.500", "13.250"))
NUMBER = Prompt(
    "prompt.number",
    {
        "step": STEPS[1].name,
        "unit": UNIT,
        "number": 2,
        "count": 3,
        "name": WEIGHT,
        "asked": Phrase("asked.value"),
        "uom": "kg",
        "limits": Phrase("limits.both", {"low": "12.000", "high": "14.500", "uom": "kg"}),
    },
)
BOUND = Shown("ok", "done.bound", {"component": "C25-26-11-08812", "slot": CONTROLLER, "unit": UNIT}, EVENT)
PASSED = Shown("ok", "done.passed", {"unit": UNIT, "operation": Name("接线与拧紧", "Wire and screw")}, EVENT)
FAILED = replace(PASSED, tone="ng", code="done.failed")
LEFT = Shown("hold", "done.left", {"unit": UNIT}, EVENT)
PROVISIONAL = replace(PASSED, tone="unknown", code="done.provisional")
WRONG = Shown("ng", "component.wrong", {"expected": SCREWS, "got": CONTROLLER, "scanned": "C25-26-11-08812"}, EVENT)
DOUBLE = Shown("info", "ignored.double")
UNSEEN = ("interlock.missing", {"operation": Name("压装", "Press"), "place": (Name("ST-10 压装", "ST-10 Press"),)})
STOPPED = Stop(
    Claim(f"unit@{SITE}", "M-250-004219"),
    Name("终检", "Final test"),
    "interlock.blocked",
    {"unit": "M-250-004219", "operation": Name("终检", "Final test"), "release": ["supervisor", "quality"]},
    (UNSEEN, ("interlock.hold", {"reason": "来料裂纹，等待质量员复检"})),
    ("supervisor", "quality"),
    ("todo.bring", {"place": Name("ST-10 压装", "ST-10 Press"), "operation": Name("压装", "Press")}),
)
BLOCKED = replace(IDLE, stop=STOPPED, tiles=(Tile("CANCEL", "tap.next"),), awaiting="stopped_thing")
CHOICES = (
    Tile("1", "tap.choice", {"choice": Name("1 = 磁钢批次", "1 = Magnet lot")}),
    Tile("2", "tap.choice", {"choice": Name("2 = 螺钉批次", "2 = Screw lot")}),
    Tile("CANCEL", "tap.cancel"),
)
ASK = Prompt("prompt.ask", {"choices": ("1 = 磁钢批次", "2 = 螺钉批次")})
CANCEL = (Tile("CANCEL", "tap.cancel"),)
SIGN = Prompt("prompt.sign_role", {"meaning": "approved", "release": ("supervisor", "quality"), "name": ""})
SIGN_PIN = Prompt("prompt.sign_pin", {"meaning": "approved", "release": (), "name": "陈伟"})
# A shift of 8 hours, 5 of them over at the hour of `kiosk_view`; the unit in hand was started 41 s before it.
HOUR_MS, NOW_MS = 3_600_000, 1_793_606_400_000 + 600_000
PACE = Pace(NOW_MS - 5 * HOUR_MS, NOW_MS + 3 * HOUR_MS, 240, 61, NOW_MS - 41_000)
LEFT_ALONE = Shown("info", "done.signed_out_idle", {"name": "李娜", "idle_s": 600}, EVENT)
CALLS = (
    CallLine(Name("缺料", "Material missing"), "李娜"),
    CallLine(Name("设备故障", "Machine down"), "李娜", "陈伟"),
)
LONG_SCENE = replace(
    WORK,
    place_name=LONG,
    person="欧阳亚历山大·康斯坦丁诺维奇",
    order="WO-2026-11-0087-EXPORT-0002",
    thing=LONG_UNIT,
    material=LONG,
    attempt=3,
    operation=LONG,
    steps=tuple(
        replace(STEPS[n % 3], name=LONG, state="done" if n < 6 else "now" if n == 6 else "todo") for n in range(14)
    ),
    step=7,
    parts=tuple(replace(PARTS[n % 5], name=LONG, inside=(LONG_UNIT,) if n < 6 else ()) for n in range(12)),
    readings=tuple(replace(one, name=LONG) for one in TORQUES),
)
LONG_STEP = Prompt("prompt.scan", {"step": LONG, "unit": LONG_UNIT, "number": 7, "count": 14, "material": LONG})


@lru_cache
def states() -> Mapping[str, tuple[Announcement, ...]]:
    """Name of a state → what was announced until it was reached."""
    begun = (STATUS, SIGNED_OUT)
    return {
        "sign-in": (Prompt("prompt.sign_in"), *begun),
        "sign-in-idle": (*begun, WORK, LEFT_ALONE, Prompt("prompt.sign_in"), SIGNED_OUT),
        "idle": (*begun, Prompt("prompt.unit"), IDLE),
        "work": (*begun, SCAN, WORK),
        "work-takt": (*begun, SCAN, replace(WORK, pace=PACE)),
        "work-takt-over": (*begun, SCAN, replace(WORK, pace=replace(PACE, takt_s=30))),
        "idle-target": (*begun, Prompt("prompt.unit"), replace(IDLE, pace=replace(PACE, started=None))),
        "work-offline": (OFFLINE, SCAN, WORK),
        "work-notice": (STATUS, SCAN, WORK, DOUBLE),
        "machine": (*begun, START, MACHINE),
        "instruction": (
            *begun,
            SCAN,
            replace(WORK, instruction=Instruction(LONG, (GuideView("image/png", picture()),))),
        ),
        "number": (*begun, NUMBER, ENTER),
        "ok": (*begun, WORK, BOUND, SCAN),
        "pass": (*begun, WORK, PASSED, Prompt("prompt.unit"), IDLE),
        "ng": (*begun, WORK, WRONG, SCAN),
        "fail": (*begun, WORK, FAILED, Prompt("prompt.unit"), IDLE),
        "hold": (*begun, WORK, LEFT, Prompt("prompt.unit"), IDLE),
        "unknown": (*begun, WORK, PROVISIONAL, Prompt("prompt.unit"), IDLE),
        "blocked": (*begun, Prompt("prompt.unit"), BLOCKED),
        "sign": (
            *begun,
            SIGN,
            replace(WORK, signing=Signing("approved", ("supervisor", "quality")), tiles=CANCEL, awaiting="sign"),
        ),
        "sign-pin": (
            *begun,
            SIGN_PIN,
            replace(WORK, signing=Signing("approved", (), "p-3", "陈伟"), tiles=CANCEL, awaiting="sign"),
        ),
        "called": (*begun, SCAN, replace(WORK, calls=CALLS)),
        "choices": (*begun, ASK, replace(IDLE, choices=CHOICES, tiles=(), awaiting="choose_reading")),
        "long": (OFFLINE, LONG_STEP, LONG_SCENE),
    }


def picture(kind: str = "PNG") -> bytes:
    """A drawing as a file of this kind: a part with its label."""
    from io import BytesIO

    from PIL import Image, ImageDraw

    image = Image.new("RGB", (640, 360), "#F4F6F7")
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((120, 80, 380, 280), 12, fill="#DCE3E6", outline="#8A9BA5", width=4)
    pen.rectangle((420, 110, 540, 230), outline="#0A6A94", width=10)
    out = BytesIO()
    image.save(out, kind)
    return out.getvalue()
