"""Tickets, the keys that wait for somebody, and when each station last spoke. The caller owns the transaction."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from common.event_types import Head
from common.ledger import sql
from hub.db import tables as h


class StoredTicket(Struct, frozen=True):
    """A one-time ticket. `id`: SHA-256 of its secret, hex. `used_by`: the log that used it."""

    id: str
    station: str
    line: str
    secret: bytes
    expires_s: int
    used_by: str | None


class Candidate(Struct, frozen=True):
    """A key that asks to be trusted. `words`: what its screen shows. `parent`: the log that it continues."""

    log: str
    pub: bytes
    station: str
    line: str
    reason: str
    words: str
    parent: Head | None
    at: int


def add_ticket(conn: Connection, ticket: StoredTicket) -> None:
    """Keep a ticket."""
    row = {"id": ticket.id, "station": ticket.station, "line": ticket.line, "secret": ticket.secret}
    conn.execute(insert(h.ticket).values(**row, expires_s=ticket.expires_s, used_by=ticket.used_by))


def tickets(conn: Connection, station: str) -> list[StoredTicket]:
    """A station's tickets, spent ones too."""
    t = h.ticket.c
    columns = (t.id, t.station, t.line, t.secret, t.expires_s, t.used_by)
    return [StoredTicket(*row) for row in conn.execute(select(*columns).where(t.station == station))]


def use_ticket(conn: Connection, id: str, log: str) -> None:
    """A ticket is spent by a log."""
    conn.execute(update(h.ticket).where(h.ticket.c.id == id).values(used_by=log))


def add_candidate(conn: Connection, one: Candidate) -> None:
    """Keep a key that asks; asking twice changes nothing."""
    parent = one.parent
    head = (parent.log, parent.size, parent.root) if parent else (None, None, None)
    row = (one.log, one.pub, one.station, one.line, one.reason, one.words, *head, one.at)
    sql.add_missing(conn, h.candidate, [row])


def candidates(conn: Connection, station: str | None = None) -> list[Candidate]:
    """The keys that wait, of one station or of all, oldest first."""
    query = select(h.candidate).order_by(h.candidate.c.at)
    rows = conn.execute(query if station is None else query.where(h.candidate.c.station == station))
    return [
        Candidate(
            row.log,
            row.pub,
            row.station,
            row.line,
            row.reason,
            row.words,
            Head(row.parent, row.parent_size, row.parent_root) if row.parent else None,
            row.at,
        )
        for row in rows
    ]


def drop_candidate(conn: Connection, log: str) -> None:
    """A key waits no more."""
    conn.execute(delete(h.candidate).where(h.candidate.c.log == log))


def remember(conn: Connection, log: str, brought: str, token: str, now_ms: int) -> bool:
    """Keep the token for a log's next hello. True if a spent one came: then two computers hold its key.

    The one that it brought last time is not spent yet: the answer with the new one may have been lost on the way.
    """
    s = h.seen.c
    known = conn.execute(select(s.token, s.before, s.suspect).where(s.log == log)).first()
    spent = bool(brought and known and brought not in (known.token, known.before))
    suspect = int(spent or bool(known and known.suspect))
    sql.put(conn, h.seen, [(log, now_ms, token, brought, suspect)])
    return spent
