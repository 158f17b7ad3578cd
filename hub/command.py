"""`headwater hub …`: make a site, run it, give tickets, confirm stations, load a pack; hub.console has the rest."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from common.command import reader_language
from common.definitions import Definition, Line, canonical
from common.ledger.store import translated_files
from common.text import say
from hub import client
from hub import config as configuration
from hub import pack as packs
from hub.console import decisions, people, tokens
from hub.console.words import group, leaf, told
from hub.db import access
from hub.site import initialise, refuse_second


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the hub's subcommands."""
    actions = group(commands, "hub", "hub")
    leaf(actions, "init", init, "init")
    leaf(actions, "run", serve, "run")
    wanted = leaf(actions, "ticket", ticket, "ticket")
    wanted.add_argument("station", metavar="STATION", help=told("help.station"))
    wanted.add_argument("line", metavar="LINE", help=told("help.line"))
    confirmed = leaf(actions, "confirm", confirm, "confirm")
    confirmed.add_argument("station", metavar="STATION", help=told("help.station"))
    confirmed.add_argument("words", nargs=6, metavar="WORD", help=told("help.words"))
    leaf(actions, "load", load, "load").add_argument("pack", metavar="PACK", help=told("help.pack"))
    for more in (people, tokens, decisions):
        more.add(actions)


def init(args: argparse.Namespace) -> int:
    """Make the site's database and keys."""
    config = configuration.load(args.config)
    data = Path(config.data)
    with translated_files(data):
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        refuse_second(data)
        access.make_store(data / "hub.db")
        site = initialise(data, client.reach(config))
    print(say(reader_language(), "hub.made", {"site": site.id, "root": str(data / "keys/site-root.key")}))
    print(told("desk.first_admin", config=str(args.config)))
    return 0


def serve(args: argparse.Namespace) -> int:
    """Run until told to stop."""
    from hub.app import Hub  # the other commands do without a web server and start much quicker

    hub = Hub(configuration.load(args.config))
    return hub.run(lambda: print(say(reader_language(), "hub.serving", {"url": hub.pages_url}), flush=True))


def ticket(args: argparse.Namespace) -> int:
    """Print a ticket."""
    print(client.ticket(configuration.load(args.config), args.station, args.line))
    return 0


def confirm(args: argparse.Namespace) -> int:
    """Trust a station."""
    client.confirm(configuration.load(args.config), args.station, " ".join(args.words))
    print(say(reader_language(), "hub.confirmed", {"station": args.station}))
    return 0


def load(args: argparse.Namespace) -> int:
    """Check a pack and publish it."""
    folder = Path(args.pack) if Path(args.pack).is_dir() else packs.PACKS / args.pack
    found = packs.load(folder)
    lines = [d.id for d in found.definitions if isinstance(d, Line)]
    body = {
        "definitions": [_tree(d) for d in found.definitions],
        "people": [[p.id, p.name, p.badge] for p in found.people],
        "orders": [[lines[0], o.number, o.material, str(o.quantity)] for o in found.orders] if lines else [],
    }
    answer = client.ask(configuration.load(args.config), "POST", "/v1/definitions", body)
    print(say(reader_language(), "hub.loaded", {"pack": found.id, "count": answer["published"]}))
    return 0


def _tree(definition: Definition) -> Any:
    return json.loads(canonical(definition))
