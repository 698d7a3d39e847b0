"""`alerting init`: folders that are sound as they come, and nothing written over."""

import csv
import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from samples.sampling import few

from alerting.cli import main
from alerting.scaffold.figures import AS_OF
from alerting.scaffold.folder import example
from alerting.scaffold.planted import PLANTED, PlantedKind

#: All of the example, by path and content. It changes with the example alone: a machine, zone or Python cannot move it.
FINGERPRINT = "da8c6cee6d947f07eab323bb9a37a8b11726ce6627f34dcb5f3dec5d1be2a221"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("init") / "wendmoor"
    assert main(["init", str(made), "--example"]) == 0
    return made


def rows(folder, name):
    with (folder / name).open(newline="") as file:
        return list(csv.DictReader(file))


def fingerprint(contents):
    found = hashlib.sha256()
    for path in sorted(contents):
        found.update(f"{path} {len(contents[path])}\n".encode() + contents[path])
    return found.hexdigest()


def test_the_smallest_folder_is_sound_and_its_test_passes(tmp_path, capsys):
    assert main(["init", str(tmp_path / "new")]) == 0
    capsys.readouterr()

    assert main(["check", str(tmp_path / "new"), "--as-of", str(AS_OF)]) == 0
    assert capsys.readouterr().out.endswith("no problems\n")
    assert main(["test", str(tmp_path / "new")]) == 0
    assert "1 passed, 0 failed" in capsys.readouterr().out


def test_check_finds_nothing_in_the_example_not_even_a_rule_that_has_never_fired(folder, capsys):
    assert main(["check", str(folder), "--as-of", str(AS_OF)]) == 0
    assert "60 measures, 60 rules, 12 county areas, 16 owners, no problems\n" in capsys.readouterr().out


@pytest.mark.sampled
@pytest.mark.timeout(900)
def test_the_tests_of_the_example_pass(folder, capsys):
    words, passed = few((["--only", "year before"], 5), ([], 67))
    assert main(["test", str(folder), *words]) == 0
    assert f"{passed} passed, 0 failed" in capsys.readouterr().out


def test_the_smallest_folder_has_something_to_tell(tmp_path, capsys):
    main(["init", str(tmp_path / "new")])
    main(["evaluate", str(tmp_path / "new"), "--as-of", str(AS_OF)])

    assert "77% in March 2026, 3 points below the standard of 80%" in capsys.readouterr().out


def test_the_example_has_three_years_of_months_weeks_and_days(folder):
    every = {
        name: {row["period"] for row in rows(folder, f"figures/{name}.csv")} for name in ("days", "weeks", "months")
    }
    assert len(every["months"]) == 36
    assert len(every["weeks"]) >= 156
    assert len(every["days"]) >= 3 * 365


def test_the_same_bytes_come_from_any_zone_and_hash_seed():
    assert fingerprint(example()) == FINGERPRINT

    script = (
        f"import sys; sys.path[:0] = {[str(folder) for folder in Path(__file__).parents[:2]]!r}; "
        "import test_init as t; print(t.fingerprint(t.example()))"
    )
    surroundings = os.environ | {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    other = subprocess.run([sys.executable, "-c", script], env=surroundings, check=True, capture_output=True, text=True)
    assert other.stdout.strip() == FINGERPRINT


def test_truth_names_all_that_was_put_in(folder):
    truth = rows(folder, "truth.csv")

    counted = Counter(row["kind"] for row in truth)
    assert counted.keys() == {"outlier", "shift", "trend", "missing", "late", "revised", "seasonal", "grows"}
    assert sum(counted[kind.value] for kind in PlantedKind) == sum(len(planted.areas) for planted in PLANTED)
    figures = {name: rows(folder, f"figures/{name}.csv") for name in ("days", "weeks", "months")}
    given = Counter((row["measure"], row["area"], row["period"]) for table in figures.values() for row in table)
    measures = {measure for measure, _, _ in given}
    for row in truth:
        assert row["measure"] in measures
        if row["kind"] in {"outlier", "shift", "trend", "late"}:
            assert given[row["measure"], row["area"], row["from"]] == 1
        if row["kind"] == "missing":
            assert given[row["measure"], row["area"], row["from"]] == 0
        if row["kind"] == "revised":
            assert given[row["measure"], row["area"], row["from"]] == 2


def test_late_figures_come_as_many_days_after_the_others_as_truth_says(folder):
    months = {
        (row["measure"], row["area"], row["period"]): row["published"] for row in rows(folder, "figures/months.csv")
    }

    assert months["satisfied-with-care", "hollin", "2025-12"] == "2026-01-08"
    assert months["satisfied-with-care", "hollin", "2026-01"] == "2026-03-01"  # 8 February and 21 days


def test_a_total_is_the_sum_of_its_parts(folder):
    parts = Counter()
    totals = {}
    for row in rows(folder, "figures/months.csv"):
        if row["measure"] == "complaints/all":
            totals[row["area"], row["period"]] = int(row["value"])
        elif row["measure"].startswith("complaints/"):
            parts[row["area"], row["period"]] += int(row["value"])
    assert totals == dict(parts)
    assert len(totals) == 8 * 36


@pytest.mark.parametrize("form", [[], ["--example"]])
def test_nothing_is_written_where_a_file_would_be_written_over(tmp_path, capsys, form):
    (tmp_path / "figures").mkdir()
    (tmp_path / "owners.yaml").write_text("owners: []\n")

    assert main(["init", str(tmp_path), *form]) == 2

    said = capsys.readouterr().err
    assert f"{tmp_path / 'owners.yaml'} is there already" in said
    assert "name a folder that is new or empty" in said
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["figures", "owners.yaml"]
    assert (tmp_path / "owners.yaml").read_text() == "owners: []\n"


def test_a_link_to_nowhere_is_not_written_through(tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "rules.yaml").symlink_to(tmp_path / "elsewhere.yaml")

    assert main(["init", str(tmp_path / "new")]) == 2
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_other_files_of_the_folder_stay(tmp_path, capsys):
    (tmp_path / ".gitignore").write_text("*.db\n")

    assert main(["init", str(tmp_path)]) == 0
    assert (tmp_path / ".gitignore").read_text() == "*.db\n"
    assert f"alerting check {tmp_path}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("started_by", "program", "found", "line"),
    [
        pytest.param(None, "/opt/bin/alerting", "/opt/bin/alerting", "alerting check", id="by its name"),
        pytest.param(
            "./run", "/opt/.venv/bin/alerting", "/opt/.venv/bin/alerting", "./run alerting check", id="by run"
        ),
        pytest.param("../a checkout/run", "x", None, "'../a checkout/run' alerting check", id="by run elsewhere"),
        pytest.param(None, ".venv/bin/alerting", None, ".venv/bin/alerting check", id="by its path"),
    ],
)
def test_the_lines_to_copy_begin_as_the_program_was_called(
    tmp_path, capsys, monkeypatch, started_by, program, found, line
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [program])
    monkeypatch.setattr("shutil.which", {"alerting": found}.get)
    if started_by is not None:
        monkeypatch.setenv("STARTED_BY", started_by)

    assert main(["init", "my rules"]) == 0
    assert f"\n  {line} 'my rules' --as-of {AS_OF}\n" in capsys.readouterr().out


def test_a_folder_that_may_not_be_written_is_said_in_one_line(tmp_path, capsys):
    (tmp_path / "file").write_text("")

    assert main(["init", str(tmp_path / "file" / "rules")]) in {1, 2}
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "file" in said
