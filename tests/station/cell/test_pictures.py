"""An instruction stands on the screen with its picture; a page of a document is drawn once."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from PIL import Image
from structlog.testing import capture_logs

from common.definitions import Definitions, Form, Guide, Picture
from common.definitions.naming import Name
from station.cell import pictures
from station.shown.work_screen import Instruction
from station.side_screens.document import LARGE_SIDE_PX
from tests.support.pictures import BROKEN, of_pack, pdf, png
from tests.support.shift import Shift, motor_pack

M1 = "M-250-000001"


def shown(shift: Shift) -> Instruction | None:
    return shift.scene.instruction


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
    assert first and "码牌" in first.text.say("zh") and first.pictures[0].media == "image/svg+xml"
    assert first.pictures[0].picture == base64.b64decode(of_pack("controller-code").data)
    wiring.scan("C25-01187")
    part = shown(wiring)
    assert part and not part.text.say("zh"), "the screws, from their material"
    wiring.scan("SC-2638")
    last = shown(wiring)
    assert last and last.pictures[0].picture == base64.b64decode(of_pack("screw-order").data)


def test_the_same_picture_is_the_same_object_so_nothing_is_copied(wiring: Shift) -> None:
    first, again = shown(wiring), shown(wiring)
    assert first and again and first.pictures[0].picture is again.pictures[0].picture


def test_a_page_of_a_document_is_a_png_as_large_as_a_screen_wants() -> None:
    found = pictures.drawn(of_pack("test-sheet"), 1)
    assert found and found[0] == "image/png"
    with Image.open(io.BytesIO(found[1])) as image:
        assert pictures.LONG_SIDE_PX - 2 <= max(image.size) <= pictures.LONG_SIDE_PX
        assert len(image.getcolors(1 << 20) or ()) > 8


def test_a_page_that_is_not_there_leaves_the_text(expect_warning: Callable[[str], None]) -> None:
    expect_warning("picture_unreadable")
    form = next(d for d in motor_pack().definitions if isinstance(d, Form) and d.id == "test-form")
    guide = form.steps[0].instruction
    assert isinstance(guide, Guide) and guide.picture == "test-sheet"
    assert pictures.drawn(of_pack("test-sheet"), 9) is None


@pytest.mark.parametrize(("media", "raw", "code"), BROKEN.values(), ids=BROKEN)
def test_a_damaged_file_shows_nothing_stops_nothing_and_is_said_once(media: Any, raw: bytes, code: str) -> None:
    broken = Picture("broken", Name("坏", "Broken"), media, base64.b64encode(raw).decode())
    with capture_logs() as said:
        assert [pictures.drawn(broken, page) for page in (1, 2, 1)] == [None, None, None]
    assert [line["why"].split()[0] for line in said if line["event"] == "picture_unreadable"] == [code]


def test_a_whole_document_is_drawn() -> None:
    assert pictures.drawn(Picture("one", Name("一", "One"), "application/pdf", base64.b64encode(pdf()).decode()), 1)


def test_a_picture_larger_than_a_screen_is_made_as_large_as_one() -> None:
    large = Picture("large", Name("大", "Large"), "image/png", base64.b64encode(png(3_000, 1_500)).decode())
    found = pictures.drawn(large, 1)
    assert found
    with Image.open(io.BytesIO(found[1])) as image:
        assert image.size == (pictures.LONG_SIDE_PX, pictures.LONG_SIDE_PX // 2)


def test_the_scene_says_that_the_picture_of_a_step_cannot_be_shown(
    wiring: Shift, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("picture_unreadable")
    torn = replace(of_pack("controller-code"), data=base64.b64encode(b"<svg").decode())
    wiring.definitions = Definitions.of([*motor_pack().definitions, torn])
    found = shown(wiring)
    assert found and not found.pictures[0].picture and "码牌" in found.text.say("zh")


def test_a_step_without_an_instruction_has_none() -> None:
    shift = Shift("st-10")
    assert shown(shift) is None, "nothing is in hand"


def test_a_page_that_is_enlarged_is_drawn_with_twice_the_pixels() -> None:
    sheet = of_pack("test-sheet")
    usual, large = (pictures.drawn(sheet, 1, side) for side in (pictures.LONG_SIDE_PX, LARGE_SIDE_PX))
    assert usual and large
    sides = [max(Image.open(io.BytesIO(found[1])).size) for found in (usual, large)]
    assert sides[1] == LARGE_SIDE_PX and sides[1] >= 2 * sides[0] > pictures.LONG_SIDE_PX
