"""Topics, measures with their items, and sources: from forms to domain values."""

from collections.abc import Iterator
from typing import Any

from alerting.domain.measure import Measure, Ratio, Topic, Unit
from alerting.domain.reading_windows import FullRead, ReadingWindow
from alerting.domain.rule import Source
from alerting.domain.spellings import Spellings
from alerting.rulefile.build.source_mistakes import source_mistakes
from alerting.rulefile.forms.context import Context
from alerting.rulefile.forms.plugins import SOURCES, Plugged, SourceKeys, kind_of_file, kinds
from alerting.rulefile.forms.sections import ItemForm, MeasureForm, MeasureKeys, RatioForm, TopicForm
from alerting.rulefile.mistakes import PathProblem
from alerting.rulefile.sections import DeclaredItem, Sections

#: Keys of the form that are Measure's under the same name, with nothing to convert.
_PLAIN = tuple(
    name
    for name in MeasureKeys.model_fields
    if name not in ("settles_after", "tags", "of", "minimum", "maximum", "owner")
)


#: Units of which nothing is below 0 where a measure does not say otherwise, so that no limit is either.
_NEVER_NEGATIVE = (Unit.COUNT, Unit.PERCENT, Unit.RATE, Unit.SECONDS, Unit.MINUTES, Unit.DAYS)


def topics_of(sections: Sections) -> dict[str, Topic]:
    """Return the topics by id."""
    found = {}
    for id_, entry in sections.by_id("topics").items():
        form: TopicForm = entry.form
        found[id_] = Topic(
            id=id_,
            title=form.title,
            short=form.short,
            theme=form.theme or "",
            owners=form.owner,
            include=form.include,
            good_looks_like=form.good_looks_like,
        )
    return found


def measures_of(sections: Sections, holidays: str) -> dict[str, Measure]:
    """Return measures by id in the order declared, items right after one another.

    Args:
        holidays: whose bank holidays are no working days.
    """
    entries = sections.by_id("measures").values()
    return {measure.id: measure for entry in entries for measure in _measures(entry, holidays)}


def _measures(entry: DeclaredItem, holidays: str) -> Iterator[Measure]:
    form: MeasureForm = entry.form
    keys = _given(form, MeasureForm.model_fields) | {"holidays": holidays}
    if form.items is None:
        yield _measure(keys, entry.where)
        return
    for name, item in form.items.items():
        own = _given(item, ItemForm.model_fields)
        names = {
            "id": f"{form.id}/{name}",
            "item_of": form.id,
            "family_title": form.title,
            "is_total": name == form.total,
        }
        yield _measure(keys | {"short": None} | own, entry.where, **names)  # its measure's would name each item alike


def _given(form: MeasureKeys, fields: Any) -> dict[str, Any]:
    return {name: getattr(form, name) for name in fields if name in form.model_fields_set}


def _measure(keys: dict[str, Any], where: str, **names: Any) -> Measure:
    """Make a measure of the keys that were written; everything else is as the domain has it by default."""
    unit: Unit = keys["unit"]
    values = {name: keys[name] for name in ("id", "title", "holidays", *_PLAIN) if keys.get(name) is not None}
    values["topic"] = keys.get("topic") or ""
    values["tags"] = frozenset(keys.get("tags") or ())
    values["owners"] = keys.get("owner") or ()
    values["settles_after_days"] = keys.get("settles_after")
    values["minimum"] = keys.get("minimum", 0.0 if unit in _NEVER_NEGATIVE else None)
    values["maximum"] = keys.get("maximum", 100.0 if unit is Unit.PERCENT else None)
    ratio: RatioForm | None = keys.get("of")
    values["of"] = None if ratio is None else Ratio(numerator=ratio.numerator, denominator=ratio.denominator)
    return Measure(**(values | names), where=where)


def sources_of(
    sections: Sections, measures: dict[str, Measure], context: Context
) -> tuple[dict[str, Source], list[PathProblem]]:
    """Return the declared sources, and one for each path that a measure names instead of a source."""
    found: dict[str, Source] = {}
    mistakes: list[PathProblem] = []
    for id_, entry in sections.by_id("sources").items():
        read: Plugged = entry.form
        keys = read.form
        assert isinstance(keys, SourceKeys)
        found[id_] = Source(
            id=id_,
            kind=read.kind,
            settings=read.settings,
            owner=keys.owner,
            columns={ours: theirs for ours, theirs in keys.columns.items() if isinstance(theirs, str)},
            names=keys.names,
            missing=frozenset(keys.missing),
            spellings=Spellings(frozenset(keys.flags), keys.minus is not None, keys.times),
            fixed=keys.fixed,
            parts={ours: theirs for ours, theirs in keys.columns.items() if isinstance(theirs, tuple)},
            decimal=keys.decimal,
            scale=keys.scale or 1.0,
            at_least_rows=keys.rows or 0,
            complete=None if keys.complete is None else keys.complete.meant,
            on_load=keys.evaluate is not None,
            wide=keys.wide or (),
            window=None if keys.window is None else ReadingWindow(span=keys.window, full=keys.full or FullRead.WEEKLY),
            place=entry.begins,
        )
        mistakes += source_mistakes(entry, keys, context)
    entries = sections.by_id("measures")
    for measure in measures.values():
        path = measure.source
        if path is None or path in found or path in context.declared["source"]:
            continue
        kind = kind_of_file(path)
        entry = entries[measure.item_of or measure.id]
        if kind is not None:
            place = entry.line_of("source", measure.item)
            found[path] = Source(id=path, kind=kind, settings={kind: path}, place=place)
        else:
            fix = f"there are: {', '.join(kinds(SOURCES))}"
            mistakes.append(entry.mistake("unknown-source", f'no kind of source reads "{path}"', fix, key="source"))
            found[path] = Source(id=path, kind="", settings={})  # named once, however many measures use it
    return found, mistakes
