"""A test put behind the others of a file, which stay as they are."""

import os
from pathlib import Path

from alerting.app.authoring.write_rule_test import HEAD, INDENT, written_test
from alerting.domain.rule import RuleSet
from alerting.domain.rule_test import RuleTest
from alerting.errors import UsageError
from alerting.rulefile.rule_tests import FOLDER, rule_tests_in

#: How far dashes of tests may be indented.
_INDENTS = (2, 0, 4, 1, 3)


def add_rule_test(test: RuleTest, folder: Path, into: str, rules: RuleSet) -> Path:
    """Write a test into a file below the folder's tests, after those that are there; nothing is written over.

    Args:
        into: the file, from the rules folder: tests/calls.yaml.

    Raises:
        UsageError: it lies elsewhere, a test of this name is there, or the file is such that nothing can be put behind its tests.
    """
    path = (folder / into).resolve()
    if not path.is_relative_to((folder / FOLDER).resolve()) or path.suffix != ".yaml":
        raise UsageError(f"{into} is no file of tests; write --into {FOLDER}/NAME.yaml, from the rules folder")
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    text = with_test(old, test, into, rules)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
    return path


def with_test(old: str, test: RuleTest, shown: str, rules: RuleSet) -> str:
    """Return the text of a file with one test more.

    Raises:
        UsageError: as above.
    """
    before, problems = rule_tests_in(old, shown, rules) if old.strip() else ([], [])
    if problems:
        raise UsageError(f"{shown} has mistakes; `alerting test` names them: mend them first, or take another file")
    if any(one.name == test.name for one in before):
        raise UsageError(f'{shown} has a test "{test.name}"; take another file, or other periods')
    base = f"{old}\n" if old and old[-1] != "\n" else old
    heads = [(HEAD, INDENT)] if not before else [("", indent) for indent in _INDENTS]
    for head, indent in heads:
        added = f"{base}{head}{written_test(test, indent)}"
        after, problems = rule_tests_in(added, shown, rules)
        if not problems and after[:-1] == before and _given(after[-1]) == _given(test):
            return added
    raise UsageError(
        f"nothing can be put behind the tests of {shown}, as they are not a list on lines of its own; take another file"
    )


def _given(test: RuleTest) -> tuple[object, ...]:
    """Return what a test says, wherever it stands."""
    figures = [(one.measure, one.area, one.first, dict(one.cells)) for one in test.figures]
    return (test.name, test.rules, figures, len(test.expect or ()), len(test.findings))
