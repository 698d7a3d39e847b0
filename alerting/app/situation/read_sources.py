"""Reading every source once: what can be read is, what cannot is reported."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType

from alerting.app.situation.load_signs import signs_of
from alerting.app.situation.source_secrets import with_secrets
from alerting.domain.coverage import Coverage
from alerting.domain.fault import Faults, Work
from alerting.domain.loads import LoadSigns
from alerting.domain.place import Place
from alerting.domain.problem import NO_FIGURES, NO_FILE, Problem, ProblemSeverity
from alerting.domain.rule import RuleSet, Source
from alerting.errors import SourceIncomplete, SourceUnavailable
from alerting.figures.observations import Observations, Reading
from alerting.figures.within_window import within_window
from alerting.ports import FigureSource, Recognising, SourceTable

#: Every source is read whole.
WHOLE: Mapping[str, date] = MappingProxyType({})


def read_figures(
    rules: RuleSet,
    sources: Mapping[str, FigureSource],
    folders: Sequence[Path],
    today: date,
    *,
    windows: Mapping[str, date] = WHOLE,
    until: date | None = None,
    recognise: bool = False,
    only: Collection[str] | None = None,
) -> Reading:
    """Read all sources that measures use; one that fails stops only its own measures.

    Args:
        sources: adapters by kind.
        folders: where relative paths are looked up, in order.
        today: figures of later periods are probably not meant.
        windows: the first day that is read, by source; the others are read whole.
        until: the day that figures are wanted up to.
        recognise: say of what bytes they were read.
        only: ids of the sources that are read; None: all.
    """
    asked = partial(_wanted, rules=rules, windows=windows, until=until or today)
    observations: list[Observations] = []
    problems: list[Problem] = []
    failed: dict[str, str] = {}
    contents: dict[str, str] = {}
    signs: dict[str, LoadSigns] = {}
    faults = Faults()
    for source in used_sources(rules, only):
        kept = contents if recognise else None
        try:
            read = faults.attempt(
                _work(source), partial(_read, source, sources, folders, rules, today, kept, asked(source))
            )
        except (SourceUnavailable, SourceIncomplete) as error:
            failed[source.id] = _where(source, error)
            problems.append(failure(source, error))
            continue
        if read is None:
            failed[source.id] = "the program itself failed at it; its makers must mend that, not you"
            continue
        observations.append(read[0])
        problems += read[1]
        if read[2] is not None:
            signs[source.id] = read[2]
    return Reading(
        observations=tuple(observations), problems=tuple(problems), contents=contents, failed=failed, faults=faults,
        signs=signs,
    )  # fmt: skip


def used_sources(rules: RuleSet, only: Collection[str] | None = None) -> list[Source]:
    """Return the sources that measures use; of *only* these ids where some are given."""
    used = {measure.source for measure in rules.measures.values()}
    return [source for source in rules.sources.values() if source.id in used and (only is None or source.id in only)]


def contents_of(
    rules: RuleSet,
    sources: Mapping[str, FigureSource],
    folders: Sequence[Path],
    windows: Mapping[str, date],
    only: Collection[str] | None = None,
) -> Mapping[str, str] | None:
    """Return what `Reading.contents` would be, without reading figures; None where that cannot be told of every source.

    Args:
        only: ids of the sources that are asked about; None: all.
    """
    found: dict[str, str] = {}
    for source in used_sources(rules, only):
        adapter = sources[source.kind]
        if not isinstance(adapter, Recognising):
            return None
        try:
            found[source.id] = _since(adapter.content(with_secrets(source, adapter), folders), windows.get(source.id))
        except (OSError, SourceUnavailable):
            return None
    return found


def _read(
    source: Source,
    sources: Mapping[str, FigureSource],
    folders: Sequence[Path],
    rules: RuleSet,
    today: date,
    contents: dict[str, str] | None,
    wanted: Coverage,
) -> tuple[Observations, list[Problem], LoadSigns | None]:
    """Read one source, say what is wrong in it and what its load is known by; note in *contents* of what bytes it was read."""
    # Loaded here: most ticks find that nothing has come, and read nothing.
    from alerting.figures.plausible import implausible
    from alerting.figures.tidy import observations_in

    adapter = sources[source.kind]
    try:
        table = adapter.read(with_secrets(source, adapter), folders, wanted)
    except OSError as error:  # the reader has words for what it expects; this is for the user to mend as well
        raise SourceUnavailable(f"{error.filename or source.id}: cannot be read: {error.strerror or error}") from error
    if contents is not None and table.content is not None:
        contents[source.id] = _since(table.content(), wanted.since)
    if table.covers.since is None:
        _check_rows(table, source)
    is_asked = source.complete is not None or source.on_load
    signs = signs_of(source.complete, table.paths, folders) if is_asked else None
    table = replace(table, content=None)  # it may hold on to all bytes
    read, problems = observations_in(table, rules)
    problems = [*problems, *implausible(read, rules, today, table.line_of)]
    if not len(read.ordinal):
        problems.append(
            Problem(
                place=Place(file=read.file, line=1, column=1),
                code="no-figures",
                severity=ProblemSeverity.WARNING,
                message=NO_FIGURES,
                about=NO_FIGURES,
                source=source.id,
            )
        )
    return read if wanted.since is None else within_window(read, wanted.since, rules.calendar.starts), problems, signs


def _since(content: str, since: date | None) -> str:
    """Return what tells the figures of a content from others: a later window has fewer."""
    return content if since is None else f"{content}\nsince {since}"


def _check_rows(table: SourceTable, source: Source) -> None:
    """Refuse a load of fewer rows than a whole one has, so that what it lacks has not vanished."""
    if not source.at_least_rows:  # to count them takes a third of the time that it takes to read them
        return
    wide = 1 if table.layout is None else len(table.layout.spread)
    rows = _filled(table) // max(wide, 1)  # a wide table gives a row for each of its columns
    if rows < source.at_least_rows:
        raise SourceUnavailable(
            f"{table.file}: {rows:,} row{'s' * (rows != 1)}, and a whole load has at least {source.at_least_rows:,} (`rows`"
            " of the source); nothing of it is used: load it again whole, or mend `rows`"
        )


def _filled(table: SourceTable) -> int:
    """Count the rows that say of which period they are; where no column does, all."""
    import polars as pl

    periods = table.columns.get("period")
    if periods is None:
        return len(next(iter(table.columns.values()), ()))
    return int(periods.cast(pl.String).str.strip_chars().fill_null("").ne("").sum())


def _wanted(source: Source, rules: RuleSet, windows: Mapping[str, date], until: date) -> Coverage:
    """Return what anybody has a use for: the measures of a source in all areas, as far back as its window goes."""
    measures = frozenset(measure.id for measure in rules.measures.values() if measure.source == source.id)
    return Coverage(measures=measures, areas=frozenset(rules.areas.areas), since=windows.get(source.id), until=until)


def _work(source: Source) -> Work:
    return Work(sort="source", id=source.id, done="read", place=place_of(source))


def place_of(source: Source) -> Place:
    """Return where a source is declared."""
    return source.place or Place(file="", line=1, column=1)


def _where(source: Source, error: SourceUnavailable | SourceIncomplete) -> str:
    """Say why a source cannot be read: of a file that is not there, where it is asked for."""
    if not isinstance(error, SourceUnavailable) or not error.is_missing:
        return str(error)
    return f"{source.id if source.place is None else f'{source.place.file}:{source.place.line}'}: {error}"


def failure(source: Source, error: SourceUnavailable | SourceIncomplete) -> Problem:
    """Return the problem of a source that cannot be read, where it is declared."""
    return Problem(
        place=place_of(source),
        code="source-failed",
        severity=ProblemSeverity.ERROR,
        message=str(error),
        about=NO_FILE if isinstance(error, SourceUnavailable) and error.is_missing else None,
    )
