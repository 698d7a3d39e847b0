"""Digests that would have gone out: on which days, to whom. They are counted, not made."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerting.app.situation.situation import Situation
from alerting.domain.backtest import DaySpan, DueDigest
from alerting.domain.rule import RuleSet
from alerting.domain.schedule import digest_due
from alerting.reports.digest_readers import digest_readers
from alerting.reports.morning import MorningReport


def digests_due(rules: RuleSet, situation: Situation, span: DaySpan) -> tuple[DueDigest, ...]:
    """Return the digests of a span, in order; readers are those who answer for something watched on its last day."""
    if not rules.digests:
        return ()
    morning = MorningReport.of(situation.reading, situation.panels, situation.evaluation, day=span.last)
    return tuple(sorted(_due(rules, morning, span), key=lambda one: (one.at, one.digest, one.owner)))


def _due(rules: RuleSet, morning: MorningReport, span: DaySpan) -> Iterator[DueDigest]:
    zone = ZoneInfo(rules.schedule.timezone)
    since = datetime.combine(span.first, time(), zone) - timedelta(microseconds=1)
    until = datetime.combine(span.last, time.max, zone)
    for digest in rules.digests:
        owners = [reader.owner for reader in digest_readers(digest, morning)]
        for instant in digest_due(digest, rules.schedule, zone, since, until):
            day = instant.astimezone(zone).date()
            yield from (DueDigest(at=day, owner=owner, digest=digest.id) for owner in owners)
