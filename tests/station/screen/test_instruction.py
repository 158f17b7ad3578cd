"""A step that takes a part shows it, so nobody must know a part number; a picture of the step itself goes first."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from common.definitions import Definition, Form, Guide, Material
from common.definitions.naming import Sentence
from station.screen.build import stage
from station.shown.work_screen import Instruction
from tests.support.pictures import of_pack
from tests.support.shift import Shift, load_pack

PARTS = ("part-housing", "part-rotor", "part-magnet")
SCANS = ("HL-2644", "R-88213-0456", "MG-2610-B")
TEXT = Sentence("大端朝上", "The wide end up")


def of_motor(kind: type[Definition], id: str) -> Definition:
    return next(one for one in load_pack("motor-assembly").definitions if isinstance(one, kind) and one.id == id)


def at_st_10(*more: Definition) -> Shift:
    shift = Shift("st-10", more)
    shift.scan("WO-2611-0087", "M-250-004217")
    return shift


def shown(shift: Shift) -> Instruction | None:
    return stage(shift.work, shift.view()).instruction


def file(id: str) -> bytes:
    return base64.b64decode(of_pack(id).data)


def with_guide(guide: Guide) -> Form:
    form = of_motor(Form, "press-form")
    assert isinstance(form, Form)
    return replace(form, steps=[replace(form.steps[0], instruction=guide), *form.steps[1:]])


def test_each_scan_shows_the_part_to_take_and_the_machine_step_none() -> None:
    shift = at_st_10()
    for part, scan in zip(PARTS, SCANS, strict=True):
        seen = shown(shift)
        assert seen and (seen.picture, seen.media, seen.unreadable) == (file(part), "image/svg+xml", False)
        shift.scan(scan)
    assert shown(shift) is None


def test_a_picture_of_the_step_itself_goes_first_and_a_text_stays_with_the_part() -> None:
    own = shown(at_st_10(with_guide(Guide(TEXT, "screw-order"))))
    assert own and (own.text, own.picture) == (TEXT, file("screw-order"))
    text = shown(at_st_10(with_guide(Guide(TEXT))))
    assert text and (text.text, text.picture) == (TEXT, file("part-housing"))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda housing: replace(housing, picture="gone"), Instruction(Sentence("", ""), unreadable=True)),
        (lambda housing: Material(housing.id, housing.name, "bought", "lot"), None),
    ],
    ids=["not-here", "none"],
)
def test_a_part_whose_picture_is_not_here_says_so_and_one_without_shows_nothing(
    change: Callable[[Material], Material], expected: Instruction | None
) -> None:
    housing = of_motor(Material, "housing")
    assert isinstance(housing, Material)
    assert shown(at_st_10(change(housing))) == expected
