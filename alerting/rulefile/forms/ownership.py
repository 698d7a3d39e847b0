"""How the owners of a measure, a topic or an area are written: one, several, or from days on."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator

from alerting.domain.ownership import OwnersFrom, Ownership
from alerting.rulefile.forms.base import Form, OneOf, describe, one_or_many
from alerting.rulefile.forms.context import value_problem
from alerting.rulefile.forms.selection import OwnerId
from alerting.rulefile.forms.time import FirstDay

_SOME = "the id of an owner, or a list of ids"
_WORDS = f"{_SOME}, or a list of {{from: 2020-04-01, owner: …}}"


def _several(ids: Sequence[str]) -> tuple[str, ...]:
    if not ids:
        raise value_problem("bad-value", "an empty list names nobody", "remove the key, or name an owner")
    return tuple(dict.fromkeys(ids))


class OwnersFromForm(Form):
    """Who answers from a day on."""

    since: FirstDay = describe("first day; a month or quarter stands for its first day", key="from")
    owner: Annotated[tuple[str, ...], one_or_many(OwnerId, _SOME), AfterValidator(_several)] = describe(
        "who answers from then on, until the next step"
    )


def _dated(steps: Sequence[OwnersFromForm]) -> Ownership:
    found: dict[date, tuple[str, ...]] = {}
    for index, step in enumerate(steps):
        if step.since in found:
            message, fix = f"two owners begin on {step.since}", "write both as one list, or remove one"
            raise value_problem("bad-value", message, fix, at=(index, "from"))
        found[step.since] = step.owner
    return tuple(OwnersFrom(since=day, ids=found[day]) for day in sorted(found))


def _at_all_times(ids: Sequence[str]) -> Ownership:
    return (OwnersFrom(ids=_several(ids)),)


def _arm(value: Any) -> str | None:
    if isinstance(value, list):
        return "dated" if any(isinstance(one, dict) for one in value) else "several"
    return None if isinstance(value, dict) or value is None else "one"


OwnershipForm = Annotated[
    Ownership,
    OneOf(
        lambda: {
            "one": Annotated[OwnerId, AfterValidator(lambda id_: _at_all_times((id_,)))],
            "several": Annotated[list[OwnerId], AfterValidator(_at_all_times)],
            "dated": Annotated[list[OwnersFromForm], AfterValidator(_dated)],
        },
        _arm,
        _WORDS,
    ),
]
