"""How the moves of an average that somebody took over are written."""

from typing import Annotated, Any

from pydantic import AfterValidator

from alerting.domain.parameters import AcceptedMove
from alerting.domain.period import Period
from alerting.rulefile.forms.base import Form, OneOf, Text, describe
from alerting.rulefile.forms.selection import AreaSet, OwnerId
from alerting.rulefile.forms.time import AnyPeriod


class AcceptedMoveForm(Form):
    """A move of an average that somebody took over."""

    period: AnyPeriod = describe("the last period of its run, as the message that proposed it names it")
    areas: AreaSet = describe("in these areas; default all", frozenset())
    reason: Text | None = describe("why the level has changed", None)
    by: OwnerId | None = describe("who took it over", None)


def _accepted(form: AcceptedMoveForm) -> AcceptedMove:
    return AcceptedMove(period=form.period, areas=tuple(sorted(form.areas)), reason=form.reason, by=form.by)


def _arm(value: Any) -> str | None:
    return "mapping" if isinstance(value, dict) else None if isinstance(value, list) or value is None else "period"


AcceptedMoveSelection = Annotated[
    Period | AcceptedMove,
    OneOf(
        lambda: {"period": AnyPeriod, "mapping": Annotated[AcceptedMoveForm, AfterValidator(_accepted)]},
        _arm,
        "a period like 2018-11, or {period: 2018-11, areas: [north], reason: …, by: …}",
    ),
]
