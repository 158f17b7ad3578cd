"""A question on the screen ends whole: its pad, the person picked on it and its hints end with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from common.text import say
from station.messages import Prompt, Scanned, Shown
from station.shown.work_screen import Tile
from tests.support import scenes as s
from tests.support.kiosk_view import KioskView
from tests.support.screen import buttons, words

HELPER = replace(s.SIGNED_OUT, tiles=(Tile("CANCEL", "tap.cancel"),), awaiting="call_badge")


@pytest.fixture
def view(app: QApplication) -> Iterator[KioskView]:
    made = KioskView(language="en")
    yield made
    made.close()


def test_a_helper_leaves_the_pad_by_cancel_alone_and_is_not_asked_to_sign_in(view: KioskView) -> None:
    """Nobody is signed in, and somebody answers a call by name and PIN."""
    view.tell(s.STATUS, Prompt("prompt.call_badge"), HELPER)
    view.tap("王强")
    view.tap("7")
    assert "Cancel" in buttons(view.window) and "Back" not in buttons(view.window), "one place, one way back"
    view.tap("Cancel")
    assert [one.raw for one in view.heard if isinstance(one, Scanned)] == [b"HW:CANCEL"]
    view.tell(Prompt("prompt.sign_in"), s.SIGNED_OUT)
    assert "7" not in buttons(view.window) and "王强" in buttons(view.window)


def test_a_hint_of_a_question_ends_with_the_question(view: KioskView) -> None:
    hint = Shown("info", "noted.signer", {"name": "李娜"})
    view.tell(s.STATUS, *s.states()["sign-pin"][-2:], hint, *s.states()["sign-pin"][-2:])
    assert say("en", hint.code, hint.params) in words(view.window)
    view.tell(s.SCAN, s.WORK)
    assert say("en", hint.code, hint.params) not in words(view.window)
