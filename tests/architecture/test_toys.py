"""A plug-in costs one file and one test file: a toy of each kind is dropped into a copy of the tree, and its suites are green.

The toys stand in `tests/samples/toys`, at the paths that they have in the copy; only that their tests are called `toy_NAME.py`,
since they are none of this tree's.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
TOYS = TOP / "tests/samples/toys"
#: By kind, the two files that it is.
EACH = {
    "condition": ("alerting/conditions/equals.py", "tests/unit/conditions/test_equals.py"),
    "limits": ("alerting/limits/around.py", "tests/unit/limits/test_around.py"),
    "source": ("alerting/sources/spaced.py", "tests/unit/sources/test_spaced.py"),
    "notifier": ("notifiers/ledger.py", "tests/unit/notifiers/test_ledger.py"),
    "check": ("alerting/rulefile/lint/long_titles.py", "tests/unit/rulefile/lint/test_long_titles.py"),
    "command": ("alerting/cli/owners.py", "tests/commands/test_owners.py"),
}
#: Suites that hold every plug-in to the same, with the tests of them that concern the toys or a whole page or list.
SUITES = (
    "tests/contract/test_source_contract.py", "tests/contract/test_notifier_contract.py", "tests/contract/test_check_contract.py",
    "tests/contract/test_catalogue.py", "tests/contract/test_keys_page.py", "tests/contract/test_figures_page.py",
    "tests/contract/test_judging_contract.py", "tests/contract/test_condition_properties.py",
    "tests/contract/test_words_checked.py", "tests/unit/conditions/test_words_of_conditions.py",
    "tests/unit/conditions/test_conditions.py", "tests/unit/rulefile/test_jsonschema.py", "tests/commands/test_shell.py",
    "tests/architecture/test_conditions_answer.py", "tests/architecture/test_pure_core.py",
    "tests/architecture/test_pages.py",
)  # fmt: skip
CONCERNED = "equals or around or spaced or ledger or long or owners or page or every or list or architecture"


def git(folder, *arguments):
    names = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The tree's tracked files as they are now, committed; then the toys."""
    top = tmp_path_factory.mktemp("clone")
    for name in git(TOP, "ls-files", "-z").split("\0"):
        if name and (TOP / name).is_file():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(TOP / name, top / name)
    for folder in compiled():  # or else all of it would be compiled once more
        shutil.copytree(TOP / folder, top / folder, dirs_exist_ok=True)
    git(top, "init", "-q")
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "as it was")
    for path in toys():
        shutil.copy2(path, top / in_the_copy(path))
    return top


def compiled():
    return [
        path.relative_to(TOP)
        for part in ("alerting", "notifiers", "tests")
        for path in (TOP / part).rglob("__pycache__")
        if TOYS not in path.parents and (TOP / path.relative_to(TOP).parent).is_dir()
    ]


def toys():
    return [path for path in TOYS.rglob("*.py") if "__pycache__" not in path.parts]


def in_the_copy(path):
    return path.relative_to(TOYS).with_name(path.name.replace("toy_", "test_"))


def pytest_in(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "--no-header", "-p", "no:cacheprovider", *arguments],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_toys_are_two_files_each():
    assert sorted(str(in_the_copy(path)) for path in toys()) == sorted(name for two in EACH.values() for name in two)


@pytest.mark.timeout(600)
def test_the_suites_take_a_toy_of_each_kind_and_nothing_else_is_touched(copy):
    done = pytest_in(copy, "-k", CONCERNED, *SUITES, *(test for _, test in EACH.values()))

    assert 0 == done.returncode, done.stdout[-6000:] + done.stderr[-2000:]
    changed = git(copy, "status", "--porcelain", "--untracked-files=all").splitlines()
    assert sorted(f"?? {name}" for two in EACH.values() for name in two) == sorted(changed)
