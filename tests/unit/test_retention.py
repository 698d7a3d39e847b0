"""Since when bodies of messages are kept."""

from datetime import date

import pytest

from alerting.domain.measure import Span
from alerting.domain.period import PeriodKind
from alerting.domain.retention import kept_since


@pytest.mark.parametrize(
    ("count", "kind", "first"),
    [
        (13, PeriodKind.MONTH, date(2020, 2, 29)),
        (1, PeriodKind.YEAR, date(2020, 3, 31)),
        (2, PeriodKind.QUARTER, date(2020, 9, 30)),
        (6, PeriodKind.WEEK, date(2021, 2, 17)),
        (10, PeriodKind.DAY, date(2021, 3, 21)),
    ],
)
def test_it_is_the_same_day_so_long_before_or_the_last_of_a_shorter_month(count, kind, first):
    assert first == kept_since(date(2021, 3, 31), Span(count=count, kind=kind))
