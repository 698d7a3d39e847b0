"""What people did about silences, one row a deed; what is kept of a silence itself is how it stands."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the deeds; of the silences of before one is known: that they were set."""
    op.create_table(
        "silence_deed",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("silence", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.CheckConstraint(
            "kind IN ('silenced', 'silence_changed', 'silence_ended')", name=op.f("ck_silence_deed_kind")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_silence_deed")),
    )
    op.create_index(op.f("ix_silence_deed_silence"), "silence_deed", ["silence"])
    op.execute(
        "INSERT INTO silence_deed (silence, kind, at, person, until, reason)"
        " SELECT id, 'silenced', made_at, person, until, reason FROM silence ORDER BY made_at, id"
    )
