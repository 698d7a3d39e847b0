"""Functions and modules stay short enough to be read in one go."""

import ast
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
MODULES = sorted(path for package in ("alerting", "notifiers") for path in (TOP / package).rglob("*.py"))
LONGEST_FUNCTION, LONGEST_MODULE = 50, 400


def too_long(source):
    """Return the module and functions that are longer than the house allows, with their lengths."""
    lines = source.count("\n")
    found = [f"{lines} lines"] if lines > LONGEST_MODULE else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1
            if length > LONGEST_FUNCTION:
                found.append(f"{node.lineno}: {node.name} has {length} lines")
    return found


def test_functions_and_modules_stay_short():
    offenders = [
        f"{path.relative_to(TOP)}: {words}" for path in MODULES for words in too_long(path.read_text(encoding="utf-8"))
    ]
    assert not offenders, "\n".join(offenders)


@pytest.mark.parametrize(
    ("body", "rest", "found"),
    [
        pytest.param(49, 0, [], id="a function of 50 lines"),
        pytest.param(50, 0, ["1: long has 51 lines"], id="a function of 51 lines"),
        pytest.param(9, 390, [], id="a module of 400 lines"),
        pytest.param(9, 391, ["401 lines"], id="a module of 401 lines"),
    ],
)
def test_what_is_too_long_is_named(body, rest, found):
    assert found == too_long("async def long():\n" + "    pass\n" * body + "pass\n" * rest)
