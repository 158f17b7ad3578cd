"""2026-11: the notes that each person has looked at."""

from alembic import op

from station.store import tables as t

revision = "0006_notes_read"
down_revision = "0005_settings"


def upgrade() -> None:
    """Add the table of notes that were looked at."""
    t.own.create_all(op.get_bind(), tables=[t.notes_read])
