"""How it is written when a load is whole (`complete:` of a source)."""

import re
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from alerting.domain.file_patterns import is_pattern
from alerting.domain.loads import Complete
from alerting.rulefile.forms.base import Form, Read, describe, text_of, text_schema
from alerting.rulefile.forms.context import described, value_problem

_QUIET = re.compile(r"([1-9][0-9]{0,4}) (second|minute|hour|day)s?")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


def _rows(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise value_problem("bad-value", f"expected a number of rows, found {described(value)}", "write it like 200")
    return value


def _quiet(value: Any) -> int:
    match = _QUIET.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise value_problem(
            "bad-value",
            f"expected how long nothing changes, found {described(value)}",
            "write it like `10 minutes`, in seconds, minutes, hours or days",
        )
    return int(match[1]) * _SECONDS[match[2]]


def _marker(value: Any) -> str:
    """Read the path of one file inside the folders that may be read."""
    text = text_of(value, "the path of a file")
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or "\\" in text:
        raise value_problem(
            "bad-value", f'"{text}" leads out of the folders that may be read', "name a file beside the figures"
        )
    if is_pattern(text) or not path.name or text.endswith("/"):
        raise value_problem("bad-value", f'"{text}" is the name of no file', "name one file, like done.flag")
    return text


def _true(value: Any) -> bool:
    if value is not True:
        raise value_problem("bad-value", f"expected true, found {described(value)}", "write true, or leave it out")
    return True


_True = Annotated[bool, Read(_true, {"const": True, "$comment": "`true`"})]


class CompleteForm(Form):
    """When a load is whole; of several keys, all must hold. Until then nothing of it is judged."""

    rows: Annotated[int, Read(_rows, {"type": "integer", "minimum": 1, "$comment": "a number of rows"})] | None = (
        describe(
            "with so many rows of its newest period; where the source has fewer series, of all periods together", None
        )
    )
    areas: Literal["all"] | None = describe(
        "`all`: when every area that is expected to report (`areas` of the measures) has a figure of the newest period",
        None,
    )
    marker: Annotated[str, Read(_marker, text_schema("the path of a file"))] | None = describe(
        "when this file, beside the figures, is there and newer than these: `done.flag`", None
    )
    quiet: (
        Annotated[
            int, Read(_quiet, text_schema("`10 minutes`; seconds, minutes, hours or days", f"^(?:{_QUIET.pattern})$"))
        ]
        | None
    ) = describe("when nothing has changed for so long: `10 minutes`", None)
    posted: _True | None = describe("`true`: when it was posted (`POST /loaded/SOURCE`) since it last changed", None)

    @property
    def meant(self) -> Complete:
        """What it says, as a value."""
        return Complete(
            rows=self.rows,
            areas=self.areas is not None,
            marker=self.marker,
            quiet_s=self.quiet,
            posted=bool(self.posted),
        )


def _something(form: CompleteForm) -> CompleteForm:
    if not form.model_fields_set:
        raise value_problem(
            "missing-key", "nothing says when a load is whole", "write one of rows, areas, marker, quiet, posted"
        )
    return form


WholeLoad = Annotated[CompleteForm, AfterValidator(_something)]
