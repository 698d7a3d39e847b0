"""Commands that list what the database holds load nothing that judges, draws, renders or sends, so that they answer at once."""

import subprocess
import sys

import pytest
from samples.worlds import CALLS, a_folder

from alerting.cli import main

FIGURES = "measure,area,period,value\nanswered,force,2020-06,88\nanswered,north,2020-06,83\n"
ALERT = "slow/answered/force/2020-06"
#: Nothing of these is needed to read rows and to print them. `ruamel`: the rules' parsed form is kept.
HEAVY = (
    "scipy", "alembic", "mako", "jinja2", "css_inline", "PIL", "aiosmtplib", "structlog", "apscheduler", "ruamel",
    "asyncpg", "psycopg",
)  # fmt: skip
#: What was made of the rule files is kept, so that no form is filled in.
OF_FORMS = ("alerting.rulefile.forms.base", "alerting.rulefile.checked")
#: Kept figures are packed as frames, and what is made of a series is made of panels.
OF_FIGURES = ("polars", "alerting.figures", "alerting.evaluation.findings")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of rules with a state after one tick, whose parsed form is kept."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALERTING_STATE_DIR", str(home / "state"))
        folder = a_folder(home / "rules", {"r.yaml": CALLS, "figures/calls.csv": FIGURES})
        main(["run", str(folder), "--as-of", "2020-07-05"])
    return folder


@pytest.mark.parametrize(
    ("command", "shown", "heavy"),
    [
        pytest.param(["alerts", "list", "{folder}"], ALERT, (*HEAVY, *OF_FIGURES, *OF_FORMS), id="alerts-list"),
        pytest.param(["alerts", "silences", "{folder}"], "No silences", (*HEAVY, *OF_FIGURES, *OF_FORMS), id="alerts-silences"),
        pytest.param(
            ["deliveries", "list"], "contact@example.org", (*HEAVY, *OF_FIGURES, "numpy", "alerting.rulefile"),
            id="deliveries-list",
        ),
        pytest.param(
            ["explain", "--rules", "{folder}", ALERT], "OPENED", (*HEAVY, *OF_FORMS, "alerting.figures.panels"),
            id="explain-a-printed-figure",
        ),
    ],
)  # fmt: skip
def test_what_lists_rows_loads_nothing_heavy(folder, monkeypatch, command, shown, heavy):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(folder.parent / "state"))
    words = [word.format(folder=folder) for word in command]
    asked = f"""
import sys
from alerting.cli import main
sys.argv[1:] = {words!r}
status = main()
print("LOADED", status, [name for name in {heavy!r} if name in sys.modules])
"""

    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)

    assert "LOADED 0 []" == done.stdout.strip().split("\n")[-1]
    assert shown in done.stdout


def test_a_tick_on_which_nothing_has_come_loads_nothing_that_reads_explains_or_writes(tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    fine = FIGURES.replace(",88", ",95").replace(",83", ",94")
    folder = a_folder(tmp_path / "rules", {"r.yaml": CALLS, "figures/calls.csv": fine})
    assert 0 == main(["run", str(folder), "--as-of", "2020-07-05"])
    heavy = (*HEAVY, *OF_FORMS, "polars", "alerting.render.notice", "alerting.app.tick.tick")
    asked = f"""
import sys
from alerting.cli import main
status = main(["run", {str(folder)!r}, "--as-of", "2020-07-05"])
print("LOADED", status, [name for name in {heavy!r} if name in sys.modules])
"""
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert found.stdout.splitlines()[-1] == "LOADED 0 []", found.stderr
