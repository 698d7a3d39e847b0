"""The page for those who give figures: made from the readers themselves, and what it promises is what they do."""

import re
from functools import cache
from pathlib import Path

import pytest
from samples.pages import contradictions

from alerting.app.authoring import figures_page as page_of_figures
from alerting.cli import main
from alerting.domain.source_columns import NUMBERS, WORDS
from alerting.figures.cells import MISSING, SUPPRESSED
from alerting.plugins import discover

figures_page = cache(page_of_figures.figures_page)
SOURCES = discover("alerting.sources", "kind")
RULES = Path(__file__).parents[2] / "rules"


def test_the_page_in_the_rules_folder_is_what_the_command_prints(capsys):
    assert main(["schema", "--figures"]) == 0
    page = (RULES / "FIGURES.md").read_text(encoding="utf-8")
    different = contradictions(page, capsys.readouterr().out, [f"\n`{kind}`:\n" for kind in SOURCES])
    assert [] == different, "./run alerting schema --figures > rules/FIGURES.md"


def test_the_folders_own_page_leads_to_it():
    assert "(FIGURES.md)" in (RULES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*WORDS, *NUMBERS])
def test_every_column_with_a_meaning_stands_there(name):
    assert f"\n| `{name}` |" in figures_page()


@pytest.mark.parametrize("mark", sorted((MISSING | SUPPRESSED) - {""}))
def test_every_mark_for_no_figure_stands_there(mark):
    assert f"`{mark}`" in figures_page()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2020/21 Q2", "`2020/21-Q2`"),
        ("Sep-20", "`2020-09`"),
        ("£795.3` | currency", "795.3"),
        ("0,500` | count", "refused"),
        ("1,234.50-` | currency", "refused"),
        ("7.3 p` | number", "refused"),
        ("00:04:32` | seconds", "refused"),
        ("30.09.2020", "`2020-09`"),
        ("2020M09", "`2020-09`"),
        ("2020/2021", "`2020/21`"),
    ],
)
def test_spellings_stand_beside_what_the_readers_make_of_them(written, read):
    (line,) = [line for line in figures_page().splitlines() if line.startswith(f"| `{written}")]
    assert line.endswith(f"| {read} |")


def test_every_row_of_a_table_has_as_many_cells_as_its_head():
    rows = [re.split(r"(?<!\\)\|", line) for line in figures_page().splitlines() if line.startswith("|")]
    tables, before = [], None
    for cells in rows:
        if cells[1].strip() == "---":
            tables.append((len(before), []))
        elif tables:
            tables[-1][1].append(len(cells))
        before = cells
    heads = [(width, {n for n in widths if n != width}) for width, widths in tables]
    assert len(tables) >= 10
    assert all(len(other) <= 1 for _, other in heads)


def test_pages_are_asked_for_one_by_one(capsys):
    assert main(["schema", "--figures", "--keys"]) == 2
    assert "ask for one" in capsys.readouterr().err
