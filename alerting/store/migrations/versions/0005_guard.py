"""Rules and figures are guarded against shrinking."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is known of the last rules and figures in force."""
    op.create_table(
        "guard",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("refused", sa.Text()),
        sa.Column("since", sa.DateTime(timezone=True)),
        sa.Column("accepted", sa.Text()),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_guard")),
    )
