"""Instructions on the work screen: the step's own text and picture, else the picture of the part to take. Pure."""

from __future__ import annotations

from common.definitions import Guide, Material
from common.definitions.naming import Sentence
from station.shown.work_screen import Instruction
from station.work.turn import Turn

TAKES_A_PART = ("scan", "replace", "add")
NOTHING = Sentence("", "")


def shown(turn: Turn) -> Instruction | None:
    """The instruction of the step now; None where nobody wrote one and the part has no picture."""
    step = turn.step
    own = step.instruction if step and isinstance(step.instruction, Guide) else None
    guide = own if own and own.picture else _part(turn)
    if guide is None and own is None:
        return None
    found = turn.view.picture(guide) if guide else None
    media, picture = found or ("", b"")
    return Instruction((own and own.text) or NOTHING, media, picture, guide is not None and found is None)


def _part(turn: Turn) -> Guide | None:
    """The picture of the usual material of the step's slot."""
    if turn.step is None or turn.step.kind not in TAKES_A_PART or turn.slot is None:
        return None
    part = turn.view.definitions.get(Material, turn.slot.material)
    return Guide(picture=part.picture) if part and part.picture else None
