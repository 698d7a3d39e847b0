"""Values outside a range."""

from samples.brought import Case, Form, OfCondition, Said, Verdicts
from samples.word_forms import SIDE
from samples.worlds import _

from alerting.conditions.outside_range import OutsideRange

BROUGHT = (
    OfCondition(
        key="outside_range",
        said=(
            Said(
                OutsideRange(low=10.0, high=30.0, called="band"),
                {"value": 31.0},
                ", 1 above the band of 10 to 30",
                ", above the band of 10 to 30",
                "band 10 to 30",
            ),
        ),
        verdicts=(
            Verdicts("ends-belong-to-it", OutsideRange(low=1.0, high=2.0), [1, 2, 0.9, 2.1, _, 1], "nnEEdn"),
            Verdicts("open-below", OutsideRange(high=2.0), [-9, 2.1], "nE"),
        ),
        cases=(
            Case(
                id="outside_range",
                make=lambda gauge: OutsideRange(
                    low=min(gauge.level(8.125), gauge.level(12.125)), high=max(gauge.level(8.125), gauge.level(12.125))
                ),
            ),
        ),
        worded=lambda drawn: OutsideRange(
            low=drawn.random.choice([drawn.low, drawn.low, None]),
            high=drawn.high,
            called=drawn.random.choice([None, "optimum band", "usual range"]),
        ),
        forms=(
            Form(
                f", (?:(?:<size=S> )?{SIDE}|(?P<in>within|on)|not (?P<not>above|below)) the (?P<called>.+?) of"
                " (?:<low=Q> to <high=Q>|<end=Q>)",
                "range",
            ),
        ),
    ),
)
