"""`headwater hub …`: make a site, run it, give tickets, confirm stations, load a pack; hub.console has the rest."""

from __future__ import annotations

import argparse
from pathlib import Path

from common.command import reader_language
from common.ledger.store import translated_files
from common.text import say
from hub import config as configuration
from hub.api.stations import TicketFor
from hub.console import decisions, pack_command, people, tokens
from hub.console.local import hub_of
from hub.console.words import group, leaf, shaped, told
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
    pack_command.add_load(actions)
    for more in (people, tokens, decisions):
        more.add(actions)


def init(args: argparse.Namespace) -> int:
    """Make the site's database and keys."""
    config = configuration.load(args.config)
    data = Path(config.data)
    with translated_files(data):
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        refuse_second(data)
        access.make_store(config.store)
        site = initialise(data, config.local_host)
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
    asked = shaped(TicketFor, station=args.station, line=args.line)
    print(hub_of(args).ticket(asked.station, asked.line))
    return 0


def confirm(args: argparse.Namespace) -> int:
    """Trust a station."""
    hub_of(args).confirm(args.station, " ".join(args.words))
    print(say(reader_language(), "hub.confirmed", {"station": args.station}))
    return 0
