"""`alerting notify preview`: a notice as files, before anybody gets it."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from email import message_from_bytes
from email.policy import default

import pytest
from samples.worlds import CALLS, a_folder

from alerting.cli import main

FIGURES = (
    "measure,area,period,value\n"
    "answered,force,2020-06,94\nanswered,force,2020-07,88\nanswered,force,2020-08,92\nanswered,force,2020-09,83\n"
    "answered,north,2020-07,89\nanswered,north,2020-08,93\nanswered,north,2020-09,95\n"
)
FILES = ["answered-force.svg", "chart-1.png", "notice.eml", "notice.html", "notice.txt"]


@pytest.fixture
def preview(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    folder = a_folder(tmp_path / "rules", {"r.yaml": CALLS, "figures/calls.csv": FIGURES})

    def run(rule, *arguments):
        status = main(["notify", "preview", rule, "--rules", str(folder), "--out", str(tmp_path / "out"), *arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def test_what_is_open_is_written_as_mail_page_text_and_charts(preview, tmp_path):
    status, out, err = preview("slow", "--as-of", "2020-10-15", "--area", "force")

    assert (0, "") == (status, err)
    assert out.startswith(
        "To Head of Contact <contact@example.org>: ! West Mercia: 999 calls answered 83%, standard 90%"
    )
    assert FILES == sorted(path.name for path in (tmp_path / "out").iterdir())
    assert all(str(tmp_path / "out" / name) in out for name in FILES)


def test_the_mail_is_whole_and_the_page_and_charts_stand_alone(preview, tmp_path):
    preview("slow", "--as-of", "2020-10-15")
    mail = message_from_bytes((tmp_path / "out" / "notice.eml").read_bytes(), policy=default)
    page = (tmp_path / "out" / "notice.html").read_text()

    assert "contact@example.org" == mail["To"]
    assert ["image/png"] == [part.get_content_type() for part in mail.walk() if part["Content-ID"]]
    assert "cid:" not in page and "data:image/png;base64," in page
    assert (
        ET.parse(tmp_path / "out" / "answered-force.svg").getroot().attrib["aria-label"].startswith("83% of 999 calls")
    )


def test_nothing_is_stored(preview, tmp_path):
    preview("slow", "--as-of", "2020-10-15")

    assert not (tmp_path / "state" / "alerting.db").exists()


def test_where_nothing_is_open_the_newest_exception_is_shown_and_said_to_be_of_before(preview, tmp_path):
    status, out, _err = preview("slow", "--as-of", "2020-10-15", "--area", "north")

    assert 0 == status
    assert out.startswith(
        "Nothing is open under slow on 15 October 2020; shown is its newest exception.\nTo Commander, North"
    )
    assert "89% of 999 calls were answered within 10 seconds in North in July 2020" in " ".join(
        (tmp_path / "out" / "notice.txt").read_text().split()
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["slwo"], 'no rule "slwo"; did you mean "slow"?', id="rule"),
        pytest.param(["slow", "--area", "nroth"], 'no area "nroth"; did you mean "north"?', id="area"),
        pytest.param(
            ["slow", "--as-of", "2020-07-15"], "slow has found nothing up to 15 July 2020; try another day", id="day"
        ),
        pytest.param(["slow", "--area", "south"], "slow has found nothing in south up to", id="no figures"),
    ],
)
def test_what_cannot_be_shown_is_one_line_with_its_fix(preview, arguments, said):
    status, out, err = preview(*arguments)

    assert (2, "", 1) == (status, out, err.count("\n"))
    assert f"alerting: {said}" in err


def test_a_folder_that_cannot_be_written_is_named(preview, tmp_path):
    (tmp_path / "out").write_text("a file where a folder should be")

    status, _out, err = preview("slow", "--as-of", "2020-10-15")

    assert (2, True) == (status, f"cannot write to {tmp_path / 'out'}" in err)


@pytest.mark.parametrize("arguments", [["--help"], ["check"], ["notify", "preview", "--help"]])
def test_commands_that_draw_nothing_do_not_load_what_draws(arguments, tmp_path):
    folder = a_folder(tmp_path / "rules", {"r.yaml": CALLS, "figures/calls.csv": FIGURES})
    command = [*arguments, str(folder)] if arguments == ["check"] else arguments
    code = f"import sys; from alerting.cli import main; main({command!r}); sys.exit('PIL' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False).returncode
