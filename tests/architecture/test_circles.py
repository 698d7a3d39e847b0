"""No file imports, by whatever way round, one that imports it: type imports and imports inside functions are counted."""

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


def files(top=TOP):
    """Return each module of the product with its text."""
    found = {}
    for package in ("alerting", "notifiers"):
        for path in sorted((top / package).rglob("*.py")):
            parts = path.relative_to(top).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return found


def imports(modules):
    """Return, for each module, which of the others it imports anywhere."""
    return {name: _imported(ast.parse(source), modules) - {name} for name, source in modules.items()}


def _imported(tree, modules):
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name their module in full"
            inside = {f"{node.module}.{one.name}" for one in node.names}
            found |= {one if one in modules else node.module for one in inside}
    return found & modules.keys()


@cache
def of_the_product():
    """Return what each of its modules imports."""
    return imports(files())


def circles(graph):
    """Return what is left of a graph when those that nothing runs back to are taken away again and again; empty: no circle."""
    left = {name: set(others) for name, others in graph.items()}
    while ends := {name for name, others in left.items() if not others}:
        left = {name: others - ends for name, others in left.items() if name not in ends}
    return left


def test_no_file_stands_in_a_circle():
    left = circles(of_the_product())
    assert {} == left, "\n".join(f"{name} -> {', '.join(sorted(others))}" for name, others in left.items())


def rooms(graph, of="alerting.app"):
    """Return the graph of a package's rooms: its folders and files, each with those that any of its files imports."""
    depth = of.count(".") + 2
    room = {name: ".".join(name.split(".")[:depth]) for name in graph if name.startswith(f"{of}.")}
    found = {one: set() for one in room.values()}
    for name, own in room.items():
        found[own] |= {room[other] for other in graph[name] if other in room} - {own}
    return found


def test_no_room_of_app_stands_in_a_circle():
    assert {} == circles(rooms(of_the_product()))


def test_a_circle_of_rooms_is_seen_where_no_file_stands_in_one():
    modules = {
        "alerting.app.a.one": "import alerting.app.b.one",
        "alerting.app.a.two": "",
        "alerting.app.b.one": "import alerting.app.b.two",
        "alerting.app.b.two": "import alerting.app.a.two",
    }
    assert {} == circles(imports(modules))
    assert {"alerting.app.a", "alerting.app.b"} == circles(rooms(imports(modules))).keys()


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("import alerting.domain.b", id="plainly"),
        pytest.param("from alerting.domain import b", id="from its package"),
        pytest.param("from alerting.domain.b import B", id="a name of it"),
        pytest.param("if TYPE_CHECKING:\n    from alerting.domain.b import B", id="for its type alone"),
        pytest.param("def late():\n    from alerting.domain.b import B", id="inside a function"),
    ],
)
def test_a_circle_is_seen(line):
    modules = {
        "alerting.domain": "",
        "alerting.domain.a": line,
        "alerting.domain.b": "import alerting.domain.c",
        "alerting.domain.c": "from alerting.domain.a import A",
        "alerting.domain.d": "from alerting.domain.a import A",
    }
    assert {"alerting.domain.a", "alerting.domain.b", "alerting.domain.c"} <= circles(imports(modules)).keys()


def layers():
    """Return each layer of `alerting` with its height, as pyproject.toml has them."""
    settings = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [one for one in settings["tool"]["importlinter"]["contracts"] if one["name"] == "imports point down"]
    return {layer.strip(): -place for place, named in enumerate(contract["layers"]) for layer in named.split("|")}


def named_above(name, source, heights):
    """Return the modules of higher layers that a module names in a text, as what loads them by name would."""
    own = heights.get([*name.split("."), ""][1])
    texts = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}
    dotted = {text for text in texts if isinstance(text, str) and text.startswith("alerting.") and " " not in text}
    return {text for text in dotted if own is not None and heights.get(text.split(".")[1], own) > own}


def test_nothing_is_loaded_by_name_from_above():
    heights = layers()
    found = {name: named_above(name, source, heights) for name, source in files().items()}
    assert {} == {name: texts for name, texts in found.items() if texts}


def test_a_name_from_above_would_be_seen():
    heights = layers()
    assert {"alerting.app.x"} == named_above("alerting.rulefile.codes", 'CHECKS = ("alerting.app.x",)', heights)
    assert set() == named_above("alerting.rulefile.codes", 'CHECKS = ("alerting.rulefile.lint",)', heights)
