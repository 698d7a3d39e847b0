"""Silences, holds, breaks, notes and exclusions that concern no series at all."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from alerting.domain.measure import Match, Measure, Window
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.rulefile.lint import RuleProblem

CODES: Final = {"matches-nothing": "a silence, hold, break, note or exclusion that concerns no series"}


def check(rules: RuleSet) -> Iterator[RuleProblem]:
    """Ask of each `match` which series it leaves; a slip in one of several keys leaves none."""
    for silence in rules.silences:
        watched = [
            rules.measures[id_] for rule in rules.rules if silence.match.covers_rule(rule.id) for id_ in rule.measures
        ]
        if not _any(silence.match, watched, rules):
            yield _remark(
                "silences", silence.id, "it mutes nothing: no rule watches a measure and area that it matches"
            )
    sections: Mapping[str, Sequence[Window]] = {
        "holds": rules.holds,
        "breaks": rules.breaks,
        "notes": rules.notes,
        "exclusions": rules.exclusions,
    }
    for section, windows in sections.items():
        for window in windows:
            if not _any(window.match, list(rules.measures.values()), rules):
                yield _remark(section, window.id, "it concerns nothing: no measure that it matches has such an area")


def _any(match: Match, measures: Sequence[Measure], rules: RuleSet) -> bool:
    return any(match.covers_measure(measure) and _in_areas(match, measure, rules) for measure in measures)


def _in_areas(match: Match, measure: Measure, rules: RuleSet) -> bool:
    reporting = rules.reporting(measure.id)
    return not match.areas or any(
        area in match.areas for area in (rules.areas.areas if reporting is None else reporting)
    )


def _remark(section: str, id_: str, message: str) -> RuleProblem:
    return RuleProblem(
        section=section,
        id=id_,
        keys=("match",),
        code="matches-nothing",
        message=message,
        fix="all keys of match must fit: mend the one that does not, or remove it",
        severity=ProblemSeverity.WARNING,
    )
