"""Reductions that were wanted and did not come."""

from samples.brought import Case, Form, OfCondition, Said
from samples.gauge import RATIO
from samples.word_forms import BASE, FROM, MUCH, REACHED, TOTAL

from alerting.conditions.reduction_missed import ReductionMissed
from alerting.domain.parameters import Amount

PERCENT_20 = Amount(number=20.0, relative=True)
ONE_WAY = "a rise that is wanted and does not come is no reduction that is missed"

BROUGHT = (
    OfCondition(
        key="reduction_missed",
        said=(
            Said(
                ReductionMissed(at_least=PERCENT_20),
                {"value": 27.0, "change": -10.0, "last_year": 30.0},
                ", a fall of 10% on the same month last year (30), short of the 20% reduction wanted",
                ", a fall of 10% on the same month last year, short of the 20% reduction wanted",
                "20% fall wanted",
            ),
        ),
        cases=(
            Case(
                id="reduction_missed",
                relative=True,
                no_shift=RATIO,
                no_mirror=ONE_WAY,
                make=lambda _: ReductionMissed(at_least=Amount(number=5.0, relative=True), versus="previous_period"),
            ),
            Case(
                id="reduction_missed-in-the-unit",
                no_mirror=ONE_WAY,
                make=lambda gauge: ReductionMissed(at_least=Amount(number=gauge.size(1.0))),
            ),
        ),
        worded=lambda drawn: ReductionMissed(versus=drawn.span, at_least=drawn.amount),
        forms=(
            Form(TOTAL + REACHED, "total"),
            Form(f", (?P<way>a rise|a fall) {FROM}{REACHED}", "change_from"),
            Form(f", (?P<way>a rise|a fall) of {MUCH} on {BASE}{REACHED}", "change"),
            Form(f", no change on (?P<base>.+?){REACHED}", "no_change"),
        ),
    ),
)
