"""Forms of sources and channels: their kinds are classes found by scanning, their keys those classes' settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ValidationInfo
from pydantic.annotated_handlers import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from alerting.domain.reading_windows import FullRead
from alerting.domain.spellings import Times
from alerting.domain.wide_columns import Wide
from alerting.plugins import discover
from alerting.rulefile.forms.base import Form, OneOf, Read, ReadIn, Text, choice, describe, text_of, text_schema
from alerting.rulefile.forms.context import Context, context_of, described, value_problem
from alerting.rulefile.forms.loads import WholeLoad
from alerting.rulefile.forms.parameters import parameters, settings_form
from alerting.rulefile.forms.selection import OwnerId
from alerting.rulefile.forms.time import SpanText

SOURCES, NOTIFIERS = "alerting.sources", "notifiers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugged:
    """A source or channel as written: its kind, its settings by their written keys, and the common keys."""

    kind: str
    settings: Mapping[str, Any]
    form: Form | None = None


def _named(value: Any, context: Context) -> str:
    """Read the measure or area that a source's name stands for."""
    id_ = text_of(value, "the id of a measure or an area")
    measures, areas = context.declared.get("measure", ()), context.declared.get("area", ())
    if id_ in measures or id_ in areas or not context.complete:
        return id_
    fix = context.suggestion(id_, [*measures, *areas])
    raise value_problem("unknown-measure", f'no measure and no area "{id_}"', fix)


OurId = Annotated[str, ReadIn(_named, text_schema("the id of a measure or an area"))]


Decimal = Literal["comma", "point"]

#: "at least 200", as it is said of rows.
_AT_LEAST = re.compile(r"at least ([1-9][0-9]{0,2}(?:,?[0-9]{3})*|[1-9][0-9]*)")
#: What amounts of a source may be in.
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}


def _at_least(value: Any) -> int:
    """Read how many rows a whole load has at least."""
    match = _AT_LEAST.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise value_problem(
            "bad-value", f"expected a number of rows, found {described(value)}", "write it like `at least 200`"
        )
    return int(match[1].replace(",", ""))


def _parts(value: list[str]) -> tuple[str, ...]:
    """Read the columns that make one of ours."""
    if len(value) < 2:
        raise value_problem("bad-value", "one column alone needs no list", "write its name without brackets")
    return tuple(value)


#: Several columns that make one of ours are read as a tuple.
ColumnNames = Annotated[
    str | tuple[str, ...],
    OneOf(
        lambda: {"one": Text, "several": Annotated[list[Text], AfterValidator(_parts)]},
        lambda value: (
            "several" if isinstance(value, list) else None if isinstance(value, dict) or value is None else "one"
        ),
        "the name of a column",
    ),
]


def _wide(value: Any) -> tuple[Wide, ...]:
    """Read what stands in the header: `{periods: header}`; of two, the first named stands above."""
    words = [wide.value for wide in Wide]
    if not isinstance(value, dict) or not 1 <= len(value) <= 2 or not {*value} <= {*words}:
        found = ", ".join(map(str, value)) if isinstance(value, dict) and value else described(value)
        message = f"expected what stands in the header, one of {', '.join(words)}; found {found}"
        fix = "write {periods: header}, or two, the upper one first: {periods: header, measures: header}"
        raise value_problem("bad-value", message, fix)
    for word, where in value.items():
        if where != "header":
            message = f"{word} of a wide table stand in its header; found {described(where)}"
            raise value_problem("bad-value", message, f"write {{{word}: header}}", at=(word,))
    return tuple(map(Wide, value))


WideForm = Annotated[
    tuple[Wide, ...],
    Read(
        _wide,
        {
            "type": "object",
            "properties": {wide.value: {"enum": ["header"]} for wide in Wide},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 2,
            "$comment": "`{periods: header}`, `{measures: header}` or `{areas: header}`; two where one stands over the other",
        },
    ),
]


class SourceKeys(Form):
    """The keys of every kind of source."""

    owner: OwnerId | None = describe("told when the source fails or is late", None)
    columns: dict[Text, ColumnNames] = describe(
        "our name of a column: the file's name, or several that make it together: `period: [year, month]`", {}
    )
    names: dict[Text, OurId] = describe("the file's name of a measure or area: our id", {})
    missing: list[Text] = describe("what stands in cells whose figure the source withholds", [])
    flags: list[Text] = describe(
        "what stands behind figures, apart by a blank: `[b, p]` where it writes `7.9 b`; `p` and `e` make them provisional,"
        " others change nothing",
        [],
    )
    minus: Literal["behind"] | None = describe(
        "where the minus of a figure stands; `behind` where it writes `12-`; without it before", None
    )
    times: Annotated[Times, choice(Times)] | None = describe(
        "how lengths of time are written, on measures in seconds or minutes; without it as numbers", None
    )
    fixed: dict[Text, Text] = describe(
        "our name of a column: what it holds in every row, in place of a column of the file; `file_name` stands for the"
        " period or the day of publication in the file's name",
        {},
    )
    decimal: Decimal | None = describe(
        "the sign before decimals; without it a point, and in files with semicolons what all figures agree on", None
    )
    scale: Annotated[float, choice(_SCALES)] | None = describe(
        "what its amounts are in: `thousand` where 12.5 stands for 12,500; not percents, rates and times", None
    )
    rows: Annotated[int, Read(_at_least, text_schema("`at least 200`", f"^(?:{_AT_LEAST.pattern})$"))] | None = (
        describe("how many rows a whole load has at least; with fewer nothing of it is used", None)
    )
    complete: WholeLoad | None = describe("when a load is whole, and judged; without it, always", None)
    evaluate: Literal["on_load"] | None = describe(
        "`on_load`: `alerting serve` ticks as soon as a load is whole, beside its schedule; without it, by schedule alone",
        None,
    )
    wide: WideForm | None = describe(
        "what stands side by side in the header: `{periods: header}`, or measures, or areas; of two, the one above first",
        None,
    )
    window: SpanText | None = describe(
        "how far back it is read from one day to the next; older figures are remembered as they were", None
    )
    full: Annotated[FullRead, choice(FullRead)] | None = describe(
        "with a window, how often everything is read all the same; `weekly` where it is not written", None
    )


def kinds(package: str) -> Mapping[str, type]:
    """Return the classes of *package* by kind."""
    return discover(package, "kind")


def kind_of_file(path: str) -> str | None:
    """Return the kind of source that reads a file of this name; None where none does."""
    suffix = PurePosixPath(path).suffix.lstrip(".").lower()
    for kind, cls in kinds(SOURCES).items():
        if suffix in getattr(cls, "suffixes", (kind,)):
            return kind
    return None


class _SourceOfKind:
    """Settings of the kind whose key is there (`{csv: path}`), beside the keys of every source."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        known = kinds(SOURCES)
        arms = {f"<{kind}>": self._arm(kind, cls, handler) for kind, cls in known.items()}
        union = core_schema.tagged_union_schema(arms, lambda value: f"<{_kind_in(value, known)}>")
        return core_schema.with_info_before_validator_function(self._check, union)

    def _arm(self, kind: str, cls: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        form = settings_form(cls.Settings, f"{cls.__name__}Keys", SourceKeys)
        return handler.generate_schema(Annotated[form, AfterValidator(lambda read: plugged(kind, cls, read))])

    def _check(self, value: Any, info: ValidationInfo) -> Any:
        known = kinds(SOURCES)
        if not isinstance(value, dict):
            message = f"expected a mapping, found {described(value)}"
            raise value_problem("wrong-type", message, f"write it like {{{next(iter(known))}: …}}")
        if _kind_in(value, known) is None:
            other = next((key for key in value if key not in SourceKeys.known_keys()), None)
            if other is None:
                raise value_problem(
                    "missing-key", "nothing says what kind of source it is", f"write one of {', '.join(known)}"
                )
            fix = context_of(info).suggestion(other, known)
            raise value_problem("unknown-source", f'no kind of source "{other}"', fix, at=(other,), of_key=True)
        return value


def plugged(kind: str, cls: Any, read: Form) -> Plugged:
    """Return the settings that were written, by their written keys."""
    names = {field.name: key for key, (field, _) in parameters(cls.Settings).items()}
    given = {key: getattr(read, name) for name, key in names.items() if name in read.model_fields_set}
    return Plugged(kind=kind, settings=given, form=read)


def _kind_in(value: Mapping[str, Any], known: Mapping[str, type]) -> str | None:
    return next((key for key in value if key in known), None)


SourceForm = Annotated[Plugged, _SourceOfKind()]


@cache
def channel_form(kind: str) -> type[Form]:
    """Return the form of one kind of channel's settings."""
    cls: Any = kinds(NOTIFIERS)[kind]
    return settings_form(cls.Settings, f"{cls.__name__}Keys")


def kind_of_channel(id_: str, value: Any) -> tuple[str, Any, bool] | None:
    """Return a channel's kind, its settings, and whether the kind has a key of its own (`ops-room: {folder: {}}`).

    None: neither its only key nor its id is a kind.
    """
    known = kinds(NOTIFIERS)
    if isinstance(value, dict) and len(value) == 1 and (kind := next(iter(value))) in known:
        return kind, value[kind], True
    return (id_, value, False) if id_ in known else None
