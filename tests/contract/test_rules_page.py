"""What rules/README.md shows is what works: its commands are run in order in a fresh folder, its rules are checked."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from alerting.cli import main

PAGE = (Path(__file__).parents[2] / "rules" / "README.md").read_text(encoding="utf-8")
TUTORIAL, _, REST = PAGE.partition("## Twenty needs")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (\S+\.yaml)( \+)?\n")


def write(text):
    """Write a block that says which file it is, or with a plus is put behind what is there."""
    named = FILE.match(text)
    if named is None:
        return
    path = Path(named[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.read_text(encoding="utf-8") + text[named.end() :] if named[2] else text
    path.write_text(whole, encoding="utf-8")


def run(line):
    """Run one command and return its status."""
    words = shlex.split(line, comments=True)
    if words[0] == "git":
        author = ["-c", "user.name=Performance Analyst", "-c", "user.email=analyst@example.org"]
        return subprocess.run(["git", *author, *words[1:]], check=False).returncode
    assert words[:2] == ["./run", "alerting"]
    return main(words[2:])


@pytest.mark.exhaustive
@pytest.mark.timeout(900)
def test_the_tutorial_is_a_session_that_works(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    said = ""
    for kind, text in _BLOCK.findall(TUTORIAL):
        if kind == "yaml":
            write(text)
        for line in text.splitlines() if kind == "sh" else ():
            wanted = re.search(r"# exit (\d)", line)
            assert int(wanted[1] if wanted else 0) == run(line), (line, capfd.readouterr())
        assert kind != "text" or text in said, text
        said = capfd.readouterr().out if kind == "sh" else said

    assert (
        "Would tell Head of Housing <head.of.housing@example.org>: ! Brackenby: Empty homes 51, agreed number 40"
        in said
    )
    recorded = Path("wendmoor/tests/empty-homes.yaml").read_text(encoding="utf-8")
    printed = next(text for _, text in _BLOCK.findall(TUTORIAL) if text.startswith("tests:\n"))
    assert recorded.startswith(printed)


def test_twenty_needs_are_twenty_rules_without_a_mistake(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    main(["init", "--example", "wendmoor"])
    write(_BLOCK.search(REST)[2])

    assert 0 == main(["check", "wendmoor", "--as-of", "2026-04-15"])
    said = capsys.readouterr().out
    assert "81 rules" not in said
    assert "80 rules" in said
    assert [str(n) for n in range(1, 21)] == re.findall(r"^  # (\d+)\. ", REST, re.MULTILINE)
