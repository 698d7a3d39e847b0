"""What every check of rules and of figures must hold: the codes that it gives are declared, once, and mean something."""

import ast
import importlib
import json
import pkgutil
import re
from pathlib import Path

import pytest

from alerting.app.authoring.codes import CHECKS, all_codes
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.rulefile import codes
from alerting.rulefile.codes import SHARED, DuplicateCode
from alerting.rulefile.pages.machine_reports import as_sarif

MODULES = [
    pytest.param(importlib.import_module(f"{package}.{info.name}"), id=f"{package.rpartition('.')[2]}-{info.name}")
    for package in CHECKS
    for info in pkgutil.iter_modules(importlib.import_module(package).__path__)
]
#: How a code is written: words with hyphens between them, and nothing else in the text.
A_CODE = re.compile(r"[a-z]+(?:-[a-z]+)+")


def given(module):
    """Return the codes that stand in a module's statements, but for the one that declares them."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    statements = [node for node in tree.body if "CODES" not in _assigned(node)]
    words = [one.value for node in statements for one in ast.walk(node) if isinstance(one, ast.Constant)]
    known = all_codes()
    return {word for word in words if isinstance(word, str) and (word in known or A_CODE.fullmatch(word))}


def _assigned(node):
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {getattr(target, "id", None) for target in targets}


@pytest.mark.parametrize("module", MODULES)
def test_a_check_has_one_function_and_says_what_it_looks_for(module):
    assert callable(module.check)
    assert module.__doc__
    assert module.check.__doc__


@pytest.mark.parametrize("module", MODULES)
def test_the_codes_that_a_check_gives_are_declared_by_itself_or_shared(module):
    assert given(module) <= {*SHARED, *getattr(module, "CODES", {})}


@pytest.mark.parametrize("module", MODULES)
def test_the_codes_that_a_check_declares_are_given_by_it(module):
    assert set(getattr(module, "CODES", {})) <= given(module)


@pytest.mark.parametrize("code", all_codes())
def test_the_report_for_code_scanning_says_what_a_code_means(code):
    problem = Problem(
        place=Place(file="rules/r.yaml", line=1, column=1), code=code, message="m", severity=ProblemSeverity.NOTE
    )
    (run,) = json.loads(as_sarif([problem], all_codes()))["runs"]
    (rule,) = run["tool"]["driver"]["rules"]

    assert (code, all_codes()[code]) == (rule["id"], rule["shortDescription"]["text"])
    assert len(all_codes()[code].split()) > 3
    assert all_codes()[code][0].islower()


def test_a_code_that_is_declared_twice_is_refused(monkeypatch):
    monkeypatch.setattr(codes, "SHARED", {**SHARED, "same-title": "declared by a check too"})
    all_codes.cache_clear()
    try:
        with pytest.raises(DuplicateCode, match=r"same_titles declares same-title, which is declared elsewhere"):
            all_codes()
    finally:
        monkeypatch.undo()
        all_codes.cache_clear()
