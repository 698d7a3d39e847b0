"""Pictures of messages: kept once, however many messages show them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of pictures; messages of before have none."""
    op.create_table(
        "picture",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_picture")),
    )
    op.add_column("payload", sa.Column("pictures", sa.JSON(), nullable=True))
