"""What may be asked about figures alone: how a source is read, what is known, what is to come, where each stands."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from alerting.app.enquiries import Enquiries
from alerting.domain.period import Period

if TYPE_CHECKING:  # loaded where used: numpy and polars take longer than a check of the rules
    from alerting.app.alerts.explain import Explanation, PublishedFigure
    from alerting.app.authoring.source_view import SourceView
    from alerting.app.situation.export import Exported, WantedFigures
    from alerting.app.situation.series_record import RecordedFigure, SeriesRecord
    from alerting.figures.observations import Reading
    from alerting.reports.publication_calendar import AwaitedFigures


@dataclass(frozen=True, slots=True)
class FigureEnquiries:
    """Questions about an installation's figures; nothing is stored and nothing is sent."""

    enquiries: Enquiries

    def columns(self, source: str) -> "SourceView":
        """Return how a source is read, column by column; where its load is not whole, what is waited for is among the problems.

        Raises:
            UsageError: there is no such source.
        """
        from alerting.app.authoring.source_view import view_source
        from alerting.app.situation.whole_loads import PARTIAL_LOAD

        own = self.enquiries.installation
        view = view_source(own.rules, source, self.enquiries.sources(), own.folders, own.today())
        if own.rules.sources[source].complete is None or view.file is None:
            return view
        counting = self.enquiries.counting()
        waits = [one for one in counting.problems if (one.source, one.code) == (source, PARTIAL_LOAD)]
        return replace(view, problems=(*view.problems, *waits))

    def exported(self, wanted: "WantedFigures") -> "tuple[Exported, Reading]":
        """Return all figures that are known as one file, and the sources as they were read for it.

        Raises:
            UsageError: a measure is asked for that there is none of.
        """
        from alerting.app.situation.counting import is_of
        from alerting.app.situation.export import export_figures

        own, reading = self.enquiries.installation, self.enquiries.read()
        if not own.settings.has_state:
            return export_figures(own.rules, reading, None, own.instant(None), own.zone, wanted), reading
        with closing(self.enquiries.ports.open_store(own.settings)) as store, store.begin() as state:
            readings = state.readings if is_of(state, own.place) else None
            return export_figures(own.rules, reading, readings, own.instant(None), own.zone, wanted), reading

    def due(self, as_of: date, until: date) -> "tuple[tuple[AwaitedFigures, ...], Reading]":
        """Return which figures have not come and are due up to a day, and the figures that have, as a tick would judge them."""
        from alerting.figures.panels import build_panels
        from alerting.reports.publication_calendar import awaited_figures
        from alerting.reports.topic_figures import NewestFigures

        rules, reading = self.enquiries.installation.rules, self.enquiries.counting(as_of)
        panels = build_panels(reading, rules, as_of)
        came = NewestFigures(rules, panels.by_kind, as_of - timedelta(days=1))
        return awaited_figures(rules, came, as_of, until), reading

    def record(self, measure: str, area: str) -> "tuple[SeriesRecord, Reading]":
        """Return where a series' figures come from, version by version, and the sources as they were read for it.

        Raises:
            UsageError: there is no such measure or area.
        """
        from alerting.app.situation.counting import is_of
        from alerting.app.situation.series_record import series_record

        own, reading = self.enquiries.installation, self.enquiries.read()
        if not own.settings.has_state:
            return series_record(own.rules, reading, None, measure, area), reading
        with closing(self.enquiries.ports.open_store(own.settings)) as store, store.begin() as state:
            readings = state.readings if is_of(state, own.place) else None
            record = series_record(own.rules, reading, readings, measure, area)
            accepted = tuple(one for one in state.accepted.every() if (one.measure, one.area) == (measure, area))
            return replace(record, accepted=accepted), reading

    def placed(self, found: "Explanation") -> "Explanation":
        """Return an explanation whose figures say in which file and row of their source they stand today; that alone is read."""
        own, key = self.enquiries.installation, found.alert.key
        if found.source is None or not found.figures or key.area not in own.rules.areas:
            return found
        beside = {id_: one for id_, one in own.rules.measures.items() if one.source == found.source}
        narrowed = replace(own, rules=replace(own.rules, measures=beside))
        alone = FigureEnquiries(replace(self.enquiries, installation=narrowed))
        record, reading = alone.record(key.measure, key.area)
        scale = beside[key.measure].ratio_scale
        places = {_known_by(one, scale): (one.file, one.row) for one in record.figures if one.file and one.row}
        figures = tuple(replace(one, place=places.get((one.period, one.published, one.value))) for one in found.figures)
        return replace(found, figures=_newest_placed(figures), unreadable=reading.failed.get(found.source))


def _known_by(figure: "RecordedFigure", scale: float) -> tuple[Period, date | None, float | None]:
    """Return what tells one version of a series' figure from the others."""
    value, numbers = figure.value, figure.numbers
    if value is None and numbers.get("denominator") and "numerator" in numbers:
        value = numbers["numerator"] / numbers["denominator"] * scale
    return figure.period, figure.published, value


def _newest_placed(figures: "Sequence[PublishedFigure]") -> "tuple[PublishedFigure, ...]":
    """Take the place from figures that were read anew since: what stands today is the newest reading of it."""
    newest = {(one.period, one.published, one.value): n for n, one in enumerate(figures)}
    return tuple(
        one if newest[one.period, one.published, one.value] == n else replace(one, place=None)
        for n, one in enumerate(figures)
    )
