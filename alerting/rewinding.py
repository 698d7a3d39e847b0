"""Undoing ticks on the state of an installation; no rules are needed."""

from contextlib import closing, suppress
from datetime import UTC, date, datetime

from alerting.domain.rewound import Rewound
from alerting.opening import open_store
from alerting.settings import Settings
from alerting.store.turn import turn


class _OnlyAskedError(Exception):
    """Nothing of what was tried out is kept."""


def rewound(settings: Settings, after: date, *, keep: bool) -> Rewound:
    """Undo the ticks of all days after one; without *keep*, only say what that would do."""
    found = Rewound(after=after)
    with (
        closing(open_store(settings)) as store,
        turn(settings.state_dir),
        suppress(_OnlyAskedError),
        store.begin() as state,
    ):
        found = state.rewind(after, datetime.now(UTC))
        if not keep:
            raise _OnlyAskedError
    return found
