"""The station's own tables beside the ledger's."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, MetaData, Table

from common.ledger.tables import STRICT, Int, SqlText

own = MetaData()

# Work that no screen has confirmed yet, and the worker's position; one row, written with the events of the same step.
draft = Table("draft", own, Column("id", Int, primary_key=True), Column("state", LargeBinary, nullable=False), **STRICT)

# Names and badges: erasable records that travel beside a pull.
person = Table(
    "person",
    own,
    Column("id", SqlText, primary_key=True),
    Column("name", SqlText, nullable=False),
    Column("badge", SqlText, nullable=False),
    **STRICT,
)

# PIN verifiers, beside the names; and the number of wrong PINs in a row, which survives a restart.
pin = Table(
    "pin", own, Column("person", SqlText, primary_key=True), Column("verifier", SqlText, nullable=False), **STRICT
)
wrong_pin = Table(
    "wrong_pin", own, Column("person", SqlText, primary_key=True), Column("count", Int, nullable=False), **STRICT
)

# Settings of this station, by name; and the language of each person.
setting = Table(
    "setting", own, Column("name", SqlText, primary_key=True), Column("value", SqlText, nullable=False), **STRICT
)
language = Table(
    "language", own, Column("person", SqlText, primary_key=True), Column("language", SqlText, nullable=False), **STRICT
)

# The order of arrival up to which a person has looked at the notes of this workplace.
notes_read = Table(
    "notes_read", own, Column("person", SqlText, primary_key=True), Column("arrived", Int, nullable=False), **STRICT
)

# Answers of devices that were refused, kept with their bytes.
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

# Labels not printed yet: queued in the transaction of the event that issued them.
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
    sqlite_autoincrement=True,  # a number is never used twice, so an answer about an old job cannot meet a new one
    **STRICT,
)
