"""Bodies and pictures of messages, which are not kept for ever."""

from datetime import datetime
from typing import Protocol

from alerting.domain.retention import Pruned, Sizes


class BodyStore(Protocol):
    """Where bodies and pictures of messages are kept."""

    def prune(self, before: datetime) -> Pruned:
        """Take out bodies and pictures of messages that were made before an instant and are not on their way any more."""
        ...

    def sizes(self) -> Sizes:
        """Return how large the database is."""
        ...
