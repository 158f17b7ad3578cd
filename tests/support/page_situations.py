"""The situations in which a page of a form is filled at the kiosk."""

from __future__ import annotations

from common import event_types as b
from common.definitions import Field, Form, Guide, GuidePicture, Option, Step
from common.definitions.naming import Name, Sentence
from station.messages import GaugeRead
from station.work.steps.fields import Photographed
from tests.support import scenes
from tests.support.factory import unit
from tests.support.shift import Shift, load_pack
from tests.support.situation import QUALITY, SERIAL, at, lengthened, longer, situation


def filling(long: bool, *fields: Field) -> Shift:
    """ST-10 with a motor in hand, at a page of these fields."""
    step = Step("page", Name("巡检", "Check"), "fill", fields=longer(list(fields)) if long else list(fields))
    shift = at("st-10", long, Form("press-form", Name("巡检", "Check"), [step]))
    shift.scan(SERIAL)
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


@situation("form-not-computed")
def _form_not_computed(long: bool) -> Shift:
    """A division by zero stands on the page, and everything else is filled."""
    fields = [
        Field("parts", Name("总数", "Parts in all"), "number", uom="pcs"),
        Field("bad", Name("不良数", "Bad parts"), "number", uom="pcs"),
        Field("share", Name("不良率", "Share of bad parts"), "computed", decimals=3, expression="bad / parts"),
        Field("seen", Name("质检签字", "Quality signature"), "signature", meaning="checked", roles=["quality"]),
    ]
    shift = filling(long, *fields)
    shift.fill("parts", "0")
    shift.fill("bad", "1")
    return shift


FILLED = ("C25-70001", "HW:N:0.25", "HW:N:0.19")


@situation("form-scan")
def _form_scan(long: bool) -> Shift:
    return _audited(long)


@situation("form-number")
def _form_number(long: bool) -> Shift:
    return _audited(long, *FILLED[:1])


@situation("form-refused")
def _form_refused(long: bool) -> Shift:
    """Somebody confirms a page that is not complete."""
    shift = _audited(long, *FILLED[:1])
    shift.scan("HW:CONFIRM")
    return shift


@situation("form-yes")
def _form_yes(long: bool) -> Shift:
    return _audited(long, *FILLED)


@situation("form-choice")
def _form_choice(long: bool) -> Shift:
    return _audited(long, *FILLED, "HW:YES")


@situation("form-date")
def _form_date(long: bool) -> Shift:
    return _audited(long, *FILLED, "HW:YES", "HW:OPTION:good")


@situation("form-complete")
def _form_complete(long: bool) -> Shift:
    return _audited(long, *FILLED[:1], "HW:N:0.10", "HW:N:0.10", "HW:YES", "HW:OPTION:good", "HW:DATE:2026-11-02")


@situation("form-empty")
def _form_empty(long: bool) -> Shift:
    shift = _audited(long, *FILLED, "HW:YES", "HW:OPTION:good")
    shift.fill("remark", "OK")
    shift.scan("HW:FIELD:remark")
    return shift


SIGNABLE = (*FILLED, "HW:YES", "HW:OPTION:good", "HW:DATE:2026-11-02")


@situation("form-sign")
def _form_sign(long: bool) -> Shift:
    return _audited(long, *SIGNABLE)


@situation("form-sign-pin")
def _form_sign_pin(long: bool) -> Shift:
    return _audited(long, *SIGNABLE, QUALITY)


@situation("form-unsigned")
def _form_unsigned(long: bool) -> Shift:
    return _audited(long, *SIGNABLE, "HW:CANCEL")


# Each kind of field ---------------------------------------------------------------------------------------------------
DEFECTS = [
    Option("scratch", Name("划伤", "Scratch")),
    Option("dent", Name("凹坑", "Dent"), "fail"),
    Option("rust", Name("锈蚀", "Rust"), "warn"),
    Option("paint", Name("漆面不良", "Bad paint")),
    Option("burr", Name("毛刺", "Burr")),
]
GAP = Field("gap", Name("间隙", "Gap"), "number", uom="mm", decimals=2, low="0.10", high="0.50")
LOOK = Field("look", Name("铭牌照片", "Photo of the name plate"), "photo", device="camera")
PHOTO = "sha256:" + "7" * 64


def _photographed(long: bool, *fields: Field) -> Shift:
    shift = filling(long, *fields)
    shift.photos[PHOTO] = scenes.picture("JPEG")
    shift.read(Photographed("camera", PHOTO))
    return shift


@situation("form-text")
def _form_text(long: bool) -> Shift:
    return filling(long, Field("mark", Name("刻字内容", "Engraving"), "text", length=12), GAP)


@situation("form-typing", "form.type")
def _form_typing(long: bool) -> Shift:
    return _form_text(long)


@situation("form-choices")
def _form_choices(long: bool) -> Shift:
    shift = filling(long, Field("seen", Name("可见缺陷", "Defects seen"), "choices", options=DEFECTS), GAP)
    shift.scan("HW:1", "HW:2")
    return shift


@situation("form-gauge")
def _form_gauge(long: bool) -> Shift:
    return filling(
        long, Field("shaft", Name("轴径", "Shaft diameter"), "gauge", uom="mm", device="caliper", low="11.980"), GAP
    )


@situation("form-plc")
def _form_plc(long: bool) -> Shift:
    return filling(
        long, Field("speed", Name("转速", "Speed"), "plc", uom="rpm", device="tester", tag=2, decimals=1), GAP
    )


@situation("form-photo")
def _form_photo(long: bool) -> Shift:
    return filling(long, LOOK, GAP)


@situation("form-photo-taken")
def _form_photo_taken(long: bool) -> Shift:
    return _photographed(long, LOOK, GAP)


@situation("form-photo-again")
def _form_photo_again(long: bool) -> Shift:
    shift = _photographed(long, LOOK, GAP)
    shift.scan("HW:FIELD:look")
    return shift


@situation("form-photo-confirm")
def _form_photo_confirm(long: bool) -> Shift:
    return _photographed(long, LOOK)


@situation("form-photo-lost")
def _form_photo_lost(long: bool) -> Shift:
    shift = _form_photo_again(long)
    shift.photos.clear()
    return shift


@situation("form-number-free")
def _form_number_free(long: bool) -> Shift:
    """It may be below zero; beside what was out, and what is allowed and marked."""
    bad = Field("depth", Name("压入深度", "Depth"), "number", uom="mm", decimals=2, high="4.00")
    warned = Field("force", Name("压入力", "Force"), "number", uom="kN", decimals=1, warn_high="12.0")
    shift = filling(long, bad, warned, Field("offset", Name("偏移", "Offset"), "number", uom="mm", decimals=2))
    shift.fill("depth", "4.31")
    shift.fill("force", "12.4")
    return shift


@situation("form-doubt", "9", "pad.ok")
def _form_doubt(long: bool) -> Shift:
    """A typed number is out of its limits."""
    return filling(long, GAP)


@situation("document", "room.document")
def _document(long: bool) -> Shift:
    """The pictures of a step over the whole screen."""
    shows = [
        GuidePicture(f"press-{n}", caption=Sentence("键对准壳体的槽。", "Turn the key to the notch."))
        for n in (1, 2, 3)
    ]
    step = Step("page", Name("巡检", "Check"), "fill", fields=[GAP], instruction=Guide(pictures=shows))
    shift = at("st-10", long, Form("press-form", Name("巡检", "Check"), [step]))
    shift.scan(SERIAL)
    return shift


@situation("form-out")
def _form_out(long: bool) -> Shift:
    """All is filled, and a value is out: confirming fails the unit."""
    shift = filling(long, GAP)
    shift.fill("gap", "0.75")
    return shift


def _panel(long: bool, count: int) -> Shift:
    """A carton with so many motors in it, whose page has a column for each."""
    paste = Field("paste", Name("锡膏批次", "Paste lot"), "scan", shared=True)
    height = Field("height", Name("锡膏高度", "Paste height"), "number", uom="mm", decimals=2, high="2.00")
    fields = [paste, height]
    step = Step("page", Name("拼板", "Panel"), "fill", fields=longer(fields) if long else fields, each=True)
    shift = at("st-10", long, Form("press-form", Name("拼板", "Panel"), [step]))
    shift.happened(b.Commission("motor"), unit(SERIAL))
    shift.happened(b.Aggregate(), unit(SERIAL), *(unit(f"M-250-0043{n:02}") for n in range(1, count + 1)))
    shift.scan(SERIAL, "C25-70001", "HW:N:1.52")
    return shift


@situation("form-panel")
def _form_panel(long: bool) -> Shift:
    return _panel(long, 4)


@situation("form-panel-many")
def _form_panel_many(long: bool) -> Shift:
    return _panel(long, 16)


@situation("form-reason")
def _form_reason(long: bool) -> Shift:
    """A reason that asks for more before it is reported."""
    shift = at("st-10", long)
    shift.scan(SERIAL, "HW:SCRAP:magnet-loose")
    return shift
