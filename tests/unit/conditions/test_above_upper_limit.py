"""Values beyond an upper limit."""

from samples.brought import OfCondition, OnLimits, Said, Verdicts
from samples.word_forms import LIMITS
from samples.worlds import _

from alerting.conditions.above_upper_limit import AboveUpperLimit
from alerting.conditions.below_lower_limit import BelowLowerLimit
from alerting.limits.fixed import Fixed
from alerting.limits.published import Published

LINES = {"centre": 20.0, "lower": 10.0, "upper": 30.0}
ON = Published()
TWO_TO_FOUR = Fixed(lower=2.0, upper=4.0)

BROUGHT = (
    OfCondition(
        key="above_upper_limit",
        said=(
            Said(
                AboveUpperLimit(limits=ON),
                {"value": 31.0, **LINES},
                ", significantly above the average of 20 (upper limit 30)",
                ", above its upper limit of 30",
                "upper limit 30",
            ),
            Said(
                AboveUpperLimit(limits=ON),
                {"value": 9.0, **LINES},
                ", not above its upper limit of 30",
                None,
                "upper limit 30",
            ),
        ),
        verdicts=(Verdicts("on-the-limit-is-not", AboveUpperLimit(limits=TWO_TO_FOUR), [4, 4.01, 1, _, 5], "nEndE"),),
        on_limits=(
            OnLimits(
                id="above_upper_limit",
                make=lambda gauge, limits: gauge.either(AboveUpperLimit, BelowLowerLimit)(limits=limits),
            ),
        ),
        worded=lambda drawn: AboveUpperLimit(limits=drawn.method),
        forms=LIMITS,
    ),
)
