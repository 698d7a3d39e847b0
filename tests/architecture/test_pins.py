"""What is installed is what is pinned, and what is pinned names no index."""

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).parents[2]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
PINS = [Requirement(pin) for pin in PROJECT["tool"]["uv"]["constraint-dependencies"]]
#: What somebody might let slip in: folders of a machine, addresses of an index.
TRACES = re.compile("|".join(("/" + "work/", "/" + "root/", "/" + "home/", "://[^ ]*py" + "pi", "python" + "hosted")))


def needed(names):
    """Return every distribution that *names* need here, themselves included."""
    found, waiting = {}, [Requirement(name) for name in names]
    while waiting:
        asked = waiting.pop()
        name, extras = canonicalize_name(asked.name), frozenset(asked.extras)
        if found.get(name, frozenset("?")) >= extras:
            continue
        found[name] = found.get(name, frozenset()) | extras
        for text in distribution(name).requires or ():
            one = Requirement(text)
            environments = [{**default_environment(), "extra": extra} for extra in ("", *extras)]
            if one.marker is None or any(one.marker.evaluate(environment) for environment in environments):
                waiting.append(one)
    return set(found) - {"alerting"}


def test_every_package_in_use_is_pinned_to_the_version_in_use():
    in_force = {
        canonicalize_name(pin.name): str(pin.specifier) for pin in PINS if pin.marker is None or pin.marker.evaluate()
    }
    groups = PROJECT["dependency-groups"]["dev"]

    assert {name: f"=={distribution(name).version}" for name in needed(groups)} == {
        name: in_force.get(name) for name in needed(groups)
    }


def test_no_file_names_a_machine_or_an_index():
    made_here = {"demo", "build", "dist", "uv.lock"}
    found, read = [], 0
    for top in TOP.iterdir():
        if top.name in made_here or (top.name.startswith(".") and top.name not in {".ci", ".gitignore"}):
            continue
        for path in [top] if top.is_file() else top.rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                read += 1
                match = TRACES.search(path.read_text(encoding="utf-8", errors="replace"))
                found += [f"{path.relative_to(TOP)}: {match[0]}"] if match else []

    assert [] == found
    assert read > 100
