"""`headwater hub hold|release|settle|revoke|order|lease|leases|stations`: what people decide from a terminal."""

from __future__ import annotations

import argparse
from typing import Any
from urllib.parse import quote

from common.errors import BadInput
from hub.api.decisions import Holding, NewLease, NewOrder, Releasing, Settling
from hub.api.stations import Revoking
from hub.console.local import hub_of
from hub.console.words import NARROW_NOTHING, leaf, shaped, table, told


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommands."""
    leaf(actions, "stations", stations, "stations")
    held = leaf(actions, "hold", hold, "hold")
    held.add_argument("things", nargs="+", metavar="THING", help=told("help.thing"))
    held.add_argument("--line", metavar="LINE", help=told("help.hold_line"))
    freed = leaf(actions, "release", release, "release")
    freed.add_argument("thing", metavar="THING", help=told("help.thing"))
    which = freed.add_mutually_exclusive_group()
    which.add_argument("--tag", action="append", dest="tags", metavar="TAG", help=told("help.release_tag"))
    which.add_argument("--all", action="store_true", help=told("help.release_all"))
    freed.add_argument("--meaning", default="release", metavar="WORD", help=told("help.meaning"))
    decided = leaf(actions, "settle", settle, "settle")
    decided.add_argument("thing", metavar="THING", help=told("help.thing"))
    decided.add_argument("finding", metavar="FINDING", help=told("help.finding"))
    decided.add_argument("--keep", action="append", default=[], metavar="TAG", help=told("help.keep"))
    decided.add_argument("--drop", action="append", default=[], metavar="TAG", help=told("help.drop"))
    gone = leaf(actions, "revoke", revoke, "revoke")
    gone.add_argument("station", metavar="STATION", help=told("help.station"))
    gone.add_argument("--at", type=int, metavar="N", help=told("help.revoke_at"))
    for one in (held, freed, decided, gone):
        one.add_argument("--reason", required=True, metavar="TEXT", help=told("help.reason"))
    _add_order(actions)
    leaf(actions, "leases", leases, "leases")
    block = leaf(actions, "lease", lease, "lease")
    block.add_argument("material", metavar="MATERIAL", help=told("help.order_material"))
    block.add_argument("--station", required=True, metavar="STATION", help=told("help.station"))
    block.add_argument("--count", type=int, metavar="N", help=told("help.lease_count"))


def _add_order(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    wanted = leaf(actions, "order", order, "order")
    wanted.add_argument("number", metavar="NUMBER", help=told("help.order_number"))
    wanted.add_argument("material", metavar="MATERIAL", help=told("help.order_material"))
    wanted.add_argument("quantity", metavar="QUANTITY", help=told("help.order_quantity"))
    wanted.add_argument("--line", required=True, metavar="LINE", help=told("help.order_line"))
    wanted.add_argument("--due", metavar="YYYY-MM-DD", help=told("help.order_due"))


def hold(args: argparse.Namespace) -> int:
    """Hold things."""
    body = shaped(Holding, things=args.things, reason=args.reason, line=args.line)
    done = hub_of(args).ask("POST", "/v1/holds", body)
    print(told("desk.held", things=[_named(one) for one in done["things"]]))
    return 0


def release(args: argparse.Namespace) -> int:
    """Release a thing; without --tag and --all list its open holds. BadInput hold.which, hold.none."""
    hub = hub_of(args)
    if not args.tags and not args.all:
        standing = hub.holds(args.thing)
        if not standing:
            raise BadInput("hold.none", thing=args.thing)
        table(
            ("tag", "reason", "person"), [(one["tag"], one["reason"], one["who"] or NARROW_NOTHING) for one in standing]
        )
        raise BadInput("hold.which", thing=args.thing, count=len(standing))
    body = shaped(Releasing, thing=args.thing, tags=args.tags, reason=args.reason, meaning=args.meaning)
    done = hub.ask("POST", "/v1/releases", body)
    print(told("desk.released", things=[_named(one) for one in done["things"]]))
    return 0


def settle(args: argparse.Namespace) -> int:
    """Decide a finding."""
    asked = {name: getattr(args, name) for name in ("thing", "finding", "keep", "drop", "reason")}
    body = shaped(Settling, **asked)
    done = hub_of(args).ask("POST", "/v1/settlements", body)
    print(told("desk.settled", finding=args.finding, things=[_named(one) for one in done["things"]]))
    return 0


def revoke(args: argparse.Namespace) -> int:
    """Trust a station no longer."""
    body = shaped(Revoking, reason=args.reason, at=args.at)
    for one in hub_of(args).ask("POST", f"/v1/stations/{quote(args.station)}/revoke", body):
        print(told("desk.revoked", station=args.station, log=one["log"], at=one["at"]))
    return 0


def order(args: argparse.Namespace) -> int:
    """Give a line an order."""
    asked = {name: getattr(args, name) for name in ("number", "material", "quantity", "line", "due")}
    body = shaped(NewOrder, **asked)
    hub_of(args).ask("POST", "/v1/orders", body)
    print(told("desk.ordered", number=args.number, line=args.line))
    return 0


def lease(args: argparse.Namespace) -> int:
    """Lease serial numbers to a station."""
    body = shaped(NewLease, material=args.material, station=args.station, count=args.count)
    done = hub_of(args).ask("POST", "/v1/leases", body)
    print(told("desk.leased", **{name: done[name] for name in ("station", "material", "first", "last", "numbers")}))
    return 0


def leases(args: argparse.Namespace) -> int:
    """Print every block of serial numbers, and how far it is used."""
    rows = hub_of(args).ask("GET", "/v1/leases", None)
    columns = ("station", "material", "first", "last", "numbers", "used")
    table(columns, [tuple(str(row[name]) for name in columns) for row in rows])
    return 0


def stations(args: argparse.Namespace) -> int:
    """Print every station's logs and the keys that wait."""
    rows = hub_of(args).stations()
    table(
        ("line", "station", "state", "received", "projected", "lacks", "age", "log"),
        [_station(row) for row in rows],
    )
    for row in (row for row in rows if row["words"]):
        print(told("desk.waits", station=row["station"], words=row["words"]))
    return 0


def _station(row: dict[str, Any]) -> tuple[str, ...]:
    state = "suspect" if row["suspect"] and row["state"] == "trusted" else row["state"]
    age = NARROW_NOTHING if row["age_ms"] is None else told("page.span", age_s=row["age_ms"] // 1000)
    lacks = NARROW_NOTHING if row["behind"] is None else str(row["behind"])
    counts = (str(row["received"]), str(row["projected"]), lacks)
    return row["line"], row["station"], told(f"page.station.{state}"), *counts, age, row["log"]


def _named(claim: dict[str, str]) -> str:
    return claim["value"]
