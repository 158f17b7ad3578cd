"""2026-11: what provisional passes wait for. Everything is judged again, so that it is written down."""

from alembic import op

from hub.db.access import mark_all_stale
from hub.db.tables import awaited

revision = "0004_awaited"
down_revision = "0003_leases"


def upgrade() -> None:
    """Make the table, and mark what it may be filled from."""
    awaited.create(op.get_bind())
    mark_all_stale(op.get_bind())
