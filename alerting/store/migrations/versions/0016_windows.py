"""Sources of which a window is read: the day on which all of each was, and what had been asked of it then."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty: the next reading of such a source is a whole one."""
    op.add_column("guard", sa.Column("whole_on", sa.Date()))
    op.add_column("guard", sa.Column("whole_of", sa.Text()))
