"""Drawing what was queued: after the commit, each picture once, several at a time where there are processors for it."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from alerting.domain.fault import Faults, Work
from alerting.domain.notify.notice import Delivery, UndrawnPicture
from alerting.domain.problem import Problem
from alerting.errors import AlertingError
from alerting.ports.state import Store

#: Pictures drawn at once, at most: each takes some 12 MB, and threads do, since the library lets go of the interpreter.
_MOST_AT_ONCE = 4
#: Pictures kept in one commit.
_BATCH = 64
#: What is not drawn after so many seconds, and what cannot be drawn, is left to whoever hands the message over.
LONGEST_S = 120.0


def draw_queued(deliveries: Sequence[Delivery], store: Store) -> tuple[Problem, ...]:
    """Draw the pictures of messages that were queued, keep them in their drawings' place, and return what failed."""
    shown = (picture for delivery in deliveries for picture in delivery.message.pictures)
    queued = list({picture.digest: picture for picture in shown if isinstance(picture, UndrawnPicture)}.values())
    if not queued:
        return ()
    until, faults = monotonic() + LONGEST_S, Faults()
    with ThreadPoolExecutor(min(_MOST_AT_ONCE, _processors(), len(queued))) as pool:
        for first in range(0, len(queued), _BATCH):
            some = queued[first : first + _BATCH]
            drawn = pool.map(lambda one: faults.attempt(_work(one), lambda: one.draw(one.drawing)), some)
            png_by_digest = {one.digest: png for one, png in zip(some, drawn, strict=True) if png is not None}
            try:
                store.save_pictures(png_by_digest)
            except AlertingError:  # the tick is done all the same: its messages are safe
                break
            if monotonic() > until:
                break
    return tuple(fault.problem() for fault in faults)


def _work(picture: UndrawnPicture) -> Work:
    return Work(sort="picture", id=picture.id, done="drawn")


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
