"""Figures that have not come."""

from samples.brought import Form, OfCondition, Said

from alerting.conditions.not_fresh import NotFresh

BROUGHT = (
    OfCondition(
        key="not_fresh",
        said=(Said(NotFresh(), {"value": None}, "", " no figure for September 2020, due by 5 October 2020", None),),
        worded=lambda _: NotFresh(),
        forms=(Form(", the figure has come", "nothing"), Form("", "nothing")),
    ),
)
