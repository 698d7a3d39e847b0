"""Secrets that sources name: put into a source right before it is read, and nowhere else."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from alerting.app.named_secrets import secret_names, secrets_named, what_is_missing
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import RuleSet, Source
from alerting.errors import SourceUnavailable, UsageError
from alerting.ports import FigureSource


def with_secrets(source: Source, adapter: FigureSource) -> Source:
    """Return a source with the secrets that its settings name.

    Raises:
        SourceUnavailable: one is not there, or cannot be read.
    """
    names = _names(source, adapter)
    if not names:
        return source
    try:
        return replace(source, secrets=secrets_named(names, _what(source)))
    except UsageError as error:
        raise SourceUnavailable(str(error)) from error


def missing_of_sources(rules: RuleSet, sources: Mapping[str, FigureSource]) -> Iterator[Problem]:
    """Yield a problem for each secret that a source names and that is not there, or cannot be read."""
    for source in rules.sources.values():
        for message, fix in what_is_missing(_names(source, sources[source.kind]), _what(source)):
            place = source.place or Place(file=rules.folder, line=1, column=1)
            yield Problem(place=place, code="missing-secret", severity=ProblemSeverity.ERROR, message=message, fix=fix)


def _names(source: Source, adapter: FigureSource) -> Mapping[str, str]:
    declared = getattr(adapter, "Settings", None)
    return {} if declared is None else secret_names(source.settings, declared)


def _what(source: Source) -> str:
    return f"source {source.id}"
