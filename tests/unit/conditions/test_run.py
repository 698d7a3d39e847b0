"""Values on one side of a centre, several in a row."""

from samples.brought import Case, Form, OfCondition, OnLimits, Said
from samples.word_forms import CENTRE, SIDE

from alerting.conditions.run import Run
from alerting.limits.published import Published
from alerting.limits.rebased_average import RebasedAverage

LINES = {"centre": 20.0, "lower": 10.0, "upper": 30.0}
ON = Published()


def sides(gauge):
    return gauge.either("above", "below")


BROUGHT = (
    OfCondition(
        key="run",
        said=(
            Said(
                Run(of=ON, length=4),
                {"value": 21.0, **LINES},
                ", with the last 4 months all above the average of 20",
                ", 4 months in a row above the average of 20",
                "4 months above average 20",
            ),
            Said(
                Run(of=ON, length=4),
                {"value": 19.0, **LINES},
                ", with the last 4 months all below the average of 20",
                ", 4 months in a row below the average of 20",
                "4 months below average 20",
            ),
            Said(
                Run(of=ON, length=4),
                {"value": 20.0, **LINES},
                ", on the average of 20",
                ", on the average of 20",
                "average 20",
            ),
            Said(Run(of=ON, length=4), {"value": 20.0}, "", "", None),
        ),
        on_limits=(
            OnLimits(id="run", make=lambda _, limits: Run(of=limits, length=4), window=4),
            OnLimits(
                id="run-one-side", make=lambda gauge, limits: Run(of=limits, length=3, side=sides(gauge)), window=3
            ),
        ),
        cases=(
            Case(
                id="run-longer-than-a-move",
                learns=True,
                window=5,
                make=lambda _: Run(of=RebasedAverage(baseline=3, run=3), length=5),
            ),
        ),
        worded=lambda drawn: Run(
            of=drawn.method, length=drawn.length, side=drawn.random.choice(["above", "below", "either"])
        ),
        forms=(
            Form(f", with the last (?P<n>[0-9]+) <K>s (?P<all>both|all) {SIDE} {CENTRE}", "run"),
            Form(f", (?P<n>[0-9]+) <K>s in a row {SIDE} {CENTRE}", "run"),
            Form(f", (?P<side>above|below|on) {CENTRE}", "beside_centre"),
        ),
    ),
)
