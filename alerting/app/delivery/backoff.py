"""How long messages and channels wait after a failure."""

import random
from collections.abc import Sequence
from datetime import timedelta

#: How long a message waits after each temporary refusal, and a channel after each failure; the last again and again.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 30, 60))
#: How long a message waits that may have been taken: each further try may make one more of it, so they are spread over its time.
UNKNOWN_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 45, 120, 300, 480))


def wait_after(failures: int, waits: Sequence[timedelta] = WAITS) -> timedelta:
    """Return how long to wait after so many failures: longer each time, and not all at the same instant."""
    whole = waits[min(failures, len(waits)) - 1]
    return whole / 2 + whole / 2 * random.random()  # noqa: S311  # spreads load, guards nothing


def wait_unanswered(attempts: int) -> timedelta | None:
    """Return how long a message waits that may have been taken, after so many attempts without an answer; None after none."""
    return wait_after(attempts, UNKNOWN_WAITS) if attempts else None
