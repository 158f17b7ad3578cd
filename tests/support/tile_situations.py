"""The situations in which something is chosen at the kiosk: reasons, labels, answers, calls."""

from __future__ import annotations

from msgspec.structs import replace

from common.definitions import CodeRule, Form, Operation, Route
from common.definitions.naming import Name
from station.config import Printer
from station.work.view import Labels
from tests.support.factory import unit
from tests.support.shift import Shift, load_pack
from tests.support.situation import (
    ONLINE,
    SERIAL,
    STEPS,
    at,
    pressed,
    situation,
)

# Reads what the magnets' rule reads too.
LOOKALIKE = CodeRule("lookalike", Name("相似", "Lookalike"), "order", r"MG-\d{4}-[A-Z]", "MG-0000-A")


# Pages of tiles -------------------------------------------------------------------------------------------------------
@situation("reasons-ng", "tap.ng")
def _reasons(long: bool) -> Shift:
    return pressed(long, STEPS[0])


@situation("reasons-leave", "tap.leave")
def _reasons_leave(long: bool) -> Shift:
    return pressed(long, STEPS[0])


@situation("reasons-ncr", "tap.ncr")
def _reasons_ncr(long: bool) -> Shift:
    return pressed(long, STEPS[0])


@situation("reasons-scrap", "tap.scrap")
def _reasons_scrap(long: bool) -> Shift:
    return pressed(long, STEPS[0])


@situation("reasons-call", "tap.call")
def _reasons_call(long: bool) -> Shift:
    return pressed(long)


@situation("reasons-reprint", "tap.reprint")
def _reasons_reprint(long: bool) -> Shift:
    return _labelled(long)


@situation("reasons-void", "tap.void_label")
def _reasons_void(long: bool) -> Shift:
    return _labelled(long)


def _labelled(long: bool) -> Shift:
    """Its label is out of the printer, and nothing is in hand."""
    shift = at("st-10", long)
    shift.labels = Labels((Printer("zebra", "tcp", host="10.20.30.40"),))
    shift.scan("WO-2611-0087", SERIAL, "HW:LEAVE")
    return shift


OUT_OF_LABELS = replace(ONLINE, labels=12, labels_why="printer.full", labels_unsure=(SERIAL, "M-250-004218"))


@situation("labels-wait", status=OUT_OF_LABELS)
def _labels_wait(long: bool) -> Shift:
    return pressed(long)


PRINTER_OUT = replace(
    ONLINE,
    down=("zebra",),
    labels=1,
    labels_why="printer.unreachable",
    devices=(*ONLINE.devices, ("zebra", "printer", False)),
)


@situation("labels-printer-out", status=PRINTER_OUT)
def _printer_out(long: bool) -> Shift:
    return pressed(long)


@situation("labels-due", status=PRINTER_OUT)
def _labels_due(long: bool) -> Shift:
    """The label of the motor in hand waits for its printer."""
    shift = at("st-10", long)
    shift.labels = Labels((Printer("zebra", "tcp", host="10.20.30.40"),), frozenset({unit(SERIAL)}))
    shift.scan("WO-2611-0087", SERIAL)
    return shift


@situation("labels-last", "tap.more")
def _labels_last(long: bool) -> Shift:
    return _labelled(long)


@situation("labels-in-doubt", "tap.more")
def _labels_in_doubt(long: bool) -> Shift:
    shift = _labelled(long)
    shift.labels = replace(shift.labels, unsure={unit(SERIAL): "motor-label"})
    return shift


@situation("question")
def _question(long: bool) -> Shift:
    shift = at("st-10", long, LOOKALIKE)
    shift.scan(SERIAL, *STEPS)
    return shift


@situation("question-operation")
def _which_operation(long: bool) -> Shift:
    names = {"glue": Name("涂胶", "Glue"), "paint": Name("喷漆", "Paint")}
    pressing = next(d for d in load_pack("motor-assembly").definitions if isinstance(d, Form) and d.id == "press-form")
    operations = [Operation(id, name, ["st-10"], pressing.id) for id, name in names.items()]
    shift = at("st-10", long, Route("motor-route", Name("电机", "Motor"), operations))
    shift.scan(SERIAL)
    return shift


@situation("call-standing", "tap.call")
def _call_standing(long: bool) -> Shift:
    shift = at("st-10", long)
    shift.scan(SERIAL, "HW:CALL:material")
    return shift
