"""A slice of the fault campaign, and that a seed is one run. `./run faults` goes on for longer."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.faults.plan import COPIES, Fault, Plan, drawn
from tests.faults.world import play

WORK_MS = 8_000
COPIED = [seed for seed in range(100, 160) if {f.kind for f in drawn(seed, WORK_MS).faults} & set(COPIES)][:12]


def kept(plan: Plan) -> None:
    """Every promise is kept in this run; if not, its faults and how it ended."""
    broken, transcript, _ = play(plan)
    faults = "\n".join(map(str, plan.faults))
    assert not broken, f"seed {plan.seed}: {broken}\n\n{faults}\n\n" + "\n".join(transcript[-40:])


@pytest.mark.parametrize("seed", range(12))
def test_promises_are_kept_whatever_the_network_and_the_power_do(seed: int) -> None:
    kept(drawn(seed, WORK_MS, copies=False))


@pytest.mark.parametrize("seed", COPIED)
def test_promises_are_kept_though_disks_are_cloned_and_restored(seed: int) -> None:
    kept(drawn(seed, WORK_MS))


def test_two_new_logs_of_which_nobody_heard_do_not_shut_a_station_out() -> None:
    """Its cable is cut and its disk breaks twice: its newest log follows one that the hub never heard of."""
    faults = (
        Fault(2_500, "partition", "st-10", 20_000),
        Fault(3_000, "restore", "st-10", 500, "other host"),
        Fault(5_000, "restore", "st-10", 800, "other host"),
    )
    kept(Plan(5, 7_000, faults))


def test_a_seed_is_one_run_to_the_byte() -> None:
    """Also in another process, whose sets have another order."""
    plan = drawn(7, WORK_MS)
    code = f"from tests.faults.plan import drawn; from tests.faults.world import play\nprint(play({plan!r})[2])"
    code = "from tests.faults.plan import Fault, Plan\n" + code
    environment = os.environ | {"PYTHONHASHSEED": "5", "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert said.stdout.split()[-1:] == [play(plan)[2]], said.stderr
