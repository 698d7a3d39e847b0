"""A source that cannot be read is reported at its own place in the rules, once."""

from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

TOP = """\
topics: [{id: t, title: Topic, owner: boss}]
areas: [{id: force, title: West Mercia, owner: boss}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
rules: [{id: much, title: Much, measures: {topic: t}, when: {target_missed: {at_most: 10}}}]
measures:
"""
MEASURE = """\
  - id: calls
    title: Calls
    topic: t
    unit: count
    better: lower
    every: month
"""
GONE = 'no file "figures/calls.csv" in rules'


@pytest.fixture
def failures(tmp_path, monkeypatch):
    """Read a folder of one rule file, and perhaps its figures; return what is said of sources that failed."""
    monkeypatch.chdir(tmp_path)

    def read(rules, figures=None):
        files = {"r.yaml": TOP + rules} | ({} if figures is None else {"figures/calls.csv": figures})
        folder = a_folder(tmp_path / "rules", files).relative_to(tmp_path)
        reading = an_engine(folder, tmp_path / "state", date(2020, 10, 7)).enquiries.read()
        assert len(reading.failed) == 1
        return [(str(one.place), one.message) for one in reading.problems if one.code == "source-failed"]

    return read


@pytest.mark.parametrize(
    ("rules", "line"),
    [
        pytest.param(MEASURE + "    source: s\nsources:\n  s:\n    csv: figures/calls.csv\n", 14, id="declared"),
        pytest.param(MEASURE + "    source: figures/calls.csv\n", 12, id="a path"),
        pytest.param(
            MEASURE + "    items:\n      a: A\n      b: B\n    source: figures/calls.csv\n", 15, id="a path for all items"
        ),
        pytest.param(
            MEASURE + "    items:\n      a: {title: A, of: {numerator: calls/b, denominator: calls/b}}\n"
            "      b:\n        title: B\n        source: figures/calls.csv\n",
            16, id="an item's own path",
        ),
    ],
)  # fmt: skip
def test_it_names_the_line_of_the_source(failures, rules, line):
    assert [(f"rules/r.yaml:{line}:1", GONE)] == failures(rules)


def test_a_file_that_cannot_be_read_is_named_at_the_place_of_its_source(failures):
    rules = MEASURE + "    source: s\nsources:\n  s: {csv: figures/calls.csv}\n"
    (found,) = failures(rules, "measure,area,value\ncalls,force,5\n")
    assert ("rules/r.yaml:14:1", True) == (
        found[0],
        found[1].startswith('rules/figures/calls.csv:1: no column "period"'),
    )
