"""Check that a gauge may measure today: its calibration is not past due, by a day that is sure. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from common.definitions import Gauge
from common.errors import RuleViolation
from common.judge import CALIBRATION
from station.work.turn import Turn


def gauge_at(turn: Turn, device: str | None) -> Gauge | None:
    """The gauge that a form of this workplace calls `device`, if anybody said which it is."""
    here = (gauge for gauge in turn.view.definitions.all(Gauge) if gauge.at == turn.view.place)
    return next((gauge for gauge in here if gauge.device == device), None)


def fit(turn: Turn, device: str | None) -> None:
    """Before it measures. Without a day that is sure, the operation's policy decides. RuleViolation gauge.overdue,
    gauge.due_unknown."""
    gauge, hand, operation = gauge_at(turn, device), turn.work.hand, turn.operation
    if gauge is None or hand is None or operation is None:
        return
    today = turn.view.today.isoformat()
    said = {"gauge": gauge.id, "name": gauge.name, "due": gauge.due, "today": today, "release": operation.release}
    if gauge.due < today:
        raise RuleViolation("gauge.overdue", **said)
    if turn.view.sure:
        return
    if operation.on_unknown != "provisional":
        raise RuleViolation("gauge.due_unknown", **said)
    if CALIBRATION not in hand.unknown:
        turn.put(replace(hand, unknown=(*hand.unknown, CALIBRATION)))
