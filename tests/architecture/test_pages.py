"""What the pages for people name is there: commands, settings, rooms of the house."""

import re
import shlex
from pathlib import Path

import click
import pytest

from alerting.cli import group
from alerting.settings import READERS
from alerting.settings.names import OLD, SECRETS_DIR

TOP = Path(__file__).parents[2]
PAGES = ("README.md", "deploy/README.md", "deploy/CONTRIBUTING.md", "deploy/alerting.service", "alerting/DESIGN.md")
OPERATORS = (TOP / "deploy/README.md").read_text(encoding="utf-8")
#: In the operators' page, how somebody may misspell a setting.
SLIP = "redirect_to_all"
#: What shells set when they ask for completions; no setting of ours.
OF_SHELLS = "complete"
COMMAND = re.compile(r"(?:^\./run |/|`)alerting ([a-z][^`#\n]*)", re.MULTILINE)


def commands():
    found = [(page, line) for page in PAGES for line in COMMAND.findall((TOP / page).read_text(encoding="utf-8"))]
    assert 40 < len(found)
    return found


@pytest.mark.parametrize(("page", "line"), commands(), ids=lambda one: one.strip())
def test_a_command_that_a_page_names_is_there_with_its_options(page, line):
    command, words = group, shlex.split(line.partition(">")[0])
    while isinstance(command, click.Group) and words:
        command = command.get_command(click.Context(command), words.pop(0))
        assert command is not None, f"{page}: {line}"
    options = {name for param in command.params for name in param.opts}
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("setting", [*READERS, SECRETS_DIR])
def test_every_setting_is_explained_to_operators(setting):
    assert f"`ALERTING_{setting.upper()}`" in OPERATORS


@pytest.mark.parametrize("page", PAGES)
def test_a_setting_that_a_page_names_is_one(page):
    named = set(re.findall(r"ALERTING_([A-Z_]+)", (TOP / page).read_text(encoding="utf-8")))

    assert {name.lower() for name in named} - {OF_SHELLS} <= {*READERS, *OLD, SECRETS_DIR, SLIP}


def test_the_design_names_every_room():
    house = (TOP / "alerting/DESIGN.md").read_text(encoding="utf-8").partition("```text")[2].partition("```")[0]
    rooms = [path for path in (TOP / "alerting").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    names = {path.name if path.suffix else f"{path.name}/" for path in rooms if path.name != "__init__.py"}

    assert set() == {name for name in names if not re.search(rf"(?<![\w/]){re.escape(name)}", house)}
