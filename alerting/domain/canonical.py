"""Values written in one form, so that equal ones can be known again in another process."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum


class NotCanonical(TypeError):
    """A value of a sort that has no such form."""


def digest_of(value: object) -> str:
    """Return a digest of a value: of its class and all its fields, down to numbers and words.

    Raises:
        NotCanonical: it holds something that is no plain value.
    """
    return hashlib.blake2b(canonical(value).encode(), digest_size=16).hexdigest()


def canonical(value: object) -> str:
    """Return a value as text: the same for equal values of one class, another for all others.

    Raises:
        NotCanonical: it holds something that is no plain value.
    """
    name = _name(type(value))
    if isinstance(value, Enum):
        return f"{name}.{value.name}"
    if is_dataclass(value) and not isinstance(value, type):
        return f"{name}({','.join(f'{one.name}={canonical(getattr(value, one.name))}' for one in fields(value))})"
    if isinstance(value, tuple | list):
        return f"{name}({','.join(map(canonical, value))})"
    if isinstance(value, frozenset | set):
        return f"{name}({','.join(sorted(map(canonical, value)))})"
    if isinstance(value, Mapping):
        return f"{name}({','.join(sorted(f'{canonical(key)}:{canonical(one)}' for key, one in value.items()))})"
    return f"{name}({_plain(value)})"


def _plain(value: object) -> str:
    if isinstance(value, type):
        return _name(value)
    if isinstance(value, float):
        return float(value).hex()
    if value is None or isinstance(value, bool | int | str):
        return repr(value)
    if isinstance(value, date):  # and instants
        return value.isoformat()
    raise NotCanonical(f"{_name(type(value))} is no plain value")


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
