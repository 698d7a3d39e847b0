"""How a channel does: whether it takes messages, since when it takes none, and why. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerting.domain.refusal import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHealth:
    """Whether a channel works: since when it takes nothing, why, and when it is tried again.

    It is well until something shows that it takes nothing, and ill until it takes something: that nobody writes
    changes neither.
    """

    id: str
    #: None: it works.
    down_since: datetime | None = None
    #: How often it was tried since.
    failures: int = 0
    next_try: datetime | None = None
    reply: str | None = None
    #: At which step of a hand-over it failed last.
    stage: Stage | None = None

    @property
    def works(self) -> bool:
        """Whether it takes messages, as far as is known."""
        return self.down_since is None

    def is_left_alone(self, now: datetime) -> bool:
        """Say whether it is too early to try it again."""
        return not self.works and self.next_try is not None and self.next_try > now

    @property
    def fails_early(self) -> bool:
        """Whether it failed before any recipient was named, so that getting further shows that it works."""
        return self.stage not in (Stage.RECIPIENT, Stage.MESSAGE)

    def failed(self, why: str, stage: Stage, now: datetime, wait: timedelta) -> "ChannelHealth":
        """Return how it does after a try that found that it takes nothing."""
        return replace(
            self,
            down_since=self.down_since or now,
            failures=self.failures + 1,
            next_try=now + wait,
            reply=why,
            stage=stage,
        )
