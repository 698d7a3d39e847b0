"""What people said of topics and measures."""

from datetime import datetime
from typing import Protocol

from alerting.domain.comment import Comment


class CommentBook(Protocol):
    """Comments on topics and measures; those on alerts are events of theirs."""

    def made(self) -> list[Comment]:
        """Return those that stand, oldest first."""
        ...

    def every(self) -> list[Comment]:
        """Return all, those too that were taken back, oldest first."""
        ...

    def save(self, comment: Comment) -> None:
        """Add one; it gets its number."""
        ...

    def withdraw(self, number: int, person: str, at: datetime) -> None:
        """Take one back that stands: it is kept, and no longer among those made."""
        ...
