"""Device tests by maintenance: the request to a device, and its answer in words. Pure.

A test is not work: its result is in no event, and no step takes it.
"""

from __future__ import annotations

from common.definitions import Definitions, LabelDefinition, canonical
from common.definitions.label import Box, LabelSymbol, LabelText
from common.definitions.naming import Name
from station import messages as m
from station.devices.plc_block import AnswerArea
from station.shown.side_screens import CodeWords
from station.shown.work_screen import Phrase
from station.work.view import Labels

NO_JOB = 0  # a test label's job; the queue counts from 1
OF_TEST = -1  # a test picture's token
SIZE_MM = (50, 25)  # a test label, if none is defined for the printer


def asked(device: str, kind: str, known: Definitions, labels: Labels, now_ms: int) -> m.ToDevice | None:
    """Make the request to a device; None for one that cannot be asked."""
    match kind:
        case "gauge":
            return m.GaugeAsk(device, 0)
        case "camera":
            return m.PhotoAsk(device, OF_TEST)
        case "printer":
            label = _label(*_size(device, known, labels))
            return m.LabelPrint(device, NO_JOB, canonical(label), {"device": device}, f"test-{device}-{now_ms}")
    return None


def machine(answer: AnswerArea | None) -> CodeWords:
    """Describe a PLC's present state."""
    if answer is None:
        return "look.silent_plc", {}
    said = {
        "state": Phrase(f"plc.shows.{answer.state.name.lower()}"),
        "part": Phrase(f"plc.part.{'there' if answer.part_present else 'none'}"),
        "sequence": answer.sequence,
        "heartbeat": answer.heartbeat,
    }
    return "look.tested_plc", said


def photo(said: m.PhotoTaken) -> CodeWords:
    """Describe the result of a camera test."""
    return (said.fault, {}) if said.fault else ("look.tested_camera", {"kb": -(-len(said.raw) // 1024)})


def label(said: m.LabelDone) -> CodeWords:
    """Describe the result of a test label."""
    return ("look.tested_printer", {}) if said.outcome == "printed" else (said.code, dict(said.details))


def _size(device: str, known: Definitions, labels: Labels) -> tuple[int, int]:
    """Return (width, height) in mm of the printer's label, by its definition if there is one."""
    for one in known.all(LabelDefinition):
        printer = labels.printer(one.id)
        if printer is not None and printer.name == device:
            return int(float(one.width)), int(float(one.height))
    return SIZE_MM


def _label(width: int, height: int) -> LabelDefinition:
    side = max(min(width // 2, height) - 4, 6)
    left, high = side + 4, max(height // 5, 2)
    room = max(width - left - 2, 4)
    return LabelDefinition(
        "test",
        Name("测试", "Test"),
        width,
        height,
        [
            Box(0, 0, width, height),
            LabelSymbol(2, 2, side, side, "qr", "{device}"),
            LabelText(left, 2, room, high, "测试 Test", least=1, bold=True),
            LabelText(left, 3 + high, room, high, "{device}", least=1),
        ],
    )
