"""Changes that the source prints, in percent, where there are no two figures to work one out from."""

from collections.abc import Mapping

from alerting.domain.period import Period
from alerting.wording.numbers import NumberStyle

#: What a printed change is on, where that is no period that can be named.
_ON = {"same_period_last_year": "on last year", "year_to_date": "in the year to date on last year's"}


def printed_change(change: float, versus: str, period: Period, style: NumberStyle) -> str:
    """Write up 0.68% on last year; down 3% on August 2020; no change on last year."""
    on = _ON.get(versus, f"on {(period - 1).label}")
    return (
        f"no change {on}" if change == 0 else f"{'up' if change > 0 else 'down'} {style.printed_percent(change)} {on}"
    )


def printed_changes(changes: Mapping[str, float], period: Period, style: NumberStyle) -> str:
    """Write all that are printed, joined."""
    return " and ".join(printed_change(change, versus, period, style) for versus, change in changes.items())
