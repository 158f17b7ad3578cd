"""`headwater`: one command; the installed rooms add its subcommands as entry points.

Prints an error as a sentence in the reader's language and exits with 1; a bug keeps its traceback.
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
from common.text import places, say

GROUP = "headwater.commands"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    logs_to_stderr()
    atexit.register(gc.freeze)  # else Python frees every object of a process that ends: 0.4 s of CPU for a kiosk
    parser = argparse.ArgumentParser(prog="headwater", description=_told("help.headwater"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for entry in _wanted(sys.argv[1:] if argv is None else argv):
        try:
            add = entry.load()
        except ModuleNotFoundError as e:
            commands.add_parser(entry.name, help=_told("help.not_installed", module=e.name))
            continue
        add(commands)
    args = parser.parse_args(argv)
    if not hasattr(args, "run"):
        parser.error(_told("help.not_installed_how", name=args.command))
    try:
        return int(args.run(args) or 0)
    except HeadwaterError as e:
        print(f"headwater: {say(reader_language(), e.code, e.details)}{_behind(e)}  [{e.code}]", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _wanted(argv: Sequence[str]) -> list[EntryPoint]:
    """Find the requested subcommand alone, since loading all of them takes seconds; else return all."""
    found = sorted(entry_points(group=GROUP), key=lambda e: e.name)
    return [entry for entry in found if entry.name in argv[:1]] or found


def _told(code: str, **params: object) -> str:
    """The sentence of a code in the reader's language."""
    return say(reader_language(), code, params)


def _behind(error: HeadwaterError) -> str:
    """A library's own words about an error: behind the sentence, for they are English and exact."""
    words = [f" ({error.details[name]})" for name in ("reason", "why") if name in error.details]
    return "" if {"reason", "why"} & places("en", error.code) else "".join(words)


def reader_language() -> str:
    """Return zh or en, by the shell's locale."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if wanted.lower().startswith("zh") else "en"


def logs_to_stderr() -> None:
    """Log one structured line per change of state to standard error."""
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
