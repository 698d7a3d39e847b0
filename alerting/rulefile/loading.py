"""A rules folder to a RuleSet, or to the problems that stand in the way."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.rulefile.kept_rules import KeptRules, UsableRules
from alerting.rulefile.looking import PASSING, FigureFiles
from alerting.rulefile.placing import Placing
from alerting.rulefile.yaml.cache import ParseCache
from alerting.rulefile.yaml.files import Skipped, Text, texts
from alerting.rulefile.yaml.rule_file import collector_off, rule_files, shown_path

if TYPE_CHECKING:  # loaded where used: the forms take longer than all else
    from alerting.rulefile.sections import Sections


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
    folder: Path,
    *,
    shown_as: str | None = None,
    figures: Path | None = None,
    cache_dir: Path | None = None,
    rules_only: bool = False,
) -> Loaded:
    """Read every rule file of *folder* and check everything in one run.

    Args:
        folder: the rules folder.
        shown_as: the folder as the user typed it, for places in problems; default *folder* itself.
        figures: a second folder in which sources' files may lie (ALERTING_FIGURES).
        cache_dir: where parsed files and built rules are kept between runs; None keeps none.
        rules_only: whether only problems that refuse the rules matter; kept rules are taken without a look at the files of
            figures.
    """
    shown = (shown_as or folder.as_posix()).rstrip("/")
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        return _unusable(shown, f"the rules folder {what}")
    try:
        found = texts(folder)
    except OSError as error:
        return _unusable(shown, f"cannot be read: {error}")
    skipped = [skipped_file(file, shown) for file in found if isinstance(file, Skipped)]
    whole = [file for file in found if isinstance(file, Text)]
    if not whole:
        empty = _unusable(shown, "there is no *.yaml file in the rules folder")
        return Loaded(rules=None, problems=(*empty.problems, *skipped))
    looked = FigureFiles([folder, *([figures] if figures is not None else [])])
    with collector_off():
        keeping = KeptRules(cache_dir, whole, (str(folder), shown, *map(str, looked.folders)))
        cache = ParseCache(cache_dir)
        kept = keeping.kept()
        if kept is None or not (rules_only or looked.are_as(kept.seen, kept.rules.sources)):
            loaded = _checked(whole, folder, shown, looked, cache)
            if loaded.rules is not None:
                keeping.keep(UsableRules(rules=loaded.rules, problems=loaded.problems, seen=looked.seen))
        else:
            loaded = Loaded(
                rules=kept.rules, problems=kept.problems, placing=_late_placing(whole, folder, shown, cache)
            )
    in_order = sorted((*loaded.problems, *skipped), key=lambda problem: (*problem.sort_key, problem.message))
    return replace(loaded, problems=tuple(in_order))


def _checked(texts: Sequence[Text], folder: Path, shown: str, figures: FigureFiles, cache: ParseCache) -> Loaded:
    """Read YAML, fill in the forms and check everything."""
    from alerting.rulefile.checked import checked
    from alerting.rulefile.mistakes import flaws_of

    files = rule_files(texts, shown, cache)
    rules, found, placing = checked(files, folder, figures)
    problems = [problem for file in files for problem in flaws_of(file)]
    problems += [mistake.problem() for mistake in found]
    failed = any(p.severity is ProblemSeverity.ERROR and p.code not in PASSING for p in problems)
    return Loaded(rules=None if failed else rules, problems=tuple(dict.fromkeys(problems)), placing=placing)


def _late_placing(texts: Sequence[Text], folder: Path, shown: str, cache: ParseCache) -> Placing:
    """Return what fills in the forms again where something is to be put at its place."""

    def sections() -> "Sections":
        from alerting.rulefile.checked import filled_in

        return filled_in(rule_files(texts, shown, cache), folder).sections

    return Placing(sections)


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
