"""2026-11: the rows of leases."""

from alembic import op

from common.ledger import steps

revision = "0003_leases"
down_revision = "0002_calls"


def upgrade() -> None:
    """Make the ledger's table of leases."""
    steps.leases(op.get_bind())
