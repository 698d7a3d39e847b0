"""What is done with the rule tests of a folder: tried, asked what they would notice, and written from figures."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from alerting.app.authoring.add_rule_test import add_rule_test
from alerting.app.authoring.coverage import Coverage, Covered, Showing
from alerting.app.authoring.example_case import ExampleMaker
from alerting.app.authoring.mail_files import MailFiles
from alerting.app.authoring.mutants import is_tried
from alerting.app.authoring.mutation import Mutated, Mutation
from alerting.app.authoring.record import Asked, Recorder, none_of, wanted_of
from alerting.app.authoring.run_rule_tests import Tried, try_out
from alerting.app.authoring.write_rule_test import HEAD, written_test
from alerting.app.installation import Installation, Ports
from alerting.domain.problem import Problem
from alerting.domain.rule_test import RuleTest
from alerting.errors import AlertingError, UsageError
from alerting.figures.observations import Reading
from alerting.rulefile.key_places import KeyPlaces
from alerting.rulefile.rule_tests import load_rule_tests, rule_tests_in

_T = TypeVar("_T")


@dataclass(frozen=True, eq=False)
class RuleTests:
    """The tests of an installation's folder; nothing is stored and nothing is sent.

    Args:
        shown: the folder as the user typed it, for places.
    """

    installation: Installation
    ports: Ports
    shown: str

    @cached_property
    def _loaded(self) -> tuple[list[RuleTest], list[Problem]]:
        own = self.installation
        return load_rule_tests(own.folder, own.rules, self.shown)

    @cached_property
    def places(self) -> KeyPlaces:
        """Where the keys of rules and measures are written."""
        return KeyPlaces(self.installation.folder, self.shown)

    def try_out(self, only: str | None = None, *, update: bool = False) -> tuple[list[Tried], list[Problem]]:
        """Run the tests, each on a state of its own in memory; return also what is wrong with their files.

        Args:
            only: tests whose name holds these words.
            update: write whole mails anew, where tests name files of them.
        """
        tests, problems = self._loaded
        wanted = [test for test in tests if only is None or only in test.name]
        own = self.installation
        mails = MailFiles(own.folder, update)
        return list(try_out(wanted, own.rules, self.ports.memory_store, own.message_defaults, mails)), problems

    def n_asked(self, rule: str | None = None) -> int:
        """Return of how many rules `mutated` and `covered` say something: all that are not off, or one alone."""
        only = self._known(rule)
        return sum(is_tried(one) and only in (None, one.id) for one in self.installation.rules.rules)

    def mutated(self, rule: str | None = None, on_rule: Callable[[], object] = lambda: None) -> Sequence[Mutated]:
        """Change each rule (or one alone) on purpose and say of which changes no test takes notice; all tests pass as they are.

        Args:
            on_rule: is called when a rule is done.
        """
        own, (tests, _) = self.installation, self._loaded
        mutation = Mutation(
            tests=tests,
            rules=own.rules,
            new_store=self.ports.memory_store,
            defaults=own.message_defaults,
            mails=MailFiles(own.folder),
        )
        return list(_each_told(mutation.all(self._known(rule)), on_rule))

    def covered(self, rule: str | None = None, on_rule: Callable[[], object] = lambda: None) -> Sequence[Covered]:
        """Say of each rule (or of one alone) what its tests show and what they lack; all tests pass.

        Args:
            on_rule: is called when a rule is done.
        """
        own, (tests, _) = self.installation, self._loaded
        showing = Showing(rules=own.rules)
        maker = ExampleMaker(
            rules=own.rules, showing=showing, new_store=self.ports.memory_store, defaults=own.message_defaults
        )
        coverage = Coverage(tests=tests, rules=own.rules, showing=showing, example_of=maker.example)
        return list(_each_told(coverage.all(self._known(rule)), on_rule))

    def _known(self, rule: str | None) -> str | None:
        ids = [one.id for one in self.installation.rules.rules]
        if rule is not None and rule not in ids:
            raise UsageError(none_of("rule", rule, ids))
        return rule

    def record(self, wanted: Asked, reading: Reading, as_of: date) -> RuleTest:
        """Write a test from an episode in the figures.

        Raises:
            UsageError: there is no such rule, series or episode.
        """
        own = self.installation
        recorder = Recorder(
            rules=own.rules, reading=reading, as_of=as_of, new_store=self.ports.memory_store,
            defaults=own.message_defaults,
        )  # fmt: skip
        test = recorder.recorded(wanted_of(wanted, own.rules))
        again, problems = rule_tests_in(HEAD + written_test(test), "recorded", own.rules)
        (tried,) = try_out(again, own.rules, self.ports.memory_store, own.message_defaults)
        if problems or tried.failures:
            said = "; ".join(one.message for one in (*problems, *tried.failures))
            raise AlertingError(
                f"what was recorded does not pass: {said}. This is a mistake of alerting, not of the rules"
            )
        return test

    def add(self, test: RuleTest, into: str) -> Path:
        """Put a test behind those of a file below the folder's tests.

        Raises:
            UsageError: it lies elsewhere, or nothing can be put behind its tests.
        """
        return add_rule_test(test, self.installation.folder, into, self.installation.rules)


def _each_told(found: Iterator[_T], on_one: Callable[[], object]) -> Iterator[_T]:
    for one in found:
        yield one
        on_one()
