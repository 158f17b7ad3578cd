"""`headwater hub …`: make a site, run the hub, give tickets, confirm stations, load a pack."""

from __future__ import annotations

import argparse
from pathlib import Path

from common.command import reader_language
from common.ledger.store import translated_files
from common.text import say
from hub import client, pack_command
from hub import config as configuration
from hub.db import access
from hub.site import initialise, refuse_second


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the hub's subcommands."""
    parser = commands.add_parser("hub", help="the hub: make a site, run it, enrol stations, load a pack")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    made = {}
    for name, run, text in (
        ("init", init, "make a new site: its keys, once"),
        ("run", serve, "run the hub"),
        ("ticket", ticket, "print a one-time ticket for a station"),
        ("confirm", confirm, "trust a station whose screen shows these six words"),
        ("stations", stations, "list the stations and the keys that wait"),
        ("load", pack_command.load, "the same as `headwater pack load`"),
    ):
        made[name] = actions.add_parser(name, help=text)
        made[name].add_argument("--config", type=Path, default=Path("hub.toml"), help="hub.toml")
        made[name].set_defaults(run=run)
    made["ticket"].add_argument("station", help="the workplace, e.g. st-10")
    made["ticket"].add_argument("line", help="its line, e.g. line-1")
    made["confirm"].add_argument("station")
    made["confirm"].add_argument("words", nargs=6, metavar="WORD")
    pack_command.add_folder(made["load"])


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


def stations(args: argparse.Namespace) -> int:
    """List stations."""
    for row in client.stations(configuration.load(args.config)):
        age = "—" if row["age_ms"] is None else f"{row['age_ms'] / 1000:.1f} s"
        words = f"  {row['words']}" if row["words"] else ""
        place = f"{row['line']:<12}{row['station']:<12}{row['state']:<10}"
        print(f"{place}{row['received']:>8}{age:>10}  {row['log']}{words}")
    return 0
