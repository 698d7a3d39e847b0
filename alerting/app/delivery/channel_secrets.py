"""Secrets that channels name: rules say which one it is, the environment or a file holds it."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields

from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import Channel, RuleSet
from alerting.errors import UsageError
from alerting.ports import NotifierKind
from alerting.secrecy import keep_secret
from alerting.settings.reading import secret_named


def secrets_for(channel: Channel, kind: NotifierKind) -> Mapping[str, str]:
    """Return the secrets that a channel names, by the keys of its settings; from here on nobody reads them in a log.

    Raises:
        UsageError: one is not there, or cannot be read.
    """
    found = {}
    for key, name in _names(channel, kind).items():
        secret = secret_named(name)
        if secret is None:
            where = "" if channel.place is None else f"{channel.place}: "
            raise UsageError(f"{where}{_lacking(channel, key, name)}; {_fix(name)}")
        found[key] = secret
    keep_secret(found.values())
    return found


def missing_secrets(rules: RuleSet, kinds: Mapping[str, NotifierKind]) -> Iterator[Problem]:
    """Yield a problem for each secret that a channel names and that is not there, or cannot be read."""
    for channel in rules.channels.values():
        for key, name in _names(channel, kinds[channel.kind]).items():
            try:
                if secret_named(name) is None:
                    yield _problem(channel, rules, _lacking(channel, key, name), _fix(name))
            except UsageError as error:
                yield _problem(channel, rules, f"{key} of channel {channel.id}: {error}", None)


def _names(channel: Channel, kind: NotifierKind) -> Mapping[str, str]:
    """Return the names of secrets in a channel's settings, by their keys; where a key is not written, its default."""
    found = {}
    for field in fields(kind.Settings):
        default = None if field.default is MISSING else field.default
        name = channel.settings.get(field.name, default)
        if field.metadata.get("secret") and name is not None:
            found[field.name] = name
    return found


def _lacking(channel: Channel, key: str, name: str) -> str:
    return f"channel {channel.id}: there is no secret {name}, which {key} names"


def _fix(name: str) -> str:
    return (
        f"set the variable {name}, or write it into a file of that name in the folder that ALERTING_SECRETS_DIR names"
    )


def _problem(channel: Channel, rules: RuleSet, message: str, fix: str | None) -> Problem:
    place = channel.place or Place(file=rules.folder, line=1, column=1)
    return Problem(place=place, code="missing-secret", severity=ProblemSeverity.ERROR, message=message, fix=fix)
