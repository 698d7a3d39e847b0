"""Nobody but conditions and limits methods knows one of them by name: what is to be known of them, they are asked."""

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from alerting.conditions.registry import conditions
from alerting.limits.registry import limits_methods

TOP = Path(__file__).parents[2]
FOUND = {**conditions(), **limits_methods()}
#: Modules of one condition or method; what several of them share (base, kernels, registry) anybody may use.
CONCRETE = {cls.__module__ for cls in FOUND.values()}
PARAMETERS = {field.name for cls in FOUND.values() for field in fields(cls)}
OUTSIDE = sorted(
    path
    for package in ("alerting", "notifiers")
    for path in (TOP / package).rglob("*.py")
    if not {"conditions", "limits"} & set(path.relative_to(TOP).parts[:2])
)


def knowing(source):
    """Return each line of a module that knows a condition or a limits method by name, and how."""
    tree = ast.parse(source)
    named = _names_of_literals(tree)
    return [f"{node.lineno}: {what}" for node in ast.walk(tree) for what in _known(node, named)]


def _known(node, named):
    if isinstance(node, ast.ImportFrom):
        yield from (f"imports {node.module}" for _ in range(node.module in CONCRETE))
        yield from (
            f"imports {node.module}.{one.name}" for one in node.names if f"{node.module}.{one.name}" in CONCRETE
        )
    elif isinstance(node, ast.Import):
        yield from (f"imports {one.name}" for one in node.names if one.name in CONCRETE)
    elif isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        if any(map(_is_key, operands)) and any(_literals(one, named) & FOUND.keys() for one in operands):
            yield f"compares {ast.unparse(node)}"
    elif isinstance(node, ast.Match) and _is_key(node.subject):
        yield f"matches {ast.unparse(node.subject)}"
    elif isinstance(node, ast.Subscript) and _is_key(node.slice) and _literals(node.value, named) & FOUND.keys():
        yield f"looks up {ast.unparse(node)}"
    elif isinstance(node, ast.Call):
        yield from _called(node, named)


def _called(node, named):
    name, given = getattr(node.func, "attr", getattr(node.func, "id", None)), node.args
    if name == "getattr" and len(given) > 1 and _literals(given[1], named) & PARAMETERS:
        yield f"asks by {ast.unparse(node)}"
    if name in ("get", "startswith", "endswith") and isinstance(node.func, ast.Attribute):
        keyed = _is_key(node.func.value) or any(map(_is_key, given))
        if keyed and any(_literals(one, named) & FOUND.keys() for one in (node.func.value, *given)):
            yield f"looks up {ast.unparse(node)}"


def _is_key(node):
    """Whether an expression is a condition's or method's key: `part.key`, `limits["method"]`, `limits.get("method")`."""
    if isinstance(node, ast.Attribute):
        return node.attr == "key"
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value == "method"
    is_get = (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args
    )
    return is_get and isinstance(node.args[0], ast.Constant) and node.args[0].value == "method"


def _literals(node, named):
    """Return the words that are written in an expression, or in the constant that it names."""
    if isinstance(node, ast.Name):
        return named.get(node.id, set())
    if isinstance(node, ast.Dict):
        return {word for key in node.keys if key is not None for word in _literals(key, named)}
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return {word for one in node.elts for word in _literals(one, named)}
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def _names_of_literals(tree):
    assigned = [
        node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
    ]
    return {
        target.id: _literals(node.value, {})
        for node in assigned
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def test_nobody_outside_knows_a_condition_or_limits_method_by_name():
    found = [
        f"{path.relative_to(TOP)}:{line}" for path in OUTSIDE for line in knowing(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from alerting.conditions.run import Run", "1: imports alerting.conditions.run"),
        ("from alerting.conditions import run", "1: imports alerting.conditions.run"),
        ("import alerting.limits.xmr", "1: imports alerting.limits.xmr"),
        ("from alerting.conditions.base import verdict", None),
        ("from alerting.conditions.registry import conditions", None),
        ("a = part.key == 'rank'", "1: compares part.key == 'rank'"),
        ("FAR = ('rank', 'run')\na = part.key in FAR", "2: compares part.key in FAR"),
        ("a = limits['method'] == 'funnel'", "1: compares limits['method'] == 'funnel'"),
        ("a = limits.get('method') in ('g', 't')", "1: compares limits.get('method') in ('g', 't')"),
        ("WORDS = {'p': 'x'}\na = WORDS[one.key]", "2: looks up WORDS[one.key]"),
        ("WORDS = {'p': 'x'}\na = WORDS.get(one.key)", "2: looks up WORDS.get(one.key)"),
        ("a = one.key.startswith('run')", "1: looks up one.key.startswith('run')"),
        ("a = getattr(rule.when, 'bands', ())", "1: asks by getattr(rule.when, 'bands', ())"),
        ("a = part.key == other.key", None),
        ("a = row.key == 'id'", None),
        ("a = getattr(one, name)", None),
    ],
)
def test_knowing_one_by_name_is_seen(source, found):
    assert ([] if found is None else [found]) == knowing(source)
