"""When a topic stands in a month's summary."""

import pytest

from alerting.domain.inclusion import TopicMonth, ends_quarter, is_included
from alerting.domain.measure import Include
from alerting.domain.period import Calendar, PeriodKind

OPEN = dict.fromkeys(("ends_quarter", "exceptional", "updated", "risen"), False)
#: policy -> what by itself brings the topic in.
ENOUGH = {
    Include.MONTH_AND_QUARTER: {"", "ends_quarter", "exceptional", "updated", "risen"},
    Include.QUARTER: {"ends_quarter"},
    Include.QUARTER_UNLESS_EXCEPTIONAL: {"ends_quarter", "exceptional"},
    Include.QUARTER_UNLESS_UPDATED: {"ends_quarter", "updated"},
    Include.EXCEPTIONAL_ONLY: {"exceptional"},
    Include.MONTHLY_INCREASE: {"risen"},
}


@pytest.mark.parametrize("what", ["", *OPEN])
@pytest.mark.parametrize("include", list(Include), ids=str)
def test_a_topic_stands_in_the_summary_for_its_own_reasons_alone(include, what):
    month = TopicMonth(**(OPEN | ({what: True} if what else {})))

    assert (what in ENOUGH[include]) == is_included(include, month)


@pytest.mark.parametrize("include", list(Include), ids=str)
def test_every_topic_stands_in_a_summary_where_everything_speaks_for_it(include):
    assert is_included(include, TopicMonth(ends_quarter=True, exceptional=True, updated=True, risen=True))


@pytest.mark.parametrize(
    ("starts", "ending"),
    [
        pytest.param(4, [3, 6, 9, 12], id="financial year from April"),
        pytest.param(1, [3, 6, 9, 12], id="calendar year"),
        pytest.param(2, [1, 4, 7, 10], id="financial year from February"),
    ],
)
def test_a_quarters_last_month_follows_the_financial_year(starts, ending):
    months = [Calendar(starts).parse(f"2020-{month:02d}", PeriodKind.MONTH) for month in range(1, 13)]

    assert ending == [month.first_day.month for month in months if ends_quarter(month)]
