"""Values beyond either limit."""

from samples.brought import OfCondition, OnLimits, Said, Verdicts
from samples.word_forms import LIMITS
from samples.worlds import _

from alerting.conditions.outside_limits import OutsideLimits
from alerting.limits.fixed import Fixed
from alerting.limits.published import Published

LINES = {"centre": 20.0, "lower": 10.0, "upper": 30.0}
ON = Published()
TWO_TO_FOUR = Fixed(lower=2.0, upper=4.0)

BROUGHT = (
    OfCondition(
        key="outside_limits",
        said=(
            Said(
                OutsideLimits(limits=ON),
                {"value": 9.0, **LINES},
                ", significantly below the average of 20 (lower limit 10)",
                ", below its lower limit of 10",
                "lower limit 10",
            ),
            Said(
                OutsideLimits(limits=ON),
                {"value": 31.0, **LINES},
                ", significantly above the average of 20 (upper limit 30)",
                ", above its upper limit of 30",
                "upper limit 30",
            ),
        ),
        verdicts=(
            Verdicts("either-side", OutsideLimits(limits=TWO_TO_FOUR), [2, 4, 1, 5, _, 3], "nnEEdn"),
            Verdicts("an-absent-side-tests-nothing", OutsideLimits(limits=Fixed(upper=4.0)), [0, 5], "nE"),
        ),
        on_limits=(OnLimits(id="outside_limits", make=lambda _gauge, limits: OutsideLimits(limits=limits)),),
        worded=lambda drawn: OutsideLimits(limits=drawn.method),
        forms=LIMITS,
    ),
)
