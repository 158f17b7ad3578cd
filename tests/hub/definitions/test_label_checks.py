"""A label that cannot be printed is found before it is published, and one that can is drawn for whoever designs it."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from common.definitions import CodeRule, Definition, Definitions, LabelDefinition, Material, Operation, Route
from common.definitions.label import Box, LabelElement, LabelSymbol, LabelText
from common.definitions.naming import Name
from hub.console.pack_command import draw
from hub.definitions.definition_errors import Flaw
from hub.definitions.label_checks import cited, label

NAME = Name("甲", "A")
GTIN = "06901234567892"
MOTOR = Material("motor", NAME, "made", "unit", "route", gtin=(GTIN,), label="unit")
RULE = CodeRule("motor", NAME, "unit", r"M-\d{3}", "M-001", "motor")


def qr(content: str = "{serial}", size: int = 20, *, gs1: bool = False) -> LabelSymbol:
    return LabelSymbol(2, 2, size, size, "qr", content, gs1)


def flaws(*elements: LabelElement, known: tuple[Definition, ...] = (MOTOR, RULE), **values: str) -> list[Flaw]:
    made = LabelDefinition("unit", NAME, 60, 30, list(elements), values)
    return list(label(made, Definitions.of([*known, made])))


def said(found: list[Flaw]) -> list[tuple[str, str]]:
    return [(one.field, one.hint.code) for one in found]


def test_a_sound_label_is_sound() -> None:
    frame = Box(0, 0, 60, 30)
    assert not flaws(frame, qr(), LabelText(24, 2, 34, 5, "{name_zh} {maker}"), maker="HW")
    assert not flaws(frame, qr("(01){gtin}(21){serial}", 24, gs1=True))


@pytest.mark.parametrize(
    ("element", "field", "hint"),
    [
        (LabelText(30, 2, 31, 5, "x"), "elements[0].width", "hint.outside"),
        (LabelText(0, "25.5", 30, 5, "x"), "elements[0].height", "hint.outside"),
        (LabelText(0, 0, 0, 5, "x"), "elements[0].width", "hint.above_0"),
        (LabelText(0, 0, 20, 5, "{serail}"), "elements[0].text", "hint.absent"),
        (qr("{bin}"), "elements[0].content", "hint.absent"),
        (qr("{serial}", 4), "elements[0].content", "hint.code"),
        (qr("{name_zh}"), "elements[0].content", "hint.code"),
        (qr("(01){serial}", gs1=True), "elements[0].content", "hint.code"),
        (qr("{gtin}{lot}{sscc}{order}{date}{expiry}{serial}", 8), "elements[0].content", "hint.code"),
    ],
)
def test_what_cannot_be_printed_is_found(element: LabelElement, field: str, hint: str) -> None:
    assert said(flaws(element)) == [(field, hint)]


def test_what_was_probably_meant_is_said() -> None:
    assert flaws(LabelText(0, 0, 20, 5, "{serail}"))[0].hint.meant == "serial"


def test_nothing_stands_in_a_codes_quiet_zone_but_a_frame_around() -> None:
    assert said(flaws(qr(), LabelText(20, 2, 20, 5, "x"))) == [("elements[0]", "hint.overlap")]
    assert not flaws(qr(), LabelText(22, 2, 20, 5, "x"), Box(0, 0, 60, 30))


def test_a_gtin_is_missed_only_where_a_material_has_none() -> None:
    bare = Material("bare", NAME, "made", "unit", "route", label="unit")
    (found,) = flaws(qr("(01){gtin}(21){serial}", 24, gs1=True), known=(MOTOR, bare, RULE))
    assert (found.hint.code, found.hint.params["id"], found.hint.params["error"].code) == (
        "hint.code",
        "bare",
        "label.value",
    )


def test_a_label_of_an_operation_is_tried_with_the_materials_of_its_route() -> None:
    bare = Material("bare", NAME, "made", "unit", "route")
    route = Route("route", NAME, [Operation("test", NAME, ["st-1"], "form", label="unit")])
    assert said(flaws(qr("{gtin}"), known=(bare, route))) == [("elements[0].content", "hint.code")]


def test_one_that_nothing_bears_is_worth_a_warning_and_one_that_is_not_there_an_error() -> None:
    (found,) = flaws(qr(), known=())
    assert found.warning
    (missing,) = cited("label", "unti", Definitions.of([LabelDefinition("unit", NAME, 60, 30, [qr()])]))
    assert (missing.code, missing.hint.meant) == ("definition.reference", "unit")
    assert not list(cited("label", None, Definitions.of([])))


def test_a_pack_shows_its_labels_before_anything_is_printed(tmp_path: Path, capsys: Any) -> None:
    assert draw(Namespace(pack="motor-assembly", out=tmp_path, dpi=300)) == 0
    read = {}
    for path in tmp_path.glob("*.png"):
        with Image.open(path) as image:
            read[path.stem] = {one.text for one in zxingcpp.read_barcodes(image.convert("L"))}
    assert read == {"motor-label": {"M-250-004217"}, "carton-label": {"(00)106141411234567897"}}
    assert "motor-label.png" in capsys.readouterr().out
