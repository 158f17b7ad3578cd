"""`headwater`: one command; the installed rooms add its subcommands as entry points.

Prints an error as a sentence in the reader's language and exits with 1; a bug keeps its traceback.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import logging
import os
import select
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TextIO

import structlog

from common.errors import BadInput, HeadwaterError
from common.text import places, say

GROUP = "headwater.commands"
READER_GONE = 141  # as a shell says of a program that SIGPIPE ended


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code; READER_GONE if the reader of its output left, as `head` does."""
    try:
        try:
            return _command(argv)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        if not _drop_unread():
            raise
        return READER_GONE


def _drop_unread() -> bool:
    """Discard what nobody reads any more, else Python complains at its exit; False if every output has its reader."""
    gone = [stream for stream in (sys.stdout, sys.stderr) if _is_unread(stream)]
    for stream in gone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return bool(gone)


def _is_unread(stream: TextIO) -> bool:
    ends = select.poll()
    ends.register(stream.fileno(), 0)
    return any(event & select.POLLERR for _, event in ends.poll(0))


def _command(argv: Sequence[str] | None) -> int:
    """Run one subcommand; an error is said as a sentence."""
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
        print(explained(e), file=sys.stderr)
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


def explained(error: HeadwaterError) -> str:
    """The line on standard error that ends a command."""
    return f"headwater: {say(reader_language(), error.code, error.details)}{_behind(error)}  [{error.code}]"


def _behind(error: HeadwaterError) -> str:
    """A library's own words about an error: behind the sentence, for they are English and exact."""
    words = [f" ({error.details[name]})" for name in ("reason", "why") if name in error.details]
    return "" if {"reason", "why"} & places("en", error.code) else "".join(words)


def write_output(path: Path, raw: bytes) -> None:
    """Write a file that a command was asked for, and make its folder. BadInput output.unwritable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    except OSError as e:
        raise BadInput("output.unwritable", path=str(path), reason=e.strerror or str(e)) from e


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
