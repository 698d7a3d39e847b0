"""Somebody says that a figure which a check holds is true: from the next tick on it is judged."""

from datetime import date, datetime

from alerting.app.alerts.actions import check_person
from alerting.domain.accepted_figure import AcceptedFigure
from alerting.domain.data_checks import held_by_check
from alerting.domain.period import Period, PeriodError
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.figures.observations import Reading
from alerting.figures.panels import build_panels
from alerting.ports.state import Store


def accept_figure(
    rules: RuleSet,
    reading: Reading,
    store: Store,
    named: tuple[str, str, str],
    said: tuple[str, str],
    now: tuple[date, datetime],
) -> str:
    """Let a figure through the checks that hold it, and return what is so now in a sentence.

    Args:
        reading: the figures that a tick would judge.
        named: measure, area and period, as somebody wrote them.
        said: who says so, and why.
        now: the day and instant.

    Raises:
        UsageError: there is no such measure, area, period or person, or no check holds the figure.
    """
    (measure, area, written), (person, reason), (day, at) = named, said, now
    check_person(rules, person)
    if measure not in rules.measures:
        raise UsageError(f'no measure "{measure}"')
    try:
        period = rules.calendar.parse(written, rules.measures[measure].every)
    except PeriodError as error:
        raise UsageError(str(error)) from None
    why, value = _held(rules, reading, measure, area, period, day)
    words = reason.encode("utf-8", "replace").decode("utf-8").strip()
    if not words:
        raise UsageError("a reason needs words")
    accepted = AcceptedFigure(
        measure=measure, area=area, period=period, value=value, person=person, at=at, reason=words
    )
    with store.begin() as state:
        state.accepted.save(accepted)
    what = f"{measure} {area} {period}, {value:,.12g}"
    return f"Accepted: {what} ({why}). It is judged from the next tick on; revised, it is checked again."


def _held(rules: RuleSet, reading: Reading, measure: str, area: str, period: Period, day: date) -> tuple[str, float]:
    """Return why a check holds or doubts a figure, and the figure.

    Raises:
        UsageError: none does.
    """
    panel = build_panels(reading, rules, day).by_kind.get(period.kind)
    column = None if panel is None else panel.column(measure, area)
    if panel is None or column is None:
        raise UsageError(f"there is no figure of {measure} in {area}")
    at = (panel.row(period), column)
    why = panel.doubted.get(at) if at not in panel.failed_checks else held_by_check(panel.failed_checks[at])
    if why is None:
        held = sorted({str(panel.period(row)) for row, place in panel.failed_checks if place == column})
        there = f"; of it are held: {', '.join(held)}" if held else ""
        raise UsageError(f"no check holds {measure} {area} {period}{there}")
    return why, float(panel.shown[at])
