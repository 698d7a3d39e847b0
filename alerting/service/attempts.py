"""Work that may fail: it is logged, holds up nothing else, and is tried again a while later."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alerting.errors import AlertingError
from alerting.service.ailments import Backoff


@dataclass(eq=False, kw_only=True)
class Attempts:
    """What the service tries, each piece of work with the wait that its failures earned.

    Args:
        log: where failures go, under the name of the work.
        stopping: set where nothing new is to be begun.
    """

    log: Any
    stopping: asyncio.Event
    _waits: dict[str, Backoff] = field(default_factory=lambda: defaultdict(Backoff))

    async def make(self, failed: str, now: datetime, work: Callable[[], object], of: str = "") -> bool:
        """Run *work* in a thread unless it must wait; say whether it was done.

        Args:
            failed: what the log calls its failure.
            of: one of several pieces of work of that name.
        """
        if self.stopping.is_set() or self.waits(failed + of, now):
            return False
        try:
            await asyncio.to_thread(work)
        except AlertingError as error:
            self.log.error(failed, error=str(error), next_try=self._next_try(failed + of, now))  # noqa: TRY400  # one clear line
        except Exception:
            self.log.exception(failed, next_try=self._next_try(failed + of, now))
        else:
            self.done(failed + of)
            return True
        return False

    def _next_try(self, name: str, now: datetime) -> str | None:
        return text_of(self._waits[name].failed(now))

    def waits(self, name: str, now: datetime) -> bool:
        """Say whether it is too early to try again."""
        return self._waits[name].waits(now)

    def done(self, name: str) -> None:
        """Let the work be tried at once the next time."""
        self._waits.pop(name, None)

    def forget(self) -> None:
        """Let everything be tried at once: what failed may have failed by other rules, or by another clock."""
        self._waits.clear()

    @property
    def failing(self) -> set[str]:
        """The work that failed and is to be tried again; what is under way for the first time has not failed."""
        return {name for name, backoff in tuple(self._waits.items()) if backoff.not_before is not None}


def text_of(at: datetime | None) -> str | None:
    """Return an instant as the log writes it."""
    return at.isoformat(timespec="seconds") if at is not None else None
