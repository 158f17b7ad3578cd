"""A page on the screen: every field's pad hands over what the engine takes, and nothing is too small or cut off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from common.definitions.naming import Name
from common.form_page import Choice, FormField, FormPage
from common.ids import Claim
from common.qt.button import BigButton
from common.qt.form_cells import Cell
from common.qt.form_view import FormView, Heading
from common.qt.keyboard import LYING, LetterKey
from common.text import LANGUAGES, Language
from tests.support.screen import SIZES, buttons, look, painted, settle, tap, words

Show = Callable[[QWidget], QWidget]
LONG = Name("带霍尔传感器的高压水冷电机控制器总成外观", "Appearance of the water-cooled motor controller")
YES_NO = (Choice("yes", Name("是", "Yes")), Choice("no", Name("否", "No"), "fail"))
OPTIONS = tuple(Choice(f"o{n}", Name(f"选项{n}", f"Option {n}"), "fail" if n == 2 else "pass") for n in range(3))


def field(id: str, type: str, **more: Any) -> FormField:
    return FormField(
        **{"id": id, "i": 0, "name": LONG, "type": type, "required": True, "now": False, "verdict": "missing"} | more
    )


def page(*fields: FormField, columns: tuple[Claim, ...] = (), **more: Any) -> FormPage:
    return FormPage(fields, columns, **{"complete": False, "verdict": "pass", "today": "2026-11-22"} | more)


class Desk:
    """A view of a page, and what it said."""

    def __init__(self, show: Show, shown: FormPage, size: tuple[int, int, float] = SIZES[0], language: Language = "en"):
        self.view = FormView(look(size, language))
        self.filled: list[tuple[str, int, object]] = []
        self.gone: list[tuple[str, int]] = []
        self.measured = 0
        self.view.filled.connect(lambda *said: self.filled.append(said))
        self.view.gone.connect(lambda *said: self.gone.append(said))
        self.view.measured.connect(self._measure)
        self.view.resize(size[0] - 60, size[1] - 120)
        self.show(shown)
        show(self.view)

    def show(self, shown: FormPage, title: str = "M-250-004217", offered: str = "") -> None:
        """The page as it is now."""
        self.view.show_page(shown, Heading(title, "Audit"), (0, self.view.look.px(24)), offered)

    def _measure(self) -> None:
        self.measured += 1

    def tap(self, *texts: str) -> None:
        """Tap buttons by what stands on them."""
        for text in texts:
            button = buttons(self.view)[text]
            assert button.isEnabled(), text
            tap(button)


def test_a_number_is_typed_and_handed_over_as_it_was_typed(show: Show) -> None:
    desk = Desk(show, page(field("gap", "number", uom="mm", decimals=2, now=True)))
    desk.tap("0", ".", "3", "0", "Enter")
    assert desk.filled == [("gap", 0, ("0.30",))]


def test_one_of_several_is_a_tap_and_several_are_taken_with_enter(show: Show) -> None:
    desk = Desk(show, page(field("one", "choice", choices=OPTIONS, now=True)))
    desk.tap("Option 1")
    assert desk.filled == [("one", 0, ("o1",))]
    desk = Desk(show, page(field("many", "choices", choices=OPTIONS, now=True)))
    desk.tap("Option 2", "Option 0", "Option 1", "Option 2")
    assert desk.filled == []
    desk.tap("Enter")
    assert desk.filled == [("many", 0, ("o0", "o1"))]


def test_yes_is_yes_in_every_language(show: Show) -> None:
    for language, word in (("en", "No"), ("zh", "否")):
        desk = Desk(show, page(field("ok", "yes_no", now=True, choices=YES_NO)), language=language)  # type: ignore[arg-type]
        desk.tap(word)
        assert desk.filled == [("ok", 0, ("no",))]


def test_a_date_is_stepped_to_and_is_always_a_day(show: Show) -> None:
    desk = Desk(show, page(field("made", "date", value=("2026-01-31",), verdict="pass", now=True)))
    month_up = desk.view._date.buttons["month+"]
    tap(month_up)
    desk.tap("Enter")
    assert desk.filled == [("made", 0, ("2026-02-28",))]
    desk.tap("Today", "Enter")
    assert desk.filled[-1] == ("made", 0, ("2026-11-22",))


def test_a_text_is_typed_without_a_keyboard_and_no_longer_than_its_field(show: Show) -> None:
    desk = Desk(show, page(field("plate", "text", length=5, now=True)))
    desk.tap("Type", *"AB-7C")
    assert not buttons(desk.view)["D"].isEnabled(), "five signs, no more"
    desk.tap("Enter")
    assert desk.filled == [("plate", 0, ("AB-7C",))]


def test_whoever_does_not_want_to_type_goes_back_to_the_page(show: Show) -> None:
    desk = Desk(show, page(field("plate", "text", length=5, now=True)))
    desk.tap("Type", "A")
    assert desk.view.whole
    desk.view.stop_typing()
    assert not desk.view.whole and desk.filled == []


@pytest.mark.parametrize("kind", ["gauge", "plc", "photo"])
def test_a_device_is_asked_by_one_button(show: Show, kind: str) -> None:
    desk = Desk(show, page(field("x", kind, device="caliper", now=True)))
    desk.tap("Take photo" if kind == "photo" else "Measure")
    assert desk.measured == 1


def test_a_tap_on_a_cell_goes_to_its_field_and_column(show: Show) -> None:
    units = (Claim("unit@s", "M-1"), Claim("unit@s", "M-2"))
    desk = Desk(show, page(field("h", "number", i=1, now=True), field("h", "number", i=2), columns=units))
    tap(next(cell for cell in desk.view.cells if cell.field.i == 2))
    assert desk.gone == [("h", 2)]


def test_what_is_typed_is_of_this_column_of_this_unit_and_no_other(show: Show) -> None:
    units = (Claim("unit@s", "M-1"), Claim("unit@s", "M-2"))
    first = page(field("h", "number", i=1, now=True), field("h", "number", i=2), columns=units)
    second = page(field("h", "number", i=1), field("h", "number", i=2, now=True), columns=units)
    desk = Desk(show, first)
    desk.tap("1", "2")
    desk.show(first)
    assert desk.view._number.typed == "12", "the same page again takes nothing away"
    desk.show(second)
    desk.tap("3", "Enter")
    assert desk.filled == [("h", 2, ("3",))]
    desk.tap("4", "5", "Clear", "6")
    desk.show(second, title="M-250-004218")
    desk.tap("7", "Enter")
    assert desk.filled[1:] == [("h", 2, ("7",))], "another unit's page begins empty"


def test_the_cells_turn_to_the_field_that_is_filled_now(show: Show) -> None:
    fields = [field(f"f{n}", "number") for n in range(30)]
    fields[22] = field("f22", "number", now=True)
    desk = Desk(show, page(*fields))
    assert "f22" in [cell.field.id for cell in desk.view.cells]


@pytest.mark.parametrize("why", ["zero", "size", "kind"])
def test_a_page_that_cannot_be_computed_says_so_and_why_and_not_that_all_is_filled(show: Show, why: str) -> None:
    gap, mean = Name("间隙", "Gap"), Name("平均", "Mean")
    first = field("gap", "number", value=("0",), shown="0 mm", verdict="pass")
    said = {"name": mean, "parts": [gap]}
    desk = Desk(show, page(first, field("mean", "computed", verdict="invalid", code=f"mark.{why}", params=said)))
    found = words(desk.view)
    assert desk.view.look.say(f"mark.{why}", said) in found
    assert "Cannot compute: Mean" in found and "All filled" not in found and "within its limits" not in found
    tap(desk.view.cells[0])
    assert desk.gone == [("gap", 0)], "its values can be entered again"


def test_what_stays_empty_though_it_is_computed_is_named_before_anybody_confirms(show: Show) -> None:
    mean = field("mean", "computed", name=Name("平均", "Mean"))
    desk = Desk(show, page(field("gap", "number", value=("1",), shown="1", verdict="pass"), mean, complete=True))
    assert "Confirm without Mean" in words(desk.view) and "All filled" not in words(desk.view)


KINDS = ("text", "note", "number", "gauge", "plc", "yes_no", "choice", "choices", "date", "scan", "photo", "signature")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_fits_and_can_be_hit_with_a_glove(show: Show, size: Any, language: Language) -> None:
    bad = field("bad", "number", value=("9.99",), shown="9.99 mm", verdict="fail", code="mark.above")
    bad = FormField(**{f: getattr(bad, f) for f in bad.__struct_fields__} | {
        "params": {"name": LONG, "value": "9.99", "uom": "mm", "limit": "1.00"}})  # fmt: skip
    more = {"choices": OPTIONS, "device": "caliper", "uom": "mm", "low": "1", "high": "2", "length": 40}
    for kind in KINDS:
        others = [bad, *(field(f"x{n}", "computed", required=False) for n in range(9))]
        desk = Desk(show, page(field("now", kind, now=True, **more), *others), size, language)
        if kind == "yes_no":
            desk.show(page(field("now", kind, now=True, choices=YES_NO), *others))
        for typing in (False, True) if kind in ("text", "note") else (False,):
            if typing:
                desk.view._set_typing(True)
                settle()
            _fits(desk.view)
        desk.view.hide()


def _fits(view: FormView) -> None:
    there = [one for one in view.findChildren(QWidget) if isinstance(one, BigButton | Cell) and one.isVisible()]
    for one in there:
        # A finger that misses a cell goes to another field, and nothing is taken: cells may be lower than buttons.
        least = view.look.px(one.least_mm if isinstance(one, BigButton) else 10.5) - 2
        assert min(one.width(), one.height()) >= least, (getattr(one, "text", one), one.size())
        assert all(placed.fits for placed in one.placed), [p.text for p in one.placed if not p.fits]
    assert all(placed.fits for placed in view.placed), [placed.text for placed in view.placed if not placed.fits]
    boxes = [(one, one.rect().translated(one.mapTo(view, one.rect().topLeft()))) for one in there]
    for n, (one, box) in enumerate(boxes):
        for other, second in boxes[n + 1 :]:
            assert not box.intersects(second), (getattr(one, "text", one.field.id), getattr(other, "text", "cell"))  # type: ignore[union-attr]


SIMPLE = [
    field(f"f{n}", "number", name=Name(f"窜动 {n}", f"Shaft play {n}"), uom="mm", low="0.02", high="0.30")
    for n in range(10)
]


def simple(now: int) -> FormPage:
    """Ten fields with short names, the first two filled."""
    done = {"value": ("0.10",), "shown": "0.10 mm", "verdict": "pass"}
    return page(*(replace(one, now=n == now, **(done if n < 2 else {})) for n, one in enumerate(SIMPLE)))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_ten_simple_fields_are_seen_at_once_and_no_text_is_small(show: Show, size: Any, language: Language) -> None:
    desk = Desk(show, simple(2), size, language)
    assert [cell.field.id for cell in desk.view.cells] == [one.id for one in SIMPLE]
    least = [(one.text, one.cap_mm) for one in painted(desk.view) if one.cap_mm < 2.4]
    assert not least, "20 px on a panel of 1280 x 800 are 2.4 mm of capitals"


def test_limits_are_said_once_in_the_cell_and_for_the_field_in_hand_at_the_pad(show: Show) -> None:
    desk = Desk(show, simple(2))
    found = [one.text for one in painted(desk.view) if "0.02" in one.text]
    assert found.count("0.02 – 0.30") == 9 and found.count("0.02 – 0.30 mm") == 1 and len(found) == 10


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_whatever_confirms_is_at_one_place_at_the_lower_right(show: Show, size: Any) -> None:
    places = set()
    for kind, text in (
        ("number", "Enter"),
        ("choices", "Enter"),
        ("date", "Enter"),
        ("gauge", "Measure"),
        ("text", "Enter"),
    ):
        desk = Desk(show, page(field("now", kind, now=True, choices=OPTIONS, device="caliper", length=9)), size)
        if kind == "text":
            desk.tap("Type")
        button = buttons(desk.view)[text]
        places.add(
            button.geometry().translated(button.parentWidget().mapTo(desk.view, QPoint(0, 0))).bottomRight().toTuple()
        )
        desk.view.hide()
    desk = Desk(show, page(field("a", "number", value=("1",), shown="1", verdict="pass"), complete=True), size)
    desk.show(desk.view.page, offered="Confirm")  # type: ignore[arg-type]
    places.add(buttons(desk.view)["Confirm"].geometry().bottomRight().toTuple())
    assert len(places) == 1, places


@pytest.mark.parametrize("kind", ["number", "choices", "date", "choice", "photo"])
def test_a_page_whose_last_field_may_stay_empty_is_confirmed_at_the_same_place(show: Show, kind: str) -> None:
    confirmed: list[bool] = []
    desk = Desk(
        show, page(field("now", kind, now=True, required=False, choices=OPTIONS, device="camera"), complete=True)
    )
    desk.view.confirmed.connect(lambda: confirmed.append(True))
    desk.show(desk.view.page, offered="Confirm")  # type: ignore[arg-type]
    desk.tap("Confirm")
    assert confirmed == [True] and desk.filled == []


def test_where_a_scan_confirms_the_place_of_confirm_says_so_and_is_no_button(show: Show) -> None:
    desk = Desk(show, page(field("plate", "scan", now=True)))
    assert "The scan confirms" in words(desk.view)
    assert not [one for one in buttons(desk.view).values() if one.geometry().intersects(desk.view.confirm())]


def test_yes_and_no_are_on_opposite_sides_each_with_the_shape_of_its_verdict(show: Show) -> None:
    desk = Desk(show, page(field("ok", "yes_no", now=True, choices=YES_NO)))
    yes, no = buttons(desk.view)["Yes"], buttons(desk.view)["No"]
    assert yes.y() == no.y() and yes.geometry().right() < no.x()
    assert (yes.mark, no.mark, no.kind) == ("ok", "ng", "ng")


def test_the_keyboard_has_the_letters_where_fingers_know_them_and_digits_always_in_view(show: Show) -> None:
    desk = Desk(show, page(field("plate", "text", length=9, now=True)))
    desk.tap("Type")
    keys = [one for one in desk.view.findChildren(LetterKey) if one.isVisible() and len(one.text) == 1]
    rows = {y: "".join(k.text for k in sorted(keys, key=lambda k: k.x()) if k.y() == y) for y in {k.y() for k in keys}}
    assert tuple(rows[y] for y in sorted(rows)) == LYING
