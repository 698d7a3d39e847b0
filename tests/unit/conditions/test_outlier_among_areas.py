"""Areas that are outliers among those of their kind."""

from samples.brought import Form, OfCondition, Said
from samples.word_forms import AMONG, SIDE, WHICH

from alerting.conditions.outlier_among_areas import OutlierAmongAreas

LINES = {"centre": 20.0, "lower": 10.0, "upper": 30.0}

BROUGHT = (
    OfCondition(
        key="outlier_among_areas",
        said=(
            Said(
                OutlierAmongAreas(),
                {"value": 31.0, **LINES},
                ", significantly above the average of 20 among areas of its kind (upper limit 30 for its size)",
                ", above the upper limit of 30 among areas of its kind",
                "areas' upper limit 30",
            ),
        ),
        judged=(OutlierAmongAreas(),),
        worded=lambda _: OutlierAmongAreas(),
        forms=(
            Form(
                rf", significantly {SIDE} the average of <mean=Q> {AMONG} \({WHICH} limit <limit=Q> for its size\)",
                "outlier",
            ),
            Form(f", {SIDE} the {WHICH} limit of <limit=Q> {AMONG}", "outlier"),
            Form(rf", within what is usual {AMONG} \(<low=Q> to <high=Q>(?: for its size)?\)", "within"),
        ),
    ),
)
