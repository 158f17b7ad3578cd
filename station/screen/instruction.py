"""Instructions on the work screen: the step's own text and pictures, else the picture of the part to take. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from common.definitions import Guide, GuidePicture, Material
from common.definitions.naming import Sentence
from station.shown.work_screen import GuideView, Instruction
from station.work.steps.kind import kind_of_step
from station.work.turn import Turn

NOTHING = Sentence("", "")


def shown(turn: Turn) -> Instruction | None:
    """The instruction of the step; None where nobody wrote one and the part has no picture."""
    step = turn.step
    own = step.instruction if step and isinstance(step.instruction, Guide) else None
    pictures = (own.shows if own else ()) or _part(turn)
    if own is None and not pictures:
        return None
    return Instruction((own and own.text) or NOTHING, tuple(_view(turn, one) for one in pictures))


def _view(turn: Turn, one: GuidePicture) -> GuideView:
    return GuideView(*(turn.view.picture(one) or ("", b"")), one.caption)


def _part(turn: Turn) -> Sequence[GuidePicture]:
    """The picture of the usual material of the step's slot."""
    if turn.step is None or not kind_of_step(turn.step).takes_part or turn.slot is None:
        return ()
    part = turn.view.definitions.get(Material, turn.slot.material)
    return (GuidePicture(part.picture),) if part and part.picture else ()
