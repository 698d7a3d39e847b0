"""Whatever is asked, the figures are those that a tick judges: also what a source held and holds no more."""

import json

import pytest
from samples.lives import Life

from alerting.cli import main

DIGEST = 'digests: [{id: monday, every: "monday 07:30", to: [each_owner]}]'


@pytest.fixture
def here(tmp_path, monkeypatch):
    """April at 4, May at 12: told; then May's row vanishes from the file."""
    life = Life(tmp_path)
    life.set(more=DIGEST)
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    del life.figures["force", "2020-05"]
    life.write()
    monkeypatch.setenv("ALERTING_STATE_DIR", str(life.state))
    monkeypatch.setenv("ALERTING_RULES", str(life.folder))
    return life


def newest(capsys, *arguments):
    main(["evaluate", "--as-of", "2020-06-04", "--format", "json", *arguments])
    printed = capsys.readouterr()
    (finding,) = (one for one in json.loads(printed.out)["findings"] if one["area"] == "force")
    return (finding["period"], finding["value"], finding["state"]), printed.err


@pytest.mark.usefixtures("here")
def test_what_a_source_holds_no_more_goes_on_counting_and_is_named(capsys):
    found, said = newest(capsys)
    assert found == ("2020-05", 12, "exception")
    assert "1 figure that it held before is no longer in it: m force 2020-05" in said


@pytest.mark.usefixtures("here")
def test_fresh_leaves_out_what_only_ticks_know(capsys):
    assert newest(capsys, "--fresh") == (("2020-04", 5, "normal"), "")


def test_a_state_of_another_folder_says_nothing_of_this_one(here, capsys, tmp_path):
    other = here.folder.rename(tmp_path / "other")
    found, said = newest(capsys, str(other))
    assert (found, said) == (("2020-04", 5, "normal"), "")


@pytest.mark.usefixtures("here")
def test_without_a_state_the_sources_are_judged_and_none_is_made(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "empty"))
    found, said = newest(capsys)
    assert (found, said) == (("2020-04", 5, "normal"), "")
    assert not list((tmp_path / "empty").glob("*.db"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("notify", "preview", "r", "--as-of", "2020-06-04", "--out", "OUT"),
        ("digest", "--draft", "--period", "2020-05", "--as-of", "2020-06-04"),
        ("digest", "--as-of", "2020-06-04"),
        ("alerts", "list"),
    ],
    ids=lambda arguments: "-".join(arguments[:2]),
)
def test_every_command_speaks_of_the_same_figure(here, capsys, tmp_path, arguments):
    out = tmp_path / "out"
    main([str(out) if one == "OUT" else one for one in arguments])
    said = capsys.readouterr().out
    written = [path.read_text() for path in out.glob("*.txt")] if out.exists() else []
    with here.opened("2020-06-04") as (_, store):
        told = [delivery.message.text for delivery in store.deliveries()]
    words = " ".join([said, *written, *told[1:]])
    assert "5 in April" not in words.replace("up from 5 in April", "")
    assert "12" in words


@pytest.mark.usefixtures("here")
def test_a_tick_counts_what_evaluate_finds(capsys):
    main(["run", "--as-of", "2020-06-04", "--format", "json"])
    counts = json.loads(capsys.readouterr().out)["tick"]["counts"]
    assert (counts["exception"], counts["normal"]) == (1, 0)
