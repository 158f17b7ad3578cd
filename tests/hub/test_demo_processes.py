"""The demo's processes: none is left behind when the demo is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hub.demo.processes import wait_for
from tests.support.hub_process import HubProcess

STARTER = """
import sys
from pathlib import Path
from hub.demo.processes import Service
Service("hub", ["hub", "run", "--config", sys.argv[1]], Path(sys.argv[2])).start()
print("started", flush=True)
sys.stdin.read()
"""


def test_what_the_demo_started_ends_in_order_when_the_demo_is_killed(hub: HubProcess, tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTER, str(hub.toml), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as starter:
        assert starter.stdout and starter.stdout.readline() == b"started\n"
        wait_for("the hub to serve", lambda: hub.host in (tmp_path / "hub.txt").read_text(), 60)
        starter.kill()
    wait_for("the hub to end", lambda: "hub_stopped" in (tmp_path / "hub.log").read_text(), 60)
