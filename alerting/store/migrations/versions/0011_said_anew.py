"""What a message that waits says of an event that was told anew, so that it is laid out again only where that has changed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; what waits by now is laid out once more at the next tick."""
    op.add_column("notice_event", sa.Column("says", sa.Text(), nullable=True))
