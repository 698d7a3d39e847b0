"""The house: layers, a pure core, sizes, what travels in the wheel."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PACKAGES = ("alerting", "notifiers")
CORE = ("domain", "wording", "limits", "conditions", "evaluation")
MODULES = sorted(path for package in PACKAGES for path in (TOP / package).rglob("*.py"))
LONGEST_FUNCTION, LONGEST_MODULE = 50, 400
#: Calls that read the clock, the environment or the disk.
IMPURE = {"now", "today", "utcnow", "getenv", "open", "read_text", "read_bytes", "write_text", "print", "input"}


def names(paths):
    return [pytest.param(path, id=str(path.relative_to(TOP))) for path in paths]


def test_imports_point_down():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=TOP, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stdout[-3000:]


@pytest.mark.parametrize(
    "path",
    names(p for p in MODULES if p.relative_to(TOP / "alerting" if "alerting" in p.parts else TOP).parts[0] in CORE),
)
def test_the_core_reads_no_clock_environment_or_file(path):
    found = [
        f"{path.name}:{node.lineno}: {ast.unparse(node.func)}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rsplit(".", 1)[-1] in IMPURE
    ]
    assert [] == found


def test_functions_and_modules_stay_short():
    long = []
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > LONGEST_MODULE:
            long.append(f"{path.relative_to(TOP)}: {text.count(chr(10))} lines")
        long += [
            f"{path.relative_to(TOP)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.end_lineno - node.lineno >= LONGEST_FUNCTION
        ]
    assert [] == long


def test_the_wheel_holds_rules_templates_and_migrations(tmp_path):
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(TOP)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    wanted = [
        "alerting/shipped_rules/measures.yaml", "alerting/shipped_rules/figures/quarterly-counts.csv",
        "alerting/render/templates/notice.html.j2", "alerting/store/migrations/versions/0001_first.py", "notifiers/email.py",
    ]  # fmt: skip
    assert [] == [name for name in wanted if name not in held]
