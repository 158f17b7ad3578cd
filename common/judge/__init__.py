"""Rows of a thing and the definitions its events cite → its standing, its findings, and the interlock's answer.

Pure: no clock, no arrival order, no database. The same history gives the same answer everywhere.
"""

from common.judge.assembly import Component
from common.judge.balance import Balance
from common.judge.cause import Cause
from common.judge.changeover import CLEANING, left_behind
from common.judge.decisions import Corrected
from common.judge.finding import Finding
from common.judge.history import Consumption, History, Past
from common.judge.identity import Birth
from common.judge.interlock import BlockReason, InterlockAnswer, Source, finished, interlock
from common.judge.operations import OperationState
from common.judge.order import HappensBefore
from common.judge.parts import TimeSpan, part
from common.judge.provisional import CALIBRATION, EXPIRY, UNFINISHED, ComponentEvidence
from common.judge.shelf_life import expiry
from common.judge.shipping import shippable
from common.judge.standing import Standing, consequences, judge

__all__ = [
    "CALIBRATION",
    "CLEANING",
    "EXPIRY",
    "UNFINISHED",
    "Balance",
    "Birth",
    "BlockReason",
    "Cause",
    "Component",
    "ComponentEvidence",
    "Consumption",
    "Corrected",
    "Finding",
    "HappensBefore",
    "History",
    "InterlockAnswer",
    "OperationState",
    "Past",
    "Source",
    "Standing",
    "TimeSpan",
    "consequences",
    "expiry",
    "finished",
    "interlock",
    "judge",
    "left_behind",
    "part",
    "shippable",
]
