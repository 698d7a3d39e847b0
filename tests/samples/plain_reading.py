"""A second reading of a whole folder, slow and plain: where the engine's findings are not what it comes to."""

from collections.abc import Iterator, Sequence

from alerting.domain.period import Period
from samples.plain_figures import PlainFigures
from samples.plain_limits import CLOSE, lines_apart
from samples.plain_verdicts import Finding, Told, told_apart
from samples.random_folders import Folder


def read_apart(folder: Folder, history: Sequence[Finding]) -> Iterator[str]:
    """Yield what is wrong with findings of every period."""
    figures = PlainFigures(folder)
    rules = {rule["id"]: rule for rule in folder.rules}
    series: dict[tuple[str, str, str], dict[Period, Finding]] = {}
    for one in history:
        own = series.setdefault((one["rule"], one["measure"], one["area"]), {})
        own[figures.calendar.parse_exact(one["period"])] = one
    for (rule, measure, area), findings in series.items():
        told = Told(rule=rules[rule], measure=measure, area=area, findings=findings, figures=figures)
        yield from (f"{(rule, measure, area)} {one}" for one in (*told_apart(told), *lines_apart(told)))
        if told.judges_gaps:
            continue
        yield from (f"{(rule, measure, area)} {one}" for one in (*_values_apart(told), *_lost(told)))
    yield from _centres_apart(folder, history)


def _values_apart(told: Told) -> Iterator[str]:
    """Yield the values that are not those of the source, nor what is made of those."""
    figures, given = told.figures, told.figures.given.get((told.measure, told.area), {})
    of_rows = figures.is_given(told.measure, "roll_up") and "every" not in told.rule and given
    for period, one in told.findings.items():
        if of_rows:
            there = period in given
            known, value = there, given[period].value if there else None
        else:
            known, value = figures.made(told.measure, told.area, period)
        shown = one["value"]
        if known and (value is None) != (shown is None):
            yield f"{period} value {shown}, read plainly {value}"
        elif value is not None and abs(shown - value) > CLOSE * max(abs(value), 1):
            yield f"{period} value {shown}, read plainly {float(value)}"


def _lost(told: Told) -> Iterator[str]:
    """Yield periods with a figure, within a rule's time, of which nothing is found."""
    given = told.figures.given.get((told.measure, told.area), {})
    if not told.figures.is_given(told.measure, "roll_up") or "every" in told.rule:
        return
    begin, end = told.rule.get("from", ""), told.rule.get("until", "9")
    for period, figure in given.items():
        day = str(period.last_day)
        watched = begin <= day <= end and day < str(told.figures.folder.as_of)
        if watched and figure.value is not None and period not in told.findings:
            yield f"{period} has a figure and no finding"


def _centres_apart(folder: Folder, history: Sequence[Finding]) -> Iterator[str]:
    """Yield siblings that one funnel gives two centres."""
    funnels = {rule["id"] for rule in folder.rules if "outlier_among_areas" in rule["when"]}
    parents = {"north": "force", "south": "force", "east": "force", "east-1": "east", "east-2": "east"}
    centres: dict[tuple[str, str, str, str | None], set[float]] = {}
    for one in history:
        if one["rule"] in funnels and one["centre"] is not None:
            key = one["rule"], one["measure"], one["period"], parents.get(one["area"])
            centres.setdefault(key, set()).add(one["centre"])
    for key, found in centres.items():
        if max(found) - min(found) > CLOSE * max(map(abs, found)):
            yield f"{key} has more than one centre: {sorted(found)}"
