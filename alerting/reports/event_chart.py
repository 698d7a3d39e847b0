"""Charts of events, made when a message shows them and shared by all messages of a tick."""

from functools import partial
from typing import Any

from alerting.charts.chart import Chart
from alerting.charts.layout import HEIGHT, WIDTH
from alerting.charts.pictures import Pictures
from alerting.charts.sparkline import HEIGHT as SMALL_HEIGHT
from alerting.charts.sparkline import WIDTH as SMALL_WIDTH
from alerting.charts.words import alt_text, shows
from alerting.domain.alert import AlertEvent, SeriesKey
from alerting.domain.fault import Work
from alerting.domain.finding import Finding
from alerting.domain.period import Period
from alerting.evaluation.engine import Evaluation
from alerting.reports.chart_of_series import ChartMaker
from alerting.reports.views import ChartView

#: A picture beside a row of figures: what the row says is not said again.
SMALL_ALT = "Small chart: the last 12 periods, exceptions by their verdict"
#: Charts that are at hand for whoever is told of the same event, or laid out again: of a morning's thousands, the newest.
_MOST_AT_HAND = 512


class EventCharts:
    """Makes and draws the charts of one tick; each picture once."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._maker, self._pictures = ChartMaker(evaluation), Pictures()
        self._faults, self._places = evaluation.faults, {rule.id: rule.place for rule in evaluation.rules.rules}
        self._charts: dict[tuple[SeriesKey, Period], Chart | None] = {}
        self._views: dict[tuple[SeriesKey, Period, str | None], ChartView | None] = {}

    def of(self, event: AlertEvent) -> ChartView | None:
        """Return the chart of an event's series up to its finding's period; None where there is nothing to draw."""
        finding = event.finding
        if finding is None:
            return None
        key = (event.alert.key, finding.period, finding.text)
        if key not in self._views:  # a notice is laid out again where it is too large
            _make_room(self._views)
            self._views[key] = self._view(event.alert.key, finding)
        return self._views[key]

    def small(self, series: SeriesKey, period: Period) -> ChartView | None:
        """Return a series' last twelve periods as a picture for a table's cell; None where there is too little to draw."""
        chart, work = self._chart(series, period), self._work(series)
        if chart is None:
            return None
        draw = partial(self._faults.attempt, work, partial(self._pictures.small, chart))
        return ChartView(alt=SMALL_ALT, shows=SMALL_ALT, width=SMALL_WIDTH, height=SMALL_HEIGHT, draw=draw)

    def _work(self, series: SeriesKey) -> Work:
        place = self._places.get(series.rule)
        return Work(sort="chart of rule", id=series.rule, done="drawn", place=place, rule=series.rule)

    def _chart(self, series: SeriesKey, period: Period) -> Chart | None:
        key = (series, period)
        if key not in self._charts:
            _make_room(self._charts)
            self._charts[key] = self._faults.attempt(self._work(series), lambda: self._maker.chart(*key))
        return self._charts[key]

    def _view(self, series: SeriesKey, finding: Finding) -> ChartView | None:
        chart, work = self._chart(series, finding.period), self._work(series)
        return None if chart is None else self._faults.attempt(work, lambda: self._described(chart, finding, work))

    def _described(self, chart: Chart, finding: Finding, work: Work) -> ChartView:
        draw = partial(self._faults.attempt, work, partial(self._pictures.of, chart))  # None: shown without a picture
        return ChartView(alt=alt_text(chart, finding.text), shows=shows(chart), width=WIDTH, height=HEIGHT, draw=draw)


def _make_room(held: dict[Any, Any]) -> None:
    """Let go of what was put there first, where there is no room for one more."""
    if len(held) >= _MOST_AT_HAND:
        del held[next(iter(held))]
