"""A fill step: a page of a form, for the thing in hand or for each unit of a panel."""

from __future__ import annotations

from common.barcode_router import Code
from common.definitions import Step
from common.form_engine import FieldState
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work import expected
from station.work.expected import NUMBERS, Expected, NumberedChoice, text
from station.work.steps import fields, page_events, pages, quantities
from station.work.steps.kind import StepKind
from station.work.turn import Turn

# Cards that answer a field, by its type.
FIELD_CARDS = {
    "number": ("N",),
    "yes_no": ("YES", "NO"),
    "date": ("DATE",),
    **dict.fromkeys(("gauge", "plc", "photo"), ("MEASURE",)),
}


class FillStep(StepKind):
    """The page of a step."""

    takes_own_label = True
    needs = ""

    def prompt(self, turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
        """Ask for the field to fill now, or say why a panel's page cannot begin."""
        if pages.open_page(turn) is None:
            said = {"have": pages.units_of_panel(turn) or 0, "most": pages.MOST_COLUMNS}
            return Prompt("prompt.panel", params | said)
        return prompt(turn, params)

    def expects(self, turn: Turn, step: Step) -> Expected:
        """The field to fill now."""
        return expects(turn)

    def scan(self, turn: Turn, step: Step, code: Code) -> None:
        """Put it into the field that takes a scan."""
        if pages.open_page(turn) is None:
            return super().scan(turn, step, code)
        return fields.scanned(turn, code)

    def takes_orders(self, turn: Turn) -> bool:
        """A field that takes a scan takes an order's label too."""
        return fields.takes_scan(turn) is not None

    def keep(self, turn: Turn, step: Step) -> None:
        """Record the entries so far."""
        page_events.keep_step(turn)


def prompt(turn: Turn, params: dict[str, object]) -> Prompt:
    """Ask for the field to fill now; behind the last one, for the confirmation, or say what cannot be computed."""
    state, now = pages.asked(turn), pages.current(turn)
    if state is None:
        wrong = now.lacking if now else None
        return Prompt(wrong.code, params | dict(wrong.params)) if wrong else Prompt("prompt.confirm", params)
    field, page = state.field, pages.open_page(turn)
    name = [field.name, page.columns[state.i - 1]] if state.i and page else field.name
    choices = tuple(NumberedChoice(n, "option", option.name) for n, option in enumerate(field.options, 1))
    params = params | {"name": name, "uom": field.uom, "limits": quantities.limits(field)}
    return Prompt(f"fill.{_kind(state)}", params | {"choices": choices, "device": field.device})


def _kind(state: FieldState) -> str:
    field = state.field
    if field.type == "number" and (field.low or field.high):
        return "limited"
    return {"note": "text", "choices": "choice"}.get(field.type, field.type)


def expects(turn: Turn) -> Expected:
    """The field to fill now; behind the last one, the card that confirms."""
    state = pages.asked(turn)
    if state is None:
        return expected.card("CONFIRM", "card.confirm")
    options = len(state.field.options)
    kinds = ("OPTION", *NUMBERS[:options]) if options else FIELD_CARDS.get(state.field.type, ())
    return Expected(Phrase("expect.field", {"name": state.field.name}), text("field", state.field.id), kinds)
