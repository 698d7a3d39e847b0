"""Everything that is checked of a folder's rule files together: from forms to the rules, and what is wrong with them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.rulefile.build.rule_set import built
from alerting.rulefile.declarations import calendar_of, declared_in, repeated_ids, titles_in
from alerting.rulefile.figure_files import column_mistakes, file_mistakes, file_mistakes_of_lost
from alerting.rulefile.forms.context import Context
from alerting.rulefile.lint import checks
from alerting.rulefile.looking import FigureFiles
from alerting.rulefile.mistakes import PathProblem
from alerting.rulefile.placing import Placing
from alerting.rulefile.sections import Sections, read_sections
from alerting.rulefile.yaml.files import version_of
from alerting.rulefile.yaml.rule_file import RuleFile


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledIn:
    """The forms of a folder's files, the rules as far as they can be used, and what only the whole shows to be wrong."""

    sections: Sections
    context: Context
    rules: RuleSet
    mistakes: Sequence[PathProblem]


def filled_in(files: Sequence[RuleFile], folder: Path) -> FilledIn:
    """Fill in the forms and build the rules."""
    complete = all(file.complete for file in files)
    context = Context(
        calendar=calendar_of(files), declared=declared_in(files), titles=titles_in(files), complete=complete
    )
    sections = read_sections(files, context)
    rules, mistakes = built(str(folder), version_of([file.raw_file for file in files]), sections, context)
    return FilledIn(sections=sections, context=context, rules=rules, mistakes=mistakes)


def checked(
    files: Sequence[RuleFile], folder: Path, figures: FigureFiles
) -> tuple[RuleSet, list[PathProblem], Placing]:
    """Fill in the forms, build the rules and run every check on what is usable."""
    filled = filled_in(files, folder)
    sections, rules = filled.sections, filled.rules
    found, placing = [*sections.mistakes, *repeated_ids(files)], Placing(lambda: sections)
    if filled.context.complete:  # else what is missing may stand in a file that could not be read
        found += filled.mistakes
        found += file_mistakes(sections, figures)
        if sections.lost:
            found += file_mistakes_of_lost(files, sections, figures)
        found += column_mistakes(sections, rules, figures)
        found += _remarks(rules, placing)
        found += _unused(sections, filled.context)
    return rules, found, placing


def _remarks(rules: RuleSet, placing: Placing) -> Iterator[PathProblem]:
    """Run the checks of rules alone."""
    for check in checks():
        for remark in check(rules):
            if (mistake := placing.mistake(remark)) is not None:
                yield mistake


def _unused(sections: Sections, context: Context) -> Iterable[PathProblem]:
    """Find limits and sources that nothing refers to."""
    for section, sort, what in (("limits", "limits", "no condition uses"), ("sources", "source", "no measure uses")):
        for id_, entry in sections.by_id(section).items():
            if (sort, id_) not in context.used:
                message = f'{what} "{id_}"'
                fix = "remove it, or use it"
                yield PathProblem(
                    file=entry.file,
                    path=entry.path,
                    code="unused",
                    message=message,
                    fix=fix,
                    severity=ProblemSeverity.WARNING,
                    of_key=True,
                )
