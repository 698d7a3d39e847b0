"""The figure behind an entry of a digest, in a table's few words."""

from alerting.domain.alert import Alert
from alerting.domain.rule import RuleSet
from alerting.evaluation.found import Found
from alerting.reports.digest_views import EntryFigure
from alerting.reports.drivers import drivers
from alerting.reports.topic_figures import NewestFigures
from alerting.wording.dates import short_label, told_span, when
from alerting.wording.facts import Facts
from alerting.wording.in_brief import change_words
from alerting.wording.numbers import NumberStyle


def _age(facts: Facts) -> str | None:
    """Say that nothing newer has come, though it was due; or that what came since is not judged."""
    if facts.newer is not None:
        newer = facts.newer.finding
        value = "no figure" if newer.value is None else facts.newer.style.bare(newer.value)
        return f"{value} for {newer.period.label}, not judged"
    return f"no newer figure since {facts.finding.period.label}" if facts.is_last else None


class EntryFigures:
    """Makes the figures of one morning's entries."""

    def __init__(self, figures: NewestFigures, rules: RuleSet) -> None:
        self._figures, self._rules = figures, rules
        self._places = {id_: n for n, id_ in enumerate(rules.areas.areas)}

    def found(self, found: Found) -> EntryFigure:
        """Return the figure of a finding: what it is called, its value, its line, how it moved, and what drives that."""
        finding, facts, line = found.finding, found.facts, found.line
        newest = self._figures.figure(finding.measure, finding.area)
        if newest is not None and newest.period != finding.period:
            newest = None
        told = newest is None or found.decided.judges_changes
        return EntryFigure(
            id=(finding.measure, finding.area),
            measure=facts.measure.short or facts.measure.title,
            title=facts.measure.full_title,
            area=facts.area.short or facts.area.title,
            area_place=self._places[finding.area],
            area_unsaid=facts.area_unsaid,
            period=short_label(finding.period),
            when=when(finding.period, told_span(facts.measure)),
            value="" if facts.is_change_alone or finding.value is None else found.brief.figure,
            line=str(line) if line is not None else None,
            comparison=found.comparison,
            change=change_words(newest) if newest is not None and not told else None,
            is_on_last_year=newest is not None and newest.last_year is not None,
            drivers=drivers(newest, self._figures, self._rules) if newest is not None else None,
            age=_age(facts),
            provisional=finding.provisional,
        )

    def told(self, alert: Alert) -> EntryFigure:
        """Return the figure that was exceptional last, where the finding behind it is not at hand."""
        key, rules = alert.key, self._rules
        measure, area = rules.measures.get(key.measure), rules.areas.areas.get(key.area)
        judged = rules.as_judged(key.rule, key.measure)
        return EntryFigure(
            id=(key.measure, key.area),
            measure=key.measure if measure is None else measure.short or measure.title,
            title=key.measure if measure is None else measure.full_title,
            area=key.area if area is None else area.short or area.title,
            area_place=self._places.get(key.area, len(self._places)),
            area_unsaid=measure is None or rules.goes_unsaid(measure, key.area),
            period=short_label(alert.period),
            when=when(alert.period),
            value="" if alert.value is None or judged is None else NumberStyle.of(judged).bare(alert.value),
        )
