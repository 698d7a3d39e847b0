"""Titles that name two things in a figures file."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.domain.titles import joined, shared_titles
from alerting.rulefile.lint import RuleProblem

CODES: Final = {"same-title": "two areas, or two measures of one source, have one title, so that no row is read by it"}

CODE = "same-title"


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Find areas with one title, and measures with one title whose figures come from one source."""
    areas = rules.areas.areas
    for title, ids in shared_titles((area.title, id_) for id_, area in areas.items()).items():
        yield RuleProblem(
            section="areas",
            id=ids[-1],
            keys=("title",),
            code=CODE,
            severity=ProblemSeverity.WARNING,
            message=f'{_listed(ids)} have the title "{title}": no row is read by it',
            fix="give each a title of its own, or use their ids in the figures",
        )
    for source, titles in _by_source(rules).items():
        for title, ids in shared_titles(titles).items():
            last = rules.measures[ids[-1]]
            yield RuleProblem(
                section="measures",
                id=last.item_of or last.id,
                item=last.item,
                keys=("title",),
                code=CODE,
                severity=ProblemSeverity.NOTE,
                message=f'{_listed(ids)} have the title "{title}" in the source "{source}": no row is read by it',
                fix="use their ids in the figures, or map their names under the source's names",
            )


def _by_source(rules: RuleSet) -> Mapping[str, Iterable[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for id_, measure in rules.measures.items():
        if measure.source is not None:
            found.setdefault(measure.source, []).append((measure.title, id_))
    return found


def _listed(ids: Iterable[str]) -> str:
    return joined([f'"{id_}"' for id_ in ids])
