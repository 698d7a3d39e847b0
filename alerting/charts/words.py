"""Charts in words: what one shows, for those who do not see it."""

from alerting.charts.chart import Chart, Mark
from alerting.domain import exact
from alerting.domain.answers import RANGE_ENDS, RANGE_FROM, RANGE_TO
from alerting.domain.period import Period, PeriodKind

#: Exceptional periods named one by one; more are counted.
_MOST_NAMED = 6
_MARKED = {
    Mark.EXCEPTION: "Exceptional",
    Mark.MOVED: "The average moved",
    Mark.PROPOSED: "A new average is proposed",
}


def shows(chart: Chart) -> str:
    """Say what a chart shows: its span, what is drawn beside the values, their extremes and which are exceptional."""
    first, last = chart.points[0].period, chart.points[-1].period
    span = f"{first.label} to {last.label}"
    ends = {line.called: chart.level_words(line) for line in chart.lines if line.called in RANGE_ENDS}
    whole = len(ends) == len(RANGE_ENDS)  # a range has one name for both of its lines and what lies between
    beside = [f"{one.called} {chart.level_words(one)}" for one in chart.lines if not whole or one.called not in ends]
    kind = f"range of {ends[RANGE_FROM]} to {ends[RANGE_TO]}" if whole else "band"
    beside += [f"the {band.called} {kind}" for band in chart.bands]
    drawn = f"{span}, with {_listed([_lower(words) for words in beside])}" if beside else span
    return " ".join([f"{drawn}.", _extremes(chart), *_marked(chart), *_missing(chart)])


def alt_text(chart: Chart, finding: str | None = None) -> str:
    """Say in words what a reader would see: the finding itself first, then the chart."""
    about = f"Chart of {chart.title}, {chart.area}, {shows(chart)}"
    return f"{finding} {about}" if finding else about


def _extremes(chart: Chart) -> str:
    known = [(point.value, point.period) for point in chart.points if point.value is not None]
    (low, low_at), (high, high_at) = min(known, key=_value), max(known, key=_value)
    if exact.same(low, high):
        return f"All figures are {chart.style.value(low)}."
    return f"Lowest {chart.style.value(low, high)} ({low_at.label}), highest {chart.style.value(high, low)} ({high_at.label})."


def _value(one: tuple[float, Period]) -> float:
    return one[0]


def _marked(chart: Chart) -> list[str]:
    found = []
    for mark, words in _MARKED.items():
        periods = [point.period for point in chart.points if point.mark is mark and point.value is not None]
        if periods:
            newest, before = _listed([period.label for period in periods[-_MOST_NAMED:]]), len(periods) - _MOST_NAMED
            more = f"in {before} earlier periods" if before > 0 else ""
            if periods[0].kind is PeriodKind.DAY:
                found.append(f"{words} {f'{more} and on' if more else 'on'} {newest}.")
            else:
                found.append(f"{words} {f'{more},' if more else 'in'} {newest}.")
    provisional = [point.period.label for point in chart.points if point.provisional and point.value is not None]
    if provisional:
        found.append(f"Provisional: {_listed(provisional[-_MOST_NAMED:])}.")
    return found


def _missing(chart: Chart) -> list[str]:
    absent = [point.withheld for point in chart.points if point.value is None]
    counts = {"missing": absent.count(False), "withheld by the source": absent.count(True)}
    return [
        f"{count} of {len(chart.points)} figures {'is' if count == 1 else 'are'} {why}."
        for why, count in counts.items()
        if count
    ]


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:] if words[1:2].islower() or words[1:2] == " " else words


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
