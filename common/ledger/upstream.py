"""Standing of a thing including bad news of everything inside it: a hold on a lot holds everything it went into."""

from __future__ import annotations

from sqlalchemy import Connection

from common.definitions import Definitions
from common.ids import Claim
from common.judge import Cause, History, Standing, consequences, judge
from common.ledger import reads, sql
from common.ledger.evidence import judged
from common.ledger.project import thing_ids

BAD_BELOW = (
    "WITH RECURSIVE down (tid) AS "
    "(SELECT child FROM edge WHERE parent = ? UNION SELECT edge.child FROM edge JOIN down ON edge.parent = down.tid) "
    "SELECT 1 FROM down JOIN bad ON bad.tid = down.tid WHERE down.tid <> ? LIMIT 1"
)


def standing(conn: Connection, history: History, definitions: Definitions) -> Standing:
    """Judge the history's thing, held also by any cause inside it, however deep."""
    found = judged(conn, history, definitions)
    if not any(c.removed_by is None for c in found.components) or not _bad_below(conn, history.thing):
        return found
    return judged(conn, history, definitions, _reached(conn, found, definitions))


def _bad_below(conn: Connection, claim: Claim) -> bool:
    """Return True if anything ever inside the thing has bad news."""
    top = thing_ids(conn, [claim])[claim]
    return bool(sql.run(conn, BAD_BELOW, top, top).scalar())


def _reached(conn: Connection, top: Standing, definitions: Definitions) -> set[Cause]:
    """Collect the causes that reach `top`, growing from none until nothing is added, so that cycles end."""
    histories, children = _inside(conn, top, definitions)
    sits: dict[Claim, set[Cause]] = {claim: set() for claim in children}
    grew = True
    while grew:
        grew = False
        for claim, history in histories.items():
            come = set().union(*(sits[child] for child in children[claim]))
            found = judged(conn, history, definitions, come)
            now = {*consequences(found), *(c for c in found.holds if c.thing != claim)}
            grew, sits[claim] = grew or now != sits[claim], now
    return {cause for child in children[top.thing] for cause in sits[child] if cause.thing != top.thing}


def _inside(
    conn: Connection, top: Standing, definitions: Definitions
) -> tuple[dict[Claim, History], dict[Claim, list[Claim]]]:
    """Read (histories, children) of `top` and of everything now inside it."""
    histories: dict[Claim, History] = {}
    children: dict[Claim, list[Claim]] = {}
    todo = [top.thing]
    while todo:
        claim = todo.pop()
        if claim not in histories:
            histories[claim] = reads.history(conn, claim)
            components = judge(histories[claim], definitions).components
            children[claim] = [c.child for c in components if c.removed_by is None]
            todo += children[claim]
    return histories, children
