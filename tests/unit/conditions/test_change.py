"""Values that changed on those of an earlier time."""

from samples.brought import Case, Form, OfCondition, Said
from samples.gauge import BINOMIAL, NEVER_BELOW_ZERO, POISSON, RATIO
from samples.word_forms import BASE, FROM, MUCH, TOTAL

from alerting.conditions.change import Change
from alerting.domain.parameters import Amount

SPANS = ("previous_period", "same_period_last_year", "year_to_date", "rolling_12_months")
PERCENT_20, TWENTY = Amount(number=20.0, relative=True), Amount(number=20.0)
OF_FAILURES = "a percentage of the share of failures is another than one of the share of successes"


def rise(gauge, number, versus, *, relative, **extra):
    amount = Amount(number=number if relative else gauge.size(number), relative=relative)
    return Change(versus=versus, **{gauge.either("rises_by", "falls_by"): amount, **extra})


def significant(gauge, span):
    return rise(gauge, 5.0, span, relative=True, significant=Amount(number=80.0, relative=True))


BROUGHT = (
    OfCondition(
        key="change",
        said=(
            Said(
                Change(versus="previous_period", rises_by=PERCENT_20),
                {"value": 30.0, "previous": 20.0, "change": 50.0},
                ", up from 20 in August 2020",
                ", up from 20 in August 2020",
                "up from 20 last month",
            ),
            Said(
                Change(versus="same_period_last_year", rises_by=TWENTY),
                {"value": 50.0, "change": 20.0, "last_year": 30.0},
                ", up 20 on the same month last year (30)",
                ", up 20 on the same month last year",
                "up 20 on last year",
            ),
        ),
        cases=(
            *(
                Case(
                    id=f"change-{span}",
                    relative=True,
                    no_shift=RATIO,
                    make=lambda gauge, span=span: rise(gauge, 12.3, span, relative=True),
                )
                for span in SPANS
            ),
            Case(id="change-in-the-unit", make=lambda gauge: rise(gauge, 1.0, "previous_period", relative=False)),
            Case(id="change-any", make=lambda gauge: rise(gauge, 0.0, "same_period_last_year", relative=False)),
            Case(id="change-sum-in-the-unit", make=lambda gauge: rise(gauge, 3.0, "year_to_date", relative=False)),
            Case(
                id="change-either-way",
                relative=True,
                no_shift=RATIO,
                make=lambda _: Change(versus="previous_period", moves_by=Amount(number=12.3, relative=True)),
            ),
            *(
                Case(
                    id=f"change-significant-{span}",
                    figures="percent",
                    relative=True,
                    no_shift=RATIO,
                    no_scale=BINOMIAL,
                    no_mirror=OF_FAILURES,
                    make=lambda gauge, span=span: significant(gauge, span),
                )
                for span in SPANS
            ),
            Case(
                id="change-of-a-rate",
                figures="rate",
                relative=True,
                no_shift=POISSON,
                no_scale=POISSON,
                no_mirror=NEVER_BELOW_ZERO,
                make=lambda gauge: rise(gauge, 5.0, "year_to_date", relative=True),
            ),
        ),
        worded=lambda drawn: Change(
            versus=drawn.span, **{drawn.random.choice(["rises_by", "falls_by", "moves_by"]): drawn.amount}
        ),
        forms=(
            Form(TOTAL, "total"),
            Form(f", (?P<way>up|down) {FROM}", "change_from"),
            Form(f", (?P<way>up|down) {MUCH} on {BASE}", "change"),
            Form(", no change on (?P<base>.+)", "no_change"),
        ),
    ),
)
