"""A step that takes a part shows it, so nobody must know a part number; a picture of the step itself goes first."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from common.definitions import Definition, Form, Guide, Material
from common.definitions.naming import Sentence
from station.shown.work_screen import GuideView, Instruction
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
    return shift.scene.instruction


def file(id: str) -> bytes:
    return base64.b64decode(of_pack(id).data)


def with_guide(guide: Guide) -> Form:
    form = of_motor(Form, "press-form")
    assert isinstance(form, Form)
    return replace(form, steps=[replace(form.steps[0], instruction=guide), *form.steps[1:]])


def test_each_scan_shows_the_part_to_take_and_the_machine_step_its_own_pictures() -> None:
    shift = at_st_10()
    for part, scan in zip(PARTS, SCANS, strict=True):
        seen = shown(shift)
        assert seen and seen.pictures == (GuideView("image/svg+xml", file(part)),)
        shift.scan(scan)
    press = shown(shift)
    assert press and press.pictures[0].picture == file("press-1"), "the step's own, for it takes no part"


def test_a_picture_of_the_step_itself_goes_first_and_a_text_stays_with_the_part() -> None:
    own = shown(at_st_10(with_guide(Guide(TEXT, "screw-order"))))
    assert own and (own.text, own.pictures[0].picture) == (TEXT, file("screw-order"))
    text = shown(at_st_10(with_guide(Guide(TEXT))))
    assert text and (text.text, text.pictures[0].picture) == (TEXT, file("part-housing"))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda housing: replace(housing, picture="gone"), Instruction(Sentence("", ""), (GuideView(),))),
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
