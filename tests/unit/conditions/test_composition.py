"""Conditions made of others."""

from samples.brought import Case, OfCondition, Said
from samples.gauge import target

from alerting.conditions.composition import AllOf, AnyOf, Not
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.target_missed import TargetMissed
from alerting.conditions.trend import Trend
from alerting.domain.measure import Level

FEW, MISSED = OutsideRange(low=0.0, high=5.0), TargetMissed(at_most=Level(number=30.0))
BOTH = {"value": 31.0, "target": 30.0}

BROUGHT = (
    OfCondition(
        key="any_of",
        said=(
            Said(
                AnyOf(parts=(FEW, MISSED)),
                BOTH,
                ", 26 above the range of 0 to 5",
                ", above the range of 0 to 5",
                "highest accepted 5",
            ),
        ),
        cases=(Case(id="any_of", make=lambda gauge: AnyOf(parts=(target(gauge), Trend(length=3)))),),
    ),
    OfCondition(
        key="all_of",
        said=(
            Said(
                AllOf(parts=(MISSED, FEW)), BOTH, ", 1 above the target of 30", ", above the target of 30", "target 30"
            ),
        ),
        cases=(Case(id="all_of", make=lambda gauge: AllOf(parts=(Trend(length=3), target(gauge))), window=3),),
    ),
    OfCondition(
        key="not",
        said=(Said(Not(part=MISSED), BOTH, ", 1 above the target of 30", ", above the target of 30", "target 30"),),
        cases=(Case(id="not", make=lambda gauge: Not(part=target(gauge))),),
    ),
)
