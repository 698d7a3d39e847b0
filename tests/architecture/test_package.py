"""The wheel holds all that the commands need outside the checkout, and nothing else."""

import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(TOP)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(built) as archive:
        yield archive


@pytest.fixture(scope="module")
def held(wheel):
    return set(wheel.namelist())


def files_below(folder):
    return {
        path.relative_to(TOP).as_posix()
        for path in (TOP / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("folder", ["alerting/render/templates", "alerting/store/migrations", "alerting", "notifiers"])
def test_the_wheel_holds_every_file_of(folder, held):
    assert set() == files_below(folder) - held


def test_the_wheel_holds_the_shipped_rules_whole(held):
    assert set() == {f"alerting/shipped_{name}" for name in files_below("rules")} - held


def test_the_wheel_holds_no_tests_and_nothing_of_the_checkout(held):
    assert {"alerting", "notifiers"} == {name.split("/")[0] for name in held if ".dist-info/" not in name}


def test_the_wheel_declares_the_command(wheel):
    (entry_points,) = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]
    assert "alerting = alerting.cli:main" in wheel.read(entry_points).decode()
