"""`./run faults [SECONDS]`: fresh seeds until the time is up; a seed that breaks a promise is shortened and printed.

python -m tests.faults.campaign 600            for ten minutes
python -m tests.faults.campaign --seed 4711    one seed again, with its transcript
python -m tests.faults.campaign shift          a shift at real workplaces, see tests/faults/shift.py
python -m tests.faults.campaign monkey         somebody at a window who knows nothing, see tests/faults/monkey.py
"""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
import time

import structlog

from tests.faults.plan import Plan, drawn
from tests.faults.world import play

SECONDS, WORK_MS = 600, 30_000
TAIL = 120
OTHERS = ("shift", "monkey")


def main(arguments: list[str]) -> int:
    """The exit code: 0 if every promise was kept."""
    if arguments and arguments[0] in OTHERS:  # the monkey needs Qt
        return int(importlib.import_module(f"tests.faults.{arguments[0]}").main(arguments[1:]))
    parser = argparse.ArgumentParser(prog="./run faults", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("seconds", nargs="?", type=int, default=SECONDS)
    parser.add_argument("--seed", type=int, help="play this one and print its transcript")
    parser.add_argument("--work-ms", type=int, default=WORK_MS, help="how long people work in a run")
    asked = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    if asked.seed is not None:
        return _again(drawn(asked.seed, asked.work_ms))
    return _campaign(asked.seconds, asked.work_ms)


def _again(plan: Plan) -> int:
    broken, transcript, digest = play(plan)
    print("\n".join([*map(str, plan.faults), "", *transcript, "", broken or f"kept, {digest}"]))
    return 1 if broken else 0


def _campaign(seconds: int, work_ms: int) -> int:
    first, begun, runs, faults = int(time.time()), time.monotonic(), 0, 0
    while time.monotonic() - begun < seconds:
        plan = drawn(first + runs, work_ms)
        broken, _, _ = play(plan)
        if broken:
            _tell(plan, broken, work_ms)
            return 1
        runs, faults = runs + 1, faults + len(plan.faults)
        _progress(runs, faults, work_ms, time.monotonic() - begun)
    print(f"\n{runs} runs, {faults} faults, {runs * work_ms / 3_600_000:.2f} h of work: every promise was kept")
    return 0


def _progress(runs: int, faults: int, work_ms: int, passed_s: float) -> None:
    line = f"{passed_s:6.0f} s  {runs} runs  {faults} faults  {runs * work_ms / 60_000:.0f} min of work"
    print(f"\r{line}" if sys.stdout.isatty() else line, end="" if sys.stdout.isatty() else "\n", flush=True)


def _tell(plan: Plan, broken: str, work_ms: int) -> None:
    print(f"\nseed {plan.seed}: {broken}\nleaving out faults that it does not need ...", flush=True)
    shortest = shrunk(plan)
    broken, transcript, _ = play(shortest)
    faults = "\n".join(map(str, shortest.faults)) or "(none)"
    print(f"\nit breaks with {len(shortest.faults)} of {len(plan.faults)} faults:\n{faults}\n")
    print("\n".join(transcript[-TAIL:]))
    print(f"\n{broken}\nagain: ./run faults --seed {plan.seed} --work-ms {work_ms}\nshortest: {shortest!r}")


def shrunk(plan: Plan) -> Plan:
    """The same run without the faults it does not need to break a promise."""
    index = 0
    while index < len(plan.faults):
        shorter = plan.without(index)
        if play(shorter)[0]:
            plan = shorter
        else:
            index += 1
    return plan


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
