"""How many figures the financial year before must have."""

import pytest
from samples.worlds import a_block, a_panel

from alerting.domain.finding import Reason
from alerting.domain.period import PeriodKind
from alerting.limits.previous_financial_year import PreviousFinancialYear


@pytest.mark.parametrize(
    ("kind", "periods", "least"),
    [
        pytest.param(PeriodKind.QUARTER, 4, 3, id="quarters"),
        pytest.param(PeriodKind.MONTH, 12, 8, id="months"),
        pytest.param(
            PeriodKind.WEEK, 53, 35, id="weeks"
        ),  # from the week of Thursday 29 March 2018: one before, 52 of 2018/19
        pytest.param(PeriodKind.DAY, 365, 244, id="days"),
    ],
)
def test_two_thirds_of_the_year_before_make_limits_and_one_figure_fewer_does_not(kind, periods, least):
    for known, reason in ((least, None), (least - 1, Reason.FEW_POINTS)):
        year = [None] * (periods - known) + [float(n % 7) for n in range(known)]
        found = PreviousFinancialYear().compute(a_block(a_panel([*year, 3.0], kind=kind)), {})
        assert (reason is None) == (found.upper[0, 0] == found.upper[0, 0])
        assert reason == (None if found.reason is None else Reason.from_code(int(found.reason[0, 0])))
