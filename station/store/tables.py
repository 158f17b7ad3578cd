"""The station's own tables beside the ledger's."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, MetaData, Table

from common.ledger.tables import STRICT, Int, SqlText

own = MetaData()

# What no screen confirmed yet, and where the worker is; one row, written with the events of the same step.
draft = Table("draft", own, Column("id", Int, primary_key=True), Column("state", LargeBinary, nullable=False), **STRICT)

# Names and badges: erasable records that travel beside pull.
person = Table(
    "person",
    own,
    Column("id", SqlText, primary_key=True),
    Column("name", SqlText, nullable=False),
    Column("badge", SqlText, nullable=False),
    **STRICT,
)

# PIN verifiers, beside the names; and how many wrong PINs came in a row, which a restart does not forget.
pin = Table(
    "pin", own, Column("person", SqlText, primary_key=True), Column("verifier", SqlText, nullable=False), **STRICT
)
wrong_pin = Table(
    "wrong_pin", own, Column("person", SqlText, primary_key=True), Column("count", Int, nullable=False), **STRICT
)

# What people set at this station, by name; and the language that each of them reads.
setting = Table(
    "setting", own, Column("name", SqlText, primary_key=True), Column("value", SqlText, nullable=False), **STRICT
)
language = Table(
    "language", own, Column("person", SqlText, primary_key=True), Column("language", SqlText, nullable=False), **STRICT
)

# Answers of devices that could not be bound, kept with their bytes.
quarantine = Table(
    "quarantine",
    own,
    Column("id", Int, primary_key=True),
    Column("at", Int, nullable=False),
    Column("device", SqlText, nullable=False),
    Column("code", SqlText, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    **STRICT,
)

# Labels that are not on paper yet: queued in the transaction of the event that issued them.
label_job = Table(
    "label_job",
    own,
    Column("id", Int, primary_key=True),
    Column("printer", SqlText, nullable=False),
    Column("label", SqlText, nullable=False),
    Column("scheme", SqlText, nullable=False),
    Column("value", SqlText, nullable=False),
    Column("definition", LargeBinary, nullable=False),
    Column("filled", LargeBinary, nullable=False),
    Column("state", SqlText, nullable=False),
    Column("code", SqlText, nullable=False),
    sqlite_autoincrement=True,  # a number is never used twice, so an answer about an old job meets no new one
    **STRICT,
)
