"""Deliveries as rows with their messages, and back."""

from sqlalchemy import Connection, Select, select

from alerting.domain.notify.notice import Delivery
from alerting.store.chunks import chunks
from alerting.store.rows import Draw, delivery_of
from alerting.store.tables import delivery, payload, picture


def deliveries_query() -> Select[*tuple[object, ...]]:
    """Select deliveries with their messages, oldest first; pictures are looked up apart."""
    parts = (payload.c.subject, payload.c.body, payload.c.pictures)
    joined = delivery.join(payload, delivery.c.payload == payload.c.digest)
    return select(*delivery.c, *parts).select_from(joined).order_by(delivery.c.seq)


def deliveries_found(
    connection: Connection, query: Select[*tuple[object, ...]], draw: Draw | None = None
) -> list[Delivery]:
    """Return the deliveries that a query selects, each with its pictures; *draw* makes those of which the drawing was kept."""
    rows = connection.execute(query).mappings().all()
    wanted = sorted({digest for row in rows for _, digest in row["pictures"] or ()})
    pngs: dict[str, bytes] = {}
    for some in chunks(wanted):
        pictures = select(picture.c.digest, picture.c.png).where(picture.c.digest.in_(some))
        pngs.update((digest, png) for digest, png in connection.execute(pictures))
    return [delivery_of(row, pngs, draw) for row in rows]
