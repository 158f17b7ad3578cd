"""Output and input of the terminal: tables that align Chinese, days, secrets, arguments, subcommands with help."""

from __future__ import annotations

import argparse
import getpass
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from common.command import reader_language
from common.errors import BadInput
from common.text import listed, say

NARROW_NOTHING = "—"
TAGS = ("tags", "keep", "drop")  # arguments that name an edge or a hold of an event
# Argument → the sentence of what it may be; of the others, which are ids, that of an id.
ALLOWED = {
    "due": "allowed.day",
    "quantity": "allowed.quantity",
    "days": "allowed.days",
    "count": "allowed.count",
    "at": "allowed.count",
    "roles": "allowed.role",
    **dict.fromkeys(("name", "badge", "reason", "number", "meaning", "finding"), "allowed.text"),
}
T = TypeVar("T")
Subcommand = Callable[[argparse.Namespace], int]


def told(code: str, **params: object) -> str:
    """The sentence of a code in the reader's language."""
    return say(reader_language(), code, params)


def leaf(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: Subcommand, help: str
) -> argparse.ArgumentParser:
    """A subcommand that takes --config. `help`: the end of the code of its sentence."""
    text = told(f"help.{help}")
    made = actions.add_parser(name, help=text, description=text)
    made.add_argument("--config", type=Path, default=Path("hub.toml"), help="hub.toml")
    made.set_defaults(run=run)
    return made


def group(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str
) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    """A subcommand that has subcommands."""
    text = told(f"help.{help}")
    return actions.add_parser(name, help=text, description=text).add_subparsers(required=True, metavar="ACTION")


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their heads, which are codes' ends; nothing is cut off."""
    heads = [told(f"column.{name}") for name in columns]
    cells = [heads, *rows]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(heads))]
    for row in cells:
        print("  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip())


def _width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def shaped(shape: type[T], **given: object) -> T:
    """Build a request of the API from the arguments of a command. BadInput argument.value, argument.tag."""
    try:
        return msgspec.convert(given, shape)
    except msgspec.ValidationError as e:
        where = re.search(r"\$\.(\w+)(?:\[(\d+)\])?", str(e))
        name, at = where.groups() if where else ("", None)
        value = given.get(name)
        value = value[int(at)] if at and isinstance(value, list) else value
        if name in TAGS:
            raise BadInput("argument.tag", argument=name, value=value) from e
        raise BadInput(
            "argument.value", argument=name, value=value, allowed=told(ALLOWED.get(name, "allowed.id"))
        ) from e


def cell(values: Sequence[str]) -> str:
    """Words in a cell."""
    return listed(reader_language(), values) or NARROW_NOTHING


def day(seconds: float | None) -> str:
    """A day of this computer's zone."""
    return time.strftime("%Y-%m-%d", time.localtime(seconds)) if seconds is not None else NARROW_NOTHING


def secret(code: str, *, from_stdin: bool) -> str:
    """A secret that is typed twice unseen, or the first line of standard input. BadInput secret.differs."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first, again = getpass.getpass(told(code)), getpass.getpass(told("ask.again"))
    if first != again:
        raise BadInput("secret.differs")
    return first
