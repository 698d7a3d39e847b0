"""What was read out of sentences stands in columns: that an exception jumped to the other side, and where a message really went."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_JUMPED = "It has jumped to the other side: %"
_WENT = "% (redirected to %)"
_ADDRESS = re.compile(r" \(redirected to (\S+)\)\Z")


def upgrade() -> None:
    """Add the columns, and fill them from what was said until now."""
    op.add_column("alert_event", sa.Column("turned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("delivery", sa.Column("redirected_to", sa.Text()))
    connection = op.get_bind()
    event = sa.table("alert_event", sa.column("kind"), sa.column("reason"), sa.column("turned"))
    turned = (event.c.kind == "worsened") & event.c.reason.like(_JUMPED)
    connection.execute(sa.update(event).where(turned).values(turned=sa.true()))
    delivery = sa.table(
        "delivery", sa.column("id"), sa.column("state"), sa.column("last_reply"), sa.column("redirected_to")
    )
    went = (delivery.c.state == "accepted") & delivery.c.last_reply.like(_WENT)
    replies = connection.execute(sa.select(delivery.c.id, delivery.c.last_reply).where(went)).all()
    found = ((id_, _ADDRESS.search(reply)) for id_, reply in replies)
    rows = [{"of": id_, "went": match[1]} for id_, match in found if match is not None]
    if rows:
        mine = sa.update(delivery).where(delivery.c.id == sa.bindparam("of"))
        connection.execute(mine.values(redirected_to=sa.bindparam("went")), rows)
