"""Rows of a thing and the definitions its events cite → its standing, its findings, and the interlock's answer.

Pure: no clock, no arrival order, no database. The same history gives the same answer everywhere.
"""

from common.judge.assembly import Component
from common.judge.balance import Balance
from common.judge.cause import Cause
from common.judge.changeover import CLEANING, left_behind
from common.judge.decisions import Corrected
from common.judge.finding import Finding
from common.judge.history import Drawn, History, Past
from common.judge.identity import Birth
from common.judge.interlock import Answer, Reason, Source, finished, interlock
from common.judge.operations import OperationState
from common.judge.order import Order
from common.judge.parts import Span, part
from common.judge.provisional import CALIBRATION, EXPIRY, UNFINISHED, Part
from common.judge.shelf_life import expiry
from common.judge.shipping import shippable
from common.judge.standing import Standing, consequences, judge

__all__ = [
    "CALIBRATION",
    "CLEANING",
    "EXPIRY",
    "UNFINISHED",
    "Answer",
    "Balance",
    "Birth",
    "Cause",
    "Component",
    "Corrected",
    "Drawn",
    "Finding",
    "History",
    "OperationState",
    "Order",
    "Part",
    "Past",
    "Reason",
    "Source",
    "Span",
    "Standing",
    "consequences",
    "expiry",
    "finished",
    "interlock",
    "judge",
    "left_behind",
    "part",
    "shippable",
]
