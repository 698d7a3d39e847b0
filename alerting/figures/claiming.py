"""Which name in a source is which measure or area, and what one that nothing claims may have meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerting.domain.rule import RuleSet
from alerting.domain.titles import as_named, shared_titles
from alerting.spelling import nearest


@dataclass(frozen=True)
class Known:
    """What names a measure or an area: its place by name, and the titles that several have."""

    places: Mapping[str, int]
    shared: Mapping[str, Sequence[str]]


def measure_names(rules: RuleSet, source: str) -> Known:
    """Return what names a measure of a source."""
    ids = {id_: n for n, (id_, measure) in enumerate(rules.measures.items()) if measure.source == source}
    return _known(ids, {id_: rules.measures[id_].title for id_ in ids}, rules, source)


def area_names(rules: RuleSet, source: str) -> Known:
    """Return what names an area in a source."""
    areas = rules.areas.areas
    ids = {id_: n for n, id_ in enumerate(areas)}
    return _known(ids, {id_: area.title for id_, area in areas.items()}, rules, source)


def meant(name: str, column: str, known: Known, rules: RuleSet, *, compare: bool) -> str:
    """Say what a name that nothing claims may have meant, and what can be done about it.

    Args:
        column: "measure" or "area".
        compare: look for a name like it.
    """
    if several := known.shared.get(as_named(name)):
        listed = " and ".join(f'"{id_}"' for id_ in several)
        return f"it is the title of {listed}: use the id, or map the name under the source's names"
    if column == "measure" and name in rules.measures:
        source = rules.measures[name].source
        return f'its measure has another source: "{source}"' if source else "its measure has no source"
    near = nearest(name, known.places) if compare else None
    if near is not None:
        return f'did you mean "{near}"? Else map the name under the source\'s names'
    return f"use the {column}'s id or exact title, or map the name under the source's names"


def _known(ids: Mapping[str, int], titles: Mapping[str, str], rules: RuleSet, source: str) -> Known:
    """Return places by name: mapped names before ids before titles; a title that several have names none of them."""
    declared = rules.sources.get(source)
    mapped = {theirs: ids[ours] for theirs, ours in (declared.names if declared else {}).items() if ours in ids}
    shared = shared_titles((title, id_) for id_, title in titles.items())
    by_title = {as_named(title): ids[id_] for id_, title in titles.items() if as_named(title) not in shared}
    places = by_title | dict(ids) | {as_named(name): place for name, place in mapped.items()}
    return Known(places, shared)
