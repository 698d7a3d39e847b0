"""`truth.csv`: what was put into the example's figures, for whoever wants to see what a rule finds of it and what it misses."""

from collections.abc import Iterator

from alerting.scaffold.planted import PLANTED, Planted, PlantedKind
from alerting.scaffold.series import LEVEL, SERIES, Series

COLUMNS = ("measure", "area", "kind", "from", "until", "by", "was", "words")


def rows() -> Iterator[tuple[str, ...]]:
    """Yield what was put in, area by area, in the order of `COLUMNS`; then the seasons, and the measures that grow.

    `by` is what a count or number is multiplied with (a trend: by so much more each period), the points that a share is moved
    by, the days by which a figure is late or revised; `was` the same of the figure that came first.
    """
    forms = {series.measure: series for series in SERIES}
    for planted in PLANTED:
        for area in planted.areas:
            yield _planted(planted, area, forms[planted.measure])
    for series in SERIES:
        if series.season != LEVEL:
            words = f"{max(series.season):.2f} of the mean at most, {min(series.season):.2f} at least"
            yield (series.measure, "", "seasonal", "", "", "", "", words)
        if series.grows:
            yield (series.measure, "", "grows", "", "", _signed(series.grows), "", "Points a year")


def _planted(planted: Planted, area: str, series: Series) -> tuple[str, ...]:
    in_days = planted.kind in {PlantedKind.LATE, PlantedKind.REVISED}
    by = "" if planted.kind is PlantedKind.MISSING else f"{planted.by:g}" if in_days else _moved(planted.by, series)
    was = _moved(planted.was, series) if planted.kind is PlantedKind.REVISED else ""
    return (planted.measure, area, planted.kind.value, planted.first, planted.last, by, was, planted.words)


def _moved(by: float, series: Series) -> str:
    return _signed(by) if series.form == "share" else f"{by:g}"


def _signed(points: float) -> str:
    return f"{points:+g}"
