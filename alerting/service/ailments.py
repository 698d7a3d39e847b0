"""What is wrong with the service as a whole, so that it gives no signs of life: what ails, and work that is to be tried again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

#: How long work that failed waits for the next try: at first, and at most.
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=30)
#: The code of the problem that a source cannot be read.
SOURCE_FAILED = "source-failed"
#: What whoever reads that a channel takes nothing is to do.
WAITS_FOR_CHANNEL = "mend what its reply says; what is to be told waits (`alerting deliveries list`) and then goes out"
#: What whoever put a copy of the database in its place should know.
PUT_BACK = (
    "until the second tick from now messages are marked as possibly repeated; what people did by command since the copy was"
    " made is to be done again"
)


class Ailments:
    """Channels that take nothing, sources that failed, rules that are refused; nothing that concerns one message or cell."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, str]] = {}

    def __bool__(self) -> bool:
        """Whether anything is wrong."""
        return any(self._found.values())

    def note(self, kind: str, found: Mapping[str, str]) -> tuple[list[str], list[str]]:
        """Put what is wrong of one kind, by name, in the place of what was; return the names that are new and that are over."""
        before = self._found.get(kind, {})
        self._found[kind] = dict(found)
        return [name for name in found if name not in before], [name for name in before if name not in found]


@dataclass(eq=False)
class Backoff:
    """When a job that failed may be tried again: after a minute, then after twice as long each time."""

    wait: timedelta = FIRST_WAIT
    not_before: datetime | None = None

    def failed(self, at: datetime) -> datetime:
        """Wait, and return until when."""
        until = at + self.wait
        self.not_before, self.wait = until, min(self.wait * 2, LONGEST_WAIT)
        return until

    def waits(self, at: datetime) -> bool:
        """Say whether it is too early at *at*."""
        return self.not_before is not None and at < self.not_before
