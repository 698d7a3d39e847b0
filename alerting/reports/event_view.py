"""Events as templates see them: headlines, since when, the other areas at a glance, whom else it went to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property, partial
from typing import Any

from alerting.domain.alert import Alert, AlertEvent, EventKind
from alerting.domain.area import Area
from alerting.domain.finding import Finding, Meaning
from alerting.domain.measure import Measure
from alerting.domain.notify.recipients import if_active
from alerting.domain.period import Period, PeriodKind
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.evaluation.alert_findings import AlertFindings
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.found import Found
from alerting.evaluation.series_index import SeriesPlaces
from alerting.reports.accepting import accepting
from alerting.reports.drivers import drivers
from alerting.reports.event_chart import EventCharts
from alerting.reports.other_areas import OtherAreas
from alerting.reports.places import where_in
from alerting.reports.provenance import Provenance
from alerting.reports.said import Said
from alerting.reports.topic_figures import NewestFigures
from alerting.reports.views import Ending, EventView, RuleNote
from alerting.wording.briefly import Brief, names_of
from alerting.wording.compared import clearing
from alerting.wording.dates import day_words, noun, plural, when
from alerting.wording.numbers import NumberStyle, ordinal
from alerting.wording.plain import listed
from alerting.wording.text import MINIMUM_STREAK


class EventViews:
    """Makes views of one tick's events."""

    def __init__(
        self,
        evaluation: Evaluation,
        found: Mapping[str, Found],
        said: Said | None = None,
        spoken_for: Mapping[str, Sequence[Alert]] | None = None,
        provenance: Provenance | None = None,
    ) -> None:
        """Make views.

        Args:
            said: what people said.
            spoken_for: alert id -> alerts that are not told singly while it stands.
            provenance: knows where figures come from.
        """
        self.evaluation, self.found, self._said = evaluation, found, said
        self._spoken_for, self._provenance = spoken_for or {}, provenance
        self.rules: RuleSet = evaluation.rules
        self._charts = EventCharts(evaluation)
        self._rules_by_id = {rule.id: rule for rule in self.rules.rules}
        self._rule_places = {id_: n for n, id_ in enumerate(self._rules_by_id)}
        self._places = SeriesPlaces(evaluation)
        #: What alerts were that are over.
        self._ends = AlertFindings(evaluation, self._places, in_words=False)
        self._areas = OtherAreas(evaluation, self._places)
        self._area_places = {id_: n for n, id_ in enumerate(self.rules.areas.areas)}

    def view(
        self,
        event: AlertEvent,
        also_told: Sequence[str],
        on_behalf_of: Sequence[str] = (),
        *,
        in_full: bool = True,
    ) -> EventView:
        """Return one event in words, with the other areas and what drives it where there is room to show them."""
        alert, finding = event.alert, event.finding
        measure, rule = self.rules.measures.get(alert.key.measure), self._rules_by_id.get(alert.key.rule)
        topic = self.rules.topics.get(measure.topic) if measure else None
        judged = self.rules.as_judged(alert.key.rule, alert.key.measure)
        style = NumberStyle.of(judged) if judged else None
        in_shadow = self._in_shadow(event, rule)
        subject = self._for_subject(event)
        return EventView(
            **subject, headline=self._headline(event, subject["measure"]),
            text=_joined((finding.text if finding else None) or _standing_words(alert), _in_a_row(event, rule)),
            topic=topic.title if topic else "", **self._compared(event, rule),
            rule=RuleNote(
                title=rule.title if rule else alert.key.rule, why=rule.why if rule else None,
                where=where_in(self.rules, rule.place) if rule else "",
            ),
            since=_since(event), reason=event.reason if in_shadow is None else _joined(event.reason, in_shadow),
            notes=_window_notes(event), accepting=None if is_over(event) else accepting(finding, rule, self.rules),
            ending=ending_of(event, style, rule) if style and rule and is_over(event) else None,
            good_looks_like=wanted_of(measure, self.rules), drivers=self._drivers(event) if in_full else None,
            **self._by_all_rules(event, in_full=in_full), also_told=tuple(also_told), remark=_remark(event),
            on_behalf_of=tuple(on_behalf_of), cites=event.cites, speaks_for=self._speaks_for(alert),
            comments=() if self._said is None else tuple(self._said.of(alert)[-_MOST_COMMENTS:]),
            link=measure.link if measure else None, chart=partial(self._charts.of, event),
        )  # fmt: skip

    def provenance(self, events: Iterable[AlertEvent]) -> str | None:
        """Say where the figures of some events come from; None where that is not known."""
        return None if self._provenance is None else self._provenance.words(events)

    def in_subject(self, event: AlertEvent) -> EventView:
        """Return an event as far as a subject line shows it, and is ordered by it."""
        nothing = RuleNote(title="", why=None, where="")
        return EventView(**self._for_subject(event), headline="", text="", topic="", rule=nothing)

    def prepare(self, events: Iterable[AlertEvent]) -> None:
        """Look up at once what many events were that are over: one by one it takes ten times as long."""
        self._ends.prepare(event.alert for event in events if not event.alert.is_open)

    def _for_subject(self, event: AlertEvent) -> dict[str, Any]:
        """Return what a subject line shows of an event, and what orders it, by the names of a view."""
        alert, finding = event.alert, event.finding
        measure, area = self.rules.measures.get(alert.key.measure), self.rules.areas.areas.get(alert.key.area)
        rule = self._rules_by_id.get(alert.key.rule)
        return {
            "series": (alert.key.measure, alert.key.area),
            "alert": alert.id,
            "kind": event.kind,
            "severity": alert.severity,
            "brief": self._brief(event, measure, area),
            "area_place": self._area_places.get(alert.key.area, 0),
            "ended": self._ended(event),
            "measure": measure.full_title if measure else alert.key.measure,
            "area": area.title if area else alert.key.area,
            "period": (finding.period if finding else alert.period).label,
            "shadow": self._in_shadow(event, rule) is not None,
            "turned": event.has_turned,
            "closed": event.kind is EventKind.CORRECTED and not event.alert.is_open,
            **self._order(event),
        }

    def _in_shadow(self, event: AlertEvent, rule: Rule | None) -> str | None:
        """Say whom a rule that is tried out would have told; None of others, and of ends: they go to all who were told before."""
        if rule is None or rule.status is not Status.SHADOW or event.kind is EventKind.WITHDRAWN or is_over(event):
            return None
        key = event.alert.key
        owners = if_active(rule, key.measure, key.area, self.rules, self.evaluation.as_of)
        names = [self.rules.owners[owner].name for owner in owners]
        told = f"it would have gone to {listed(names)}" if names else "it would have gone to nobody"
        return f"The rule is tried out in shadow, and only its author is told; {told}."

    def _order(self, event: AlertEvent) -> dict[str, Any]:
        """Return what orders an event among others, by the names of a view."""
        found, rule = self.found.get(event.alert.id), event.alert.key.rule
        return {
            "meaning": None if found is None else found.finding.meaning,
            "not_come": found is not None and found.not_come,
            "distance": 0.0 if found is None else found.distance,
            "rule_place": self._rule_places.get(rule, len(self._rule_places)),
        }

    def _headline(self, event: AlertEvent, title: str) -> str:
        if event.headline is not None:
            return event.headline
        found = self.found.get(event.alert.id)
        if found is not None:
            return found.headline
        area = self.rules.areas.areas.get(event.alert.key.area)
        return f"{title} ({area.title if area else event.alert.key.area})"

    def _brief(self, event: AlertEvent, measure: Measure | None, area: Area | None) -> Brief:
        found, alert = self.found.get(event.alert.id), event.alert
        due_no_more = event.kind is EventKind.RESOLVED and event.finding is None
        if (
            found is not None
            and not due_no_more
            and (event.finding is None or found.finding.period == event.finding.period)
        ):
            return found.brief
        return Brief(
            area=(area.short or area.title) if area is not None else alert.key.area,
            names=names_of(measure) if measure is not None else (alert.key.measure,),
            figure=f", no figure due for {alert.opened.label}" if due_no_more else self._figure(event),
        )

    def _figure(self, event: AlertEvent) -> str:
        key, value = event.alert.key, event.alert.value if event.finding is None else event.finding.value
        judged = self.rules.as_judged(key.rule, key.measure)
        if value is None:
            return ", no figure"
        return f"{value:.12g}" if judged is None else NumberStyle.of(judged).bare(value)

    def _ended(self, event: AlertEvent) -> Meaning | None:
        """Return what an alert was to its reader that is over, as its last exceptional figure is judged today."""
        if event.alert.is_open:
            return None
        found = self._ends.newest(event.alert)
        return None if found is None else found.finding.meaning

    def _by_all_rules(self, event: AlertEvent, *, in_full: bool) -> Mapping[str, Any]:
        """Return how the measure stands in this area in the same period by all rules, and told in full in the others."""
        if event.finding is None or event.kind is EventKind.WITHDRAWN:
            return {}
        key, period = event.alert.key, event.finding.period
        meanings = self._areas.meanings(key.measure, key.area, period) if event.alert.is_open else ()
        if not in_full:
            return {"by_all_rules": meanings}
        area = self.rules.areas.areas.get(key.area)
        areas = self._areas.of(key.rule, key.measure, period)
        own = None if area is None else areas.named(area.title)
        others = areas if area is None else areas.without(area.title)
        return {"others": others, "own": own, "by_all_rules": meanings}

    def _speaks_for(self, alert: Alert) -> tuple[str, ...]:
        """Write the areas of the alerts that an alert holds back, each with its figure."""
        measure = self.rules.as_judged(alert.key.rule, alert.key.measure)
        areas = self.rules.areas.areas
        several = self._spoken_for.get(alert.id, ()) if measure is not None and alert.is_open else ()
        style = None if measure is None else NumberStyle.of(measure)
        return tuple(
            f"{areas[one.key.area].title} {style.bare(one.value)}"
            for one in sorted(several, key=lambda one: self._area_places[one.key.area])
            if style is not None and one.key.area in areas and one.value is not None
        )

    def _drivers(self, event: AlertEvent) -> str | None:
        """Return which items or areas make most of how the figure of an exception moved."""
        if event.finding is None or not event.alert.is_open:
            return None
        newest = self._figures.figure(event.alert.key.measure, event.alert.key.area)
        if newest is None or newest.period != event.finding.period:
            return None
        return drivers(newest, self._figures, self.rules)

    @cached_property
    def _figures(self) -> NewestFigures:
        return NewestFigures(self.rules, self.evaluation.panels, self.evaluation.as_of - timedelta(days=1))

    def _compared(self, event: AlertEvent, rule: Rule | None) -> dict[str, Any]:
        """Return the figure beside its line and what would end it, by the names of a view."""
        found = self.found.get(event.alert.id)
        if found is None or (event.finding is not None and found.finding.period != event.finding.period):
            return {}
        compared, finding = found.compared, found.finding
        if rule is None or event.kind not in _STANDING:
            return {"compared": compared}
        ends = compared.clears
        clears = ends and clearing(finding.meaning, ends, rule.clear_after, finding.period.kind)
        return {"compared": compared, "clears": clears, "outlook": found.outlook}


#: Of what was said of an alert, so much is shown.
_MOST_COMMENTS = 3
_STANDING = (EventKind.OPENED, EventKind.WORSENED, EventKind.REMINDED, EventKind.ESCALATED)


def wanted_of(measure: Measure | None, rules: RuleSet) -> str | None:
    """Return what good looks like: of a measure, else of its topic, as their rule files say."""
    if measure is None:
        return None
    topic = rules.topics.get(measure.topic)
    return measure.good_looks_like or (topic.good_looks_like if topic is not None else None)


def _joined(*sentences: str | None) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def is_over(event: AlertEvent) -> bool:
    """Whether an event says how an exception ended."""
    return event.kind is EventKind.RESOLVED or (event.kind is EventKind.CORRECTED and not event.alert.is_open)


def as_of_words(day: date) -> str:
    """Write the day up to which figures are known."""
    return day_words(day)


def since_words(alert: Alert) -> str | None:
    """Write since when an open alert stands, where the finding's own text (its unbroken count) does not say so.

    Where its streak is shorter, some period between was not judged, or was none: nobody is to read "since" over it.
    """
    if alert.consecutive >= MINIMUM_STREAK or alert.opened == alert.period:
        return None
    between = alert.period.ordinal - alert.opened.ordinal - 1
    if not between:
        return f"since {alert.opened.label}"
    kind = alert.period.kind
    rest = (
        f"the {noun(kind)} between was not judged, or was no exception"
        if between == 1
        else f"of the {between} {plural(kind)} between some were not judged, or were no exceptions"
    )
    return f"open since {alert.opened.label}; {rest}"


def _since(event: AlertEvent) -> str | None:
    return since_words(event.alert) if event.kind in _STANDING else None


def _in_a_row(event: AlertEvent, rule: Rule | None) -> str | None:
    """Say what a rule with `for` waited for, where the text's "since" lies before the period in which it opened.

    Else it would seem that an owner was told late.
    """
    alert = event.alert
    at_opening = alert.consecutive - (alert.period.ordinal - alert.opened.ordinal)
    if rule is None or rule.open_after == 1 or at_opening != rule.open_after or event.kind not in _STANDING:
        return None
    which = "" if alert.opened == alert.period else f"; the {ordinal(at_opening)} was {alert.opened.label}"
    return f"The rule asks for {_count(at_opening, alert.opened.kind)} in a row{which}."


def ending_of(event: AlertEvent, style: NumberStyle, rule: Rule) -> Ending | None:
    """Say how it ended; it lasted from the first exceptional period, which may lie before the one that opened it."""
    alert, finding = event.alert, event.finding
    if finding is None or (event.kind is not EventKind.RESOLVED and finding.value == alert.value):
        return None
    return Ending(
        new_value=_figure(style, finding.value, finding.period),
        old_value=_figure(style, alert.value, alert.period),
        lasted=_lasted(alert, rule) if event.kind is EventKind.RESOLVED else None,
        was_told=event.cites is None or alert.value is None or style.value(alert.value) in event.cites,
    )


def _lasted(alert: Alert, rule: Rule) -> str:
    """Write 3 months, April to June; over periods without a verdict "at least 1 month, at most 4 months".

    At least its last unbroken streak; at most from where it began to where it had ended.
    """
    began, last = alert.opened - (rule.open_after - 1), alert.period
    if alert.resolved is not None:
        last = max(last, alert.resolved - rule.clear_after)
    most = last.ordinal - began.ordinal + 1
    span = f"{began.label} to {last.label}" if most > 1 else last.label
    least = min(max(alert.consecutive, 1), most)
    if least == most:
        return f"{_count(most, last.kind)}, {span}"
    return f"at least {_count(least, last.kind)}, at most {_count(most, last.kind)}, {span}"


def _count(periods: int, kind: PeriodKind) -> str:
    return f"{periods} {plural(kind)}" if periods > 1 else f"1 {noun(kind)}"


def _figure(style: NumberStyle, value: float | None, period: Period) -> str:
    return f"no figure for {period.label}" if value is None else f"{style.value(value)} {when(period)}"


def _standing_words(alert: Alert) -> str:
    return f"Last exceptional {when(alert.period)}."


def _window_notes(event: AlertEvent) -> tuple[str, ...]:
    """Return the words of the rules' notes that cover the figure; the source's own note is a remark beside it."""
    return () if event.finding is None else declared_notes(event.finding)


def declared_notes(finding: Finding) -> tuple[str, ...]:
    """Return the words of the rules' notes that cover a finding, without the source's own note on the figure."""
    return finding.notes[:-1] if finding.sourced else finding.notes


def _remark(event: AlertEvent) -> str | None:
    """Return the source's own note on the figure."""
    if event.finding is None or not event.finding.notes or not event.finding.sourced:
        return None
    return event.finding.notes[-1]
