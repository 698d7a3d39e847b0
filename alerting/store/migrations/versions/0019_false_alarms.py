"""What people say of an alert may be that it is a false alarm."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: of what was said until now, that is not known."""
    op.add_column("alert_event", sa.Column("false_alarm", sa.Boolean()))
