"""Runs this database's migrations on the connection that the store gives, in its transaction."""

from alembic import context

from common.ledger.store import run_migrations

run_migrations(context)
