"""A label is drawn once: what a scanner reads on it is what was meant, and whatever prints it shows the same dots."""

from __future__ import annotations

import io

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from common.definitions import LabelDefinition
from common.definitions.label import Box, LabelElement, LabelLine, LabelSymbol, LabelText
from common.definitions.naming import Name
from common.errors import BadLabel
from common.labels import pdf, png, render, zpl
from common.labels.drawing import dots
from common.labels.fonts import font
from common.labels.symbols import symbol
from common.labels.typesetting import TextField, typeset
from tests.support.zpl_printer import drawn

NAME = Name("标签", "Label")
GTIN_SERIAL = "(01)06901234567892(21)M-250-000001"
DPIS = (203, 300, 600)


def label(*elements: LabelElement, width: int = 80, height: int = 40, **values: str) -> LabelDefinition:
    return LabelDefinition("label", NAME, width, height, list(elements), values)


def code(symbology: str, content: str, gs1: bool = False) -> LabelSymbol:
    return LabelSymbol(2, 2, 76, 36, symbology, content, gs1)  # type: ignore[arg-type]


def read(image: Image.Image) -> list[tuple[str, str, bytes]]:
    found = zxingcpp.read_barcodes(image.convert("L"))
    return [(one.symbology_identifier, one.text, one.bytes) for one in found]


@pytest.mark.parametrize("dpi", DPIS)
@pytest.mark.parametrize(
    ("symbology", "content", "gs1", "identifier"),
    [
        ("qr", "M-250-000001", False, "]Q1"),
        ("qr", "1", False, "]Q1"),
        ("datamatrix", "M-250-000001", False, "]d1"),
        ("code128", "M-250-000001", False, "]C0"),
        ("qr", GTIN_SERIAL, True, "]Q3"),
        ("datamatrix", GTIN_SERIAL, True, "]d2"),
        ("code128", GTIN_SERIAL, True, "]C1"),
        ("datamatrix", "(01)06901234567892(10)LOT-1(21)7", True, "]d2"),
    ],
)
def test_a_scanner_reads_what_was_meant(symbology: str, content: str, gs1: bool, identifier: str, dpi: int) -> None:
    image = render(label(code(symbology, content, gs1)), {}, dpi)
    assert [(i, text) for i, text, _ in read(image)] == [(identifier, content)]


def test_a_separator_stands_between_elements_of_no_fixed_length() -> None:
    image = render(label(code("datamatrix", "(01)06901234567892(10)LOT-1(21)7", True)), {}, 203)
    assert read(image)[0][2] == b"010690123456789210LOT-1\x1d217"


def test_a_short_code_is_no_micro_qr() -> None:
    found = zxingcpp.read_barcodes(render(label(code("qr", "1")), {}, 203).convert("L"))
    assert [one.format for one in found] == [zxingcpp.BarcodeFormat.QRCode]


@settings(max_examples=25, deadline=None)
@given(
    text=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=30),
    symbology=st.sampled_from(["qr", "datamatrix"]),
    width=st.integers(20, 60),
    dpi=st.sampled_from(DPIS),
)
def test_whatever_the_text_and_the_room_a_module_is_whole_pixels(
    text: str, symbology: str, width: int, dpi: int
) -> None:
    """Or it is not drawn at all."""
    made = label(LabelSymbol(0, 0, width, width, symbology, "{x}"), width=60, height=60)  # type: ignore[arg-type]
    try:
        image = render(made, {"x": text}, dpi)
    except BadLabel as e:
        assert e.code == "label.too_small"
        return
    found = zxingcpp.read_barcodes(image.convert("L"))
    assert [one.text for one in found] == [text]
    matrix = symbol(symbology, text)
    box = image.convert("L").point(lambda grey: 255 - grey).getbbox()
    assert box
    pixels, rest = divmod(box[2] - box[0], matrix.columns)
    assert rest == 0
    small = image.convert("L").crop(box).resize((matrix.columns, matrix.rows), Image.Resampling.NEAREST)
    assert small.tobytes() == matrix.modules
    assert small.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.NEAREST).tobytes() == (
        image.convert("L").crop(box).tobytes()
    )
    room = dots(width, dpi)
    quiet = matrix.quiet_x * pixels
    assert box[0] >= quiet
    assert box[2] <= room - quiet


# The same dots --------------------------------------------------------------------------------------------------------
FULL = label(
    Box(0, 0, 80, 40),
    LabelLine(2, 20, 40, "0.3"),
    LabelSymbol(44, 2, 34, 34, "qr", "{serial}"),
    LabelText(2, 4, 40, 5, "轮毂电机 {serial}", least=2),
)


@pytest.mark.parametrize("dpi", DPIS)
def test_preview_zpl_and_pdf_show_the_same_dots(dpi: int) -> None:
    image = render(FULL, {"serial": "M-250-000001"}, dpi)
    with Image.open(io.BytesIO(png(image, dpi))) as preview:
        assert preview.mode == "1"
        assert preview.tobytes() == image.tobytes()
    assert drawn(zpl(image)).tobytes() == image.tobytes()
    page = pypdfium2.PdfDocument(pdf(image, dpi))[0]
    embedded = next(iter(page.get_objects())).get_bitmap().to_pil().convert("1")
    assert embedded.tobytes() == image.tobytes()
    assert [round(side * 25.4 / 72) for side in page.get_size()] == [80, 40]


def test_the_same_label_is_the_same_image() -> None:
    values = {"serial": "M-250-000001"}
    assert render(FULL, values, 203).tobytes() == render(FULL, values, 203).tobytes()


# Text -----------------------------------------------------------------------------------------------------------------
def ink(image: Image.Image) -> tuple[int, int, int, int]:
    box = image.convert("L").point(lambda grey: 255 - grey).getbbox()
    assert box
    return box


def test_chinese_has_its_characters_and_no_boxes() -> None:
    face = font("sans", 40)
    seen = {bytes(face.getmask(char)) for char in "轮毂电机溯源标签合格"}
    assert len(seen) == 10
    assert bytes(face.getmask("\U0010ffff")) not in seen


def test_text_shrinks_until_it_fits_and_no_further() -> None:
    long, least = "Hub motor M-250 with controller", dots(2, 203)
    found = typeset(long, TextField(width=320, height=40, least=least))
    assert least <= found.pixels < 40
    assert found.whole
    assert font("sans", found.pixels).getlength(long) <= 320 < font("sans", found.pixels + 1).getlength(long)


def test_what_is_too_long_ends_with_dots_but_an_identity_is_never_cut() -> None:
    cut = typeset("一二三四五六七八九十", TextField(width=100, height=20, least=20))
    assert not cut.whole
    assert cut.lines[0].endswith("…")
    assert font("sans", 20).getlength(cut.lines[0]) <= 100
    with pytest.raises(BadLabel) as caught:
        render(label(LabelText(0, 0, 20, 5, "{serial}", font="mono")), {"serial": "M-250-00000000001"}, 203)
    assert caught.value.code == "label.too_long"


@settings(max_examples=50, deadline=None)
@given(st.text(st.sampled_from("轮毂电机，。 ABCdef-12 "), max_size=60), st.integers(60, 300), st.integers(1, 4))
def test_wrapped_text_stays_in_its_field_and_loses_nothing_but_spaces(text: str, width: int, lines: int) -> None:
    found = typeset(text, TextField(width=width, height=24, least=10, lines=lines))
    face = font("sans", found.pixels)
    assert all(face.getlength(line) <= width for line in found.lines)
    assert len(found.lines) * found.pixels <= max(lines * 24, found.pixels)
    if found.whole:
        assert "".join(found.lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(("align", "side"), [("left", 0), ("right", 2)])
def test_text_stands_at_its_side(align: str, side: int) -> None:
    image = render(label(LabelText(10, 5, 60, 5, "MMM", align=align)), {}, 203)  # type: ignore[arg-type]
    edge = dots(10, 203) if side == 0 else dots(70, 203)
    assert abs(ink(image)[side] - edge) <= 4


# What cannot be drawn right -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("element", "code_"),
    [
        (code("qr", "{lot}"), "label.value"),
        (code("qr", "溯源"), "label.content"),
        (code("datamatrix", "(01)06901234567891", True), "label.gs1"),
        (code("datamatrix", "(01)06901234567892x(21)1", True), "label.gs1"),
        (code("datamatrix", "0106901234567892", True), "label.gs1"),
        (LabelSymbol(0, 0, 5, 5, "qr", "M-250-000001"), "label.too_small"),
        (LabelSymbol(0, 0, 30, 10, "code128", "M-250-000001"), "label.too_small"),
    ],
)
def test_what_cannot_be_drawn_right_is_not_drawn(element: LabelSymbol, code_: str) -> None:
    with pytest.raises(BadLabel) as caught:
        render(label(Box(0, 0, 80, 40), element), {}, 203)
    assert caught.value.code == code_
    assert caught.value.details["element"] == 2


def test_a_text_says_what_is_not_known() -> None:
    known = render(label(LabelText(0, 0, 60, 5, "{order}")), {"order": "—"}, 203)
    assert render(label(LabelText(0, 0, 60, 5, "{order}")), {}, 203).tobytes() == known.tobytes()


def test_a_label_has_values_of_its_own() -> None:
    made = label(code("qr", "{maker}-{serial}"), maker="HW")
    assert [text for _, text, _ in read(render(made, {"serial": "7"}, 203))] == ["HW-7"]


def test_a_missing_font_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    from common.labels import fonts

    monkeypatch.setattr(fonts, "FOLDERS", ())
    _forget(fonts.font, fonts._file)
    try:
        with pytest.raises(BadLabel) as caught:
            font("sans", 12)
        assert (caught.value.code, caught.value.details["package"]) == ("label.font", "fonts-noto-cjk")
    finally:
        _forget(fonts.font, fonts._file)


def _forget(*cached: object) -> None:
    for one in cached:
        one.cache_clear()  # type: ignore[attr-defined]
