"""Averages that moved."""

from samples.brought import Case, Form, OfCondition, Said

from alerting.conditions.average_moved import AverageMoved
from alerting.domain.period import Calendar
from alerting.limits.rebased_average import RebasedAverage

MOVED = {"value": 25.0, "centre": 24.0, "previous_centre": 20.0, "rebased_on": Calendar().parse_exact("2020-09")}


def moved(mode="auto", run=4):
    return AverageMoved(limits=RebasedAverage(baseline=5, run=run, mode=mode))


BROUGHT = (
    OfCondition(
        key="average_moved",
        said=(Said(AverageMoved(), MOVED, ", and its average has risen from 20 to 24", None, "average 24, was 20"),),
        cases=(
            Case(id="average_moved", make=lambda _: moved(), learns=True, window=4),
            Case(id="average_moved-proposed", make=lambda _: moved("propose", run=3), learns=True, window=3),
        ),
        worded=lambda drawn: AverageMoved(
            limits=RebasedAverage(baseline=4, run=3, mode=drawn.random.choice(["auto", "propose"]))
        ),
        forms=(
            Form(", and its average has (?P<way>risen|fallen|moved) from <old=Q> to <new=Q>", "moved"),
            Form(", and its average of <now=Q> no longer fits and should be set anew", "not_moved"),
            Form(r", with no move of its average \(<still=Q>\)", "not_moved"),
        ),
    ),
)
