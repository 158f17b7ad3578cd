"""2026-11: the ledger's first step, and the station's draft, people and quarantine."""

from alembic import op

from common.ledger import steps
from station.store.tables import own

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the first release."""
    steps.first(op.get_bind())
    own.create_all(op.get_bind())
