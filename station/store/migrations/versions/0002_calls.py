"""2026-11: the rows of calls."""

from alembic import op

from common.ledger import steps

revision = "0002_calls"
down_revision = "0001"


def upgrade() -> None:
    """Create the ledger's table of calls."""
    steps.calls(op.get_bind())
