"""Secrets that channels name: rules say which one it is, the environment or a file holds it."""

from collections.abc import Iterator, Mapping

from alerting.app.named_secrets import secret_names, secrets_named, what_is_missing
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import Channel, RuleSet
from alerting.ports import NotifierKind


def secrets_for(channel: Channel, kind: NotifierKind) -> Mapping[str, str]:
    """Return the secrets that a channel names, by the keys of its settings; from here on nobody reads them in a log.

    Raises:
        UsageError: one is not there, or cannot be read.
    """
    where = "" if channel.place is None else f"{channel.place}: "
    return secrets_named(secret_names(channel.settings, kind.Settings), f"{where}channel {channel.id}")


def missing_secrets(rules: RuleSet, kinds: Mapping[str, NotifierKind]) -> Iterator[Problem]:
    """Yield a problem for each secret that a channel names and that is not there, or cannot be read."""
    for channel in rules.channels.values():
        names = secret_names(channel.settings, kinds[channel.kind].Settings)
        for message, fix in what_is_missing(names, f"channel {channel.id}"):
            place = channel.place or Place(file=rules.folder, line=1, column=1)
            yield Problem(place=place, code="missing-secret", severity=ProblemSeverity.ERROR, message=message, fix=fix)
