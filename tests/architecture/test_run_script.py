"""What `./run` does before it hands over to a command. Making the environment itself is what a clean clone's check shows."""

import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
OLD_PYTHON = '#!/bin/sh\ncase "$1" in -V) echo "Python 3.9.2";; *) exit 1;; esac\n'


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path):
    """A checkout in a folder with a space, on a machine whose python3 is too old to make an environment."""
    folder = tmp_path / "a checkout"
    folder.mkdir()
    shutil.copy(TOP / "run", folder)
    shutil.copy(TOP / "pyproject.toml", folder)
    script(tmp_path / "bin" / "python3", OLD_PYTHON)
    return folder


def run(checkout, *arguments):
    path = f"{checkout.parent / 'bin'}:/usr/bin:/bin"
    return subprocess.run(
        [checkout / "run", *arguments], env={"PATH": path}, cwd="/", stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


def prepared(checkout):
    """Make an environment as `./run` leaves it behind, with a command that says what it was given."""
    venv = checkout / ".venv"
    script(venv / "bin" / "python", "#!/bin/sh\n")
    script(venv / "bin" / "say", '#!/bin/sh\nprintf "%s|" "$VIRTUAL_ENV" "$PWD" "$@"\nexit 3\n')
    with (checkout / "pyproject.toml").open() as declared:
        stamp = subprocess.run(["cksum"], stdin=declared, capture_output=True, text=True, check=True).stdout.strip()
    (venv / ".made-of").write_text(f"{checkout} {stamp}")
    return venv


def test_a_python_that_is_too_old_is_named(checkout):
    done = run(checkout, "pytest")
    assert (2, "run: needs Python 3.11 or newer as python3; found Python 3.9.2\n") == (done.returncode, done.stderr)


def test_nothing_to_run_says_how_to_write_it(checkout):
    done = run(checkout)
    assert (2, "usage: ./run CMD") == (done.returncode, done.stderr[:16])


def test_a_command_gets_its_arguments_where_it_was_called_and_its_status_is_kept(checkout):
    venv = prepared(checkout)
    done = run(checkout, "say", "two words", "*")
    assert (3, f"{venv}|/|two words|*|", "") == (done.returncode, done.stdout, done.stderr)


def test_the_program_knows_that_it_was_called_this_way(checkout):
    script(prepared(checkout) / "bin" / "alerting", '#!/bin/sh\nprintf "%s %s" "$STARTED_BY" "$1"\n')
    assert f"{checkout}/run check" == run(checkout, "alerting", "check").stdout


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda venv: (venv / "bin" / "python").unlink(), id="its Python was removed"),
        pytest.param(lambda venv: (venv / ".made-of").unlink(), id="making it was cut short"),
        pytest.param(lambda venv: venv.parent.rename(venv.parents[1] / "moved"), id="the checkout was moved"),
        pytest.param(
            lambda venv: (venv.parent / "pyproject.toml").write_text("[project]\n"), id="pyproject.toml changed"
        ),
    ],
)
def test_an_environment_is_not_used_when(damage, checkout):
    damage(prepared(checkout))
    moved = checkout.with_name("moved")
    done = run(moved if moved.exists() else checkout, "say")
    assert (2, "") == (done.returncode, done.stdout)
