"""The shipped rules against the Performance Report of October 2020 (West Mercia Police, SPI/2020/285), exception by exception.

`october_2020_report.csv` lists what the rules find on the figures of 2020/21 as of the day of the report, and where its reader
would have met it: in the text (with the tables of the budget and of referrals, which stand in its midst), in a table by its
colour, or not at all (unwanted).
"""

import csv
from datetime import date
from pathlib import Path

import pytest
from samples.worlds import an_engine

from alerting.domain.finding import State

with (Path(__file__).parent / "october_2020_report.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
RULES = Path(__file__).parents[2] / "rules"
AS_OF = date(2020, 10, 15)
#: What the report names and nothing but a printed change or an audit's two numbers says.
NAMED_BY_A_CHANGE = {
    ("hate-crime", "telford-and-wrekin"): 56,
    ("child-at-risk", "telford-and-wrekin"): 27,
    ("child-at-risk", "west-mercia"): 15,
    ("ksi-collisions", "west-mercia"): 12,
    ("outcomed-offences/outcome-14", "west-mercia"): 30,
    ("sickness/officers", "west-mercia"): 0.68,
}


def key(finding):
    return finding.rule, finding.measure, finding.area, str(finding.period)


@pytest.fixture(scope="module")
def exceptions(tmp_path_factory):
    answer = an_engine(RULES, tmp_path_factory.mktemp("state"), AS_OF).enquiries.evaluate(AS_OF, only=State.EXCEPTION)
    found = [one.finding for one in answer.found]
    return [finding for finding in found if finding.period.last_day >= date(2020, 4, 1)]


def test_the_rules_find_what_the_report_says_and_hardly_anything_else(exceptions):
    assert sorted(map(key, exceptions)) == sorted(
        (row["rule"], row["measure"], row["area"], row["period"]) for row in ROWS
    )


def test_at_most_one_exception_in_ten_is_none_to_the_reports_reader():
    unwanted = [row for row in ROWS if row["where"] == "unwanted"]
    assert len(ROWS) >= 10 * len(unwanted) > 0


@pytest.mark.parametrize(("series", "percent"), NAMED_BY_A_CHANGE.items())
def test_what_is_printed_as_a_change_alone_is_found(exceptions, series, percent):
    measure, area = series
    (found,) = [
        one for one in exceptions if (one.measure, one.area) == series and one.change is not None and one.change > 0
    ]
    assert found.change == pytest.approx(percent), (measure, area)


def test_the_audit_and_the_overtime_are_found_where_their_figures_are_printed(exceptions):
    values = {one.measure: one.value for one in exceptions}
    assert values["audited-logs-missing-a-crime"] == pytest.approx(90)
    assert values["officer-overtime-over-budget"] == pytest.approx(1.117)
