"""`alerting digest`: into files, as PDF where there is a browser, and as the month's draft."""

import csv
import os
import re
import shutil
import stat
from pathlib import Path

import pytest
from samples.worlds import CALLS, a_folder

from alerting.cli import main
from alerting.render.printing import BROWSERS, print_pdf

RULES = Path(__file__).parents[2] / "rules"
FIGURES = (
    "measure,area,period,value,published\n"
    "answered,force,2020-06,94,2020-07-02\nanswered,force,2020-07,88,2020-08-04\n"
    "answered,north,2020-06,95,2020-07-02\nanswered,north,2020-07,89,2020-08-04\n"
)
OWNERS = ("contact", "north-commander")
BROWSER = next((path for name in BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture
def digest(tmp_path, capsys, monkeypatch):
    """Run the command on a small folder, with the state and the path of this test alone."""
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    folder = a_folder(tmp_path / "rules", {"r.yaml": CALLS, "figures/calls.csv": FIGURES})

    def run(*arguments):
        status = main(["digest", str(folder), "--as-of", "2020-08-05", *arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def a_browser(tmp_path, script):
    """A program in the browser's place that does what a shell script says."""
    path = tmp_path / "bin" / "chromium"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def written(tmp_path):
    return sorted(path.name for path in (tmp_path / "out").iterdir())


def test_each_readers_digest_becomes_a_page_and_a_text(digest, tmp_path):
    status, out, err = digest("--out", str(tmp_path / "out"))

    assert 0 == status
    assert sorted(f"monday-{owner}.{ending}" for owner in OWNERS for ending in ("html", "txt")) == written(tmp_path)
    assert f"{tmp_path / 'out' / 'monday-contact.html'}: Week to 5 August: 1 concern (1 new)" in out
    assert "No PDF: there is no Chromium here (chromium, chromium-browser, google-chrome)" in err


def test_a_page_stands_alone(digest, tmp_path):
    digest("--out", str(tmp_path / "out"))
    page = (tmp_path / "out" / "monday-contact.html").read_text()

    assert 'src="data:image/png;base64,' in page
    assert [] == re.findall(r'(?:src|href)="(?!data:)', page)


def test_nothing_is_stored_or_sent(digest, tmp_path):
    digest("--out", str(tmp_path / "out"))

    assert [] == list((tmp_path / "state").rglob("*.db"))
    assert (
        digest("--out", str(tmp_path / "again"))[1].replace("again", "out") == digest("--out", str(tmp_path / "out"))[1]
    )


def test_a_browser_prints_each_page(digest, tmp_path):
    a_browser(
        tmp_path,
        'for word in "$@"; do case $word in --print-to-pdf=*) echo %PDF > "${word#--print-to-pdf=}";; esac; done',
    )

    status, _out, err = digest("--out", str(tmp_path / "out"))

    assert (0, "") == (status, err)
    assert {f"monday-{owner}.pdf" for owner in OWNERS} <= set(written(tmp_path))


def test_a_browser_is_kept_from_the_network_and_from_other_profiles(digest, tmp_path):
    a_browser(tmp_path, f'echo "$@" >> {tmp_path}/seen')
    digest("--out", str(tmp_path / "out"))
    calls = [line.split() for line in (tmp_path / "seen").read_text().splitlines()]
    profiles = [next(word for word in call if word.startswith("--user-data-dir=")) for call in calls]

    wanted = {
        "--headless",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    }
    assert all(wanted <= set(call) for call in calls)
    assert all(("--no-sandbox" in call) == (os.geteuid() == 0) for call in calls)
    assert len(OWNERS) == len(set(profiles))
    assert not any(Path(profile.partition("=")[2]).exists() for profile in profiles)


def test_a_browser_that_fails_is_named_with_its_last_words(digest, tmp_path):
    a_browser(tmp_path, "echo no display >&2; exit 3")

    status, _out, err = digest("--out", str(tmp_path / "out"))

    assert 1 == status
    assert f"No PDF of {tmp_path / 'out' / 'monday-contact.html'}: {tmp_path / 'bin' / 'chromium'} ended with 3" in err
    assert "no display." in err
    assert "monday-contact.html" in written(tmp_path)


def test_a_browser_that_hangs_is_ended(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<p>")
    why = print_pdf(page, tmp_path / "page.pdf", a_browser(tmp_path, "exec /bin/sleep 60"), timeout_s=0.2)

    assert f"{tmp_path / 'bin' / 'chromium'} took more than 0.2 seconds" == why


if BROWSER:

    def test_a_real_browser_prints_a_real_page(tmp_path):
        page, pdf = tmp_path / "a page.html", tmp_path / "a page.pdf"
        page.write_text("<p>83% of calls</p>")

        assert print_pdf(page, pdf, Path(BROWSER)) is None
        assert pdf.read_bytes().startswith(b"%PDF-")


def test_the_browser_that_a_setting_names_must_be_there(digest, tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTING_CHROMIUM", str(tmp_path / "nowhere"))

    status, _out, err = digest("--out", str(tmp_path / "out"))

    assert 2 == status
    assert "ALERTING_CHROMIUM names" in err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        pytest.param(["--period", "2020-07"], "--period and --format go with --draft", id="period"),
        pytest.param(["--format", "text"], "--period and --format go with --draft", id="format"),
        pytest.param(["--draft", "--out", "x"], "goes with neither --out nor --id", id="draft into a folder"),
        pytest.param(["--draft", "--period", "July"], "--period: ", id="no period"),
        pytest.param(["--draft", "--period", "2020-08"], "August 2020 is not over on 2020-08-05", id="not over"),
        pytest.param(["--id", "tuesday"], 'no digest "tuesday"; there are monday', id="unknown digest"),
    ],
)
def test_what_does_not_go_together_is_told(digest, arguments, why):
    status, out, err = digest(*arguments)

    assert (2, "") == (status, out)
    assert why in err


def test_the_draft_is_a_table_or_lines(digest):
    assert "\n| **Call handling** | Month and quarter | " in digest("--draft")[1]
    assert "\n- Call handling (Month and quarter): " in digest("--draft", "--format", "text")[1]


@pytest.fixture(scope="module")
def march():
    """The draft of March 2019 from the published figures, by topic."""
    from datetime import date

    from alerting.app.digests.draft import month_draft
    from alerting.domain.period import Calendar
    from alerting.wiring import engine_of

    engine = engine_of(RULES)
    view = month_draft(
        engine.rules, engine.enquiries.read(), date(2019, 4, 15), Calendar().parse_exact("2019-03"), None
    )
    return engine.rules, view


def force_rows():
    """The force's figures of March 2019 with that of February and the monthly average, as printed."""
    rows = list(csv.DictReader((RULES / "figures/march-2019.csv").read_text(encoding="utf-8").splitlines()))
    before = {
        row["measure"]: float(row["value"])
        for row in rows
        if (row["period"], row["area"]) == ("2019-02", "west-mercia")
    }
    for row in rows:
        if (
            (row["period"], row["area"]) == ("2019-03", "west-mercia")
            and row["measure"] in before
            and row["monthly_average"]
        ):
            yield pytest.param(
                row["measure"],
                float(row["value"]),
                before[row["measure"]],
                float(row["monthly_average"]),
                id=row["measure"],
            )


@pytest.mark.parametrize(("measure", "value", "before", "average"), list(force_rows()))
def test_the_draft_of_march_2019_says_which_way_and_which_side_of_the_average(march, measure, value, before, average):
    rules, view = march
    title = rules.measures[measure].title
    (text,) = [f.text for line in view.lines for f in line.figures if f.text.startswith(f"{title}: ")]

    assert f"{title}: {value:,.0f}" in text
    assert f"{'up' if value > before else 'down'} " in text.split("on February 2019")[0]
    assert f"on February 2019 ({before:,.0f})" in text
    side = "in line with" if abs(value - average) < average / 100 else "above" if value > average else "below"
    assert f"{side} the monthly average of {average:,.0f}" in text


def test_the_draft_of_march_2019_names_the_exceptional_areas_that_the_report_names(march):
    commentary = {line.topic: line.commentary for line in march[1].lines}

    assert "Violence without injury in the month in Telford & Wrekin" in commentary["Violence without injury"]
    assert "Robbery in the month in West Mercia (80) and Telford & Wrekin (20)" in commentary["Robbery"]
    assert commentary["Violence with injury"] == commentary["Hate crime"] == "No exceptional volumes"
    areas = "Herefordshire (276), North Worcestershire (373), Shropshire (328) and Telford & Wrekin (360)"
    assert areas in commentary["Child at risk"]


def test_the_draft_of_march_2019_follows_the_inclusion_policies(march):
    inclusion = {line.topic: line.inclusion for line in march[1].lines}

    assert ("Monthly increase", "Monthly increase") == (inclusion["Business crime"], inclusion["Rural crime"])
    assert "Quarter unless updated" == inclusion["Confidence"]
    assert ("Public order",) == march[1].not_included


def test_any_digest_can_be_written_as_a_scorecard(digest, tmp_path):
    status, out, _err = digest("--form", "scorecard", "--out", str(tmp_path / "out"))
    page = (tmp_path / "out" / "monday-contact.html").read_text()

    assert 0 == status
    assert "1 concern (1 new) (scorecard)" in out
    assert "<h1>Monday scorecard</h1>" in page
    assert "size: A4 landscape" in page
    assert "size: A4;" not in page


def test_a_form_is_no_part_of_a_draft(digest):
    status, _out, err = digest("--form", "scorecard", "--draft")

    assert (2, True) == (status, "it goes with neither --out nor --id, and has no --form" in err)
