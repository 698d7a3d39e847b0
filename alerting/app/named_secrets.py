"""Secrets that rules name: a rule file says which one it is, the environment or a secret file holds it."""

import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from alerting.errors import UsageError
from alerting.secrecy import keep_secret
from alerting.settings.reading import secret_named


def secret_names(settings: Mapping[str, Any], declared: type) -> Mapping[str, str]:
    """Return the names of secrets in a channel's or source's settings, by their keys; where a key is not written, its default.

    Args:
        declared: the dataclass of its settings; what is written as a mapping is a dataclass in it.
    """
    return dict(_named(settings, declared))


def secrets_named(names: Mapping[str, str], lacks: str) -> Mapping[str, str]:
    """Return secrets by the keys of their names; from here on nobody reads them in a log.

    Args:
        lacks: whose they are, for the error ("channel ops").

    Raises:
        UsageError: one is not there, or cannot be read.
    """
    found = {}
    for key, name in names.items():
        secret = secret_named(name)
        if secret is None:
            raise UsageError(f"{lacking(lacks, key, name)}; {how_to_give(name)}")
        found[key] = secret
    keep_secret(found.values())
    return found


def what_is_missing(names: Mapping[str, str], lacks: str) -> Iterator[tuple[str, str | None]]:
    """Yield what to say of each secret that is not there or cannot be read, and what to do about it."""
    for key, name in names.items():
        try:
            if secret_named(name) is None:
                yield lacking(lacks, key, name), how_to_give(name)
        except UsageError as error:
            yield f"{key} of {lacks}: {error}", None


def lacking(lacks: str, key: str, name: str) -> str:
    """Say that a secret is not there."""
    return f"{lacks}: there is no secret {name}, which {key} names"


def how_to_give(name: str) -> str:
    """Say how a secret is given."""
    return (
        f"set the variable {name}, or write it into a file of that name in the folder that ALERTING_SECRETS_DIR names"
    )


def _named(settings: Mapping[str, Any], declared: type) -> Iterator[tuple[str, str]]:
    hints = typing.get_type_hints(declared)
    for field in fields(declared):
        default = None if field.default is MISSING else field.default
        value, kind = settings.get(field.name, default), hints[field.name]
        if isinstance(kind, type) and is_dataclass(kind) and isinstance(value, Mapping):
            yield from _named(value, kind)
        elif field.metadata.get("secret") and value is not None:
            yield field.name, str(value)
