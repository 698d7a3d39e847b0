"""What all commands share: their list, how they start and how they end."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
from samples.worlds import CALLS, a_folder

import alerting.cli
from alerting.cli import commands, group, main

PROGRAM = [sys.executable, "-c", "import sys; from alerting.cli import main; sys.exit(main())"]
FIGURES = "measure,area,period,value\n" + "".join(f"answered,force,20{year:02}-07,80\n" for year in range(1, 21))


@pytest.fixture
def rules(tmp_path):
    return a_folder(tmp_path / "rules", {"r.yaml": CALLS, "figures/calls.csv": FIGURES})


def test_help_names_every_command_and_shows_examples(capsys):
    assert 0 == main(["--help"])

    shown = capsys.readouterr().out
    assert list(commands()) == re.findall(r"^  (\w+)  +[A-Z].*\.$", shown.partition("Commands:")[2], re.MULTILINE)
    assert "alerting check rules" in shown


@pytest.mark.parametrize("name", commands())
def test_every_command_of_the_list_is_there_and_explains_itself(name, capsys):
    context = click.Context(group)

    assert isinstance(group.get_command(context, name), click.Command)
    assert 0 == main([name, "--help"])
    assert f"Usage: alerting {name} " in capsys.readouterr().out


def test_every_module_with_a_command_is_listed_by_its_first_line():
    modules = [path for path in Path(alerting.cli.__file__).parent.glob("*.py") if path.stem != "__init__"]
    having = {path.stem for path in modules if "\ndef command(" in path.read_text(encoding="utf-8")}

    assert having == set(commands())
    assert dict.fromkeys(commands(), True) == {
        name: said[0].isupper() and said.endswith(".") for name, said in commands().items()
    }


def test_help_imports_no_command_and_nothing_heavy():
    """What takes time to import would be waited for at every press of the completion key."""
    script = "import sys; from alerting.cli import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stderr.split()

    ours = {"alerting", "alerting.cli", "alerting.errors", "alerting.secrecy"}
    assert ours == {name for name in loaded if name.startswith("alerting")}
    assert set() == {"numpy", "polars", "pydantic", "sqlalchemy", "structlog"} & set(loaded)


def test_version(capsys):
    assert 0 == main(["--version"])
    assert re.fullmatch(r"alerting \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param(["chekc"], "alerting: no such command 'chekc'; see `alerting --help`", id="no-such-command"),
        pytest.param(["--quick"], "alerting: no such option '--quick'; see `alerting --help`", id="no-such-option"),
        pytest.param(
            ["evaluate", "--as-of", "15/10/2020"],
            "alerting: invalid value for '--as-of': \"15/10/2020\" is not a date; write it like 2020-10-15;"
            " see `alerting evaluate --help`",
            id="no-date",
        ),
        pytest.param(
            ["evaluate", "--as-of", "2020-02-30"],
            "alerting: invalid value for '--as-of': \"2020-02-30\" is not a date; write it like 2020-10-15;"
            " see `alerting evaluate --help`",
            id="a-day-that-never-was",
        ),
        pytest.param(
            ["check", "here", "--rules", "there"],
            "alerting: two rules folders given, here and --rules there; give one",
            id="two-folders",
        ),
        pytest.param(
            ["check", "nowhere"],
            "alerting: the rules folder nowhere does not exist; name it as RULES, --rules DIR or ALERTING_RULES",
            id="no-folder",
        ),
    ],
)
def test_wrong_usage_is_one_line_and_ends_with_2(arguments, line, capsys):
    assert 2 == main(arguments)
    assert f"{line}\n" == capsys.readouterr().err


@pytest.mark.parametrize("group", [[], ["alerts"], ["notify"], ["db"]], ids=lambda group: "-".join(group) or "alone")
def test_a_group_without_a_command_shows_what_there_is(group, capsys):
    assert 2 == main(group)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"Usage: {' '.join(['alerting', *group])} [OPTIONS] COMMAND" in shown.err
    assert "\nCommands:\n" in shown.err
    assert "..." not in shown.err.partition("Commands:")[2].replace("COMMAND [ARGS]...", "")


def test_135_without_a_database_of_time_zones_it_says_what_to_install(rules, tmp_path):
    program = "import sys; sys.modules['tzdata'] = None; from alerting.cli import main; sys.exit(main())"
    ended = subprocess.run(
        [sys.executable, "-c", program, "run", str(rules), "--dry-run"],
        env=os.environ | {"PYTHONTZPATH": str(tmp_path), "ALERTING_STATE_DIR": str(tmp_path / "state")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = "alerting: schedule: timezone: nothing is known here of Europe/London; install the package tzdata\n"
    assert (2, said) == (ended.returncode, ended.stderr)


@pytest.mark.parametrize("where", ["argument", "option", "both", "setting", "default"])
def test_the_rules_folder_may_be_named_in_several_ways(where, rules, capsys, monkeypatch):
    monkeypatch.chdir(rules.parent)
    if where == "setting":
        monkeypatch.setenv("ALERTING_RULES", str(rules))
    named = {"argument": [str(rules)], "option": ["--rules", str(rules)], "both": ["rules", "--rules", "rules"]}

    assert 0 == main(["evaluate", *named.get(where, [])])
    assert "999 calls" in capsys.readouterr().out


@pytest.mark.sampled(9)
@pytest.mark.parametrize("periods", [["--every-period", "--text", "all"], []], ids=["much-to-say", "little-to-say"])
@pytest.mark.parametrize("unbuffered", ["1", ""])
def test_a_reader_that_goes_away_ends_it_quietly(rules, periods, unbuffered):
    """`alerting evaluate … | head -1`."""
    read, write = os.pipe()
    os.close(read)
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(
        [*PROGRAM, "evaluate", str(rules), *periods], stdout=write, stderr=subprocess.PIPE, env=environment
    ) as process:
        os.close(write)
        _, complaint = process.communicate(timeout=60)

    assert (1, b"") == (process.returncode, complaint)


def test_an_interrupt_ends_it_quietly(rules):
    """A mail server that says nothing keeps `alerting run` waiting until somebody presses Ctrl-C."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute.settimeout(30)
        environment = os.environ | {
            "ALERTING_SMTP_URL": f"smtp://127.0.0.1:{mute.getsockname()[1]}?tls=none",
            "ALERTING_MAIL_FROM": "alerts@example.org",
        }
        with (
            subprocess.Popen(
                [*PROGRAM, "run", str(rules), "--as-of", "2020-08-05"],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            ) as process,  # fmt: skip
            mute.accept()[0],
        ):
            process.send_signal(signal.SIGINT)
            _, complaint = process.communicate(timeout=30)

    assert (130, b"") == (process.returncode, complaint.strip())


def test_a_full_disk_is_one_line(rules):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PROGRAM, "evaluate", str(rules)], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert (1, "alerting: No space left on device\n") == (done.returncode, done.stderr)
