"""Applies the trust rows of the site log: the keys that count here, and the index from which they no longer do."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, func, update

from common.ids import log_id
from common.ledger import tables as t
from common.ledger.append import add_log
from common.rows import Enrolment, Revocation


def apply(conn: Connection, rows: Iterable[Enrolment | Revocation]) -> list[str]:
    """Apply these rows in order; return the newly trusted logs, which may have batches set aside."""
    grown = []
    for row in rows:
        if isinstance(row, Revocation):
            # an earlier revocation may have cut more, and stays in force
            where = (t.log.c.log == row.log, func.coalesce(t.log.c.trusted_to, row.at) >= row.at)
            conn.execute(update(t.log).where(*where).values(trusted_to=row.at))
        elif log_id(row.pub) == row.log:
            lid = add_log(conn, row.pub, row.station, row.line, "station")
            follows = {"follows": row.parent, "follows_size": row.parent_size}
            conn.execute(update(t.log).where(t.log.c.lid == lid).values(follows))
            grown.append(row.log)
    return grown
