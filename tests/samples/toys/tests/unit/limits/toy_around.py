"""Limits at one distance on both sides of a centre."""

from alerting.limits.around import Around
from samples.brought import MethodCase, OfMethod

BROUGHT = (
    OfMethod(
        key="around",
        cases=(
            MethodCase(
                id="around",
                learns=False,
                make=lambda gauge: Around(centre=gauge.level(10.125), distance=gauge.size(2.0)),
            ),
        ),
        worded=lambda drawn: Around(centre=drawn.value, distance=drawn.random.choice([0.04, 1.0, 3.0])),
        centre="usual",
    ),
)
