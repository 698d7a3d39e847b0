"""Loads that were posted, and how those of each source stand."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, empty."""
    op.create_table(
        "loaded_post",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("load", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "load", name=op.f("pk_loaded_post")),
    )
    op.create_table(
        "source_load",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("content", sa.String(32), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whole", sa.String(32)),
        sa.Column("whole_at", sa.DateTime(timezone=True)),
        sa.Column("since", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_load")),
    )
