"""What a condition could be instead, changed in one place: a number by one unit, a choice, a side."""

from collections.abc import Iterable, Iterator
from dataclasses import Field, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal, get_args, get_origin, get_type_hints

from alerting.app.authoring.printed_figures import plain
from alerting.conditions.base import ConditionBase
from alerting.conditions.registry import conditions
from alerting.domain.condition import Below
from alerting.domain.measure import Level, Measure, Unit
from alerting.domain.parameters import Amount, Band, Baseline, Days, Milestone
from alerting.domain.period import Calendar, PeriodKind
from alerting.limits.base import FULL_POINTS, Method
from alerting.wording.numbers import NumberStyle

ONE = Decimal(1)
UP_AND_DOWN = (ONE, -ONE)
#: Where a condition takes these by itself, they stand below its key.
_NESTED = (ConditionBase, tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Something with one change in it: keys below it to what was changed, and what stood there and stands there now."""

    made: Any
    was: str
    now: str
    below: Below = ()
    #: The numbers between which figures are judged otherwise, where it is one that figures are held against as it is.
    span: tuple[float, float] | None = None

    def within(self, made: Any, *steps: str | int) -> "Variant":
        """Return the change as one of something larger."""
        return replace(self, made=made, below=(*steps, *self.below))


@dataclass(frozen=True, slots=True)
class Steps:
    """By how much numbers are changed: those in the measure's unit by one of the last decimal printed; days by a period."""

    decimals: int
    whole: bool
    every: PeriodKind
    calendar: Calendar

    @classmethod
    def of(cls, measure: Measure, calendar: Calendar, every: PeriodKind | None = None) -> "Steps":
        """Return the steps of a measure's figures, and of days by its periods."""
        return cls(NumberStyle.of(measure).decimals, measure.unit is Unit.COUNT, every or measure.every, calendar)

    def days_around(self, day: date) -> tuple[date, date]:
        """Return the ends of the periods before and after a day's: days within a period change nothing."""
        own = self.calendar.containing(day, self.every)
        return own.previous.last_day, (own + 1).last_day

    def in_unit(self, value: float) -> Decimal:
        """Return the step of a number in the measure's unit."""
        return ONE if self.whole else min(ONE.scaleb(-self.decimals), as_written(value))


def as_written(value: float) -> Decimal:
    """Return one unit of a number's last digit after the point, as an author writes it: 1 for 3 and 90, 0.5's is 0.1."""
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return ONE.scaleb(min(exponent if isinstance(exponent, int) else 0, 0))


def moved(value: float, step: Decimal) -> Iterator[float]:
    """Yield a number a step up and a step down."""
    return (float(Decimal(repr(float(value))) + way * step) for way in UP_AND_DOWN)


def variants_of(made: ConditionBase | Method, steps: Steps) -> Iterator[Variant]:
    """Yield a condition, or a limits method, with one parameter changed or of another side.

    A parameter of a method that its author did not write is left alone, unless the limits are made by it in any case.
    """
    hints = get_type_hints(type(made))
    given = set(made.numbers_given()) if isinstance(made, ConditionBase) else set()
    for field in fields(made):
        value = getattr(made, field.name)
        if "description" not in field.metadata or (isinstance(made, Method) and _is_left_alone(field, value)):
            continue
        key = field.metadata.get("yaml", field.name)
        own = (
            (made.key,)
            if getattr(made, "short", None) == field.name and isinstance(value, _NESTED)
            else (made.key, key)
        )
        for variant in _of_value(value, hints[field.name], field, steps):
            if _is_unseen(made, value, variant.made):
                continue
            whole = variant.within(replace(made, **{field.name: variant.made}), *own)
            is_held = value in given if isinstance(value, float) else isinstance(value, Level)
            yield whole if is_held else replace(whole, span=None if isinstance(value, float) else whole.span)
    if isinstance(made, ConditionBase):
        yield from _other_choices(made)
        yield from other_sides(made)


def _other_choices(made: ConditionBase) -> Iterator[Variant]:
    for name, was, others in made.near_choices:
        for now in others:
            yield Variant(made=replace(made, **{name: now}), below=(made.key, name), was=was, now=now)


def _is_unseen(made: ConditionBase | Method, value: Any, other: Any) -> bool:
    """Whether only the distance of limits changes, for a condition that looks at their centre."""
    if not isinstance(value, Method) or not isinstance(made, ConditionBase):
        return False
    return (made.by_centre or made.finds_moves) and value.sigmas != other.sigmas


def other_sides(made: ConditionBase) -> Iterator[Variant]:
    """Yield a condition that finds the figures of another side, or of one of two."""
    for other in _turned(made):
        yield Variant(made=other, below=(made.key,), was=_sides(made), now=_sides(other))
    values = {field.name: getattr(made, field.name) for field in fields(made)}
    for key in made.opposites:
        yield Variant(made=conditions()[key](**values), was=made.key, now=key)


def _turned(made: ConditionBase) -> Iterator[ConditionBase]:
    """Yield it with what it is given on another side; what is given on two, on either alone."""
    given = {name: getattr(made, name) for name in made.side_parameters if getattr(made, name) is not None}
    for name in given if len(given) > 1 else ():
        yield replace(made, **{name: None})
    for name, value in given.items() if len(given) == 1 else ():
        for other in made.side_parameters:
            if other != name:
                yield replace(made, **{name: None, other: value})


def _sides(made: ConditionBase) -> str:
    names = {field.name: field.metadata.get("yaml", field.name) for field in fields(made)}
    return " and ".join(names[name] for name in made.side_parameters if getattr(made, name) is not None)


def _is_left_alone(field: "Field[Any]", value: Any) -> bool:
    return not field.metadata.get("tried") and value == field.default


def _of_value(value: Any, hint: Any, field: "Field[Any]", steps: Steps) -> Iterator[Variant]:
    if get_origin(hint) is Literal:
        yield from (_swap(value, other) for other in get_args(hint) if other != value)
    elif isinstance(value, bool):
        yield Variant(made=not value, was=str(value).lower(), now=str(not value).lower())
    elif isinstance(value, int):
        kind = type(value)
        yield from (_swap(value, kind(value + way)) for way in (1, -1) if value + way >= (0 if kind is Days else 1))
    elif isinstance(value, float):
        step = as_written(value) if field.metadata.get("positive") else steps.in_unit(value)
        yield from (_swap(value, other) for other in moved(value, step))
    elif isinstance(value, date):
        yield from (_swap(value, other) for other in steps.days_around(value))
    else:
        yield from _of_parts(value, steps)


def _of_parts(value: Any, steps: Steps) -> Iterator[Variant]:
    """Yield what is made of several with one of them changed."""
    if isinstance(value, Amount):
        yield from _of_amount(value, steps)
    elif isinstance(value, Level):
        yield from _of_level(value, steps)
    elif isinstance(value, Baseline):
        yield from _of_baseline(value, steps)
    elif isinstance(value, ConditionBase | Method):
        yield from variants_of(value, steps)
    elif isinstance(value, tuple):
        yield from _of_items(value, steps)


def _swap(was: Any, now: Any) -> Variant:
    if isinstance(was, float):
        return Variant(made=now, was=plain(was), now=plain(now), span=(min(was, now), max(was, now)))
    return Variant(made=now, was=str(was), now=str(now))


def _of_amount(value: Amount, steps: Steps) -> Iterator[Variant]:
    step, sign = (as_written(value.number), " %") if value.relative else (steps.in_unit(value.number), "")
    for other in moved(value.number, step):
        if other >= 0:
            now = f"{plain(other)}{sign}"
            yield Variant(made=replace(value, number=other), was=f"{plain(value.number)}{sign}", now=now)


def _of_level(value: Level, steps: Steps) -> Iterator[Variant]:
    if value.number is not None:
        for variant in _moved_figure(value.number, steps):
            yield variant.within(replace(value, number=variant.made))
    for n, (day, number) in enumerate(value.dated or ()):
        for variant in _moved_figure(number, steps):
            dated = _with(value.dated, n, (day, variant.made))
            yield variant.within(replace(value, dated=dated), n, "value")
        for other in steps.days_around(day):
            dated = _with(value.dated, n, (other, number))
            if _ascend(one for one, _ in dated):
                yield _swap(day, other).within(replace(value, dated=dated), n, "from")
    for n, (area, level) in enumerate(value.by_area or ()):
        for variant in _of_level(level, steps):
            yield variant.within(replace(value, by_area=_with(value.by_area, n, (area, variant.made))), area)


def _ascend(days: Iterable[date]) -> bool:
    return all(one < other for one, other in pairwise(days))


def level_variants(value: Level, steps: Steps) -> Iterator[Variant]:
    """Yield a measure's own target, moved by one unit either way."""
    return _of_level(value, steps)


def _moved_figure(number: float, steps: Steps) -> Iterator[Variant]:
    return (_swap(float(number), other) for other in moved(number, steps.in_unit(number)))


def _of_baseline(value: Baseline, steps: Steps) -> Iterator[Variant]:
    for name, key, day in (("since", "from", value.since), ("until", "until", value.until)):
        for other in steps.days_around(day) if day is not None else ():
            made = replace(value, since=other) if name == "since" else replace(value, until=other)
            yield _swap(day, other).within(made, key)
    if value.first is not None:
        yield from (_swap(value.first, n).within(replace(value, first=n)) for n in (value.first + 1, value.first - 1))
    elif value.since is None and value.until is None:
        yield Variant(made=replace(value, first=FULL_POINTS), was="all", now=str(FULL_POINTS))


def _of_items(value: tuple[Any, ...], steps: Steps) -> Iterator[Variant]:
    for n, item in enumerate(value):
        if isinstance(item, ConditionBase):
            for variant in variants_of(item, steps):
                yield variant.within(_with(value, n, variant.made), n)
        elif isinstance(item, Milestone):
            for variant in _moved_figure(item.value, steps):
                changed = _with(value, n, replace(item, value=variant.made))
                yield replace(variant.within(changed, n, "value"), span=None)
            for other in steps.days_around(item.date):
                changed = _with(value, n, replace(item, date=other))
                if _ascend(one.date for one in changed):
                    yield _swap(item.date, other).within(changed, n, "date")
    edges = {item.at_least for item in value if isinstance(item, Band) and item.at_least is not None}
    for edge in sorted(edges):
        for variant in _moved_figure(edge, steps):
            yield variant.within(tuple(_band_moved(band, edge, variant.made) for band in value))


def _band_moved(band: Band, edge: float, to: float) -> Band:
    at_least, below = (to if end == edge else end for end in (band.at_least, band.below))
    return replace(band, at_least=at_least, below=below)


def _with(items: Any, place: int, item: Any) -> tuple[Any, ...]:
    return tuple(item if n == place else one for n, one in enumerate(items))
