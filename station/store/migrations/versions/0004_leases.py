"""2026-11: the rows of leases."""

from alembic import op

from common.ledger import steps

revision = "0004_leases"
down_revision = "0003_label_jobs"


def upgrade() -> None:
    """Create the ledger's table of leases."""
    steps.leases(op.get_bind())
