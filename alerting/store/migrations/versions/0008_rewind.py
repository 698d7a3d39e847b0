"""Ticks may be undone; what was sent of them stays, and is marked."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add when a tick was undone; none was."""
    op.add_column("tick", sa.Column("undone_at", sa.DateTime(timezone=True)))
