"""Values that differ from a plan."""

from samples.brought import Case, Form, OfCondition, Said
from samples.gauge import RATIO
from samples.word_forms import OVER

from alerting.conditions.variance import Variance
from alerting.domain.parameters import Amount

PERCENT_20 = Amount(number=20.0, relative=True)


def in_the_unit(gauge):
    over, under = gauge.either((2.125, 1.125), (1.125, 2.125))
    return Variance(over=Amount(number=gauge.size(over)), under=Amount(number=gauge.size(under)))


BROUGHT = (
    OfCondition(
        key="variance",
        said=(
            Said(
                Variance(against="budget", over=PERCENT_20),
                {"value": 33.0, "plan": 30.0},
                ", 3 (10%) over the budget of 30",
                ", over the budget of 30",
                "budget 30",
            ),
        ),
        cases=(
            Case(id="variance", make=in_the_unit),
            Case(
                id="variance-relative",
                relative=True,
                no_shift=RATIO,
                make=lambda gauge: Variance(**{gauge.either("over", "under"): Amount(number=12.3, relative=True)}),
            ),
        ),
        worded=lambda drawn: Variance(
            against=drawn.random.choice(["plan", "monthly_average", "target"]),
            over=drawn.amount,
            under=drawn.random.choice([None, Amount(number=1.0, relative=drawn.amount.relative)]),
        ),
        forms=(
            Form(
                rf", (?:<size=S>(?: \(<share=P>\)|, or <apart=P>,)? )?{OVER} the (?P<column>[a-z ]+) of <ref=Q>",
                "variance",
            ),
            Form(rf", in line with the (?P<column>[a-z ]+) of <ref=Q>(?: \(<size=S> {OVER}\))?", "in_line"),
            Form(", equal to the (?P<column>[a-z ]+) of <ref=Q>", "equal"),
        ),
    ),
)
