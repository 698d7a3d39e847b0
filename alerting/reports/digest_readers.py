"""Whom a digest is for."""

from collections.abc import Iterator

from alerting.domain.rule import Digest
from alerting.reports.morning import DigestReader, MorningReport

#: In `to:`, every owner who answers for something that is watched.
EACH_OWNER = "each_owner"


def digest_readers(digest: Digest, morning: MorningReport) -> Iterator[DigestReader]:
    """Yield those a digest is for, with whether they see everything; nobody twice."""
    rules = morning.rules
    named = [name for name in digest.to if name != EACH_OWNER and name in rules.owners]
    yield from (DigestReader(owner=owner, sees_all=True, about=digest.about) for owner in named)
    if EACH_OWNER in digest.to:
        others = (owner for owner in rules.owners if morning.has_something_for(owner) and owner not in named)
        yield from (DigestReader(owner=owner, sees_all=False, about=digest.about) for owner in others)
