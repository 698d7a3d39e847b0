"""How measures, areas, series, severities and people to tell are chosen in rule files."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationInfo

from alerting.domain.area import AreaSelector
from alerting.domain.measure import Match
from alerting.domain.rule import Notify
from alerting.domain.severity import Severity, SeverityBySide
from alerting.rulefile.forms.base import (
    Form,
    Known,
    OneOf,
    ReadIn,
    WrittenAs,
    by_type,
    choice,
    describe,
    one_or_many,
    text_of,
    text_schema,
)
from alerting.rulefile.forms.context import Context, context_of, value_problem

#: Names that stand for whoever answers for the series.
OWNERS_OF = ("area_owner", "measure_owner", "source_owner")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Which measures a rule watches: these, or all that every given key fits."""

    ids: tuple[str, ...] | None = None
    tags: tuple[str, ...] = ()
    topic: str | None = None
    items_of: str | None = None


def _measure(value: Any, context: Context) -> str:
    found = text_of(value, "the id of a measure")
    if found in context.declared.get("family", ()) and found not in context.declared.get("measure", ()):
        message = f'"{found}" is a measure of several items'
        raise value_problem(
            "unknown-measure", message, f"write {{items_of: {found}}} for all of them, or {found}/… for one"
        )
    return context.check("measure", found)


def _measure_or_family(value: Any, context: Context) -> str:
    found = text_of(value, "the id of a measure")
    if found in context.declared.get("family", ()):
        context.used.add(("family", found))
        return found
    return context.check("measure", found)


MeasureId = Annotated[str, ReadIn(_measure, text_schema("the id of a measure"))]
FamilyId = Annotated[str, Known("family", "measure with items")]
TopicId = Annotated[str, Known("topic")]
AreaId = Annotated[str, Known("area")]
AreaKind = Annotated[str, Known("kind", "kind of areas")]
OwnerId = Annotated[str, Known("owner")]
RuleId = Annotated[str, Known("rule")]
ChannelId = Annotated[str, Known("channel")]
Tag = Annotated[str, Known("tag", "measure with the tag")]
Tags = Annotated[tuple[str, ...], one_or_many(Tag, "a tag or a list of tags")]


class MeasuresForm(Form):
    """Measures by what they are; all given keys must fit."""

    tags: Tags = describe("carrying any of these tags", ())
    topic: TopicId | None = describe("of this topic", None)
    items_of: FamilyId | None = describe("the items of this measure", None)


def _measures(form: MeasuresForm) -> Measures:
    if not (form.tags or form.topic or form.items_of):
        raise value_problem(
            "bad-value", "this selects nothing", "write an id, {tags: […]}, {topic: …} or {items_of: …}"
        )
    return Measures(tags=form.tags, topic=form.topic, items_of=form.items_of)


_arm = by_type({str: "one", list: "many", dict: "mapping"})


MeasuresSelection = Annotated[
    Measures,
    OneOf(
        lambda: {
            "one": Annotated[MeasureId, AfterValidator(lambda id_: Measures(ids=(id_,)))],
            "many": Annotated[list[MeasureId], AfterValidator(lambda ids: Measures(ids=tuple(dict.fromkeys(ids))))],
            "mapping": Annotated[MeasuresForm, AfterValidator(_measures)],
        },
        _arm,
        "the id of a measure, a list of ids, {tags: […]}, {topic: …} or {items_of: …}",
    ),
]


class AreasForm(Form):
    """Areas by their place in the tree or by their kind."""

    children_of: AreaId | None = describe("the areas right below this one", None)
    below: AreaId | None = describe("all areas below this one, at every depth", None)
    leaves_of: AreaId | None = describe("those below this one that have none below themselves", None)
    kind: AreaKind | None = describe("all areas of this kind", None)


def _areas(form: AreasForm) -> AreaSelector:
    keys = ("children_of", "below", "leaves_of", "kind")
    given = {key: value for key in keys if (value := getattr(form, key)) is not None}
    if len(given) != 1:
        raise value_problem("bad-value", f"exactly one of {', '.join(keys[:-1])} and {keys[-1]} chooses areas")
    return AreaSelector(**given)


def _one_area(value: Any, context: Context) -> AreaSelector | None:
    return None if value == "all" else AreaSelector(ids=(context.check("area", value),))


AreasSelection = Annotated[
    AreaSelector | None,
    OneOf(
        lambda: {
            "one": Annotated[AreaSelector | None, ReadIn(_one_area, {"type": "string"})],
            "many": Annotated[list[AreaId], AfterValidator(lambda ids: AreaSelector(ids=tuple(dict.fromkeys(ids))))],
            "mapping": Annotated[AreasForm, AfterValidator(_areas)],
        },
        _arm,
        "all, a list of areas, {children_of: …}, {below: …}, {leaves_of: …} or {kind: …}",
    ),
]


def _some(ids: tuple[str, ...]) -> frozenset[str]:
    if not ids:
        raise value_problem("bad-value", "an empty list matches nothing", "remove the key, or name something")
    return frozenset(ids)


_FamilyOrMeasure = Annotated[str, ReadIn(_measure_or_family, text_schema("the id of a measure or a family"))]
_NOTHING: frozenset[str] = frozenset()


_MeasureSet = Annotated[frozenset[str], one_or_many(_FamilyOrMeasure, "measures"), AfterValidator(_some)]
AreaSet = Annotated[frozenset[str], one_or_many(AreaId, "areas"), AfterValidator(_some)]
_RuleSet = Annotated[frozenset[str], one_or_many(RuleId, "rules"), AfterValidator(_some)]
_TagSet = Annotated[frozenset[str], one_or_many(Tag, "tags"), AfterValidator(_some)]
_TopicSet = Annotated[frozenset[str], one_or_many(TopicId, "topics"), AfterValidator(_some)]


class MatchForm(Form):
    """Which series; all given keys must match."""

    measures: _MeasureSet = describe("these; an item matches its family", _NOTHING)
    areas: AreaSet = describe("in these areas", _NOTHING)
    rules: _RuleSet = describe("under these rules", _NOTHING)
    tags: _TagSet = describe("of measures with any of these tags", _NOTHING)
    topics: _TopicSet = describe("of measures of these topics", _NOTHING)


def _match(form: MatchForm) -> Match:
    if not form.model_fields_set:
        raise value_problem("bad-value", "this matches everything", "name measures, areas, rules, tags or topics")
    return Match(measures=form.measures, areas=form.areas, rules=form.rules, tags=form.tags, topics=form.topics)


Matching = Annotated[Match, WrittenAs(lambda: Annotated[MatchForm, AfterValidator(_match)])]

SEVERITIES = {severity.word: severity for severity in Severity}
SeverityWord = Annotated[Severity, choice(SEVERITIES)]


class SeverityForm(Form):
    """Severity by the side of the exception."""

    worse: SeverityWord = describe("for the worse side, by the measure's `better`")
    better: SeverityWord = describe("for the better side")


SeveritySelection = Annotated[
    Severity | SeverityBySide,
    OneOf(
        lambda: {
            "word": SeverityWord,
            "mapping": Annotated[
                SeverityForm, AfterValidator(lambda form: SeverityBySide(worse=form.worse, better=form.better))
            ],
        },
        by_type({str: "word", dict: "mapping"}),
        f"{', '.join(SEVERITIES)}, or a mapping with worse and better",
    ),
]


#: Names that one would expect, and what is written for them.
_OTHERWISE = {
    "topic_owner": "write measure_owner: a measure without an owner has its topic's",
    "parent_owner": "write area_owner: an area without an owner has its nearest ancestor's",
    "owner": "write area_owner or measure_owner",
}
_TOLD = f"{', '.join(OWNERS_OF)} or the id of an owner"


def _told(value: Any, context: Context) -> str:
    found = text_of(value, _TOLD)
    if found in OWNERS_OF or found in context.declared.get("owner", ()) or not context.complete:
        context.used.add(("owner", found))
        return found
    fix = _OTHERWISE.get(found) or context.suggestion(found, [*OWNERS_OF, *context.declared.get("owner", ())])
    raise value_problem("unknown-owner", f'no owner "{found}"', fix)


Told = Annotated[str, ReadIn(_told, text_schema(_TOLD))]
_Names = Annotated[
    tuple[str, ...], one_or_many(Told, f"{', '.join(OWNERS_OF)}, the id of an owner, or a list of these")
]


def _by_area(names: dict[str, tuple[str, ...]], info: ValidationInfo) -> Notify:
    context = context_of(info)
    known = [*context.declared.get("area", ()), "children", "default"]
    for area in names:
        if area not in known and context.complete:
            raise value_problem(
                "unknown-area", f'no area "{area}"', context.suggestion(area, known), at=(area,), of_key=True
            )
    return Notify(by_area=tuple(names.items()))


def _names(names: tuple[str, ...]) -> Notify:
    if not names:
        raise value_problem(
            "bad-value", "an empty list tells nobody", "name somebody; status: shadow tells the author only"
        )
    return Notify(names=tuple(dict.fromkeys(names)))


NotifySelection = Annotated[
    Notify,
    OneOf(
        lambda: {
            "names": Annotated[_Names, AfterValidator(_names)],
            "by_area": Annotated[dict[str, _Names], AfterValidator(_by_area)],
        },
        lambda value: "by_area" if isinstance(value, dict) else None if value is None else "names",
        "area_owner, measure_owner, source_owner, owners, or a mapping of areas (or `children`) to these",
    ),
]


def _each_or_owner(value: Any, context: Context) -> str:
    found = text_of(value, "each_owner or the id of an owner")
    return found if found == "each_owner" else context.check("owner", found)


_EachOrOwner = Annotated[str, ReadIn(_each_or_owner, text_schema("each_owner or the id of an owner"))]
DigestTo = Annotated[tuple[str, ...], one_or_many(_EachOrOwner, "each_owner, owners, or a list of these")]
