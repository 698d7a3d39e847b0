"""Values that go one way."""

from samples.brought import Case, Form, OfCondition, Said, Verdicts
from samples.worlds import _

from alerting.conditions.trend import Trend

BROUGHT = (
    OfCondition(
        key="trend",
        said=(
            Said(
                Trend(length=5),
                {"value": 25.0, "previous": 24.0},
                ", rising throughout the last 4 months",
                ", rising for 4 months",
                "up 4 months",
            ),
        ),
        verdicts=(
            Verdicts("equal-values-end-it", Trend(length=3), [1, 2, 3, 4, 4, 3, 2], "hhEEnnE"),
            Verdicts("one-way-only", Trend(length=3, direction="falling"), [1, 2, 3, 2, 1], "hnnnE"),
            Verdicts("a-gap-leaves-it-open", Trend(length=3), [1, _, 3, 4, 5], "hdddE"),
            Verdicts("a-value-refutes-across-a-gap", Trend(length=3, direction="rising"), [3, _, 2], "hdn"),
        ),
        cases=(
            Case(id="trend", make=lambda _: Trend(length=3), window=3),
            Case(
                id="trend-one-way",
                window=4,
                make=lambda gauge: Trend(length=4, direction=gauge.either("falling", "rising")),
            ),
        ),
        worded=lambda drawn: Trend(length=drawn.length, direction=drawn.random.choice(["rising", "falling", "either"])),
        forms=(
            Form(", (?P<way>rising|falling) (?:throughout the last|for) (?P<n>[0-9]+) <K>s", "trend"),
            Form(", (?P<way>higher|lower) than the <K> before", "step"),
            Form("", "no_step"),
        ),
    ),
)
