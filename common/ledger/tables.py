"""The ledger's tables. Dense integers are storage only and never leave the database.

log, branch, entry, checkpoint: signed by authors, kept verbatim. thing, touch, tip, bad, edge, call, lease, definition:
rows derived from these, which a rebuild derives again. aside: batches kept but not accepted. receipt: the hub's
confirmations.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)
from sqlalchemy import Text as AnyText

ledger = MetaData()
Int = BigInteger().with_variant(Integer, "sqlite")
# Compared and sorted by code point on every engine, whatever the language of its database.
SqlText = AnyText().with_variant(AnyText(collation="C"), "postgresql")
STRICT: dict[str, Any] = {"sqlite_strict": True}
NO_ROWID: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}

log = Table(
    "log",
    ledger,
    Column("lid", Int, primary_key=True),
    Column("log", SqlText, nullable=False, unique=True),
    Column("pub", LargeBinary, nullable=False),
    Column("author", SqlText, nullable=False),
    Column("line", SqlText, nullable=False),
    Column("role", SqlText, nullable=False),  # site, line, station
    Column("own", Int, nullable=False),  # 1: this node writes it, 2: it did, before its present own log
    Column("follows", SqlText),
    Column("follows_size", Int),
    Column("trusted_to", Int),  # revoked from this index on
    **STRICT,
)

branch = Table(
    "branch",
    ledger,
    Column("bid", Int, primary_key=True),
    Column("lid", Int, ForeignKey("log.lid"), nullable=False),
    Column("parent", Int),
    Column("fork_at", Int, nullable=False),
    Column("base", Int, nullable=False),
    Column("base_frontier", LargeBinary, nullable=False),
    Column("base_note", SqlText, nullable=False),
    Column("size", Int, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("note", SqlText, nullable=False),
    Column("projected", Int, nullable=False),
    Index("branch_lid", "lid"),
    **STRICT,
)

entry = Table(
    "entry",
    ledger,
    Column("eid", Int, primary_key=True, autoincrement=False),  # in the order of arrival
    Column("bid", Int, ForeignKey("branch.bid"), nullable=False),
    Column("idx", Int, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    UniqueConstraint("bid", "idx"),
    **STRICT,
)

checkpoint = Table(
    "checkpoint",
    ledger,
    Column("bid", Int, ForeignKey("branch.bid"), primary_key=True),
    Column("size", Int, primary_key=True),
    Column("note", SqlText, nullable=False),
    **NO_ROWID,
)

receipt = Table(
    "receipt",
    ledger,
    Column("lid", Int, ForeignKey("log.lid"), primary_key=True),
    Column("size", Int, nullable=False),
    Column("note", SqlText, nullable=False),
    **STRICT,
)

aside = Table(
    "aside",
    ledger,
    Column("id", Int, primary_key=True),
    Column("at", Int, nullable=False),
    Column("code", SqlText, nullable=False),
    Column("log", SqlText, nullable=False),
    Column("details", SqlText, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    **STRICT,
)

thing = Table(
    "thing",
    ledger,
    Column("tid", Int, primary_key=True, autoincrement=False),  # in the order of arrival
    Column("scheme", SqlText, nullable=False),
    Column("value", SqlText, nullable=False),
    UniqueConstraint("value", "scheme"),
    **STRICT,
)

touch = Table(
    "touch",
    ledger,
    Column("tid", Int, primary_key=True),
    Column("part", Int, primary_key=True),  # 1: it went into something else there; a lot has very many of these
    Column("eid", Int, primary_key=True),
    **NO_ROWID,
)

tip = Table(
    "tip",
    ledger,
    Column("tid", Int, primary_key=True),
    Column("eid", Int, primary_key=True),
    **NO_ROWID,
)

# Things with any bad news: few, so that each scan can check everything inside a unit.
bad = Table("bad", ledger, Column("tid", Int, primary_key=True, autoincrement=False), **NO_ROWID)
edge = Table(
    "edge",
    ledger,
    Column("eid", Int, primary_key=True),
    Column("k", Int, primary_key=True),
    Column("parent", Int, nullable=False),
    Column("child", Int, nullable=False),
    Column("kind", SqlText, nullable=False),
    Column("slot", SqlText, nullable=False),
    Column("material", SqlText, nullable=False),
    Column("quantity", SqlText, nullable=False),
    Column("uom", SqlText, nullable=False),
    Column("operation", SqlText, nullable=False),
    Column("removed_by", Int),
    Index("edge_parent", "parent"),
    Index("edge_child", "child"),
    **STRICT,
)

call = Table(
    "call",
    ledger,
    Column("eid", Int, primary_key=True, autoincrement=False),
    Column("raised", SqlText, nullable=False),  # the event that raised it, by its id
    Column("place", SqlText, nullable=False),
    Column("state", SqlText, nullable=False),
    Column("reason", SqlText, nullable=False),
    Column("open", Int, nullable=False),  # 1: it raised a call that is not cleared
    Index("call_raised", "raised"),
    Index("call_open", "open", "place"),
    **STRICT,
)

lease = Table(
    "lease",
    ledger,
    Column("eid", Int, primary_key=True, autoincrement=False),
    Column("log", SqlText, nullable=False),  # the log that may issue these
    Column("material", SqlText, nullable=False),
    Column("prefix", SqlText, nullable=False),
    Column("digits", Int, nullable=False),
    Column("first", Int, nullable=False),
    Column("last", Int, nullable=False),
    Index("lease_log", "log"),
    Index("lease_series", "prefix", "last"),
    **STRICT,
)

definition = Table(
    "definition",
    ledger,
    Column("eid", Int, primary_key=True, autoincrement=False),
    Column("kind", SqlText, nullable=False),
    Column("id", SqlText, nullable=False),
    Column("hash", SqlText, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    **STRICT,
)
