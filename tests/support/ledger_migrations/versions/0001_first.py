"""The ledger's first step, alone."""

from alembic import op

from common.ledger import steps

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the ledger's tables."""
    steps.first(op.get_bind())
