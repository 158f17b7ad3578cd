"""A picture is drawn as large as it is asked for, or it is said why it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from common.errors import BadPicture
from common.pictures import drawn
from tests.support.pictures import BROKEN, PDF, pdf, png


@pytest.mark.parametrize(("media", "raw", "code"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_drawn_is_an_error_that_says_why_and_says_the_same_each_time(
    media: Any, raw: bytes, code: str
) -> None:
    with pytest.raises(BadPicture) as e:
        drawn(media, raw, 64)
    assert e.value.code == code
    assert " at 0x" not in str(e.value), "a place in memory"


def test_a_document_has_the_pages_that_it_has() -> None:
    assert drawn("application/pdf", PDF, 64, 1)
    with pytest.raises(BadPicture) as e:
        drawn("application/pdf", PDF, 64, 9)
    assert (e.value.code, e.value.details) == ("picture.no_page", {"page": 9, "pages": 1})


@pytest.mark.parametrize("side_px", [64, 1_600])
def test_a_page_and_a_large_picture_are_made_as_large_as_was_asked_for(side_px: int) -> None:
    page, large = drawn("application/pdf", pdf(), side_px), drawn("image/png", png(3_000, 1_500), side_px)
    assert page and page.width == page.height and side_px - 1 <= page.width <= side_px
    assert large and large.size == (side_px, side_px // 2)


def test_a_small_picture_stays_as_it_is() -> None:
    small = drawn("image/png", png(30, 15), 64)
    assert small and small.size == (30, 15)
