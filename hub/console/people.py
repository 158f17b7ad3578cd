"""`headwater hub people …`: people, their rights, passwords and PINs."""

from __future__ import annotations

import argparse
import sys
from urllib.parse import quote

from hub.access.accounts import ROLES, scopes_of_roles
from hub.api.people import NewPerson, PersonChange
from hub.console.local import hub_of
from hub.console.words import NARROW_NOTHING, cell, group, leaf, secret, shaped, table, told


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    people = group(actions, "people", "people")
    leaf(people, "list", list_people, "people_list")
    new = leaf(people, "add", add_person, "people_add")
    new.add_argument("name", metavar="NAME", help=told("help.name"))
    new.add_argument("--id", metavar="ID", help=told("help.person_id"))
    change = leaf(people, "change", change_person, "people_change")
    change.add_argument("person", metavar="PERSON", help=told("help.person"))
    change.add_argument("--name", metavar="NAME", help=told("help.name"))
    for one in (new, change):
        one.add_argument("--badge", metavar="BADGE", help=told("help.badge"))
        one.add_argument("--role", action="append", dest="roles", metavar="ROLE", help=told("help.role"))
        one.add_argument("--qualified", action="append", metavar="OPERATION", help=told("help.qualified"))
        one.add_argument("--line", action="append", dest="lines", metavar="LINE", help=told("help.works_line"))
        one.add_argument("--station", action="append", dest="stations", metavar="STATION", help=told("help.works_at"))
    pin = leaf(people, "pin", set_pin, "people_pin")
    erase = leaf(people, "erase", erase_person, "people_erase")
    password = leaf(people, "password", set_password, "people_password")
    for one in (erase, password, pin):
        one.add_argument("person", metavar="PERSON", help=told("help.person"))
    for one in (new, password, pin):
        one.add_argument("--stdin", action="store_true", help=told("help.stdin"))


def list_people(args: argparse.Namespace) -> int:
    """Print everybody."""
    rows = hub_of(args).ask("GET", "/v1/people")
    shown = [
        (
            row["id"],
            row["name"] or NARROW_NOTHING,
            row["badge"] or NARROW_NOTHING,
            cell([told(f"role.{role}") if role in ROLES else role for role in row["roles"]]),
            cell(row["qualified"]),
            cell(row["lines"] + row["stations"]),
            told("answer.yes" if row["account"] else "answer.no"),
        )
        for row in rows
    ]
    table(("person", "name", "badge", "roles", "qualified", "works_at", "password"), shown)
    return 0


def add_person(args: argparse.Namespace) -> int:
    """Add somebody, with a password if their roles give rights at the hub."""
    hub = hub_of(args)
    body = shaped(NewPerson, name=args.name, id=args.id, badge=args.badge or "", **_rights(args))
    opens = bool(scopes_of_roles(args.roles or ()))
    password = secret("ask.password", from_stdin=args.stdin) if opens and _can_ask(args) else ""
    person = hub.ask("POST", "/v1/people", body)["person"]
    print(told("desk.person_added", name=args.name, person=person))
    if password:
        hub.ask("PUT", f"/v1/people/{quote(person)}/password", {"password": password})
        print(told("desk.password_set", person=person))
    elif opens:
        print(told("desk.password_missing", person=person))
    return 0


def _can_ask(args: argparse.Namespace) -> bool:
    return args.stdin or sys.stdin.isatty()


def _rights(args: argparse.Namespace) -> dict[str, object]:
    given = {name: getattr(args, name) for name in ("roles", "qualified", "lines", "stations")}
    return {name: value for name, value in given.items() if value is not None}


def change_person(args: argparse.Namespace) -> int:
    """Change what is named; lists are replaced whole, and an empty word empties one."""
    rights = {name: [one for one in value if one] for name, value in _lists(args).items()}
    given = {name: value for name, value in (("name", args.name), ("badge", args.badge)) if value is not None}
    body = shaped(PersonChange, **given, **rights)
    hub_of(args).ask("PATCH", f"/v1/people/{quote(args.person)}", body)
    print(told("desk.person_changed", person=args.person))
    return 0


def _lists(args: argparse.Namespace) -> dict[str, list[str]]:
    return {name: value for name, value in _rights(args).items() if isinstance(value, list)}


def erase_person(args: argparse.Namespace) -> int:
    """Erase somebody's record."""
    hub_of(args).ask("DELETE", f"/v1/people/{quote(args.person)}")
    print(told("desk.person_erased", person=args.person))
    return 0


def set_password(args: argparse.Namespace) -> int:
    """Give somebody a password for the pages."""
    password = secret("ask.password", from_stdin=args.stdin)
    path = f"/v1/people/{quote(args.person)}/password"
    hub_of(args).ask("PUT", path, {"password": password})
    print(told("desk.password_set", person=args.person))
    return 0


def set_pin(args: argparse.Namespace) -> int:
    """Give somebody a PIN for the stations."""
    pin = secret("ask.pin", from_stdin=args.stdin)
    hub_of(args).ask("PUT", f"/v1/people/{quote(args.person)}/pin", {"pin": pin})
    print(told("desk.pin_set", person=args.person))
    return 0
