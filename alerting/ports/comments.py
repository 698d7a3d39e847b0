"""What people said of topics and measures."""

from typing import Protocol

from alerting.domain.comment import Comment


class CommentBook(Protocol):
    """Comments on topics and measures; those on alerts are events of theirs."""

    def made(self) -> list[Comment]:
        """Return all, oldest first."""
        ...

    def save(self, comment: Comment) -> None:
        """Add one."""
        ...
