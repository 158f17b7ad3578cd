"""The hub's own tables beside the ledger's. standing and finding are derived: a rebuild makes them again."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, MetaData, Table

from common.ledger.tables import NO_ROWID, STRICT, Int, SqlText

own = MetaData()

standing = Table(
    "standing",
    own,
    Column("tid", Int, primary_key=True, autoincrement=False),
    Column("state", SqlText, nullable=False),
    Column("material", SqlText),
    Column("for_order", SqlText),  # the number of the order that it was started for
    Index("standing_order", "for_order"),
    **STRICT,
)

finding = Table(
    "finding",
    own,
    Column("id", Int, primary_key=True),
    Column("source", Int, nullable=False),  # the thing whose judging made it
    Column("about", Int, nullable=False),
    Column("kind", SqlText, nullable=False),
    Column("cause", SqlText, nullable=False),
    Column("open", Int, nullable=False),
    Column("params", SqlText, nullable=False),
    Index("finding_source", "source"),
    Index("finding_about", "about"),
    **STRICT,
)

# A cause at a thing, which came from `origin`: itself or something inside, and propagates to whatever it is in.
cause = Table(
    "cause",
    own,
    Column("tid", Int, primary_key=True),
    Column("tag", SqlText, primary_key=True),
    Column("rule", SqlText, primary_key=True),
    Column("event", SqlText, nullable=False),
    Column("origin", Int, nullable=False),
    Column("text", SqlText, nullable=False),
    Index("cause_tag", "tag"),
    **NO_ROWID,
)
containment = Table(
    "containment",
    own,
    Column("tag", SqlText, primary_key=True),
    Column("rule", SqlText, primary_key=True),
    Column("event", SqlText, nullable=False),
    Column("origin", Int, nullable=False),
    Column("text", SqlText, nullable=False),
    Column("at", Int, nullable=False),
    Column("known_ms", Int, nullable=False),
    Column("done_ms", Int),
    Column("held", Int, nullable=False),
    Index("containment_origin", "origin"),
    **STRICT,
)
# Holds that this hub wrote into a line's log, because that line's stations cannot see what they follow from.
relay = Table(
    "relay",
    own,
    Column("tid", Int, primary_key=True),
    Column("tag", SqlText, primary_key=True),
    Column("rule", SqlText, primary_key=True),
    Column("line", SqlText, primary_key=True),
    Column("event", SqlText, nullable=False),
    **NO_ROWID,
)
# Things to judge again because definitions or a dispute changed; after a kill, judging continues from here.
stale = Table("stale", own, Column("tid", Int, primary_key=True, autoincrement=False), **NO_ROWID)
# What provisional passes of a thing wait for: a component that it has, and the hub's time in the log that says so.
awaited = Table(
    "awaited",
    own,
    Column("tid", Int, primary_key=True),
    Column("child", Int, primary_key=True),
    Column("lid", Int, primary_key=True),
    Index("awaited_child", "child"),
    Index("awaited_lid", "lid"),
    **NO_ROWID,
)
LATER = (awaited,)  # than the first release

ticket = Table(
    "ticket",
    own,
    Column("id", SqlText, primary_key=True),  # SHA-256 of the secret, hex
    Column("station", SqlText, nullable=False),
    Column("line", SqlText, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("expires_s", Int, nullable=False),
    Column("used_by", SqlText),
    **STRICT,
)

# Keys that asked to be trusted and wait for somebody to compare the six words.
candidate = Table(
    "candidate",
    own,
    Column("log", SqlText, primary_key=True),
    Column("pub", LargeBinary, nullable=False),
    Column("station", SqlText, nullable=False),
    Column("line", SqlText, nullable=False),
    Column("reason", SqlText, nullable=False),
    Column("words", SqlText, nullable=False),
    Column("parent", SqlText),
    Column("parent_size", Int),
    Column("parent_root", SqlText),
    Column("at", Int, nullable=False),
    **STRICT,
)

person = Table(
    "person",
    own,
    Column("id", SqlText, primary_key=True),
    Column("name", SqlText, nullable=False),
    Column("badge", SqlText, nullable=False),
    **STRICT,
)

# When a station last confirmed its head, for people; ages for stations are counted on the monotonic clock in memory.
seen = Table(
    "seen",
    own,
    Column("log", SqlText, primary_key=True),
    Column("at", Int, nullable=False),
    Column("token", SqlText, nullable=False),  # what its next hello must bring
    Column("before", SqlText, nullable=False),  # what it brings if the answer with `token` was lost on the way
    Column("suspect", Int, nullable=False),  # a spent token came: two computers have this key
    **STRICT,
)

# PIN verifiers; worth nothing without the pepper, which is in a key file.
pin = Table(
    "pin", own, Column("person", SqlText, primary_key=True), Column("verifier", SqlText, nullable=False), **STRICT
)

# Who signs in to the pages: one password a person, argon2id. What they may do there their definition's roles say.
account = Table(
    "account",
    own,
    Column("person", SqlText, primary_key=True),
    Column("password", SqlText, nullable=False),
    Column("at", Int, nullable=False),
    **STRICT,
)

# What a program shows to be let in. Of the secret only its digest is kept.
token = Table(
    "token",
    own,
    Column("id", SqlText, primary_key=True),  # SHA-256 of the token, hex
    Column("prefix", SqlText, nullable=False),
    Column("name", SqlText, nullable=False),
    Column("scopes", SqlText, nullable=False),  # apart by spaces
    Column("person", SqlText),  # who signs what it writes
    Column("at", Int, nullable=False),
    Column("expires_s", Int),
    **STRICT,
)

# A browser that is signed in, by password or by a link.
visit = Table(
    "visit",
    own,
    Column("id", SqlText, primary_key=True),  # SHA-256 of the cookie, hex
    Column("person", SqlText),
    Column("scopes", SqlText),  # of a link; a person's are looked up each time
    Column("form", SqlText, nullable=False),  # what every form of it must bring
    Column("expires_s", Int, nullable=False),
    **STRICT,
)

# An address that signs in, a few times within a short while.
link = Table(
    "link",
    own,
    Column("id", SqlText, primary_key=True),  # SHA-256 of its key, hex
    Column("scopes", SqlText, nullable=False),
    Column("uses", Int, nullable=False),
    Column("expires_s", Int, nullable=False),
    **STRICT,
)
