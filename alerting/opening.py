"""Opening the state: the clock, the database it is in, and what is done with it where no rules are needed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from alerting.domain.notify.notice import Attempt
from alerting.ports.state import Store, Transaction
from alerting.settings import Settings, load_settings

if TYPE_CHECKING:  # loaded where used: the database takes longer than a check of the rules
    from alerting.domain.retention import Sizes
    from alerting.domain.rewound import Rewound
    from alerting.ports.outbox import Outbox


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the current instant in UTC."""
        return datetime.now(UTC)


def open_store(settings: Settings) -> Store:
    """Open the state, its schema brought to this version.

    Raises:
        UsageError: the state directory or database cannot be used.
    """
    from alerting.store.sql import SqlStore

    if settings.database_url is None:
        settings.make_state_dir()
    store = SqlStore(settings.database, _drawn)
    store.upgrade()
    return store


def _drawn(drawing: bytes) -> bytes:
    """Draw what was kept of a picture; charts are loaded for it alone."""
    from alerting.charts.kept import png_of_kept

    return png_of_kept(drawing)


def memory_store() -> Store:
    """Return an empty state that is gone when it is closed."""
    from alerting.store.memory import MemoryStore

    return MemoryStore.empty()


@contextmanager
def state_alone() -> "Iterator[Transaction]":
    """Open the state for somebody who looks after it; the rules are not needed.

    Raises:
        UsageError: the state directory or database cannot be used.
    """
    with closing(open_store(load_settings())) as store, store.begin() as state:
        yield state


@contextmanager
def outbox() -> "Iterator[Outbox]":
    """Open what waits to be handed over, as `state_alone` opens all of it."""
    with state_alone() as state:
        yield state.outbox


def attempts_of(delivery: str) -> "Sequence[Attempt]":
    """Return the tries of a delivery, oldest first."""
    with closing(open_store(load_settings())) as store:
        return store.attempts(delivery)


def sizes() -> "Sizes":
    """Return how large the database is."""
    with closing(open_store(load_settings())) as store, store.begin() as state:
        return state.shelf.sizes()


def cache_size() -> int:
    """Return how many bytes beside the database may be deleted: verdicts of the last tick, rules as they were built."""
    folder = load_settings().cache_dir
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class _OnlyAskedError(Exception):
    """Nothing of what was tried out is kept."""


def rewound(settings: Settings, after: date, *, keep: bool, waits: Callable[[str], object]) -> "Rewound":
    """Undo the ticks of all days after one.

    Args:
        keep: do it; else only say what that would do.
        waits: is told in words that another process is waited for.
    """
    from alerting.domain.rewound import Rewound
    from alerting.store.process_lock import process_lock

    found = Rewound(after=after)
    with (
        closing(open_store(settings)) as store,
        process_lock(settings.state_dir, say=waits),
        suppress(_OnlyAskedError),
        store.begin() as state,
    ):
        found = state.ticks.rewind(after, datetime.now(UTC))
        if not keep:
            raise _OnlyAskedError
    return found
