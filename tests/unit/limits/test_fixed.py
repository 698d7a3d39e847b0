"""Limits that the rule itself gives."""

from samples.brought import MethodCase, OfMethod

from alerting.limits.fixed import Fixed


def between(gauge, low, high):
    ends = sorted((gauge.level(low), gauge.level(high)))
    return Fixed(lower=ends[0], upper=ends[1])


def worded(drawn):
    value = drawn.value
    made = (
        Fixed(lower=value - 3, upper=value, centre=drawn.random.choice([None, value - 1])),
        Fixed(upper=value - 0.04),
        Fixed(lower=value + 0.5),
    )
    return drawn.random.choice(made)


BROUGHT = (
    OfMethod(
        key="fixed",
        cases=(MethodCase(id="fixed", make=lambda gauge: between(gauge, 8.125, 12.125), learns=False),),
        worded=worded,
        centre="usual",
    ),
)
