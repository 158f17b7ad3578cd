"""Passwords, tokens, browsers that are signed in, and links that sign in. The caller owns the transaction."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from hub.db import tables as h


class Token(Struct, frozen=True):
    """A token. `id`: its SHA-256, hex. `prefix`: its first letters, by which people know it. `person`: its signer."""

    id: str
    prefix: str
    name: str
    scopes: str
    person: str | None
    at: int
    expires_s: int | None


class BrowserSession(Struct, frozen=True):
    """A browser that is signed in: a person, or with the scopes of a link. `form`: what its forms must bring."""

    id: str
    person: str | None
    scopes: str | None
    form: str
    expires_s: int


class Link(Struct, frozen=True):
    """An address that signs in so many times more."""

    id: str
    scopes: str
    uses: int
    expires_s: int


# Passwords -----------------------------------------------------------------------------------------------------------
def password(conn: Connection, person: str) -> str | None:
    """A person's password as argon2 spells it, or None if they have none."""
    found = conn.execute(select(h.account.c.password).where(h.account.c.person == person)).scalar()
    return str(found) if found else None


def holders(conn: Connection) -> set[str]:
    """People with a password."""
    return set(conn.execute(select(h.account.c.person)).scalars())


def set_password(conn: Connection, person: str, spelled: str, now_ms: int) -> None:
    """Give a person a password; where they were signed in they are no more."""
    drop_account(conn, person)
    conn.execute(insert(h.account).values(person=person, password=spelled, at=now_ms))


def drop_account(conn: Connection, person: str) -> None:
    """Take the password away, and sign out."""
    conn.execute(delete(h.account).where(h.account.c.person == person))
    conn.execute(delete(h.visit).where(h.visit.c.person == person))


def set_pin(conn: Connection, person: str, verifier: str | None) -> None:
    """Keep a person's PIN verifier, or none."""
    conn.execute(delete(h.pin).where(h.pin.c.person == person))
    if verifier:
        conn.execute(insert(h.pin).values(person=person, verifier=verifier))


def pins(conn: Connection) -> dict[str, str]:
    """person → PIN verifier."""
    return {person: verifier for person, verifier in conn.execute(select(h.pin))}


# Tokens --------------------------------------------------------------------------------------------------------------
def add_token(conn: Connection, token: Token) -> None:
    """Keep a token's digest."""
    t = token
    row = {"id": t.id, "prefix": t.prefix, "name": t.name, "scopes": t.scopes, "person": t.person, "at": t.at}
    conn.execute(insert(h.token).values(**row, expires_s=t.expires_s))


def token(conn: Connection, id: str) -> Token | None:
    """The token with this digest."""
    row = conn.execute(select(h.token).where(h.token.c.id == id)).first()
    return Token(*row) if row else None


def tokens(conn: Connection) -> list[Token]:
    """Every token, oldest first."""
    return [Token(*row) for row in conn.execute(select(h.token).order_by(h.token.c.at, h.token.c.id))]


def drop_token(conn: Connection, id: str) -> None:
    """A token is good no more."""
    conn.execute(delete(h.token).where(h.token.c.id == id))


def drop_tokens_of(conn: Connection, person: str) -> None:
    """Delete the tokens that sign as this person."""
    conn.execute(delete(h.token).where(h.token.c.person == person))


# Browsers ------------------------------------------------------------------------------------------------------------
def forget_expired(conn: Connection, now_s: int) -> None:
    """Delete the browsers and the links whose time is over."""
    for table in (h.visit, h.link):
        conn.execute(delete(table).where(table.c.expires_s < now_s))


def add_visit(conn: Connection, visit: BrowserSession) -> None:
    """Keep a browser that signed in."""
    row = {"id": visit.id, "person": visit.person, "scopes": visit.scopes, "form": visit.form}
    conn.execute(insert(h.visit).values(**row, expires_s=visit.expires_s))


def visit(conn: Connection, id: str) -> BrowserSession | None:
    """The browser whose cookie has this digest."""
    row = conn.execute(select(h.visit).where(h.visit.c.id == id)).first()
    return BrowserSession(*row) if row else None


def drop_visit(conn: Connection, id: str) -> None:
    """A browser signed out."""
    conn.execute(delete(h.visit).where(h.visit.c.id == id))


def add_link(conn: Connection, link: Link) -> None:
    """Keep a link's digest."""
    row = {"id": link.id, "scopes": link.scopes, "uses": link.uses, "expires_s": link.expires_s}
    conn.execute(insert(h.link).values(row))


def use_link(conn: Connection, id: str, now_s: int) -> Link | None:
    """The link with this digest, once less; None if it is spent, over or made up."""
    row = conn.execute(select(h.link).where(h.link.c.id == id)).first()
    if row is None or row.uses < 1 or row.expires_s < now_s:
        return None
    conn.execute(update(h.link).where(h.link.c.id == id).values(uses=row.uses - 1))
    return Link(*row)
