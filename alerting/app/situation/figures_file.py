"""Figures out of one file that `alerting figures export` wrote, in place of what sources hold."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from glob import escape
from pathlib import Path

from alerting.app.situation.read_sources import read_figures
from alerting.domain.rule import RuleSet, Source
from alerting.errors import UsageError
from alerting.figures.observations import Reading
from alerting.ports import FigureSource


def read_file(path: Path, rules: RuleSet, sources: Mapping[str, FigureSource], today: date) -> Reading:
    """Read the figures of all measures from one Parquet file: each source's measures are taken from it by their ids.

    Args:
        sources: adapters by kind.

    Raises:
        UsageError: it is not there, or is no such file.
    """
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is not there"
        raise UsageError(f"--figures {path} {what}; give a file that `alerting figures export FILE.parquet` wrote")
    file = path.resolve()
    from_file = {id_: _in_file(source, file) for id_, source in rules.sources.items()}
    reading = read_figures(replace(rules, sources=from_file), sources, [file.parent], today)
    if reading.failed:
        raise UsageError(f"--figures {next(iter(reading.failed.values()))}")
    return reading


def _in_file(source: Source, file: Path) -> Source:
    """Return a source with its figures in a file, under our own names and in their own size."""
    settings = {"parquet": escape(file.name)}
    return Source(id=source.id, kind="parquet", settings=settings, owner=source.owner, place=source.place)
