"""What people say of topics and measures, where no alert need stand; what they say of alerts are events."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the comments."""
    op.create_table(
        "comment",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("about", sa.String(32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("period", sa.String(32), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("about IN ('topic', 'measure')", name=op.f("ck_comment_about")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_comment")),
    )
