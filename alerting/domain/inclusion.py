"""When a topic stands in a month's summary, by its `include:`."""

from dataclasses import dataclass

from alerting.domain.measure import Include
from alerting.domain.period import Calendar, Period, PeriodKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicMonth:
    """What decides whether a topic stands in the summary of one month."""

    #: Whether the month is the last of a quarter of the financial year.
    ends_quarter: bool
    #: Whether the newest verdict on any of its series, up to the month's end, is an exception.
    exceptional: bool
    #: Whether any of its figures, new or revised, became known in the time that the summary covers.
    updated: bool
    #: Whether any of its measures has a figure for the month that is higher than the month before's.
    risen: bool


def ends_quarter(month: Period) -> bool:
    """Say whether a month is the last of its quarter."""
    quarter = Calendar(month.starts).coarser(month, PeriodKind.QUARTER)
    return quarter.last_day == month.last_day


def is_included(include: Include, month: TopicMonth) -> bool:
    """Say whether a topic stands in the month's summary.

    - `month_and_quarter`: in every month.
    - `quarter`: only in a quarter's last month.
    - `quarter_unless_exceptional`: in a quarter's last month, and in any other where an exception stands.
    - `quarter_unless_updated`: in a quarter's last month, and in any other where a figure became known.
    - `exceptional_only`: only where an exception stands, also in a quarter's last month.
    - `monthly_increase`: only where a figure is higher than the month before's, also in a quarter's last month.
    """
    match include:
        case Include.QUARTER:
            return month.ends_quarter
        case Include.QUARTER_UNLESS_EXCEPTIONAL:
            return month.ends_quarter or month.exceptional
        case Include.QUARTER_UNLESS_UPDATED:
            return month.ends_quarter or month.updated
        case Include.EXCEPTIONAL_ONLY:
            return month.exceptional
        case Include.MONTHLY_INCREASE:
            return month.risen
        case _:
            return True
