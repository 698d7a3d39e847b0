"""What is known of the loads of a source: which was the last whole one, and how the one that is there now came about."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadStanding:
    """How a source with `complete` stands; digests are of all its figures (`figures.memory.fingerprint`)."""

    source: str
    #: Digest of what it held when it was last looked at, and when that was first seen.
    content: str
    seen: datetime
    #: Digest of the last whole load, and when it was taken; None: there was none yet.
    whole: str | None = None
    whole_at: datetime | None = None
    #: Since when there is a load that is not whole; None: there is none.
    since: datetime | None = None
