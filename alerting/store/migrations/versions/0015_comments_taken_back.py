"""Comments on topics and measures that were taken back: they are kept, with who did it and when."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty: what was said before stands."""
    op.add_column("comment", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
    op.add_column("comment", sa.Column("withdrawn_by", sa.Text()))
