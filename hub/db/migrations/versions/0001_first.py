"""2026-11: the ledger's first step, and the hub's standings, findings, tickets, candidates and people."""

from alembic import op

from common.ledger import steps
from hub.db.tables import LATER, own

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the first release."""
    steps.first(op.get_bind())
    own.create_all(op.get_bind(), tables=[table for table in own.sorted_tables if table not in LATER])
