"""A workbench of simulated devices in a process of its own: `python -m station.devices.simulated.bench --config FILE`.

Serial scanners on pseudo terminals, HID scanners ("keyboards") on pipes, one PLC process, and a cable (a proxy) to each
place that has one. Prints one JSON line with the cables' ports once all is ready; takes one JSON object per line (see
`BenchOrder`) and answers "done" or "refused …".

    {"folder": "…", "scanners": ["st-10"], "keyboards": ["st-30"], "machines": {…}, "cables": {"press": "plc"}}
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from station.devices.simulated.keyboard import PipeScanner
from station.devices.simulated.process import PlcProcess
from station.devices.simulated.proxy import Proxy
from station.devices.simulated.scanner import PtyScanner


class Setup(Struct, frozen=True, forbid_unknown_fields=True):
    """The devices on the bench. A cable leads to "plc", or to a host:port."""

    folder: str
    scanners: list[str]
    machines: dict[str, Any]
    cables: dict[str, str]
    keyboards: list[str] = []


class BenchOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """One order: read a `code` with a scanner, cut or mend a `cable`, or give a `machine` its `order`."""

    do: Literal["scan", "cut", "mend", "tell"]
    name: str
    code: str = ""
    order: dict[str, Any] = {}


class Bench:
    """The devices while they are switched on."""

    def __init__(self, setup: Setup) -> None:
        folder = Path(setup.folder)
        self.scanners: dict[str, PtyScanner | PipeScanner] = {
            **{name: PtyScanner(folder / f"scanner-{name}") for name in setup.scanners},
            **{name: PipeScanner(folder / f"scanner-{name}") for name in setup.keyboards},
        }
        self.plc = PlcProcess(setup.machines, folder)
        self.plc.start()
        self.cables = {name: Proxy(self._end(where)) for name, where in setup.cables.items()}

    def _end(self, where: str) -> tuple[str, int]:
        host, _, port = where.partition(":")
        return ("127.0.0.1", self.plc.port) if where == "plc" else (host, int(port))

    def act(self, order: BenchOrder) -> None:
        """Carry out one order; ValueError or KeyError if that is impossible."""
        if order.do == "scan":
            self.scanners[order.name].scan(order.code.encode())
        elif order.do == "tell":
            self.plc.tell(order.name, **order.order)
        else:
            cable = self.cables[order.name]
            (cable.cut if order.do == "cut" else cable.mend)()

    def close(self) -> None:
        """Switch everything off."""
        self.plc.kill()
        for cable in self.cables.values():
            cable.close()


def main() -> int:
    """Serve orders until standard input ends."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--config", type=Path, required=True)
    setup = msgspec.json.decode(parser.parse_args().config.read_bytes(), type=Setup)
    bench = Bench(setup)
    try:
        print(json.dumps({name: cable.port for name, cable in bench.cables.items()}), flush=True)
        for line in sys.stdin:
            try:
                bench.act(msgspec.json.decode(line, type=BenchOrder))
                print("done", flush=True)
            except (msgspec.MsgspecError, ValueError, KeyError, OSError) as e:
                print(f"refused {e}", flush=True)
    finally:
        bench.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
