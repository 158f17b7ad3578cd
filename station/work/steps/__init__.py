"""One file for each kind of step: what it expects, how it takes an answer, when it is complete."""

from station.work.steps.add import AddStep
from station.work.steps.dispatch import ReturnStep, ShipStep
from station.work.steps.enter import EnterStep
from station.work.steps.fill import FillStep
from station.work.steps.gauge import GaugeStep
from station.work.steps.kind import KINDS
from station.work.steps.machine import MachineStep
from station.work.steps.output import OutputStep
from station.work.steps.receive import ReceiveStep
from station.work.steps.replace import ReplaceStep
from station.work.steps.scan import ScanStep

KINDS |= {
    "scan": ScanStep(),
    "replace": ReplaceStep(),
    "add": AddStep(),
    "machine": MachineStep(),
    "gauge": GaugeStep(),
    "enter": EnterStep(),
    "receive": ReceiveStep(),
    "output": OutputStep(),
    "fill": FillStep(),
    "ship": ShipStep(),
    "return": ReturnStep(),
}
