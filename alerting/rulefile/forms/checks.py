"""How data checks are written (`checks:` of a measure)."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator

from alerting.domain.data_checks import DataChecks, Slip
from alerting.rulefile.forms.base import Form, JsonSchema, Read, describe, text_schema
from alerting.rulefile.forms.context import described, value_problem

_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER}) *%? to ({_NUMBER}) *%?")
_AT_LEAST, _AT_MOST = re.compile(rf"at least ({_NUMBER}) *%?"), re.compile(rf"at most ({_NUMBER}) *%?")
#: What `slips` takes, in words, and for an editor.
_SLIPS = f"`all`, `none`, or some of `[{', '.join(Slip)}]`"
_SLIPS_SCHEMA: JsonSchema = {
    "anyOf": [{"enum": ["all", "none", *Slip]}, {"type": "array", "items": {"enum": list(Slip)}, "minItems": 1}],
    "$comment": _SLIPS,
}
_ROWS = re.compile(r"at least (\d{1,9})")
_CHANGE = re.compile(r"at most (\d+(?:\.\d+)?) *(%?)")


def _range(value: Any) -> tuple[float | None, float | None]:
    text = value.strip() if isinstance(value, str) else ""
    if match := _RANGE.fullmatch(text):
        low, high = float(match[1]), float(match[2])
        if low > high:
            raise value_problem(
                "bad-value", f"nothing lies from {match[1]} to {match[2]}", "write the lesser number first"
            )
        return low, high
    if match := _AT_LEAST.fullmatch(text):
        return float(match[1]), None
    if match := _AT_MOST.fullmatch(text):
        return None, float(match[1])
    raise value_problem(
        "bad-value", f"expected a range, found {described(value)}", "write `0 to 100`, `at least 0` or `at most 100`"
    )


def _change(value: Any) -> tuple[float, bool]:
    match = _CHANGE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise value_problem(
            "bad-value",
            f"expected the greatest change, found {described(value)}",
            "write `at most 50 %`, or `at most 20` in the measure's unit",
        )
    return float(match[1]), bool(match[2])


def _rows(value: Any) -> int:
    match = _ROWS.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or int(match[1]) < 1:
        raise value_problem("bad-value", f"expected a least number, found {described(value)}", "write `at least 20`")
    return int(match[1])


def _slips(value: Any) -> tuple[Slip, ...]:
    if value == "all":
        return tuple(Slip)
    if value == "none":
        return ()
    words = [value] if isinstance(value, str) else value
    if isinstance(words, list) and words and all(word in set(Slip) for word in words):
        return tuple(slip for slip in Slip if slip in words)
    raise value_problem(
        "bad-value",
        f"expected slips to look for, found {described(value)}",
        f"write {_SLIPS}",
    )


class ChecksForm(Form):
    """Figures that fail are held, and whoever owns their source is told."""

    value: (
        Annotated[
            tuple[float | None, float | None],
            Read(_range, text_schema("a range: `0 to 100`, `at least 0` or `at most 100`")),
        ]
        | None
    ) = describe("what figures lie in", None)
    change: (
        Annotated[
            tuple[float, bool], Read(_change, text_schema("`at most 50 %`, or `at most 20` in the measure's unit"))
        ]
        | None
    ) = describe("by how much a figure differs from the last one that was believed", None)
    slips: Annotated[tuple[Slip, ...], Read(_slips, _SLIPS_SCHEMA)] | None = describe(
        "figures that are held since earlier ones show a slip: `tenfold` (10, 100 or 1,000 times what is usual, or such a part of"
        " it), `repeated` (all are those of the period before), `swapped` (they stand beside each other's areas); without the"
        " key such figures are named and judged all the same",
        None,
    )
    areas_add_up: bool = describe("an area's figure is the sum of the areas in it, where all are there", default=False)
    items_add_up: bool = describe("the `total` is the sum of the other items, where all are there", default=False)
    agrees_with_parts: bool = describe(
        "a printed value is what its own numerator and denominator make, where both are there", default=False
    )
    rows: Annotated[int, Read(_rows, text_schema("`at least 20`"))] | None = describe(
        "how many figures of a period have come, in all areas together, before any of them is judged", None
    )


def _checks(form: ChecksForm) -> DataChecks:
    low, high = form.value or (None, None)
    change, relative = form.change or (None, False)
    return DataChecks(
        lowest=low,
        highest=high,
        change=change,
        relative=relative,
        areas_add_up=form.areas_add_up,
        items_add_up=form.items_add_up,
        agrees_with_parts=form.agrees_with_parts,
        fewest=form.rows,
        slips=form.slips,
    )


DataChecksForm = Annotated[ChecksForm, AfterValidator(_checks)]
