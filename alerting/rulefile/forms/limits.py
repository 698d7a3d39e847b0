"""How parameters that only limits methods have are written."""

from typing import Annotated, Any

from pydantic import AfterValidator

from alerting.domain.parameters import MinimumCases
from alerting.rulefile.forms.base import Form, Read, describe
from alerting.rulefile.forms.context import described, value_problem
from alerting.rulefile.forms.figures import NotNegative


def _period_count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise value_problem("wrong-type", f"expected a whole number, found {described(value)}")
    if value < 1:
        raise value_problem("bad-value", f"{value} periods cannot be; write 1 or more")
    return value


PeriodCount = Annotated[int, Read(_period_count, {"type": "integer", "minimum": 1})]


class MinimumCasesForm(Form):
    """A number of cases in the latest periods."""

    count: NotNegative = describe("cases", 5)
    periods: PeriodCount = describe("over how many of the latest periods, the judged one included", 4)


def _minimum_cases(form: MinimumCasesForm) -> MinimumCases:
    return MinimumCases(count=form.count, periods=form.periods)


MinimumCasesSelection = Annotated[MinimumCasesForm, AfterValidator(_minimum_cases)]
