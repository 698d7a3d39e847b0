"""A rules folder to a RuleSet, or to the problems that stand in the way."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import Place, RuleSet
from alerting.rulefile.build import built
from alerting.rulefile.cache import ParseCache
from alerting.rulefile.context import Context
from alerting.rulefile.declared import calendar_of, declared_in, repeated_ids, titles_in
from alerting.rulefile.figure_files import PASSING, column_mistakes, file_mistakes, file_mistakes_of_lost
from alerting.rulefile.lint import checks
from alerting.rulefile.mistakes import Mistake, flaws_of
from alerting.rulefile.placing import Placing
from alerting.rulefile.reading import RuleFile, collector_off, read_folder, shown_path
from alerting.rulefile.sections import Sections, read_sections
from alerting.rulefile.text import Skipped, version_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a folder gave: the rules, unless there is an error, and all problems in the order of files and lines.

    A file of figures that is not there or cannot be read is an error, but refuses nothing: it stops only the measures that
    need it.
    """

    rules: RuleSet | None
    problems: tuple[Problem, ...] = ()
    #: Puts further remarks on the rules at their places; None where nothing could be read.
    placing: Placing | None = field(default=None, compare=False)

    @property
    def unusable(self) -> bool:
        """Whether there is nothing to check at all: no folder, or no rule file in it."""
        return any(problem.code == "empty-folder" for problem in self.problems)


def load_rules(
    folder: Path, *, shown_as: str | None = None, figures: Path | None = None, cache_dir: Path | None = None
) -> Loaded:
    """Read every rule file of *folder* and check everything in one run.

    Args:
        folder: the rules folder.
        shown_as: the folder as the user typed it, for places in problems; default *folder* itself.
        figures: a second folder in which sources' files may lie (ALERTING_FIGURES).
        cache_dir: where parsed files are kept between runs; None keeps none.
    """
    shown = (shown_as or folder.as_posix()).rstrip("/")
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        return _unusable(shown, f"the rules folder {what}")
    try:
        files, skipped = read_folder(folder, shown, ParseCache(cache_dir))
    except OSError as error:
        return _unusable(shown, f"cannot be read: {error}")
    problems = [skipped_file(file, shown) for file in skipped]
    if not files:
        empty = _unusable(shown, "there is no *.yaml file in the rules folder")
        return Loaded(rules=None, problems=(*empty.problems, *problems))
    with collector_off():
        folders = [folder, *([figures] if figures is not None else [])]
        rules, found, placing = _checked(files, folder, folders)
    problems += [problem for file in files for problem in flaws_of(file)]
    problems += [mistake.problem() for mistake in found]
    failed = any(p.severity is ProblemSeverity.ERROR and p.code not in PASSING for p in problems)
    in_order = sorted(dict.fromkeys(problems), key=lambda problem: (*problem.sort_key, problem.message))
    return Loaded(rules=None if failed else rules, problems=tuple(in_order), placing=placing)


def _unusable(shown: str, message: str) -> Loaded:
    place = Place(file=shown, line=1, column=1)
    fix = "name a folder with *.yaml files as RULES, --rules DIR or ALERTING_RULES"
    severity = ProblemSeverity.ERROR
    return Loaded(
        rules=None, problems=(Problem(place=place, code="empty-folder", severity=severity, message=message, fix=fix),)
    )


def skipped_file(file: Skipped, shown: str) -> Problem:
    """Say that a file of a folder is not read, and why."""
    place = Place(file=shown_path(shown, file.relative), line=1, column=1)
    message = f"this is not read: {file.why}"
    return Problem(place=place, code="skipped-file", severity=ProblemSeverity.WARNING, message=message, fix=file.fix)


def _checked(
    files: Sequence[RuleFile], folder: Path, folders: Sequence[Path]
) -> tuple[RuleSet, list[Mistake], Placing]:
    """Fill in the forms, build the rules and run every check on what is usable."""
    complete = all(file.complete for file in files)
    context = Context(
        calendar=calendar_of(files), declared=declared_in(files), titles=titles_in(files), complete=complete
    )
    sections = read_sections(files, context)
    version = version_of([file.raw_file for file in files])
    rules, mistakes = built(str(folder), version, sections, context)
    found, placing = [*sections.mistakes, *repeated_ids(files)], Placing(sections)
    if complete:  # else what is missing may stand in a file that could not be read
        found += mistakes
        found += file_mistakes(sections, folders)
        if sections.lost:
            found += file_mistakes_of_lost(files, sections, folders)
        found += column_mistakes(sections, rules, folders)
        found += _remarks(rules, placing)
        found += _unused(sections, context)
    return rules, found, placing


def _remarks(rules: RuleSet, placing: Placing) -> Iterator[Mistake]:
    """Run the checks of rules alone."""
    for check in checks():
        for remark in check(rules):
            if (mistake := placing.mistake(remark)) is not None:
                yield mistake


def _unused(sections: Sections, context: Context) -> Iterable[Mistake]:
    """Find limits and sources that nothing refers to."""
    for section, sort, what in (("limits", "limits", "no condition uses"), ("sources", "source", "no measure uses")):
        for id_, entry in sections.by_id(section).items():
            if (sort, id_) not in context.used:
                message = f'{what} "{id_}"'
                fix = "remove it, or use it"
                yield Mistake(
                    file=entry.file,
                    path=entry.path,
                    code="unused",
                    message=message,
                    fix=fix,
                    severity=ProblemSeverity.WARNING,
                    of_key=True,
                )
