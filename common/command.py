"""`headwater`: one command whose subcommands the installed rooms bring as entry points.

Prints what went wrong in a sentence, in the reader's language, and exits with 1; a bug keeps its traceback.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import logging
import os
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

import structlog

from common.errors import HeadwaterError
from common.text import say

GROUP = "headwater.commands"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; its exit code."""
    logs_to_stderr()
    atexit.register(gc.freeze)  # else Python frees every object of a process that ends: 0.4 s of CPU for a kiosk
    parser = argparse.ArgumentParser(prog="headwater", description="Headwater 溯源: unit-level traceability")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for entry in _wanted(sys.argv[1:] if argv is None else argv):
        try:
            add = entry.load()
        except ModuleNotFoundError as e:
            commands.add_parser(entry.name, help=f"(not installed here: {e.name})")
            continue
        add(commands)
    args = parser.parse_args(argv)
    if not hasattr(args, "run"):
        parser.error(f"{args.command} is not installed here: pip install 'headwater[{args.command}]'")
    try:
        return int(args.run(args) or 0)
    except HeadwaterError as e:
        print(f"headwater: {say(reader_language(), e.code, e.details)}  [{e.code}]", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _wanted(argv: Sequence[str]) -> list[EntryPoint]:
    """The subcommand that is asked for, loaded alone, for loading all of them takes seconds; else all."""
    found = sorted(entry_points(group=GROUP), key=lambda e: e.name)
    return [entry for entry in found if entry.name in argv[:1]] or found


def reader_language() -> str:
    """zh or en, as the shell's locale asks."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if wanted.lower().startswith("zh") else "en"


def logs_to_stderr() -> None:
    """One structured line per change of state, on standard error."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


if __name__ == "__main__":
    sys.exit(main())
