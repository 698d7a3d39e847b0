"""What every kind of source must hold; its cases stand in its own test file, tests/unit/sources/test_NAME.py, as `CASES`."""

import logging
from dataclasses import fields
from datetime import date

import pytest
from samples.plugin_cases import cases_of

from alerting.domain.coverage import EVERYTHING, Coverage
from alerting.domain.period import Calendar
from alerting.domain.rule import Source
from alerting.errors import SourceUnavailable
from alerting.plugins import discover

KINDS = discover("alerting.sources", "kind")
CASES = [
    pytest.param(kind, case, id=f"{kind}-{case.id}")
    for kind, cases in cases_of("alerting.sources", "sources").items()
    for case in cases
]
SOUND = [one for one in CASES if one.values[1].rows is not None]
BROKEN = [one for one in CASES if one.values[1].rows is None]
LATE = date(2020, 7, 1)


class Read:
    """One case laid out, and what its source gives."""

    def __init__(self, kind, case, folder):
        case.lay(folder)
        self.adapter, self.folder = KINDS[kind](), folder
        self.source = Source(id="s", kind=kind, settings=case.settings, secrets=case.named)

    def table(self, wanted=EVERYTHING):
        return self.adapter.read(self.source, [self.folder], wanted)


def rows_of(table):
    names = ("measure", "area", "period", "value")
    columns = [table.columns[name].to_list() for name in names]
    return [(m, a, str(p), float(v)) for m, a, p, v in zip(*columns, strict=True)]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_sound_case_and_one_that_cannot_be_read(kind):
    assert {True, False} == {one.values[1].rows is not None for one in CASES if one.values[0] == kind}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_described_in_all_that_it_takes(kind):
    adapter = KINDS[kind]
    assert all(len(way) == 2 and all(way) for way in adapter.ways)
    assert [] == [one.name for one in fields(adapter.Settings) if not one.metadata.get("description")]


@pytest.mark.parametrize(("kind", "case"), SOUND)
def test_it_gives_the_figures_as_they_are_and_says_where_each_stands(kind, case, tmp_path):
    table = Read(kind, case, tmp_path).table()

    assert list(case.rows) == rows_of(table)
    assert "s" == table.source
    lines = [table.line_of(row) for row in range(len(case.rows))]
    assert lines == sorted(set(lines)) and lines[0] >= 1


@pytest.mark.parametrize(("kind", "case"), SOUND)
def test_reading_twice_gives_the_same(kind, case, tmp_path):
    read = Read(kind, case, tmp_path)
    one, other = read.table(), read.table()

    assert {name: column.to_list() for name, column in one.columns.items()} == {
        name: column.to_list() for name, column in other.columns.items()
    }
    assert (one.file, one.covers, list(one.remarks)) == (other.file, other.covers, list(other.remarks))


@pytest.mark.parametrize(("kind", "case"), SOUND)
@pytest.mark.parametrize("part", ["measures", "areas", "since", "nothing"])
def test_what_is_wanted_is_there_and_what_it_covers_is_whole(kind, case, part, tmp_path):
    measure, area = case.rows[0][:2]
    wanted = {
        "measures": Coverage(measures=frozenset((measure,))), "areas": Coverage(areas=frozenset((area,))),
        "since": Coverage(since=LATE), "nothing": Coverage(measures=frozenset()),
    }[part]  # fmt: skip
    table = Read(kind, case, tmp_path).table(wanted)

    inside = lambda covers: [row for row in case.rows if covers.holds(row[0], row[1], first_day(row[2]))]  # noqa: E731
    assert [] == [row for row in inside(wanted) if row not in rows_of(table)]
    assert [] == [row for row in inside(table.covers) if row not in rows_of(table)]


def first_day(period):
    return Calendar().parse_exact(period).first_day


@pytest.mark.parametrize(("kind", "case"), SOUND)
def test_its_headings_are_its_columns_where_they_can_be_told(kind, case, tmp_path):
    read = Read(kind, case, tmp_path)
    headings = list(read.adapter.headings(read.source, [tmp_path]))

    assert headings in ([], list(read.table().columns))
    assert headings or read.source.secrets  # without a secret nothing is far away


@pytest.mark.parametrize(("kind", "case"), BROKEN)
def test_what_cannot_be_read_says_where_and_what_to_do(kind, case, tmp_path):
    read = Read(kind, case, tmp_path)

    with pytest.raises(SourceUnavailable) as caught:
        read.table()

    assert [] == [words for words in case.says if words not in str(caught.value)]
    assert case.says


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_no_secret_is_in_what_it_says_of_itself_or_of_a_failure(kind, case, tmp_path, caplog):
    read, said = Read(kind, case, tmp_path), []
    with caplog.at_level(logging.DEBUG):
        try:
            table = read.table()
            said += [repr(table), table.file, *table.remarks]
        except SourceUnavailable as error:
            said += [str(error), repr(error)]
        said += [repr(read.adapter), *read.adapter.top(read.source, [tmp_path]), caplog.text]

    assert [] == [secret for secret in case.secrets if any(secret in text for text in said)]
