"""An instruction stands on the screen with its picture; a page of a document is drawn once."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import pytest
from PIL import Image

from common.definitions import Form, Guide, Picture
from common.definitions.naming import Name
from station import pictures
from station.scene import Instruction
from station.staging import stage
from tests.support.shift import Shift, motor_pack

M1 = "M-250-000001"


def of_pack(id: str) -> Picture:
    return next(d for d in motor_pack().definitions if isinstance(d, Picture) and d.id == id)


def shown(shift: Shift) -> Instruction | None:
    return stage(shift.work, shift.view()).instruction


@pytest.fixture
def wiring() -> Shift:
    """ST-20, a pressed motor in hand, before the controller is scanned."""
    shift = Shift("st-20")
    press = Shift("st-10", story=shift.story)
    press.scan(M1, "HL-2644", "R-88213-0456", "MG-2610-B")
    press.measure((1300, 1800))
    shift.fresh("st-10")
    shift.scan(M1)
    return shift


def test_the_instruction_of_the_step_stands_beside_it_and_goes_with_it(wiring: Shift) -> None:
    first = shown(wiring)
    assert first and "码牌" in first.text.say("zh") and first.media == "image/svg+xml"
    assert first.picture == base64.b64decode(of_pack("controller-code").data)
    wiring.scan("C25-01187")
    assert shown(wiring) is None
    wiring.scan("SC-2638")
    last = shown(wiring)
    assert last and last.picture == base64.b64decode(of_pack("screw-order").data)


def test_the_same_picture_is_the_same_object_so_nothing_is_copied(wiring: Shift) -> None:
    first, again = shown(wiring), shown(wiring)
    assert first and again and first.picture is again.picture


def test_a_page_of_a_document_is_a_png_as_large_as_a_screen_wants() -> None:
    found = pictures.drawn(of_pack("test-sheet"), 1)
    assert found and found[0] == "image/png"
    with Image.open(io.BytesIO(found[1])) as image:
        assert pictures.LONG_SIDE_PX - 2 <= max(image.size) <= pictures.LONG_SIDE_PX
        assert len(image.getcolors(1 << 20) or ()) > 8


def test_a_page_that_is_not_there_leaves_the_text(expect_warning: Callable[[str], None]) -> None:
    expect_warning("picture_has_no_page")
    form = next(d for d in motor_pack().definitions if isinstance(d, Form) and d.id == "test-form")
    guide = form.steps[0].instruction
    assert isinstance(guide, Guide) and guide.picture == "test-sheet"
    assert pictures.drawn(of_pack("test-sheet"), 9) is None


def test_a_damaged_document_shows_nothing_and_stops_nothing(expect_warning: Callable[[str], None]) -> None:
    expect_warning("picture_unreadable")
    broken = Picture("broken", Name("坏", "Broken"), "application/pdf", base64.b64encode(b"%PDF-1.4 no more").decode())
    assert pictures.drawn(broken, 1) is None


def test_a_step_without_an_instruction_has_none() -> None:
    shift = Shift("st-10")
    shift.scan(M1)
    assert shown(shift) is None
