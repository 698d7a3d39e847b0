"""Functions and modules stay short enough to be read in one go, and classes small enough to be known."""

import ast
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
MODULES = sorted(path for package in ("alerting", "notifiers") for path in (TOP / package).rglob("*.py"))
LONGEST_FUNCTION, LONGEST_MODULE, MOST_PUBLIC = 50, 400, 15


def too_long(source):
    """Return the module, functions and classes that are longer or larger than the house allows, and by how much."""
    lines = source.count("\n")
    found = [f"{lines} lines"] if lines > LONGEST_MODULE else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1
            if length > LONGEST_FUNCTION:
                found.append(f"{node.lineno}: {node.name} has {length} lines")
        elif isinstance(node, ast.ClassDef):
            public = [
                one
                for one in node.body
                if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name[0] != "_"
            ]
            methods = [one for one in public if not any("property" in ast.unparse(by) for by in one.decorator_list)]
            if len(methods) > MOST_PUBLIC:
                found.append(f"{node.lineno}: {node.name} has {len(methods)} public methods")
    return found


def test_functions_and_classes_stay_short():
    offenders = [
        f"{path.relative_to(TOP)}: {words}" for path in MODULES for words in too_long(path.read_text(encoding="utf-8"))
    ]
    assert not offenders, "\n".join(offenders)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("async def long():\n" + "    pass\n" * 49, [], id="a function of 50 lines"),
        pytest.param("async def long():\n" + "    pass\n" * 50, ["1: long has 51 lines"], id="a function of 51 lines"),
        pytest.param("pass\n" * 400, [], id="a module of 400 lines"),
        pytest.param("pass\n" * 401, ["401 lines"], id="a module of 401 lines"),
        pytest.param("class A:\n" + "".join(f"    def m{n}(): ...\n" for n in range(15)), [], id="15 public methods"),
        pytest.param(
            "class A:\n" + "".join(f"    def m{n}(): ...\n" for n in range(16)), ["1: A has 16 public methods"], id="16"
        ),
        pytest.param("class A:\n" + "".join(f"    def _m{n}(): ...\n" for n in range(20)), [], id="private ones"),
    ],
)
def test_what_is_too_long_is_named(source, found):
    assert found == too_long(source)
