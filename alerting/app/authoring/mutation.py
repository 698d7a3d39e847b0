"""Whether tests would notice a slip in a rule: each rule is changed on purpose, and its tests are run again."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from alerting.app.authoring.mail_files import MailFiles
from alerting.app.authoring.mutants import Mutant, is_tried, mutants_of
from alerting.app.authoring.run_rule_tests import Checked
from alerting.app.authoring.trial import Trial
from alerting.app.notices.compose import MessageDefaults
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import Rule, RuleSet
from alerting.domain.rule_test import RuleTest, judgeable
from alerting.figures.observations import Reading
from alerting.ports.state import Store
from alerting.rulefile.tree import Path

UNNOTICED = "test-unnoticed"
#: Says where a key is written: section, id, keys below.
PlaceOf = Callable[[str, str, Path], Place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutated:
    """A rule with the changes that were made to it, and those that no test noticed."""

    rule: Rule
    #: How many tests try it.
    tests: int
    tried: int
    lived: tuple[Mutant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """Changes every rule and runs the tests that concern it, in process.

    Args:
        tests: they all pass on the rules as they are.
        new_store: makes an empty state.
    """

    tests: Sequence[RuleTest]
    rules: RuleSet
    new_store: Callable[[], Store]
    defaults: MessageDefaults
    mails: MailFiles | None = None
    #: The figures of each test as they were read once for the same measures: they name these by their place.
    _readings: dict[tuple[int, tuple[str, ...]], Reading] = field(default_factory=dict, repr=False)

    def all(self, only: str | None = None) -> Iterator[Mutated]:
        """Yield each rule (or one alone) that is not off, in the order declared; a target that several hold is changed once."""
        seen: set[tuple[object, ...]] = set()
        for rule in self.rules.rules:
            if not is_tried(rule) or only not in (None, rule.id):
                continue
            mutants = []
            for mutant in mutants_of(rule, self.rules):
                what = (mutant.section, mutant.id, mutant.keys, mutant.now)
                if what not in seen:
                    mutants.append(mutant)
                seen.add(what)
            own = self.tests_of(rule.id, rule.measures)
            lived = tuple(mutant for mutant in mutants if not self._is_noticed(mutant))
            yield Mutated(rule=rule, tests=len(own), tried=len(mutants), lived=lived)

    def tests_of(self, rule: str | None, measures: Sequence[str]) -> list[RuleTest]:
        """Return the tests that try a rule (None: any) on some of these measures, the shortest first."""
        found = [
            test
            for test in self.tests
            if (rule is None or test.rules is None or rule in test.rules)
            and not judgeable((one.measure for one in test.figures), self.rules.measures).keys().isdisjoint(measures)
        ]
        return sorted(found, key=lambda test: sum(figures.length for figures in test.figures))

    def _is_noticed(self, mutant: Mutant) -> bool:
        if mutant.section == "rules":
            tests = self.tests_of(mutant.rule.id, mutant.rule.measures)
        else:
            changed = [id_ for id_, one in mutant.rules.measures.items() if one != self.rules.measures[id_]]
            tests = self.tests_of(None, changed)
        return any(self._fails(test, mutant.rules) for test in tests)

    def _fails(self, test: RuleTest, rules: RuleSet) -> bool:
        with closing(self.new_store()) as store:
            trial = Trial(test, rules, store=store, defaults=self.defaults)
            key = (id(test), tuple(trial.rules.measures))
            trial.already_read = self._readings.get(key)
            self._readings[key] = trial.reading
            return Checked(trial, self.mails).fails()


def unnoticed(mutant: Mutant, place_of: PlaceOf) -> Problem:
    """Return a change that lived as something to mend, at its key."""
    return Problem(
        place=place_of(mutant.section, mutant.id, mutant.keys),
        code=UNNOTICED,
        severity=ProblemSeverity.WARNING,
        message=f"{mutant.rule.id}: no test notices {mutant.words}",
        fix="add a case that comes out otherwise then; `alerting test --coverage` gives examples",
    )
