"""What is done by night: old bodies, pictures and posts of loads go, and many readings of a source become one record."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from alerting.domain.kept_readings import foldable
from alerting.domain.retention import Pruned, ReadingsFolded
from alerting.failpoints import reached
from alerting.figures.batches import folded
from alerting.ports.state import Store


def prune(store: Store, before: datetime, lock: AbstractContextManager[None]) -> Pruned:
    """Take out bodies and pictures of messages that were made, and loads that were posted, before an instant; fold readings.

    Args:
        lock: keeps others from judging: they read what is folded.
    """
    with store.begin() as state:
        found = state.shelf.prune(before)
        state.loads.forget_posts(before)
    with lock:
        return replace(found, folded=fold_readings(store))


def fold_readings(store: Store) -> ReadingsFolded:
    """Fold what is to be folded, each record in a transaction of its own: a process that dies leaves all as it was."""
    readings, records = 0, 0
    while True:
        with store.begin() as state:
            runs = foldable(state.readings.records())
            if not runs:
                return ReadingsFolded(readings=readings, records=records)
            record = folded([state.readings.record(number) for number in runs[0]])
            state.readings.fold(runs[0], record)
            reached("fold_commit_pre")
        readings, records = readings + len(runs[0]), records + 1
