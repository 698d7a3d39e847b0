"""What became of each alert of a reader's digest, and how each rule finds each of their figures."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from alerting.app.digests.alert_snapshot import STANDINGS, AlertSnapshot
from alerting.domain.alert import Alert, AlertEvent, EventKind, SeriesKey
from alerting.domain.finding import Reason
from alerting.domain.rule import RuleSet, Status
from alerting.evaluation.found import Found
from alerting.reports.digest_views import DigestEntry, EntryFigure, Standing
from alerting.reports.event_view import declared_notes, ending_of, is_over, since_words, wanted_of
from alerting.reports.morning import DigestReader, MorningReport
from alerting.reports.views import Ending, no_chart
from alerting.reports.watched import FigureState, Lack, RuleOnFigure
from alerting.wording.dates import short_label, when
from alerting.wording.numbers import NumberStyle

#: Of what people said of an alert, the newest so many stand beside its exception.
_MOST_COMMENTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """A series of a reader's digest under one rule; `entry` is there where something is told of it."""

    key: SeriesKey
    entry: DigestEntry | None = None
    #: None where nobody watches it now.
    on_figure: RuleOnFigure | None = None
    #: Whether an exception of it ended.
    is_over: bool = False


@dataclass(eq=False)
class EntryWriter:
    """Writes entries; what readers share is written once."""

    morning: MorningReport
    alerts: AlertSnapshot
    at: datetime
    _entries: dict[tuple[str, Standing, bool, datetime], DigestEntry] = field(default_factory=dict)

    def of(self, reader: DigestReader, keys: Sequence[SeriesKey], since: datetime) -> list[Stands]:
        """Return how each series of a reader stands; each alert once, by its last event; also of series that nobody watches now."""
        found: list[Stands] = []
        happened = self._happened(reader, keys, since)
        for event in happened.values():
            alert, standing = event.alert, STANDINGS[event.kind]
            entry = self._entry(alert, standing, event, reader, since)
            on_figure = self._standing(alert, standing) if alert.is_open else None
            found.append(_stands(alert.key, entry, on_figure, over=is_over(event) and not alert.is_open))
        told = {one.key for one in found if one.on_figure is not None}
        for key in keys:
            open_alerts = [alert for alert in self.alerts.open_by_key.get(key, ()) if alert.id not in happened]
            for alert in open_alerts:
                entry = self._entry(alert, Standing.ONGOING, None, reader, since)
                found.append(_stands(key, entry, self._standing(alert, Standing.ONGOING)))
            if not open_alerts and key not in told:
                found.append(self._without_alert(key, reader))
        return found

    def _standing(self, alert: Alert, standing: Standing) -> RuleOnFigure | None:
        """Return how a rule finds a figure of which an alert stands: an exception, unless it cannot be judged now."""
        now, measure = self.morning.on_figures.get(alert.key), self.morning.rules.measures.get(alert.key.measure)
        if now is None:
            why = Reason.SOURCE_FAILED if alert.key.measure in self.morning.troubles.failed_measures else Lack.NOT_READ
            if measure is None:
                return None
            return RuleOnFigure(
                measure=measure, area=alert.key.area, period=alert.period, state=FigureState.NOT_KNOWN, why=why
            )
        if now.state is FigureState.NOT_KNOWN:
            return now
        state: FigureState = now.state
        waits = not state.is_exceptional
        if (
            waits
        ):  # normal again, but not for as long as its rule asks for: it says nothing of whether the figure is new
            found = self.morning.found(alert)
            state = FigureState.of(found.finding.meaning if found is not None else None)
        new = standing is Standing.OPENED
        return replace(now, state=state, severity=alert.severity, is_new=new, is_pending=waits and not new)

    def _without_alert(self, key: SeriesKey, reader: DigestReader) -> Stands:
        """Return how a series stands of which no alert does: an exception of it waits for more periods, or for a tick."""
        now = self.morning.on_figures.get(key)
        if now is None or not now.state.is_exceptional:
            return Stands(key=key, on_figure=now)
        found = self.morning.found_newest(key)
        entry = None if found is None else self._pending(key, found, reader)
        return Stands(key=key, entry=entry, on_figure=replace(now, is_pending=True))

    def _happened(self, reader: DigestReader, keys: Sequence[SeriesKey], since: datetime) -> dict[str, AlertEvent]:
        """Return the event that tells most of each of the reader's alerts; also of series that nobody watches now."""
        happened = self.alerts.happened(since)
        found: dict[str, AlertEvent] = {}
        for event in (event for key in keys for event in happened.by_key.get(key, ())):
            found[event.alert.id] = _first_told(found.get(event.alert.id), event)
        for event in happened.withdrawn:
            if event.alert.id not in found and self._is_withdrawn_for(event, reader):
                found[event.alert.id] = event
        return found

    def _is_withdrawn_for(self, event: AlertEvent, reader: DigestReader) -> bool:
        if not self.morning.is_about(event.alert.key, reader.about):
            return False
        return reader.sees_all or self.alerts.was_told(event, reader.owner)

    def _entry(
        self, alert: Alert, standing: Standing, event: AlertEvent | None, reader: DigestReader, since: datetime
    ) -> DigestEntry:
        key = (alert.id, standing, reader.sees_all, since)
        if key not in self._entries:
            entry = self._write(alert, standing, event, reader)
            # Of what is over, the digests before have said what was said before.
            said = self.alerts.said(None if alert.is_open else since).of(alert)
            self._entries[key] = replace(entry, comments=tuple(said[-_MOST_COMMENTS:]))
        return self._entries[key]

    def _write(self, alert: Alert, standing: Standing, event: AlertEvent | None, reader: DigestReader) -> DigestEntry:
        morning = self.morning
        found, measure = morning.found(alert), morning.rules.measures.get(alert.key.measure)
        # What stands is told by today's figures, also where they were revised since; what ended as it was told.
        today = found if found is not None and alert.is_open else None
        headline = (
            today.headline if today else (event.headline if event else None) or (found.headline if found else None)
        )
        finding = (
            today.finding if today else event.finding if event and event.finding else (found.finding if found else None)
        )
        text = event.reason if event and event.reason else (finding.text if finding else None)
        since = since_words(alert)
        if found is None and alert.key.measure in morning.troubles.failed_measures:
            since = f"{f'{since}; ' if since else ''}its source could not be read, so it is not known how it stands"
        return DigestEntry(
            standing=standing,
            severity=alert.severity,
            meaning=None if found is None else found.finding.meaning,
            by_others=morning.meanings(alert.key, found.finding.period) if found is not None and alert.is_open else (),
            distance=0.0 if found is None else found.distance,
            rule_place=self._rule_place(alert.key),
            not_come=found is not None and found.not_come,
            closed=standing is Standing.CORRECTED and not alert.is_open,
            headline=headline or _plain_headline(alert, morning.rules),
            figure=self._figure(alert, found),
            shadow=self._in_shadow(alert.key),
            is_inhibited=alert.is_open and alert.id in self.alerts.inhibited,
            ending=self._ending(event),
            since=since,
            text=text,
            owners=self._owners(alert.key) if reader.sees_all else (),
            link=measure.link if measure else None,
            chart=partial(morning.charts.small, alert.key, found.finding.period) if found is not None else no_chart,
            notes=declared_notes(finding) if finding else (),
            good_looks_like=wanted_of(measure, morning.rules),
        )

    def _figure(self, alert: Alert, found: Found | None) -> EntryFigure:
        made = self.morning.entry_figures
        figure = made.told(alert) if found is None else made.found(found)
        if alert.opened == alert.period:
            return figure
        if alert.consecutive <= alert.period.ordinal - alert.opened.ordinal:
            return replace(figure, since=f"open since {short_label(alert.opened)}")
        # Of a rule with `for` it began before it opened: notices say since when it is one, and so do digests.
        return replace(figure, since=f"since {short_label(alert.period - (alert.consecutive - 1))}")

    def _pending(self, key: SeriesKey, found: Found, reader: DigestReader) -> DigestEntry:
        """Write an exception of which no alert has opened."""
        finding, measure = found.finding, self.morning.rules.measures[key.measure]
        return DigestEntry(
            standing=Standing.PENDING,
            severity=finding.severity,
            meaning=finding.meaning,
            by_others=self.morning.meanings(key, finding.period),
            distance=found.distance,
            rule_place=self._rule_place(key),
            not_come=found.not_come,
            headline=found.headline,
            shadow=self._in_shadow(key),
            text=finding.text,
            figure=self.morning.entry_figures.found(found),
            owners=self._owners(key) if reader.sees_all else (),
            link=measure.link,
            good_looks_like=wanted_of(measure, self.morning.rules),
            notes=declared_notes(finding),
            chart=partial(self.morning.charts.small, key, finding.period),
        )

    def _ending(self, event: AlertEvent | None) -> Ending | None:
        """Say how an exception ended, where the event says so."""
        if event is None or not is_over(event):
            return None
        key, rule = event.alert.key, self.morning.rules_by_id.get(event.alert.key.rule)
        judged = self.morning.rules.as_judged(key.rule, key.measure)
        return ending_of(event, NumberStyle.of(judged), rule) if judged and rule else None

    def _in_shadow(self, key: SeriesKey) -> bool:
        rule = self.morning.rules_by_id.get(key.rule)
        return rule is not None and rule.status is Status.SHADOW

    def _rule_place(self, key: SeriesKey) -> int:
        return self.morning.rule_places.get(key.rule, len(self.morning.rule_places))

    def _owners(self, key: SeriesKey) -> tuple[str, ...]:
        return tuple(self.morning.rules.owners[owner].name for owner in self.morning.answers(key))


def _stands(key: SeriesKey, entry: DigestEntry, on_figure: RuleOnFigure | None, *, over: bool = False) -> Stands:
    """Put an entry beside how its figure stands: what cannot be judged now is no exception of today."""
    is_known = on_figure is not None and on_figure.state.is_exceptional
    return Stands(key=key, entry=replace(entry, is_known=is_known), on_figure=on_figure, is_over=over)


def _plain_headline(alert: Alert, rules: RuleSet) -> str:
    """Write what was exceptional last, where the finding behind it is not at hand."""
    measure, area = rules.as_judged(alert.key.rule, alert.key.measure), rules.areas.areas.get(alert.key.area)
    value = f": {NumberStyle.of(measure).value(alert.value)} {when(alert.period)}" if measure else ""
    return f"{measure.title if measure else alert.key.measure}{value} ({area.title if area else alert.key.area})"


def _first_told(before: AlertEvent | None, event: AlertEvent) -> AlertEvent:
    """Keep an opening over a later worsening within one window: to the reader it is new."""
    if before is not None and before.kind is EventKind.OPENED and event.kind is EventKind.WORSENED:
        return before
    return event
