"""Limits of the financial year before."""

from samples.brought import MethodCase, OfMethod

from alerting.limits.previous_financial_year import PreviousFinancialYear

BROUGHT = (
    OfMethod(
        key="previous_financial_year",
        cases=(MethodCase(id="previous_financial_year", make=lambda _: PreviousFinancialYear(sigmas=1.5)),),
        worded=lambda drawn: PreviousFinancialYear(sigmas=drawn.random.choice([1.0, 2.0])),
    ),
)
