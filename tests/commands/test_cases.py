"""Commands as users type them: each `*.case` is one story: files, command, exit status and what it prints.

    $ alerting check rules                 the command
    exit 1
    -- rules/x.yaml --                     a file; more may follow
    ...
    -- stdout --                           all of standard output; `…` at a line's end stands for the rest of that line
    -- stderr --                           optional: without it nothing may be printed there

The sound folder of tests/samples lies in `rules` unless a case has files of its own there. `./run pytest tests/commands
--update-cases` writes what is printed now; look at the difference before committing it.
"""

import re
import shlex
from pathlib import Path

import pytest
from samples.rule_folders import SOUND, written

from alerting.cli import main

CASES = sorted(Path(__file__).parent.glob("*.case"))
_MARK = re.compile(r"^-- (.+) --\n", re.MULTILINE)


def parts_of(text: str) -> tuple[str, dict[str, str]]:
    """Split a case into its head and its files by name."""
    head, *rest = _MARK.split(text)
    return head, dict(zip(rest[::2], rest[1::2], strict=True))


def same(expected: str, found: str) -> bool:
    """Compare line by line; a line that ends in … need only begin alike."""
    wanted, lines = expected.split("\n"), found.split("\n")
    return len(wanted) == len(lines) and all(
        line.startswith(want[:-1]) if want.endswith("…") else line == want
        for want, line in zip(wanted, lines, strict=True)
    )


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_a_command_does_what_its_case_says(path, request, tmp_path, monkeypatch, capsys):
    head, parts = parts_of(path.read_text(encoding="utf-8"))
    command, status = (line.split(maxsplit=1)[1] for line in head.strip().split("\n"))
    expected = {name: parts.pop(name, "") for name in ("stdout", "stderr")}
    own = any(name.startswith("rules/") for name in parts)
    written(tmp_path, parts if own else {f"rules/{name}": text for name, text in SOUND.items()} | parts)
    monkeypatch.chdir(tmp_path)

    found = str(main(shlex.split(command)[1:]))

    printed = dict(zip(("stdout", "stderr"), capsys.readouterr(), strict=True))
    if request.config.getoption("--update-cases", default=False):
        files = "".join(f"-- {name} --\n{text}" for name, text in [*parts.items(), *printed.items()] if text)
        path.write_text(f"$ {command}\nexit {found}\n{files}", encoding="utf-8")
        expected, status = printed, found
    assert (status, True) == (found, same(expected["stdout"], printed["stdout"])), printed["stdout"]
    assert same(expected["stderr"], printed["stderr"]), printed["stderr"]
