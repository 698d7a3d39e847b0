"""What differs between two values of rules, one change a key, in words: "`for` 1 → 2"; order alone is no change."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import singledispatch
from typing import Any

from alerting.app.authoring.diff.written import written
from alerting.domain.condition import Condition
from alerting.domain.measure import Expected, Level
from alerting.domain.ownership import OwnersFrom
from alerting.rulefile.forms.parameters import parameters
from alerting.wording.plain import shortened

#: Longer values are cut where a change is told in words.
MOST_QUOTED = 80
#: Fields of rules, measures and what else is declared that only say something.
OF_WORDS = frozenset((
    "title", "short", "sentence", "link", "good_looks_like", "unit_name", "decimals", "why", "author", "theme", "words",
    "called", "name", "reason", "family_title",
))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs: its field, what it is called, and how it is written on either side.

    `what` has names of keys between backticks; `said` is the whole in words, where it is no value that became another.
    """

    key: str
    what: str
    before: str
    after: str
    said: str | None = None
    #: Whether somebody is told otherwise although its key elsewhere only says something.
    matters: bool = False

    @property
    def words(self) -> str:
        """It in words."""
        return self.said or f"{self.what} {shortened(self.before, MOST_QUOTED)} → {shortened(self.after, MOST_QUOTED)}"

    @property
    def is_of_words(self) -> bool:
        """Whether it changes only how something is said: nothing is judged and nobody is told otherwise."""
        return self.key in OF_WORDS and not self.matters


@singledispatch
def normal(value: Any) -> Any:
    """Return a value in the form in which it is equal to another that means the same."""
    return value


@normal.register
def _(value: tuple) -> Any:  # type: ignore[type-arg]  # it is asked of each of its items
    return tuple(map(normal, value))


@normal.register(Level)
@normal.register(Expected)
def _(value: Any) -> Any:
    """Areas may stand in any order."""
    if value.by_area is None:
        return value
    return replace(value, by_area=tuple(sorted((area, normal(one)) for area, one in value.by_area)))


@normal.register
def _(value: OwnersFrom) -> OwnersFrom:
    """So may those who answer together."""
    return replace(value, ids=tuple(sorted(value.ids)))


def field_changes(
    old: Any,
    new: Any,
    *,
    names: Mapping[str, str] | None = None,
    skip: Collection[str] = (),
    write: Mapping[str, Callable[[Any], str]] | None = None,
    unordered: Collection[str] = (),
) -> Iterator[Change]:
    """Yield the fields in which two values of one dataclass differ.

    Args:
        names: what a field is called, where that is not its own name.
        skip: fields that are no matter of rules: places, texts.
        write: how a field's value is written, where `written` does not do.
        unordered: fields that hold several things in no order.
    """
    names, write = names or {}, write or {}
    for field in fields(old):
        if field.name in skip or not field.compare:
            continue
        before, after = getattr(old, field.name), getattr(new, field.name)
        if field.name in unordered:
            before, after = frozenset(before), frozenset(after)
        if normal(before) != normal(after):
            words = write.get(field.name, written)
            what = names.get(field.name, f"`{field.name}`")
            yield Change(key=field.name, what=what, before=words(before), after=words(after))


def condition_changes(old: Condition, new: Condition) -> Iterator[Change]:
    """Yield the parameters in which two conditions differ; where they are of two kinds, the whole of them."""
    if type(old) is not type(new):
        yield Change(key="when", what="`when`", before=written(old), after=written(new))
    else:
        yield from _parameter_changes(old, new, "")


def _parameter_changes(old: Any, new: Any, of: str) -> Iterator[Change]:
    """Yield what differs between two conditions, or limits methods, of one kind."""
    short: str | None = getattr(old, "short", None)
    if short is not None:
        yield from _part_changes(old, new, short, of)
        return
    cls: type = type(old)
    for key, (field, _) in parameters(cls).items():
        before, after = getattr(old, field.name), getattr(new, field.name)
        if normal(before) == normal(after):
            continue
        if _is_plugin(before) and type(before) is type(after):
            yield from _parameter_changes(before, after, f" of {before.key}")
        else:
            yield Change(key="when", what=f"`{key}`{of}", before=written(before), after=written(after))


def _part_changes(old: Any, new: Any, short: str, of: str) -> Iterator[Change]:
    """Yield what differs between the parts of two compositions, part by part where as many stand in both."""
    before, after = ((one if isinstance(one := getattr(side, short), tuple) else (one,)) for side in (old, new))
    kinds = [list(map(type, parts)) for parts in (before, after)]
    if kinds[0] != kinds[1]:
        yield Change(key="when", what=f"`{old.key}`{of}", before=written(before), after=written(after))
        return
    for number, (part, other) in enumerate(zip(before, after, strict=True), 1):
        place = f" of part {number} of {old.key}" if len(before) > 1 else f" of {old.key}"
        yield from _parameter_changes(part, other, place)


def _is_plugin(value: Any) -> bool:
    return isinstance(getattr(value, "key", None), str)
