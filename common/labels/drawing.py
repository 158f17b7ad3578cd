"""Drawing of a label: definition and values → one 1-bit image. Pure except for fonts; equal input gives an equal image.

A label that cannot be drawn correctly is not drawn at all: BadLabel label.*, with the element's number.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct
from PIL import Image, ImageDraw

from common.definitions.label import Box, LabelDefinition, LabelElement, LabelLine, LabelSymbol, LabelText, Mm
from common.errors import BadLabel
from common.labels import fonts, symbols
from common.labels.filling import fill, fill_code
from common.labels.symbols import MM_PER_INCH
from common.labels.typesetting import TextField, typeset

WHITE, BLACK = 1, 0
BASELINE, ROOM = 0.88, 1.12  # in heights of a Chinese character: its baseline, and the distance of lines


class _Paper(Struct, frozen=True):
    """The image drawn on, with its dots per inch."""

    image: Image.Image
    pen: ImageDraw.ImageDraw
    dpi: int

    def dots(self, length: Mm) -> int:
        return dots(length, self.dpi)


def dots(length: Mm | Decimal, dpi: int) -> int:
    """Convert a length in mm to whole dots of a printer."""
    return round(Decimal(length) * dpi / MM_PER_INCH)


def render(label: LabelDefinition, values: Mapping[str, str], dpi: int) -> Image.Image:
    """Draw the label as dots, mode "1". BadLabel label.value, .content, .gs1, .too_small, .too_long, .font."""
    image = Image.new("1", (dots(label.width, dpi), dots(label.height, dpi)), WHITE)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"
    paper = _Paper(image, pen, dpi)
    known = {**label.values, **values}
    for at, element in enumerate(label.elements):
        try:
            _draw(element, known, paper)
        except BadLabel as e:
            raise BadLabel(e.code, **e.details, element=at + 1) from e
    return image


def _draw(element: LabelElement, values: Mapping[str, str], paper: _Paper) -> None:
    match element:
        case LabelText():
            _text(element, fill(element.text, values), paper)
        case LabelSymbol():
            _symbol(element, fill_code(element.content, values), paper)
        case LabelLine():
            x, y = paper.dots(element.x), paper.dots(element.y)
            wide, high = max(paper.dots(element.width), 1), max(paper.dots(element.height), 1)
            paper.pen.rectangle((x, y, x + wide - 1, y + high - 1), fill=BLACK)
        case Box():
            _box(element, paper)


def _box(box: Box, paper: _Paper) -> None:
    x, y = paper.dots(box.x), paper.dots(box.y)
    corner = (x + paper.dots(box.width) - 1, y + paper.dots(box.height) - 1)
    paper.pen.rectangle((x, y, *corner), outline=BLACK, width=max(paper.dots(box.thick), 1))


def _text(element: LabelText, text: str, paper: _Paper) -> None:
    height = paper.dots(element.height)
    least = paper.dots(element.least) if element.least is not None else height
    field = TextField(paper.dots(element.width), height, least, element.lines, element.font, element.bold)
    found = typeset(text, field)
    if not found.whole and element.font == "mono":
        raise BadLabel("label.too_long", text=text)
    face = fonts.font(element.font, found.pixels, element.bold)
    for number, line in enumerate(found.lines):
        spare = field.width - round(face.getlength(line))
        shift = {"left": 0, "centre": spare // 2, "right": spare}[element.align]
        # A text that shrank to one line keeps the baseline of the full height.
        base = height * BASELINE if len(found.lines) == 1 else found.pixels * (BASELINE + number * ROOM)
        at = (paper.dots(element.x) + shift, paper.dots(element.y) + round(base))
        paper.pen.text(at, line, fill=BLACK, font=face, anchor="ls")


def _symbol(element: LabelSymbol, content: str, paper: _Paper) -> None:
    code = symbols.symbol(element.symbology, content, element.gs1)
    width, height = paper.dots(element.width), paper.dots(element.height)
    pixels = symbols.fit(code, (width, height), paper.dpi)
    drawn = code.image(pixels, height if code.rows == 1 else 0)
    x = paper.dots(element.x) + (width - drawn.width) // 2
    y = paper.dots(element.y) + (height - drawn.height) // 2
    paper.image.paste(drawn, (x, y))
