"""The core judges what it is given: no disk, network, clock, environment or chance."""

import ast
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
CORE = ("domain", "wording", "replies", "limits", "conditions", "evaluation")
MODULES = sorted(path for part in CORE for path in (TOP / "alerting" / part).rglob("*.py"))
#: All that the core may import.
ALLOWED = {
    "abc", "base64", "binascii", "bisect", "calendar", "codecs", "collections", "cronsim", "dataclasses", "datetime", "decimal",
    "difflib", "email", "enum", "flufl", "fractions", "functools", "hashlib", "heapq", "hmac", "holidays", "html", "itertools",
    "math", "numpy", "operator", "re", "scipy",
    "statistics", "string", "textwrap", "types", "typing", "unicodedata", "weakref", "zoneinfo",
    *(f"alerting.{part}" for part in CORE), "alerting.errors", "alerting.plugins", "alerting.spelling",
}  # fmt: skip
#: Calls that need no import of their own and yet reach outside or answer differently each time.
IMPURE_CALLS = {
    "now", "today", "utcnow", "open", "print", "input", "exec", "eval", "breakpoint", "__import__",
    "load", "loadtxt", "genfromtxt", "fromfile", "memmap", "save", "savetxt", "savez", "tofile",
}  # fmt: skip


def impurities(source, allowed=frozenset(ALLOWED)):
    """Return each line of a module that reaches outside, and how."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found += [f"{node.lineno}: imports {name}" for name in _imported(node) if not _is_allowed(name, allowed)]
        elif isinstance(node, ast.Call) and _last_name(node.func) in IMPURE_CALLS:
            found.append(f"{node.lineno}: calls {ast.unparse(node.func)}")
        elif isinstance(node, ast.Attribute) and node.attr == "random":
            found.append(f"{node.lineno}: uses {ast.unparse(node)}")
    return found


def _imported(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if node.level:
        return [f"alerting.{'.' * node.level}{node.module or ''}"]  # absolute imports only: this one is refused
    return [f"{node.module}.{alias.name}" for alias in node.names]


def _is_allowed(name, allowed):
    parts = name.split(".")
    return any(".".join(parts[:length]) in allowed for length in range(1, len(parts) + 1))


def _last_name(function):
    return getattr(function, "attr", getattr(function, "id", None))


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(TOP / "alerting"))) for path in MODULES])
def test_the_core_reaches_nothing_outside(path):
    assert [] == impurities(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("import os", "1: imports os", id="environment"),
        pytest.param("from pathlib import Path", "1: imports pathlib.Path", id="disk"),
        pytest.param("def f():\n    import sqlalchemy.orm", "2: imports sqlalchemy.orm", id="inside a function"),
        pytest.param("from alerting import ports", "1: imports alerting.ports", id="ports"),
        pytest.param("from . import area", "1: imports alerting..", id="relative"),
        pytest.param("datetime.now(UTC)", "1: calls datetime.now", id="instant"),
        pytest.param("date.today()", "1: calls date.today", id="day"),
        pytest.param("np.load('x.npy')", "1: calls np.load", id="numpy's files"),
        pytest.param("np.random.default_rng()", "1: uses np.random", id="numpy's chance"),
        pytest.param("print('here')", "1: calls print", id="output"),
    ],
)
def test_what_reaches_outside_is_named_with_its_line(source, found):
    assert [found] == impurities(source)


def test_calculation_is_pure():
    assert [] == impurities("import numpy as np\nfrom alerting.domain.period import Period\nnp.nanmean(x) + len(open_)")
