"""Parquet as other programs write it: columns of any type, several files, partitions; and what cannot be read."""

import io
import os
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import polars as pl
import pytest
from samples.plugin_cases import SourceCase
from samples.sampling import first
from samples.worlds import a_folder, an_engine

from alerting.domain.exported_figures import EXPORT_KEY
from alerting.domain.rule import Source
from alerting.errors import SourceUnavailable
from alerting.sources import parquet as parquet_source
from alerting.sources.parquet import ParquetSource
from alerting.sources.tables import whole
from alerting.sources.tables.parquet_pages import pages_of

AS_OF = date(2020, 10, 7)
RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {parquet: "lake/**/*.parquet", owner: boss}}
areas: [{id: force, title: Force, kind: policing, owner: boss}, {id: north, title: North, parent: force}]
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures: [{id: m, title: Offences, topic: t, unit: count, better: lower, every: month, source: s}]
rules: [{id: a, title: A, measures: m, when: {target_missed: {at_most: 100}}}]
"""
FIGURES = (("m", "force", "2020-06", 12.0), ("m", "north", "2020-06", 7.0), ("m", "force", "2020-07", 13.0))
TIDY = {"measure": ["m", "m"], "area": ["force", "force"], "period": ["2020-04", "2020-05"], "value": [90.0, 120.0]}
RIGHT = {"2020-04": 90.0, "2020-05": 120.0}


def parquet(columns):
    target = io.BytesIO()
    pl.DataFrame(columns).write_parquet(target)
    return target.getvalue()


def of_rows(rows):
    return parquet(pl.DataFrame(list(rows), schema=["measure", "area", "period", "value"], orient="row"))


def laid(**files):
    def lay(folder):
        for name, content in files.items():
            path = folder / name.replace("__", "/").replace("_is_", "=")
            path = path.with_suffix(".parquet")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    return lay


class Read:
    """What came of the files below `lake/`."""

    def __init__(self, tmp_path, **files):
        folder = a_folder(tmp_path / "rules", {"r.yaml": RULES})
        laid(**{f"lake__{name}": content for name, content in files.items()})(folder)
        answer = an_engine(folder, tmp_path / "state", AS_OF).enquiries.evaluate(AS_OF, every_period=True, text="all")
        figures = [one.finding for one in answer.found]
        self.figures = {str(one.period): one.value for one in figures if one.area == "force" and one.value is not None}
        self.said = "\n".join(map(str, answer.problems))
        self.states = {
            str(one.period): (one.state.word, one.reason and one.reason.value) for one in figures if one.area == "force"
        }


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({}, id="text-and-floats"),
        pytest.param({"value": [90, 120]}, id="whole-numbers"),
        pytest.param({"value": [Decimal("90.0"), Decimal("120.0")]}, id="decimals"),
        pytest.param({"value": pl.Series([90, 120], dtype=pl.UInt8)}, id="narrow-numbers"),
        pytest.param({"value": ["90", "120"]}, id="figures-as-text"),
        pytest.param({"period": [date(2020, 4, 1), date(2020, 5, 1)]}, id="days"),
        pytest.param(
            {"period": [datetime(2020, 4, 30, 23, 59, tzinfo=UTC), datetime(2020, 5, 31, tzinfo=UTC)]}, id="instants"
        ),
        pytest.param({"period": [202004, 202005]}, id="periods-as-numbers"),
        pytest.param({"period": [202004.0, 202005.0]}, id="periods-as-fractions"),
        pytest.param({"area": pl.Series(["force", "force"], dtype=pl.Categorical)}, id="categories"),
        pytest.param({"area": ["Force", "Force"]}, id="titles"),
    ],
)
def test_columns_of_any_type_are_read_as_what_they_say(tmp_path, columns):
    found = Read(tmp_path, f=parquet(TIDY | columns))
    assert (RIGHT, "") == (found.figures, found.said)


def test_092_nan_is_no_figure_and_infinity_is_refused_with_its_row(tmp_path):
    found = Read(tmp_path, f=parquet(TIDY | {"value": [float("nan"), float("inf")]}))
    assert {} == found.figures
    assert "2020-04" not in found.states  # before the series' first figure
    assert ("no_data", "refused") == found.states["2020-05"]
    assert 'row 3, column value: "inf" is no number' in found.said


def test_several_files_are_one_table_each_with_the_columns_it_has(tmp_path):
    one, other = ({name: [cells[n]] for name, cells in TIDY.items()} for n in (0, 1))
    found = Read(tmp_path, a=parquet(one), deep__b=parquet(other | {"note": ["New system"]}))
    assert (RIGHT, "") == (found.figures, found.said)


def test_a_refused_cell_of_several_files_is_named_with_its_file_and_its_row_there(tmp_path):
    found = Read(
        tmp_path, a=parquet(TIDY), b=parquet(TIDY | {"period": ["2020-06", "2020-07"], "value": ["95", "about 96"]})
    )
    assert found.figures == {**RIGHT, "2020-06": 95.0}
    assert "lake/b.parquet:3:" in found.said
    assert 'row 3, column value: "about 96" is no number' in found.said


def test_folders_of_partitions_are_columns_and_a_files_own_column_comes_first(tmp_path):
    own = {name: TIDY[name] for name in ("period", "value")}
    found = Read(
        tmp_path,
        measure_is_m__area_is_force__f=parquet(own),
        measure_is_k__area_is_north__g=parquet(TIDY | {"area": ["north"] * 2}),
    )
    assert found.figures == RIGHT
    assert found.said == ""


def test_112_lists_and_bytes_are_left_out_and_that_is_said(tmp_path):
    found = Read(tmp_path, f=parquet(TIDY | {"tags": [["a"], ["b"]], "raw": [b"1", b"2"]}))
    assert found.figures == RIGHT
    assert 'column "raw" holds lists, structures or bytes and is left out' in found.said
    assert 'column "tags" holds lists, structures or bytes and is left out' in found.said


def test_109_a_file_that_is_still_being_written_is_waited_for(tmp_path, monkeypatch):
    """Its end is written last: the first look finds half of it, the second the whole."""
    content, path = parquet(TIDY), tmp_path / "f.parquet"
    path.write_bytes(content[:-40])
    waits = []

    def finish(_):
        waits.append(path.write_bytes(content))

    monkeypatch.setattr(whole.time, "sleep", finish)
    monkeypatch.setattr(whole, "QUIET_S", 10.0)
    table = ParquetSource().read(Source(id="s", kind="parquet", settings={"parquet": "f.parquet"}), [tmp_path])

    assert table.columns["value"].to_list() == TIDY["value"]
    assert len(waits) == 1


def test_111_a_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "outside.parquet").write_bytes(parquet(TIDY))
    (tmp_path / "rules" / "lake").mkdir(parents=True)
    (tmp_path / "rules" / "lake" / "f.parquet").symlink_to(tmp_path / "outside.parquet")

    with pytest.raises(SourceUnavailable, match=r"f\.parquet: lies outside"):
        ParquetSource().read(
            Source(id="s", kind="parquet", settings={"parquet": "lake/*.parquet"}), [tmp_path / "rules"]
        )


def trouble(tmp_path, content):
    laid(f=content)(tmp_path)
    with pytest.raises(SourceUnavailable) as caught:
        ParquetSource().read(Source(id="s", kind="parquet", settings={"parquet": "f.parquet"}), [tmp_path])
    return str(caught.value)


def test_112_a_few_bytes_that_stand_for_very_many_rows_are_not_unfolded(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_source, "MOST_ROWS", 1_000_000)
    content = parquet(
        {"measure": pl.repeat("m", 2_000_000, eager=True), "value": pl.repeat(0.0, 2_000_000, eager=True)}
    )

    assert len(content) < 100_000
    assert "2,000,000 rows; no more than 1,000,000 are read" in trouble(tmp_path, content)


def test_112_one_that_would_unpack_without_end_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_source, "MOST_UNPACKED_BYTES", 1024**2)
    content = parquet({"note": [f"{n}" + "x" * 100_000 for n in range(100)]})

    assert len(content) < 100_000
    assert "would unpack to more than" in trouble(tmp_path, content)


@pytest.mark.parametrize("promised", [0x00, 0x02, 0x06, 0x7E])
def test_112_pages_that_promise_more_or_less_than_there_is_are_damage(tmp_path, promised):
    """Room is made for what a header promises: one byte of it may end the process, before anybody could refuse the file."""
    sound = parquet({"value": [1.5, 2.5]})
    place = sound.index(b"\x2c\x15\x04") + 1  # "two values", in the header of the first page of figures
    damaged = sound[: place + 1] + bytes([promised]) + sound[place + 2 :]

    assert (True, False) == (pages_of(sound).agree, pages_of(damaged).agree)
    assert "is no whole Parquet file" in trouble(tmp_path, damaged)


@pytest.mark.parametrize("seed", first(4, range(200)))
def test_112_damage_anywhere_is_refused_or_read_and_never_more(tmp_path, seed):
    random, path = Random(seed), tmp_path / "f.parquet"
    content = of_rows([("m", f"a{n % 7}", "2020-06", n / 3) for n in range(60)])
    for _ in range(20):
        damaged = bytearray(content)
        for _ in range(random.choice((1, 1, 2, 8))):
            damaged[random.randrange(4, len(damaged) - 4)] = random.randrange(256)
        path.write_bytes(damaged)
        os.utime(path, (1e9, 1e9))
        with suppress(SourceUnavailable):
            ParquetSource().read(Source(id="s", kind="parquet", settings={"parquet": "f.parquet"}), [tmp_path])


@pytest.mark.parametrize("options", [
    {"compression": "uncompressed"}, {"compression": "gzip"}, {"row_group_size": 7}, {"data_page_size": 64}, {"statistics": False},
])  # fmt: skip
def test_a_file_is_read_however_its_pages_are_cut_and_packed(tmp_path, options):
    n = 1_000
    frame = pl.DataFrame({
        "measure": ["m"] * n, "area": [f"a{x % 40}" for x in range(n)], "period": ["2020-06"] * n,
        "value": [x / 3 if x % 5 else None for x in range(n)], "empty": [None] * n,
        "list": [[1] * (x % 3) for x in range(n)],
    })  # fmt: skip
    frame.write_parquet(tmp_path / "f.parquet", **options)
    table = ParquetSource().read(Source(id="s", kind="parquet", settings={"parquet": "f.parquet"}), [tmp_path])
    assert frame["value"].to_list() == [None if x is None or x != x else x for x in table.columns["value"].to_list()]


@pytest.mark.parametrize(
    "made", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["folder", "pipe", "device"]
)
@pytest.mark.parametrize(
    "source", ["parquet: f.x", "csv: f.x", "excel: f.x", 'sql: {connection: URL, query: "select 1"}']
)
def test_111_what_is_no_file_is_not_opened(tmp_path, made, source, monkeypatch):
    monkeypatch.setenv("URL", "sqlite:///f.x")
    text = RULES.replace('parquet: "lake/**/*.parquet"', source)
    folder = a_folder(tmp_path / "rules", {"r.yaml": text})
    made(folder / "f.x")
    said = "\n".join(map(str, an_engine(folder, tmp_path / "state", AS_OF).enquiries.read().problems))
    assert "error[source-failed]" in said
    assert "f.x" in said


def test_an_export_of_a_form_that_is_not_known_yet_is_refused(tmp_path):
    pl.DataFrame(TIDY).write_parquet(tmp_path / "f.parquet", metadata={EXPORT_KEY: "2"})

    with pytest.raises(SourceUnavailable, match="was exported by a newer version, in form 2; export it in form 1"):
        ParquetSource().read(Source(id="s", kind="parquet", settings={"parquet": "f.parquet"}), [tmp_path])


def test_its_bytes_are_recognised_until_any_file_is_another(tmp_path):
    one, other = ({name: [cells[n]] for name, cells in TIDY.items()} for n in (0, 1))
    laid(lake__a=parquet(one), lake__b=parquet(other))(tmp_path)
    source, adapter = Source(id="s", kind="parquet", settings={"parquet": "lake/*.parquet"}), ParquetSource()

    read = adapter.read(source, [tmp_path]).content
    assert read is not None and read() == adapter.content(source, [tmp_path])

    laid(lake__c=parquet(other))(tmp_path)
    assert read() != adapter.content(source, [tmp_path])


#: What the suite of every source holds this one to.
CASES = (
    SourceCase(id="one-file", settings={"parquet": "f.parquet"}, lay=laid(f=of_rows(FIGURES)), rows=FIGURES),
    SourceCase(
        id="a-pattern", settings={"parquet": "lake/*.parquet"}, rows=FIGURES,
        lay=laid(lake__a=of_rows(FIGURES[:1]), lake__b=of_rows(FIGURES[1:])),
    ),
    SourceCase(
        id="partitions", settings={"parquet": "**/*.parquet"}, rows=FIGURES,
        lay=laid(year_is_2020__f=of_rows(FIGURES)),
    ),
    SourceCase(id="absent", settings={"parquet": "g.parquet"}, lay=laid(f=of_rows(FIGURES)), says=('no file "g.parquet"',)),
    SourceCase(
        id="a-pattern-of-nothing", settings={"parquet": "lake/*.parquet"}, lay=laid(f=of_rows(FIGURES)),
        says=('no file is like "lake/*.parquet"',),
    ),
    SourceCase(
        id="no-parquet", settings={"parquet": "f.parquet"}, lay=laid(f=b"measure,area,period,value\n"),
        says=("f.parquet", "is no whole Parquet file", "load it again whole"),
    ),
    SourceCase(
        id="cut-off", settings={"parquet": "f.parquet"}, lay=laid(f=of_rows(FIGURES)[:-9]),
        says=("f.parquet", "is no whole Parquet file", "load it again whole"),
    ),
    SourceCase(
        id="a-column-too-few", settings={"parquet": "f.parquet"},
        lay=laid(f=parquet({"measure": ["m"], "area": ["force"], "value": [1.0]})),
        says=("f.parquet:1:", 'no column "period"', "Rename it there, or map it"),
    ),
)  # fmt: skip
