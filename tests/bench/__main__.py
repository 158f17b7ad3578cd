"""`./run bench [NAME...]`: measures, prints a table, and writes it as JSON."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import structlog

from tests.bench import ingest, scan_commit, wire_bytes
from tests.bench.figure import Figure, refuse_memory

Measure = Callable[[Path, int], Iterator[Figure]]


def with_screens(name: str) -> Measure:
    """A figure that needs Qt, which is loaded when it is measured."""

    def measure(folder: Path, percent: int) -> Iterator[Figure]:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        found: Measure = importlib.import_module(f"tests.bench.{name}").measure
        return found(folder, percent)

    return measure


SCREENS = ("scan_to_green", "kiosk_start")
FIGURES: dict[str, Measure] = {
    "scan_commit": scan_commit.measure,
    **{name: with_screens(name) for name in SCREENS},
    "ingest_sqlite": ingest.measure_sqlite,
    "ingest_postgres": ingest.measure_postgres,
    "wire_bytes": wire_bytes.measure,
}


def main(arguments: list[str] | None = None) -> int:
    """Measure what is named, or everything."""
    args = _parsed(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    shutil.rmtree(args.folder, ignore_errors=True)
    args.folder.mkdir(parents=True)
    refuse_memory(args.folder)
    found: list[Figure] = []
    for name in args.names or FIGURES:
        print(f"{name} …", file=sys.stderr, flush=True)
        room = args.folder / name
        room.mkdir()
        for figure in FIGURES[name](room, args.percent):
            found.append(figure)
            print("  " + figure.line(), file=sys.stderr, flush=True)
    shutil.rmtree(args.folder)
    args.out.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1))
    print(table(found))
    return 0


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*FIGURES, []], metavar="NAME", help=", ".join(FIGURES))
    parser.add_argument("--percent", type=int, default=100, help="of the work; less is quicker and proves nothing")
    parser.add_argument("--folder", type=Path, default=Path("build/bench"), help="on the disk that is measured")
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    return parser.parse_args(arguments)


def table(figures: list[Figure]) -> str:
    """As people read it."""
    head = ("name", "value", "reference", "ratio", "goal", "met")
    rows = [head, *(figure.cells() for figure in figures)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


if __name__ == "__main__":
    sys.exit(main())
