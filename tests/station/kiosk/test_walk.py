"""A walk over every widget in every situation: a gloved finger hits it, and whoever reads it can read all of it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from common.text import LANGUAGES, Language
from tests.support.kiosk_view import KioskView
from tests.support.screen import SIZES
from tests.support.situations import Situation, situations
from tests.support.walk import contrast, out_of_reach, unreadable

Size = tuple[int, int, float]


@pytest.mark.parametrize("long", [False, True], ids=["", "long"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_gloved_finger_hits_what_it_means_and_a_reader_can_read_all(
    app: QApplication, size: Size, language: Language, long: bool
) -> None:
    offenders = [f"{one.name}: {what}" for one in situations(long=long) for what in walk(one, size, language)]
    assert "\n".join(offenders) == ""


def walk(one: Situation, size: Size, language: Language) -> list[str]:
    """What is wrong on the screen in this situation."""
    view = KioskView(size, language)
    view.show(one)
    found = [*out_of_reach(view), *unreadable(view, one)]
    view.close()
    return found


def test_contrast_is_that_of_wcag() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == round(contrast("#ffffff", "#000000"), 1) == 21.0
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def test_what_is_wrong_is_seen(app: QApplication) -> None:
    """A panel of three times the density makes everything too small for every finger."""
    one = next(s for s in situations() if s.name == "work-scan")
    view = KioskView(SIZES[0], "zh")
    view.show(one)
    view.px_per_mm *= 3
    assert out_of_reach(view)
    view.look.language = "en"
    assert unreadable(view, one), "what was painted is Chinese still"
    view.close()
