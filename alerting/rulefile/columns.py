"""Frozen values as plain ones for JSON, column by column, and back.

Ten thousand rules have the same few fields, most of them with one value throughout: a class's objects are packed together,
a field at a time, so that nearly all of the work is done by lists and `zip`. Values of one field that are one object are
one again. Only values of this program are read back: its dataclasses, enumerations and numbers with a name of their own,
beside what Python itself brings.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, time
from enum import Enum
from importlib import import_module
from itertools import chain, islice
from typing import Any

#: What JSON gives back as it was.
_PLAIN = frozenset((str, int, float, bool, type(None)))
#: Where classes must be defined to be made again.
_OURS = "alerting."
Packed = Mapping[str, Any]


class NotPlain(TypeError):
    """A value of a sort that is not kept."""


def packed(values: list[Any]) -> Packed:
    """Return values as JSON can hold them.

    Raises:
        NotPlain: one is of a sort that is not kept.
    """
    kinds = set(map(type, values))
    if kinds <= _PLAIN:
        same = len(kinds) == 1 and float not in kinds and values.count(values[0]) == len(values)  # 0.0 is not -0.0
        return {"same": values[0]} if same else {"each": values}
    different = {id(value): value for value in values}
    groups: dict[type, list[Any]] = {}
    for value in different.values():
        groups.setdefault(type(value), []).append(value)
    places = {id(value): place for place, value in enumerate(chain.from_iterable(groups.values()))}
    found: dict[str, Any] = {"of": [[*_named(kind, group), len(group)] for kind, group in groups.items()]}
    if len(groups) > 1 or len(different) < len(values):
        found["at"] = [places[id(value)] for value in values]
    return found


def unpacked(column: Packed, count: int) -> list[Any]:
    """Return *count* values that were packed."""
    if "same" in column:
        return [column["same"]] * count
    if "each" in column:
        each: list[Any] = column["each"]
        return each
    found = list(chain.from_iterable(_made(kind, payload, number) for kind, payload, number in column["of"]))
    return [found[place] for place in column["at"]] if "at" in column else found


def _named(kind: type, group: list[Any]) -> tuple[str, Any]:
    """Return the name of a sort of values, and all values of it as plain ones."""
    if kind in _PLAIN:
        return "plain", group
    if kind in (tuple, frozenset, list):
        return kind.__name__, [[len(one) for one in group], packed(list(chain.from_iterable(group)))]
    if kind is dict:
        values = [value for one in group for value in one.values()]
        return "dict", [[len(one) for one in group], packed(list(chain.from_iterable(group))), packed(values)]
    if kind in (date, time):
        return kind.__name__, [one.isoformat() for one in group]
    if kind.__module__.startswith(_OURS):
        name = f"{kind.__module__}:{kind.__qualname__}"
        if issubclass(kind, Enum):
            return name, [one.name for one in group]
        if is_dataclass(kind):
            return name, _by_field(kind, group)
        if issubclass(kind, int):
            return name, [int(one) for one in group]
    raise NotPlain(f"{kind.__module__}.{kind.__qualname__}")


def _by_field(kind: Any, group: list[Any]) -> dict[str, Packed]:
    """Return the values of each field, those aside in which all have the very default."""
    found = {}
    for field in fields(kind):
        column = [getattr(one, field.name) for one in group]
        if field.default is MISSING or any(value is not field.default for value in column):
            found[field.name] = packed(column)
    return found


def _made(kind: str, payload: Any, count: int) -> Iterable[Any]:
    """Return the values of one sort."""
    if kind == "plain":
        made: Iterable[Any] = payload
        return made
    if kind in _MAKERS:
        return _MAKERS[kind](payload)
    cls = _class(kind)
    if issubclass(cls, Enum):
        return [cls[name] for name in payload]
    if issubclass(cls, int):
        return [cls(number) for number in payload]
    return _of_fields(cls, payload, count)


def _of_fields(cls: Callable[..., Any], payload: Mapping[str, Packed], count: int) -> Iterable[Any]:
    names = tuple(payload)
    rows = zip(*(unpacked(column, count) for column in payload.values()), strict=True) if names else [()] * count
    return [cls(**dict(zip(names, row, strict=True))) for row in rows]


def _class(name: str) -> type:
    """Return a class of this program.

    Raises:
        NotPlain: it is none that values are kept of.
    """
    module, _, own = name.partition(":")
    found = getattr(import_module(module), own, None) if module.startswith(_OURS) else None
    if isinstance(found, type) and (is_dataclass(found) or issubclass(found, (Enum, int))):
        return found
    raise NotPlain(name)


def _parts(make: Callable[[Iterable[Any]], Any]) -> Callable[[Any], Iterable[Any]]:
    """Return what makes tuples and the like of their lengths and all that is in them."""

    def made(payload: Any) -> Iterable[Any]:
        lengths, column = payload
        rest = iter(unpacked(column, sum(lengths)))
        return [make(islice(rest, length)) for length in lengths]

    return made


def _mappings(payload: Any) -> Iterable[Any]:
    lengths, keys, values = payload
    total = sum(lengths)
    pairs = zip(unpacked(keys, total), unpacked(values, total), strict=True)
    return [dict(islice(pairs, length)) for length in lengths]


_MAKERS: Mapping[str, Callable[[Any], Iterable[Any]]] = {
    "tuple": _parts(tuple),
    "frozenset": _parts(frozenset),
    "list": _parts(list),
    "dict": _mappings,
    "date": lambda days: [date.fromisoformat(day) for day in days],
    "time": lambda times: [time.fromisoformat(one) for one in times],
}
