"""The page of keys: every key that rule files may have, as the forms themselves describe it, and links that lead somewhere."""

import re
from functools import cache
from pathlib import Path

import pytest
from samples.pages import contradictions

from alerting.cli import main
from alerting.plugins import discover
from alerting.rulefile.forms.sections import LISTS, ItemForm, MeasureForm
from alerting.rulefile.pages import keys
from alerting.rulefile.sections import SECTIONS, SINGLES

RULES = Path(__file__).parents[2] / "rules"
FORMS = {**LISTS, **SINGLES}
keys_page = cache(keys.keys_page)
SECTIONS_IN_ORDER = (*LISTS, *SINGLES, "sources", "limits", "channels")


def section(name):
    """Return the lines of one section."""
    return keys_page().split(f"\n## {name}\n")[1].split("\n## ")[0].splitlines()


def test_the_page_in_the_rules_folder_is_what_the_command_prints(capsys):
    assert main(["schema", "--keys"]) == 0
    marks = [f"\n| `{kind}` | " for kind in discover("alerting.sources", "kind")]
    marks += [f"\n{kind.Settings.__doc__}\n" for kind in discover("notifiers", "kind").values()]
    different = contradictions((RULES / "KEYS.md").read_text(encoding="utf-8"), capsys.readouterr().out, marks)
    assert [] == different, "./run alerting schema --keys > rules/KEYS.md"


@pytest.mark.parametrize("name", FORMS)
def test_every_key_of_a_section_stands_there_with_its_meaning(name):
    rows = {line.split("`")[1]: line for line in section(name) if line.startswith("| `")}
    described = {field.alias or key: field.description for key, field in FORMS[name].model_fields.items()}
    assert rows.keys() == described.keys()
    for key, row in rows.items():
        assert row.endswith(f" | {described[key]} |")


@pytest.mark.parametrize("name", FORMS)
def test_what_must_be_there_is_said_to_be_needed_and_nothing_else(name):
    needed = {line.split("`")[1] for line in section(name) if line.startswith("| `") and " | needed | " in line}
    assert needed == {field.alias or key for key, field in FORMS[name].model_fields.items() if field.is_required()}


def test_every_section_has_its_heading():
    assert re.findall(r"(?m)^## (.+)$", keys_page()) == [*SECTIONS_IN_ORDER, "Parts"]
    assert set(SECTIONS_IN_ORDER) == set(SECTIONS)


def test_every_link_leads_to_a_heading_or_a_file():
    headings = [heading.replace(" ", "-") for heading in re.findall(r"(?m)^##+ (.+)$", keys_page())]
    assert len(headings) == len(set(headings))
    for target in re.findall(r"\]\(([^)]+)\)", keys_page()):
        assert target.removeprefix("#") in headings if target.startswith("#") else (RULES / target).is_file(), target


def test_every_row_has_four_cells_with_something_in_each():
    rows = [line for line in keys_page().splitlines() if line.startswith("| ")]
    cells = [re.split(r"(?<!\\)\|", row)[1:-1] for row in rows]
    assert {len(row) for row in cells} == {4}
    assert all(cell.strip() for row in cells for cell in row)


def test_an_item_is_said_to_have_the_keys_of_a_measure():
    left_out = [key for key in MeasureForm.model_fields if key not in ItemForm.model_fields]
    assert set(left_out) == {"id", "items", "total"}
    assert "All keys of [`measures`](#measures) but `id`, `items`, `total`; needed: `title`." in keys_page()


def test_defaults_are_written_as_an_author_would():
    rows = keys_page().splitlines()
    for key, default in (("severity", "warning"), ("financial_year_starts", "april"), ("channels", "email")):
        (row,) = [row for row in rows if row.startswith(f"| `{key}` ")]
        assert f" | {default} | " in row


def test_two_pages_at_once_are_refused(capsys):
    assert main(["schema", "--keys", "--catalogue"]) == 2
    assert "ask for one" in capsys.readouterr().err
