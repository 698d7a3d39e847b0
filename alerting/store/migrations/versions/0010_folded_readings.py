"""Readings of a source folded into one record: when each was read, and which of the rows are its own."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the batches; what was kept so far is folded by night."""
    op.add_column("reading", sa.Column("folded", sa.JSON(none_as_null=True), nullable=True))
