"""`headwater hub token …` and `headwater hub link`: what lets programs and browsers in."""

from __future__ import annotations

import argparse
from urllib.parse import quote

from hub import config as configuration
from hub.access.accounts import SCOPES
from hub.api.tokens import NewToken
from hub.console.local import hub_of, local_hub
from hub.console.words import NARROW_NOTHING, day, group, leaf, shaped, table, told


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommands."""
    token = group(actions, "token", "token")
    new = leaf(token, "new", new_token, "token_new")
    new.add_argument("name", metavar="NAME", help=told("help.token_name"))
    new.add_argument("--scope", action="append", dest="scopes", required=True, choices=SCOPES, help=told("help.scope"))
    new.add_argument("--days", type=int, default=365, metavar="DAYS", help=told("help.days"))
    leaf(token, "list", list_tokens, "token_list")
    leaf(token, "revoke", revoke_token, "token_revoke").add_argument(
        "prefix", metavar="PREFIX", help=told("help.prefix")
    )
    link = leaf(actions, "link", new_link, "link")
    link.add_argument("--scope", action="append", dest="scopes", choices=SCOPES, help=told("help.scope"))


def new_token(args: argparse.Namespace) -> int:
    """Make a token and print it, once."""
    body = shaped(NewToken, name=args.name, scopes=args.scopes, days=args.days or None)
    made = hub_of(args).ask("POST", "/v1/tokens", body)
    print(made["token"])
    print(told("desk.token_made", name=args.name, until=day(made["expires_s"])))
    return 0


def list_tokens(args: argparse.Namespace) -> int:
    """Print every token, by its first letters."""
    rows = hub_of(args).ask("GET", "/v1/tokens")
    shown = [
        (
            row["prefix"] + "…",
            row["name"],
            ", ".join(row["scopes"]),
            row["person"] or NARROW_NOTHING,
            day(row["at"] / 1000),
            day(row["expires_s"]),
        )
        for row in rows
    ]
    table(("token", "name", "scopes", "person", "made", "expires"), shown)
    return 0


def revoke_token(args: argparse.Namespace) -> int:
    """Let a token in no longer."""
    path = f"/v1/tokens/{quote(args.prefix.rstrip('…'))}"
    row = hub_of(args).ask("DELETE", path)
    print(told("desk.token_revoked", name=row["name"], prefix=row["prefix"]))
    return 0


def new_link(args: argparse.Namespace) -> int:
    """Print an address that signs one browser in."""
    config = configuration.load(args.config)
    print(config.local_pages + local_hub(config).link(args.scopes or ["read"]))
    print(told("desk.link_made"))
    return 0
