"""A machine step: the machine gets a permit for the unit in hand and answers with its result."""

from __future__ import annotations

from common.definitions import Step
from station.messages import Prompt
from station.shown.work_screen import Phrase
from station.work.expected import Expected, text
from station.work.steps import machine_permit
from station.work.steps.kind import StepKind
from station.work.turn import Turn

WAITS = {"": "prompt.machine", "part": "prompt.part", "out": "prompt.part_out"}


class MachineStep(StepKind):
    """A cycle of a machine; `machine_permit` is the handshake."""

    needs = "plc"

    def prompt(self, turn: Turn, step: Step, params: dict[str, object]) -> Prompt:
        """Say that the machine runs, or which part it waits for."""
        return Prompt(WAITS[machine_permit.waits_for(turn, step)], params)

    def expects(self, turn: Turn, step: Step) -> Expected:
        """No code: the machine answers."""
        return Expected(Phrase("expect.machine", {"step": step.name}), text("machine", step.device))

    def arrive(self, turn: Turn, step: Step) -> None:
        """Ask for the permit."""
        machine_permit.ask(turn, step)
