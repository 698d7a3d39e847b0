"""Values beyond a lower limit."""

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
        key="below_lower_limit",
        said=(
            Said(
                BelowLowerLimit(limits=ON),
                {"value": 9.0, **LINES},
                ", significantly below the average of 20 (lower limit 10)",
                ", below its lower limit of 10",
                "lower limit 10",
            ),
            Said(
                BelowLowerLimit(limits=ON),
                {"value": 31.0, **LINES},
                ", not below its lower limit of 10",
                None,
                "lower limit 10",
            ),
        ),
        verdicts=(
            Verdicts("on-the-limit-is-not", BelowLowerLimit(limits=TWO_TO_FOUR), [2, 1.99, 9, _, 0], "nEndE"),
            Verdicts("an-absent-limit-is-no-verdict", BelowLowerLimit(limits=Fixed(upper=4.0)), [0], "d"),
        ),
        on_limits=(
            OnLimits(
                id="below_lower_limit",
                make=lambda gauge, limits: gauge.either(BelowLowerLimit, AboveUpperLimit)(limits=limits),
            ),
        ),
        worded=lambda drawn: BelowLowerLimit(limits=drawn.method),
        forms=LIMITS,
    ),
)
