"""Bodies of messages are kept compressed, and not for ever."""

import json
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: Messages compressed at a time.
_SOME = 500


def upgrade() -> None:
    """Compress what is there."""
    op.add_column("payload", sa.Column("body", sa.LargeBinary()))
    payload = sa.table(
        "payload",
        sa.column("digest", sa.String),
        sa.column("text", sa.Text),
        sa.column("html", sa.Text),
        sa.column("headers", sa.JSON),
        sa.column("body", sa.LargeBinary),
    )
    connection = op.get_bind()
    digests = list(connection.execute(sa.select(payload.c.digest)).scalars())
    compressed = payload.update().where(payload.c.digest == sa.bindparam("of")).values(body=sa.bindparam("packed"))
    for first in range(0, len(digests), _SOME):
        some = sa.select(payload).where(payload.c.digest.in_(digests[first : first + _SOME]))
        rows = [{"of": row["digest"], "packed": _packed(row)} for row in connection.execute(some).mappings()]
        connection.execute(compressed, rows)
    for column in ("text", "html", "headers"):
        op.drop_column("payload", column)


def _packed(row: sa.RowMapping) -> bytes:
    parts = {"text": row["text"], "html": row["html"], "headers": row["headers"]}
    return zlib.compress(json.dumps(parts, ensure_ascii=False).encode())
