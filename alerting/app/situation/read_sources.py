"""Reading every source once: what can be read is, what cannot is reported."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from alerting.domain.fault import Faults, Work
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import Place, RuleSet, Source
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
    faults = Faults()
    for source in rules.sources.values():
        if source.id not in used:
            continue
        try:
            read = faults.attempt(_work(source), partial(_read, source, sources, folders, rules, today))
        except (SourceUnavailable, SourceIncomplete) as error:
            failed[source.id] = str(error)
            problems.append(_failure(source.where, str(error).removeprefix(f"{source.where}: ")))
            continue
        if read is None:
            failed[source.id] = "the program itself failed at it; its makers must mend that, not you"
            continue
        observations.append(read[0])
        problems += read[1]
    return Reading(observations=tuple(observations), problems=tuple(problems), failed=failed, faults=faults)


def _read(
    source: Source, sources: Mapping[str, FigureSource], folders: Sequence[Path], rules: RuleSet, today: date
) -> tuple[Observations, list[Problem]]:
    """Read one source, and say what is wrong in it."""
    try:
        table = sources[source.kind].read(source, folders)
    except OSError as error:  # the reader has words for what it expects; this is for the user to mend as well
        raise SourceUnavailable(f"{error.filename or source.id}: cannot be read: {error.strerror or error}") from error
    read, problems = observations_in(table, rules)
    problems = [*problems, *implausible(read, rules, today, table.line_of)]
    if not len(read.ordinal):
        place = Place(file=read.file, line=1, column=1)
        message = "no figures in it that a measure claims"
        problems.append(Problem(place=place, code="no-figures", severity=ProblemSeverity.WARNING, message=message))
    return read, problems


def _work(source: Source) -> Work:
    return Work(sort="source", id=source.id, done="read", place=_place(source.where))


def _place(where: str) -> Place:
    file, _, line = where.rpartition(":")
    return Place(file=file or where, line=int(line) if line.isdigit() else 1, column=1)


def _failure(where: str, message: str) -> Problem:
    place = _place(where)
    said = message.removeprefix(f"{where}: ")  # the place stands before the message already
    return Problem(place=place, code="source-failed", severity=ProblemSeverity.ERROR, message=said)
