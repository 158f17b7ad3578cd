"""2026-11: the ledger's first step, and the station's draft, people and quarantine."""

from alembic import op

from common.ledger import steps
from station.store import tables as t

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table of the first release."""
    steps.first(op.get_bind())
    t.own.create_all(op.get_bind(), tables=[t.draft, t.person, t.pin, t.wrong_pin, t.quarantine])
