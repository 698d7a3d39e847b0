"""What is wrong with the figures themselves: sources that failed, cells refused, rows that contradict each other."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from alerting.domain.measure import Measure
from alerting.domain.notify.recipients import recipients
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.figures.observations import Reading
from alerting.figures.panels import Panels
from alerting.reports.digest_views import DataTrouble
from alerting.wording.plain import counted, number, sentence

#: Rows and cells named for one file; the others are counted.
_MOST_NAMED = 5


class DataIssues:
    """Problems of one reading, by source, and which measures have no series because theirs could not be read."""

    def __init__(self, rules: RuleSet, reading: Reading, panels: Panels) -> None:
        self.rules, self._reading, self._panels = rules, reading, panels
        self._failed = reading.failed

    @cached_property
    def failed_measures(self) -> dict[str, str]:
        """Measures whose source could not be read, by the source; those made of such a measure count too."""
        measures = self.rules.measures
        found = {m.id: m.source for m in measures.values() if m.source is not None and m.source in self._failed}
        for measure in measures.values():
            if measure.of is not None:
                of = (measure.of.numerator, measure.of.denominator)
                source = next((found[part] for part in of if part in found), None)
                if source is not None:
                    found[measure.id] = source
        return found

    @cached_property
    def unread(self) -> dict[str, str]:
        """Watched measures of failed sources of which no series is known, by source: nothing else counts them."""
        known = {
            id_ for panel in self._panels.by_kind.values() for id_, own in panel.columns.items() if own.start < own.stop
        }
        watched = {id_ for rule in self._rules() for id_ in rule.measures}
        return {id_: source for id_, source in self.failed_measures.items() if id_ in watched and id_ not in known}

    @cached_property
    def _unread_by_owner(self) -> dict[str, set[str]]:
        """Owners who would be told of an unread measure. Which areas it has is not known: it may be all that a rule watches."""
        found: dict[str, set[str]] = {}
        for rule in self._rules():
            for id_ in rule.measures:
                if id_ in self.unread:
                    for area in self._areas(rule, self.rules.measures[id_]):
                        for owner in recipients(rule, id_, area, self.rules, self._panels.as_of):
                            found.setdefault(owner, set()).add(id_)
        return found

    def unread_of(self, owner: str) -> frozenset[str]:
        """Return the unread measures that an owner answers for."""
        return frozenset(self._unread_by_owner.get(owner, ()))

    def _rules(self) -> Iterator[Rule]:
        return (
            rule
            for rule in self.rules.rules
            if rule.status is Status.ACTIVE and not self.rules.is_over(rule, self._panels.as_of)
        )

    def _areas(self, rule: Rule, measure: Measure) -> Iterable[str]:
        chosen = self.rules.watched_areas(rule, measure.id)
        return self.rules.areas.areas if chosen is None else chosen

    def views(self, measures: Iterable[str]) -> tuple[DataTrouble, ...]:
        """Return the troubles of the sources that some measures come from; failed ones first."""
        mine = list(measures)
        sources: dict[str, int] = {}
        for id_ in mine:
            source = self.failed_measures.get(id_) or (
                self.rules.measures[id_].source if id_ in self.rules.measures else None
            )
            if source is not None:
                sources[source] = sources.get(source, 0) + 1
        failed = [self._failure(source, sources[source]) for source in self._failed if source in sources]
        return (*failed, *(trouble for source, trouble in self._in_files.items() if source in sources))

    def _failure(self, source: str, measures: int) -> DataTrouble:
        effect = f"{counted(measures, 'measure was', 'measures were')} not judged"
        return DataTrouble(source=source, lines=(sentence(self._failed[source]),), effect=effect, failed=True)

    @cached_property
    def _in_files(self) -> dict[str, DataTrouble]:
        """Troubles inside files that could be read, by source."""
        found: dict[str, list[Problem]] = {}
        for problem in (*self._reading.problems, *self._panels.problems):
            if problem.severity is not ProblemSeverity.NOTE and problem.source is not None:
                found.setdefault(problem.source, []).append(problem)
        return {
            source: DataTrouble(
                source=source, lines=_lines(sorted(found[source], key=lambda problem: problem.sort_key))
            )
            for source in dict.fromkeys(read.source for read in self._reading.observations)
            if source in found
        }


def _lines(problems: list[Problem]) -> tuple[str, ...]:
    """Write problems with their places; many alike are counted."""
    named = []
    for problem in problems[:_MOST_NAMED]:
        place, fix = problem.place, f"; {problem.fix}" if problem.fix else ""
        row = "" if problem.names_its_rows else f"row {place.line}: "
        named.append(f"{place.file}, {row}{problem.message}{fix}.")
    left = len(problems) - _MOST_NAMED
    return (*named, *([f"and {number(left)} more"] if left > 0 else []))
