"""The contracts of pyproject.toml: imports point down, adapters stand alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
#: What the command `lint-imports` does, with the Python that runs the tests.
LINT = "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command as lint; lint()"


def linted(top):
    environment = {**os.environ, "PYTHONPATH": str(top), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", LINT, "--no-cache"]
    return subprocess.run(command, cwd=top, env=environment, capture_output=True, encoding="utf-8", check=False)


def test_imports_point_down():
    done = linted(TOP)
    assert 0 == done.returncode, (done.stdout + done.stderr)[-3000:]


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        pytest.param("domain/area.py", "import alerting.wording.text", "imports point down", id="up a layer"),
        pytest.param("figures/panel_builder.py", "import alerting.charts.svg", "imports point down", id="across a layer"),
        pytest.param("stray.py", "", "imports point down", id="no layer"),
        pytest.param("app/situation/situation.py", "import alerting.app.tick.tick", "the rooms of app", id="up a room"),
        pytest.param("sources/csv.py", "import alerting.app.tick.tick", "adapters know ports", id="adapter to use case"),
        pytest.param("store/sql.py", "import notifiers.email", "adapters do not know each other", id="adapter to adapter"),
        pytest.param("app/tick/tick.py", "import alerting.store.sql", "what wiring assembles", id="use case to adapter"),
        pytest.param("cli/run.py", "import alerting.store.sql", "reach adapters through wiring", id="command to adapter"),
        pytest.param("ports/__init__.py", "import alerting.app.tick.tick", "stand beside the layers", id="port to use case"),
        pytest.param("limits/base.py", "import pathlib", "no input or output", id="core to disk"),
        pytest.param("limits/base.py", "import polars", "no input or output", id="core to polars"),
    ],
)  # fmt: skip
@pytest.mark.sampled(4, each=False)
def test_an_import_against_the_layers_is_refused(module, line, contract, tmp_path):
    for package in ("alerting", "notifiers"):
        shutil.copytree(TOP / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(TOP / "pyproject.toml", tmp_path)
    with (tmp_path / "alerting" / module).open("a", encoding="utf-8") as changed:
        changed.write(f"\n{line}\n")
    done = linted(tmp_path)
    assert 1 == done.returncode
    assert [contract in said for said in done.stdout.splitlines() if said.endswith("BROKEN")].count(True) == 1
