"""What a digest says of rules that the program itself failed at: they were not checked."""

from collections.abc import Iterator

from alerting.domain.notify.recipients import recipients
from alerting.domain.rule import Rule, Status
from alerting.reports.digest_views import DataTrouble
from alerting.reports.morning import DigestReader, MorningReport

NOT_CHECKED = (
    "This was not checked, or not in full: the program failed at it. What was told of it before stands as it is."
)


def fault_views(reader: DigestReader, morning: MorningReport) -> tuple[DataTrouble, ...]:
    """Return the faults that concern a reader: of rules that would tell them, or all for one who sees everything."""
    found: dict[str, None] = {}
    rules = morning.rules_by_id
    for fault in morning.evaluation.faults:
        rule = None if fault.work.rule is None else rules.get(fault.work.rule)
        if rule is None:
            if reader.sees_all:
                found[str(fault.work)] = None
        elif rule.status is not Status.SHADOW and (reader.sees_all or reader.owner in _told_by(rule, morning)):
            found[rule.title] = None
    return tuple(DataTrouble(source=title, lines=(NOT_CHECKED,)) for title in found)


def _told_by(rule: Rule, morning: MorningReport) -> Iterator[str]:
    """Yield all whom a rule may tell."""
    areas = morning.rules.areas
    for measure in rule.measures:
        chosen = morning.rules.watched_areas(rule, measure)
        for area in areas.areas if chosen is None else chosen:
            yield from recipients(rule, measure, area, morning.rules, morning.day)
