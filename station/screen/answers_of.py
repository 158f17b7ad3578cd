"""The answers that a field offers, each with the verdict it gets. Pure."""

from __future__ import annotations

from common.definitions import TRUTHS, Field
from common.form_page import Choice
from station.work.steps.fields import Answered


def answers_of(field: Field) -> tuple[Choice, ...]:
    """The options of a choice, or yes and no."""
    if field.type == "yes_no":
        return tuple(Choice(id, Answered(id), _verdict(field, id)) for id in TRUTHS)
    return tuple(Choice(option.id, option.name, option.verdict) for option in field.options)


def _verdict(field: Field, id: str) -> str:
    return "pass" if field.expect in (None, id) else "fail"
