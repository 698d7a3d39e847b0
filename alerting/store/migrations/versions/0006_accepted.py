"""When a channel accepted a message, how often it put one off, and at which step a channel failed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what was accepted before counts from when its notice was made, as it did."""
    op.add_column("delivery", sa.Column("put_off", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("delivery", sa.Column("accepted_at", sa.DateTime(timezone=True)))
    op.add_column("channel", sa.Column("stage", sa.String(32)))
    op.execute(
        "UPDATE delivery SET accepted_at = (SELECT notice.at FROM notice WHERE notice.id = delivery.notice_id)"
        " WHERE state = 'accepted'"
    )
