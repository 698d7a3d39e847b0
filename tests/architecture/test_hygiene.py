"""What conftest.py promises of every test, and what no file of the project holds."""

import os
import re
import socket
from collections import Counter
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
FOLDERS = ("alerting", "notifiers", "rules", "tests", "deploy", ".ci")
SUFFIXES = {"", ".py", ".toml", ".md", ".yaml", ".yml", ".csv", ".txt", ".html", ".css", ".j2", ".case", ".service"}
#: In pieces, so that this file passes. Paths of a machine and addresses of an index: test_pins.py.
UNWANTED = {
    "a stand-in for the real thing": re.compile("unittest" + r"[. ](?:import )?mock|Magic" + "Mock"),
    "a note to oneself": re.compile(r"\b(?:" + "TO" + "DO|FIX" + "ME|XX" + r"X)\b"),
}


@pytest.mark.parametrize("address", [("192.0.2.1", 25), ("2001:db8::1", 25), ("mail.example.org", 25)])
def test_no_test_reaches_the_network(address):
    with pytest.raises(RuntimeError, match="only talk to this machine"):
        socket.create_connection(address, timeout=0.1)


def test_loopback_is_open():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


def test_no_setting_of_the_person_who_runs_the_tests_is_seen():
    assert [] == [name for name in os.environ if name.startswith("ALERTING_")]


def test_no_two_test_files_share_a_name():
    """They are imported by their names alone: the second would not be collected where both are."""
    names = Counter(path.name for path in (TOP / "tests").rglob("test_*.py"))
    assert [] == [name for name, count in names.items() if count > 1]


def project_files():
    loose = [TOP / "README.md", TOP / "pyproject.toml", TOP / "run", TOP / ".gitignore"]
    found = [path for folder in FOLDERS for path in sorted((TOP / folder).rglob("*")) if path.is_file()]
    return [path for path in loose + found if path.suffix in SUFFIXES and "__pycache__" not in path.parts]


@pytest.mark.parametrize("what", UNWANTED)
def test_no_file_holds(what):
    pattern = UNWANTED[what]
    found = [
        f"{path.relative_to(TOP)}:{number}: {line.strip()[:100]}"
        for path in project_files()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert len(project_files()) > 200
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a stand-in for the real thing", "from unittest" + " import mock"),
        ("a stand-in for the real thing", "import unittest" + ".mock"),
        ("a note to oneself", "# TO" + "DO: later"),
    ],
)
def test_what_no_file_may_hold_is_recognised(what, line):
    assert UNWANTED[what].search(line)
