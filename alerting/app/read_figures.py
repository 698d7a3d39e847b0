"""Reading every source once: what can be read is, what cannot is reported."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import Place, RuleSet
from alerting.errors import SourceUnavailable
from alerting.figures.observations import Observations, Reading
from alerting.figures.plausible import implausible
from alerting.figures.tidy import SourceIncomplete, observations_in
from alerting.ports import FigureSource


def read_figures(rules: RuleSet, sources: Mapping[str, FigureSource], folders: Sequence[Path], today: date) -> Reading:
    """Read all sources that measures use; one that fails stops only its own measures.

    Args:
        sources: adapters by kind.
        folders: where relative paths are looked up, in order.
        today: figures of later periods are probably not meant.
    """
    used = {measure.source for measure in rules.measures.values()}
    observations: list[Observations] = []
    problems: list[Problem] = []
    failed: dict[str, str] = {}
    for source in rules.sources.values():
        if source.id not in used:
            continue
        try:
            table = sources[source.kind].read(source, folders)
            read, found = observations_in(table, rules)
        except (SourceUnavailable, SourceIncomplete) as error:
            failed[source.id] = str(error)
            problems.append(_failure(source.where, str(error).removeprefix(f"{source.where}: ")))
            continue
        observations.append(read)
        problems += found
        problems += implausible(read, rules, today, table.line_of)
        if not len(read.ordinal):
            place = Place(file=read.file, line=1, column=1)
            message = "no figures in it that a measure claims"
            problems.append(Problem(place=place, code="no-figures", severity=ProblemSeverity.WARNING, message=message))
    return Reading(observations=tuple(observations), problems=tuple(problems), failed=failed)


def _failure(where: str, message: str) -> Problem:
    file, _, line = where.rpartition(":")
    place = Place(file=file or where, line=int(line) if line.isdigit() else 1, column=1)
    said = message.removeprefix(f"{where}: ")  # the place stands before the message already
    return Problem(place=place, code="source-failed", severity=ProblemSeverity.ERROR, message=said)
