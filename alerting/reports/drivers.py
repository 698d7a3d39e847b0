"""What drives a change: which items, or which areas below, make most of the difference to the earlier figure."""

from collections.abc import Iterator
from dataclasses import dataclass

from alerting.domain.rule import RuleSet
from alerting.reports.topic_figures import NewestFigures
from alerting.wording.in_brief import base_of, on_words, signed
from alerting.wording.numbers import NumberStyle
from alerting.wording.summary import NewestFigure

#: Parts named, and what share of the whole change each makes at least.
_MOST_NAMED, _LEAST_SHARE = 2, 0.2


@dataclass(frozen=True, slots=True)
class _Mover:
    name: str
    moved: float


def drivers(figure: NewestFigure, figures: NewestFigures, rules: RuleSet) -> str | None:
    """Write "Telford & Wrekin +195 of +210"; None where no part is known to make much of the change."""
    base = base_of(figure)
    if base is None or not figure.measure.unit.adds_up:
        return None
    whole = figure.value - base[0]
    parts = [part for part in _parts(figure, figures, rules) if part.moved * whole > 0]
    main = sorted(parts, key=lambda part: -abs(part.moved))[:_MOST_NAMED]
    main = [part for part in main if abs(part.moved) >= _LEAST_SHARE * abs(whole)]
    if not main:
        return None
    style = NumberStyle.of(figure.measure)
    named = ", ".join(f"{part.name} {signed(style, part.moved)}" for part in main)
    return f"{named} of {signed(style, whole)}{on_words(figure, base[1])}"


def _parts(figure: NewestFigure, figures: NewestFigures, rules: RuleSet) -> Iterator[_Mover]:
    """Yield how each item of a total moved, else each area below, over the same time."""
    measure, area, base = figure.measure, figure.area.id, base_of(figure)
    items = [one for one in rules.measures.values() if measure.is_total and one.item_of == measure.item_of]
    names = {(one.id, area): one.short or one.title for one in items if one.id != measure.id}
    if not names:
        children = rules.areas.children.get(area, ())
        names = {(measure.id, id_): rules.areas[id_].short or rules.areas[id_].title for id_ in children}
    for (id_, where), name in names.items():
        part = figures.figure(id_, where)
        then = base_of(part) if part is not None else None
        if (
            part is not None
            and then is not None
            and base is not None
            and part.period == figure.period
            and then[1] == base[1]
        ):
            yield _Mover(name, part.value - then[0])
