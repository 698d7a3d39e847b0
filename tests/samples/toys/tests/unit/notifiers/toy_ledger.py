"""A file with a line for each message."""

from contextlib import asynccontextmanager

import pytest
from samples.plugin_cases import Failure, FarSide, NotifierCase

from alerting.cli import main


def subjects(path):
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [line.split(" ", 2)[2] for line in lines]


@asynccontextmanager
async def a_place(folder):
    yield FarSide(out_dir=folder / "out", taken=lambda: subjects(folder / "out" / "ledger.txt"))


@asynccontextmanager
async def a_taken_place(folder):
    (folder / "out").write_text("a file", encoding="utf-8")
    yield FarSide(out_dir=folder / "out", taken=list)


@asynccontextmanager
async def a_stamped_place(folder):
    yield FarSide(
        out_dir=folder / "out", taken=lambda: subjects(folder / "out" / "ledger.txt"),
        settings={"stamp_from": "LEDGER_STAMP"}, secrets={"stamp_from": "hush-hush"},
    )  # fmt: skip


CASES = (
    NotifierCase(id="stamped", far_side=a_stamped_place, says=("written to ",), secrets=("hush-hush",)),
    NotifierCase(id="written", far_side=a_place, says=("written to ", "/out/ledger.txt")),
    NotifierCase(
        id="two-lines", far_side=a_place, address="a\nb", fails=Failure(permanent=True), says=("does not fit a line",)
    ),
    NotifierCase(id="no-folder", far_side=a_taken_place, fails=Failure(channel=True), says=("cannot be written",)),
)


RULES = """\
owners:
  - {id: head, name: Head, channels: [book]}
channels:
  book: {ledger: {stamp_from: LEDGER_STAMP}}
roles: {operator: head, maintainer: head, fallback: head}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "all.yaml").write_text(RULES, encoding="utf-8")
    return tmp_path


def test_check_names_the_line_of_a_secret_that_is_not_there_and_what_to_do(folder, capsys):
    assert 1 == main(["check", str(folder / "rules")])
    said = capsys.readouterr().out
    assert "all.yaml:4:3: error[missing-secret]" in said
    assert "there is no secret LEDGER_STAMP, which stamp_from names" in said
    assert "set the variable LEDGER_STAMP" in said


@pytest.mark.parametrize("by", ["variable", "file"])
def test_a_message_is_stamped_with_the_secret_and_nothing_shows_it(folder, capsys, monkeypatch, by):
    if by == "variable":
        monkeypatch.setenv("LEDGER_STAMP", "hush-hush ")
    else:
        (folder / "secrets").mkdir()
        (folder / "secrets" / "LEDGER_STAMP").write_text("hush-hush", encoding="utf-8")
        monkeypatch.setenv("ALERTING_SECRETS_DIR", str(folder / "secrets"))
    rules = str(folder / "rules")
    assert 0 == main(["check", rules])
    assert 0 == main(["notify", "test", "head", "--rules", rules])
    assert "hush-hush" not in "".join(capsys.readouterr())
    written = (folder / "state" / "mails" / "ledger.txt").read_text(encoding="utf-8")
    assert written.startswith("hush-hush")


def test_without_its_secret_a_channel_says_so_by_file_and_line(folder, capsys):
    assert 0 != main(["notify", "test", "head", "--rules", str(folder / "rules")])
    said = "".join(capsys.readouterr())
    assert "all.yaml:4:3: channel book: there is no secret LEDGER_STAMP" in said
