"""2026-11: settings of the station, and the language of each person."""

from alembic import op

from station.store import tables as t

revision = "0005_settings"
down_revision = "0004_leases"


def upgrade() -> None:
    """Add the tables of settings."""
    t.own.create_all(op.get_bind(), tables=[t.setting, t.language])
