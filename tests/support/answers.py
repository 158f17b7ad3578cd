"""What a work cell answers to looks, in every state that a screen beside the work can be in."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from common.definitions.naming import Name
from common.ids import Claim
from station.shown.side_screens import (
    DeviceLine,
    Devices,
    Enrolling,
    LastScan,
    Locked,
    Maintenance,
    NoteLine,
    Outbox,
    OutboxLog,
    ShiftNotes,
    ShiftSoFar,
    SideScreen,
    Trace,
    TraceLook,
    TracePart,
    TraceReading,
    TraceVisit,
    Unseen,
    WaitingEntry,
    WorkEnd,
)
from station.shown.work_screen import Counts
from tests.support.factory import SITE

NOW = 1_793_613_960_000  # 2 November 2026, 10:06 UTC
MINUTE = 60_000
LONG_AGO, JUST = NOW - 38 * MINUTE, NOW - 7 * MINUTE
UNIT = Claim(f"unit@{SITE}", "M-250-004217")
LONG_UNIT = Claim(f"unit@{SITE}", "M-250-ASSEMBLY-LINE-7-2026-11-004217-REWORK")
PRESSING, WIRING = Name("压装", "Pressing"), Name("接线与拧紧", "Wiring and screwing")
LONG = Name("带霍尔传感器的高压水冷电机控制器总成（左舵）", "Water-cooled motor controller with Hall sensors")


def _part(name: Name, value: str, ago: int, removed: int | None = None, amount: str = "1") -> TracePart:
    gone = NOW - removed * MINUTE if removed is not None else None
    kind = "lot" if "/" in value else "unit"
    return TracePart(name, Claim(f"{kind}@{SITE}", value), amount, NOW - ago * MINUTE, "王强", gone)


PARTS = (
    _part(Name("壳体", "Housing"), "housing/HL-0611", 41),
    _part(Name("转子", "Rotor"), "R-88213-0419", 40),
    _part(Name("磁钢", "Magnet"), "magnet/MG-2609-B", 39, amount="6 pcs"),
    _part(LONG, "C25-01187", 20, removed=9),
    _part(LONG, "C25-01188", 8),
)
READINGS = (
    TraceReading(PRESSING, Name("压装力", "Pressing force"), "13.00", "kN", "8.00", "16.00", "pass", LONG_AGO),
    TraceReading(WIRING, Name("拧紧 1 扭矩", "Screw 1 torque"), "2.41", "N·m", "2.20", "2.60", "pass", JUST),
    TraceReading(WIRING, Name("拧紧 2 扭矩", "Screw 2 torque"), "2.71", "N·m", "2.20", "2.60", "fail", JUST),
    TraceReading(WIRING, Name("绝缘电阻", "Insulation resistance"), "512", "MΩ", "100", None, "pass", JUST),
)
TRACE = Trace(
    UNIT,
    Name("电机 250", "E-Drive 250"),
    "hold",
    "WO-2611-0087",
    ("look.made", {"place": PRESSING, "who": "王强", "at": NOW - 42 * MINUTE}),
    PARTS,
    (
        TraceVisit(PRESSING, "pass", False, 1, PRESSING, "王强", NOW - 37 * MINUTE),
        TraceVisit(WIRING, "fail", False, 2, WIRING, "李娜", NOW - 5 * MINUTE),
        TraceVisit(Name("终检与装箱", "End-of-line test and packing"), "none"),
    ),
    READINGS,
    (("interlock.hold", {"reason": "upstream_hold"}),),
    (("finding.failed", {}), ("finding.component_refused", {})),
    (),
    (Unseen(Name("终检与装箱", "End-of-line test and packing"), 2_700), Unseen("ST-40", None)),
    0,
)
COUNTS = Counts(143, 2, 61, 1, 3)
OUTCOMES = ("passed", "passed", "failed", "passed", "scrapped", "left")
SHIFT = ShiftSoFar(
    Name("白班", "Day shift"),
    NOW - 150 * MINUTE,
    NOW + 330 * MINUTE,
    COUNTS,
    97,
    tuple(
        WorkEnd(NOW - n * MINUTE, Claim(f"unit@{SITE}", f"M-250-{4217 - n:06d}"), WIRING, OUTCOMES[n % 6], "李娜")
        for n in range(40)
    ),
    109,
)
LONG_NOTE = {
    "zh": "三号枪扭矩偏大，已换弹簧，首件要复测；料架二的磁钢只剩一盒，已经叫料；",
    "en": "Gun 3 is 5 % high: new spring, measure the first unit again. One box of magnets left, more is ordered. ",
}
NOTES = ShiftNotes(
    (
        NoteLine("e3", "M-250-004217: 2.71 N·m", JUST, "李娜", own=True),
        NoteLine("e2", LONG_NOTE["zh"] + "下班前清线。", LONG_AGO, "王强"),
        NoteLine("e1", LONG_NOTE["en"] + "Clear the line before you leave.", NOW - 1_500 * MINUTE, "李娜", own=True),
    ),
    may_write=True,
)
_texts = [(LONG_NOTE["zh" if n % 2 else "en"] * 20)[: 512 // (1 + n % 4)] for n in range(20)]
MANY_NOTES = ShiftNotes(
    tuple(NoteLine(f"e{n}", text, NOW - n * 400 * MINUTE, "王强") for n, text in enumerate(_texts)),
)
ENTRIES = tuple(
    WaitingEntry(f"said.{what}", NOW - (45 - n) * MINUTE, (UNIT,))
    for n, what in enumerate(("operation_started", "bind", "bind", "measured", "operation_completed") * 5)
)
LOG = OutboxLog("yd72zur4xnwrc3cbmenf3xjynk", True, 4_127, 25, 0, 4_102, 2_700)
OFFLINE = Outbox(False, 2_700, ("hub.unreachable", {"address": "https://10.1.2.3:8443"}), (LOG,), ENTRIES, 12)
REFUSED = replace(OFFLINE, why=("hello.revoked", {"log": LOG.log}))
ONLINE = Outbox(
    True,
    40,
    None,
    (
        OutboxLog(LOG.log, True, 4_127, 0, 0, 4_127, None),
        OutboxLog("k3f9x2mayd72zur4xnwrc3cbme", False, 812, 0, 0, 812, None),
    ),
    (),
)
RIGHT = ("look.tested_gauge", {"value": "12.34 mm"})
SCAN = LastScan("unit", "]C10109501101530003<GS>21M-250-004217", 36, 12)
DEVICES = Devices(
    (
        DeviceLine("scanner-1", "scanner", True, None, 12_400, SCAN, tested=(("check.gs", {}), ("check.caps", {}))),
        DeviceLine("scanner-2", "scanner", True, None, 300, LastScan("badge", "", 6, 900)),
        DeviceLine("caliper", "gauge", True, None, 12_400, reading="12.34 mm", tested=(RIGHT,)),
        DeviceLine("press", "plc", False, ("plc.unreachable", {"device": "press"}), 65),
    ),
    "QWERTYZ-_/:@#|amqwyz<GS>0123456789",
)
MANY = {
    "scanner-1": "scanner",
    "scanner-2": "scanner",
    "caliper": "gauge",
    "balance": "gauge",
    "press": "plc",
    "tester": "plc",
    "camera": "camera",
    "zebra": "printer",
}
MANY_DEVICES = Devices(
    tuple(
        DeviceLine(name, kind, True, None, 40, SCAN if kind == "scanner" else None, tested=(("check.gs", {}),))
        for name, kind in MANY.items()
    ),
    DEVICES.code,
)
MAINTENANCE = Maintenance(
    SITE,
    "line-1",
    "st-20",
    "0.1.0",
    LOG.log,
    2,
    4_127,
    57,
    NOW - 3_000 * MINUTE,
    ("kiosk-st-20", "10.1.2.20"),
    "https://10.1.2.3:8443",
    True,
    2,
    "q0Cq9fX1m2n3b4v5c6x7z8a9s0d1f2g3h4j5k6l7p8o",
    ("/media/usb0", "/var/lib/headwater/diagnostics"),
    "/var/lib/headwater/diagnostics",
    ("export.done", {"path": "/media/usb0/headwater-st-20-20261102-100600.zip"}),
)
_held = LONG_UNIT, Name("电机 250", "E-Drive 250")
ANSWERS: Mapping[str, tuple[str, SideScreen | None]] = {
    "typing": ("typing", None),
    "trace": ("trace", TraceLook(TRACE)),
    "trace-scan": ("trace", TraceLook(Trace(*_held, "in_process", parts=PARTS), scan=True)),
    "trace-empty": ("trace", TraceLook()),
    "trace-scan-empty": ("trace", TraceLook(scan=True)),
    "trace-unknown": ("trace", TraceLook(Trace(LONG_UNIT), scan=True)),
    "trace-wrong": ("trace", TraceLook(None, True, ("barcode.unknown", {"code": "???"}))),
    "trace-too-much": ("trace", TraceLook(Trace(UNIT, left_out=-1))),
    "trace-wait": ("trace", None),
    "shift": ("shift", SHIFT),
    "shift-empty": ("shift", ShiftSoFar(None, NOW - 600 * MINUTE, NOW + 840 * MINUTE, Counts(), None, ())),
    "notes": ("notes", NOTES),
    "notes-many": ("notes", MANY_NOTES),
    "notes-empty": ("notes", ShiftNotes((), may_write=True)),
    "notes-wait": ("notes", None),
    "outbox-offline": ("outbox", OFFLINE),
    "outbox-online": ("outbox", ONLINE),
    "outbox-refused": ("outbox", REFUSED),
    "devices": ("devices", DEVICES),
    "devices-testing": (
        "devices",
        Devices((DeviceLine("scanner-1", "scanner", True, None, 12_400, testing=True),), DEVICES.code),
    ),
    "devices-many": ("devices", MANY_DEVICES),
    "devices-none": ("devices", Devices((), DEVICES.code)),
    "maintenance": ("maintenance", MAINTENANCE),
    "maintenance-role": ("maintenance", Locked("maintenance.role", {"release": ("maintenance", "supervisor")})),
    "maintenance-pin": ("maintenance", Locked("maintenance.pin", pin=True)),
}

# What a computer that is no station yet may show.
ENROLLING = {
    "wait": Enrolling("wait"),
    "asking": Enrolling("asking"),
    "compare": Enrolling("compare", "lusab babad gutih tugad fasup nomir"),
    "failed": Enrolling("failed", why=("enrolling.unreachable", {"address": "https://10.1.2.3:8443"})),
    "again": Enrolling("wait", before="st-20"),
    "other": Enrolling("failed", why=("ticket.other", {"have": "st-20", "got": "st-30"}), before="st-20"),
    "differs": Enrolling("failed", why=("enrolling.differs", {})),
}
