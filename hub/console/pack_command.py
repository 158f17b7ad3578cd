"""`headwater pack …`: check anybody's pack without a hub and look at its labels, or check it and load it into one."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from common.command import reader_language, write_output
from common.definitions import Definition, Definitions, LabelDefinition, Line, Person, canonical
from common.labels import png, render
from common.text import say
from hub.console.local import hub_of
from hub.console.words import group, leaf, told
from hub.definitions import label_checks, pack


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommands."""
    actions = group(commands, "pack", "packs")
    checked = actions.add_parser("check", help=told("help.check"), description=told("help.check"))
    checked.set_defaults(run=check)
    preview = actions.add_parser("preview", help=told("help.preview"), description=told("help.preview"))
    preview.add_argument("--out", type=Path, default=Path(), help=told("help.preview_out"))
    preview.add_argument("--dpi", type=int, choices=(203, 300, 600), default=203, help=told("help.preview_dpi"))
    preview.set_defaults(run=draw)
    for action in (checked, preview):
        _add_folder(action)
    add_load(actions)


def add_load(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand `load`."""
    loads = leaf(actions, "load", load, "load")
    loads.add_argument("--demo", action="store_true", help=told("help.load_demo"))
    _add_folder(loads)


def _add_folder(action: argparse.ArgumentParser) -> None:
    action.add_argument("pack", metavar="PACK", help=told("help.pack"))


def check(args: argparse.Namespace) -> int:
    """Print every error and warning; 1 if there is an error."""
    return 0 if _checked(args) else 1


def draw(args: argparse.Namespace) -> int:
    """Write a picture of each label, dot by dot what a printer of this dpi would print. BadLabel label.*;
    BadInput output.unwritable."""
    found = _checked(args)
    if found is None:
        return 1
    known = Definitions.of(found.definitions)
    for label in known.all(LabelDefinition):
        path = args.out / f"{label.id}.png"
        write_output(path, png(render(label, label_checks.sample(label, known), args.dpi), args.dpi))
        print(path)
    return 0


def load(args: argparse.Namespace) -> int:
    """Check a pack and publish it; with an error nothing is published.

    People and orders of a pack are for trying it: only --demo publishes them, for a site has its own (ADR 0029).
    """
    found = _checked(args)
    if found is None:
        return 1
    body = _everything(found) if args.demo else {"definitions": [_tree(d) for d in _lasting(found)]}
    answer = hub_of(args).ask("POST", "/v1/definitions", body)
    print(say(reader_language(), "hub.loaded", {"pack": found.id, "count": answer["published"]}))
    if not args.demo and (found.people or found.orders):
        print(told("desk.demo_left", people=len(found.people), orders=len(found.orders)))
    return 0


def _everything(found: pack.Pack) -> dict[str, Any]:
    """The pack with its demo people and orders, as a Publication."""
    lines = [d.id for d in found.definitions if isinstance(d, Line)]
    return {
        "definitions": [_tree(d) for d in found.definitions],
        "people": [[p.id, p.name, p.badge] for p in found.people],
        "orders": [[lines[0], o.number, o.material, str(o.quantity)] for o in found.orders] if lines else [],
    }


def _lasting(found: pack.Pack) -> list[Definition]:
    """The definitions without the pack's demo people."""
    return [one for one in found.definitions if not isinstance(one, Person)]


def _checked(args: argparse.Namespace) -> pack.Pack | None:
    """The pack, after all that is wrong with it was printed: errors to standard error, warnings behind them."""
    folder = Path(args.pack) if Path(args.pack).is_dir() else pack.PACKS / args.pack
    checked, language = pack.check(folder), reader_language()
    for problem in sorted(checked.problems, key=lambda problem: problem.warning):
        print(sentence(problem, language), file=sys.stderr)
    count = {"errors": len(checked.errors), "warnings": len(checked.problems) - len(checked.errors)}
    if checked.pack is None:
        print(say(language, "checked.bad", count), file=sys.stderr)
    else:
        print(say(language, "checked.good", {"pack": checked.pack.id, "count": len(checked.pack.definitions), **count}))
    return checked.pack


def sentence(problem: pack.Problem, language: str) -> str:
    """One line a problem: where, what, and what to write instead; an editor can jump to it."""
    kind = say(language, "checked.warning" if problem.warning else "checked.error", {})
    where = f"{problem.file}:{problem.line}: {kind}: {problem.field}"
    return f"{where.rstrip(': ')}: {problem.hint.say(language)}  [{problem.code}]"


def _tree(definition: Definition) -> Any:
    return json.loads(canonical(definition))
