"""2026-11: labels waiting for their printer."""

from alembic import op

from station.store.tables import label_job

revision = "0003_label_jobs"
down_revision = "0002_calls"


def upgrade() -> None:
    """Create the table; a new database has it from its first step."""
    label_job.create(op.get_bind(), checkfirst=True)
