"""Loads of sources: which were posted, and which were whole."""

from datetime import datetime
from typing import Protocol

from alerting.domain.loads import LoadStanding


class LoadBook(Protocol):
    """What the state keeps of loads."""

    def post(self, source: str, at: datetime, load: str | None) -> bool:
        """Write down that a load was posted; False: one of this name was before, and nothing changes.

        Args:
            load: the name that its sender gave it; None: none, and each is another.
        """
        ...

    def posted(self, source: str) -> datetime | None:
        """Return when a load of a source was last posted; None: none ever was."""
        ...

    def posts(self, source: str) -> list[tuple[datetime, str | None]]:
        """Return when loads of a source were posted, with the name of each; oldest first."""
        ...

    def forget_posts(self, before: datetime) -> int:
        """Take out what was posted before an instant, but the newest of each source; return how much that was."""
        ...

    def standing(self, source: str) -> LoadStanding | None:
        """Return how the loads of a source stand; None: nobody has looked yet."""
        ...

    def save(self, standing: LoadStanding) -> None:
        """Insert or update by source."""
        ...
