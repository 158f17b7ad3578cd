"""Runs the migrations of a database that holds nothing but the ledger."""

from alembic import context

from common.ledger.store import run_migrations

run_migrations(context)
