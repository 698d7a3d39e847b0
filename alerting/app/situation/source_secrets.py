"""Secrets that sources name: put into a source right before it is read, and nowhere else."""

from collections.abc import Mapping
from dataclasses import replace

from alerting.app.named_secrets import secret_names, secrets_named
from alerting.domain.rule import Source
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
        return replace(source, secrets=secrets_named(names, f"source {source.id}"))
    except UsageError as error:
        raise SourceUnavailable(str(error)) from error


def _names(source: Source, adapter: FigureSource) -> Mapping[str, str]:
    declared = getattr(adapter, "Settings", None)
    return {} if declared is None else secret_names(source.settings, declared)
