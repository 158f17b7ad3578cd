"""Labels: texts, codes, lines and boxes, placed in mm from the upper left corner. Printing: docs/print-labels.md."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from common.definitions.naming import Id, Name

# A whole number as is, anything else as text, since canonical bytes have no floats.
Mm = Annotated[int, Meta(ge=0, le=999)] | Annotated[str, Meta(pattern=r"\A(0|[1-9][0-9]{0,2})(\.[0-9]{1,2})?\Z")]
Template = Annotated[str, Meta(min_length=1, max_length=200)]


class LabelText(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="text"):
    """A text in a field `width` wide. `height`: of a line, which a Chinese character fills.

    The text shrinks to `least` until it fits and wraps into at most `lines` lines. If it is still too long it ends with
    …; an identity (`font: mono`) is never cut: such a label is not printed.
    """

    x: Mm
    y: Mm
    width: Mm
    height: Mm
    text: Template
    least: Mm | None = None
    lines: Annotated[int, Meta(ge=1, le=9)] = 1
    align: Literal["left", "centre", "right"] = "left"
    font: Literal["sans", "mono"] = "sans"
    bold: bool = False


class LabelSymbol(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="code"):
    """A code with its quiet zone inside `width` and `height`, as large as whole pixels allow.

    `gs1`: the content is elements, (01){gtin}(21){serial}, and is encoded as GS1 requires, with FNC1.
    """

    x: Mm
    y: Mm
    width: Mm
    height: Mm
    symbology: Literal["qr", "datamatrix", "code128"]
    content: Template
    gs1: bool = False


class LabelLine(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="line"):
    """A filled black bar; a thin one is a line."""

    x: Mm
    y: Mm
    width: Mm
    height: Mm


class Box(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="box"):
    """A frame, drawn `thick` inwards."""

    x: Mm
    y: Mm
    width: Mm
    height: Mm
    thick: Mm = "0.3"


LabelElement = LabelText | LabelSymbol | LabelLine | Box


class LabelDefinition(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="label"):
    """A label of `width` by `height`. `values`: the label's own texts, by the name that its elements cite.

    `copies`: identical labels per print; unset: 1.
    """

    id: Id
    name: Name
    width: Mm
    height: Mm
    elements: Annotated[list[LabelElement], Meta(min_length=1, max_length=64)]
    values: dict[Id, Annotated[str, Meta(max_length=200)]] = {}
    # Unset is not encoded, so definitions published before this key existed keep their hash.
    copies: Annotated[int, Meta(ge=1, le=99)] | UnsetType = UNSET
