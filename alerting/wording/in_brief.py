"""A figure's change in a table's few words: −38% (on last year where nothing else is named), +2 points on Aug 2020, was 13."""

from alerting.domain.exact import same
from alerting.domain.measure import Covers, Unit
from alerting.domain.period import Period
from alerting.wording.dates import short_label
from alerting.wording.moves import says_in_percent
from alerting.wording.numbers import NumberStyle
from alerting.wording.summary import NewestFigure

_PLUS, _MINUS = "+", "\N{MINUS SIGN}"


def change_words(figure: NewestFigure) -> str | None:
    """Write how a figure moved: on last year's, which is not named, else on the one before, which is.

    None where nothing comparable is known. Of so few that a percentage says too much the earlier figure stands itself.
    """
    base = base_of(figure)
    if base is None:
        return _printed(figure)
    before, period = base
    style, on = NumberStyle.of(figure.measure), on_words(figure, period)
    now, once = figure.alike(before, period)
    if same(now, once):
        return f"unchanged{on}"
    sign = _PLUS if now > once else _MINUS
    if figure.measure.unit is Unit.PERCENT:
        return f"{sign}{style.apart((figure.value, (before,)), (before, (figure.value,)))}{on}"
    if not says_in_percent(figure.measure, figure.value, before):
        then = "" if _is_last_year(figure, period) else f" in {short_label(period)}"
        return f"was {style.bare(before, figure.value)}{then}"
    return f"{sign}{style.percent((now - once) / once * 100)}{on}"


def base_of(figure: NewestFigure) -> tuple[float, Period] | None:
    """Return the earlier figure that a table holds one against, and its period: last year's, else the one before."""
    twin = figure.period.same_period_last_year
    if figure.last_year is not None and twin is not None:
        return figure.last_year, twin
    if figure.previous is not None and figure.measure.covers is not Covers.YEAR_TO_DATE:
        return figure.previous, figure.period - 1
    return None


def on_words(figure: NewestFigure, period: Period) -> str:
    """Write what a change is on, to follow it: on Aug 2020; nothing for last year."""
    return "" if _is_last_year(figure, period) else f" on {short_label(period)}"


def signed(style: NumberStyle, apart: float) -> str:
    """Write a difference of what adds up with its sign: +195, −£1.2m."""
    return f"{_PLUS if apart > 0 else _MINUS}{style.bare(abs(apart))}"


def _is_last_year(figure: NewestFigure, period: Period) -> bool:
    return period == figure.period.same_period_last_year


def _printed(figure: NewestFigure) -> str | None:
    """Write the change that the source prints, where there are no two figures."""
    bases = {"same_period_last_year": "", "previous_period": f" on {short_label(figure.period - 1)}"}
    for versus, on in bases.items():
        change = figure.printed_changes.get(versus)
        if change:
            return f"{_PLUS if change > 0 else _MINUS}{NumberStyle.printed_percent(change)}{on}, as printed"
    return None
