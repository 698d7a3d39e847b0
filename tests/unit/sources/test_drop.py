"""Files that are dropped into a folder: which of them are read, in what order, and what is left alone."""

import os
import threading
import time
from datetime import date

import polars as pl
import pytest
from samples.plugin_cases import SourceCase
from samples.workbooks import xlsx
from samples.worlds import a_folder, an_engine

from alerting.domain.rule import Source
from alerting.errors import SourceUnavailable
from alerting.rulefile import load_rules
from alerting.sources import drop
from alerting.sources.drop import DropSource
from alerting.sources.tables import whole

AS_OF = date(2020, 10, 7)
HEADER = "measure,area,period,value\n"
RULES = """
topics: [{{id: t, title: Topic, owner: boss}}]
sources: {{s: {{drop: {{folder: figures/in, {settings}}}, owner: boss, {keys}}}}}
areas: [{{id: force, title: Force, owner: boss}}, {{id: north, title: North, parent: force}}]
owners: [{{id: boss, name: Boss, email: boss@example.org}}]
measures: [{{id: m, title: Offences, topic: t, unit: count, better: lower, every: month, source: s}}]
rules: [{{id: a, title: A, measures: m, when: {{target_missed: {{at_most: 1000}}}}}}]
"""


def rows(*cells):
    return "".join(f"m,force,{period},{value}\n" for period, value in cells)


def laid(**files):
    def lay(folder):
        for name, text in files.items():
            path = folder / "in" / f"{name}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(HEADER + text)

    return lay


ONE, TWO = ("m", "force", "2020-06", 12.0), ("m", "north", "2020-06", 7.0)
CASES = [
    SourceCase(
        id="newest", settings={"drop": {"folder": "in", "files": "*.csv", "take": "newest"}},
        lay=laid(a9="m,force,2020-05,1\n", a10="m,force,2020-06,12\nm,north,2020-06,7\n"), rows=(ONE, TWO),
    ),
    SourceCase(
        id="all", settings={"drop": {"folder": "in", "take": "all"}},
        lay=laid(a="m,force,2020-06,12\n", b="m,north,2020-06,7\n"), rows=(ONE, TWO),
    ),
    SourceCase(
        id="no-folder", settings={"drop": {"folder": "in"}}, lay=laid(), says=('no folder for "in/*.csv" in',)
    ),
    SourceCase(
        id="out-of-the-folder", settings={"drop": {"folder": "../in"}}, lay=laid(),
        says=("leads out of the folders that may be read", "name a folder inside them"),
    ),
    SourceCase(
        id="one-of-all-is-broken", settings={"drop": {"folder": "in", "take": "all"}},
        lay=laid(a="m,force,2020-06,12\n", b='m,"force,2020-07,12\n'), says=("b.csv:2:", "close it"),
    ),
]  # fmt: skip


class Dropped:
    """A rules folder with a folder for files, as it is read again and again."""

    def __init__(self, tmp_path, settings="take: newest", keys="missing: []"):
        self.state = tmp_path / "state"
        self.folder = a_folder(tmp_path / "rules", {"r.yaml": RULES.format(settings=settings, keys=keys)})
        self.inbox = self.folder / "figures" / "in"
        self.inbox.mkdir(parents=True)

    def put(self, name, *cells, text=None):
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER + rows(*cells) if text is None else text)
        return path

    def read(self):
        answer = an_engine(self.folder, self.state, AS_OF).enquiries.evaluate(AS_OF, every_period=True, text="all")
        self.said = "\n".join(map(str, answer.problems))
        self.reasons = {
            str(one.finding.period): one.finding.reason and one.finding.reason.value for one in answer.found
        }
        return {
            str(one.finding.period): one.finding.value for one in answer.found
            if one.finding.area == "force" and one.finding.value is not None
        }  # fmt: skip


def test_110_the_newest_by_name_is_read_whenever_it_was_copied(tmp_path):
    dropped = Dropped(tmp_path)
    dropped.put("calls-2020-09.csv", ("2020-08", 1), ("2020-09", 2))
    older = dropped.put("calls-2020-08.csv", ("2020-08", 9))
    os.utime(older, (time.time() + 60, time.time() + 60))
    assert {"2020-08": 1.0, "2020-09": 2.0} == dropped.read()


def test_numbers_in_names_are_numbers(tmp_path):
    dropped = Dropped(tmp_path)
    for n in (9, 10, 2):
        dropped.put(f"Load {n}.csv", ("2020-08", n))
    assert {"2020-08": 10.0} == dropped.read()


def test_all_files_are_one_source_and_the_later_ones_figure_counts(tmp_path):
    dropped = Dropped(tmp_path, "take: all")
    dropped.put("2020-08.csv", ("2020-07", 5), ("Aug-20", 6))
    dropped.put("2020-09.csv", ("2020-08", 7), ("2020-09", 8))
    assert {"2020-07": 5.0, "2020-08": 7.0, "2020-09": 8.0} == dropped.read()
    assert "1 row gives a figure that a later file gives as well; the later one counts" in dropped.said


def test_a_later_file_that_takes_a_figure_back_leaves_none(tmp_path):
    dropped = Dropped(tmp_path, "take: all")
    dropped.put("a.csv", ("2020-08", 5))
    dropped.put("b.csv", ("2020-08", ""))
    assert {} == dropped.read()


def test_095_two_rows_of_one_file_that_differ_contradict_one_another_as_ever(tmp_path):
    dropped = Dropped(tmp_path, "take: all")
    dropped.put("a.csv", ("2020-08", 5))
    dropped.put("b.csv", ("2020-08", 6), ("2020-08", 7))
    assert {} == dropped.read()
    assert "conflict" in dropped.reasons.values()
    assert "figures/in/b.csv:3:1: error[conflict]: rows 2 and 3 differ for m in force" in dropped.said


def test_what_can_hardly_be_meant_is_named_with_its_own_file_and_row(tmp_path):
    dropped = Dropped(tmp_path, "take: all")
    dropped.put("a.csv", ("2020-07", 5), ("2020-08", -6))
    dropped.put("b.csv", ("2020-09", -7))
    dropped.read()
    assert (
        "figures/in/a.csv:3:1: warning[beyond-bounds]: 2 figures are beyond what the measure can be: row 3, m"
        in dropped.said
    )
    assert "figures/in/b.csv row 2, m force 2020-09" in dropped.said


def test_days_of_publication_in_names_make_revisions(tmp_path):
    dropped = Dropped(tmp_path, "take: all", "fixed: {published: file_name}")
    dropped.put("calls-2020-09-14.csv", ("2020-08", 5))
    dropped.put("calls-2020-10-02.csv", ("2020-08", 6))
    dropped.put("calls-2020-11-02.csv", ("2020-08", 9))  # not known yet
    assert {"2020-08": 6.0} == dropped.read()


def test_periods_in_names_are_those_of_each_file(tmp_path):
    dropped = Dropped(tmp_path, "take: all", "fixed: {measure: m, period: file_name}")
    for month, value in (("2020-08", 5), ("2020-09", 6)):
        dropped.put(f"crime_{month}.csv", text=f"area,value\nforce,{value}\n")
    assert {"2020-08": 5.0, "2020-09": 6.0} == dropped.read()


def test_what_is_wrong_is_named_with_its_own_file_and_row(tmp_path):
    dropped = Dropped(tmp_path, "take: all")
    dropped.put("a.csv", ("2020-07", 5), ("2020-08", 6))
    dropped.put("b.csv", text="Title\nmeasure,area,period,value\nm,force,2020-09,7\nm,force,2020-06,about 8\n")
    assert {"2020-07": 5.0, "2020-08": 6.0, "2020-09": 7.0} == dropped.read()
    assert "figures/in/b.csv:4:" in dropped.said and 'row 4, column value: "about 8" is no number' in dropped.said


def test_files_may_have_columns_of_their_own_in_their_own_order(tmp_path):
    dropped = Dropped(tmp_path, "take: all")
    dropped.put("a.csv", text="value,period,area,measure,note\n5,2020-07,force,m,New system\n")
    dropped.put("b.csv", ("2020-08", 6))
    assert {"2020-07": 5.0, "2020-08": 6.0} == dropped.read()


def test_files_of_several_kinds_are_read_each_as_its_own(tmp_path):
    dropped = Dropped(tmp_path, 'take: all, files: "*"')
    dropped.put("a.csv", ("2020-07", 5))
    dropped.put("b.txt", ("2020-08", 6))
    pl.DataFrame({"measure": ["m"], "area": ["force"], "period": ["2020-09"], "value": [7.5]}).write_parquet(
        dropped.inbox / "c.parquet"
    )
    assert {"2020-07": 5.0, "2020-08": 6.0, "2020-09": 7.5} == dropped.read()


@pytest.mark.parametrize("name", [".hidden.csv", "~lock.csv", "z.csv.part", "z.tmp", "z.CRDOWNLOAD"])
def test_109_what_others_are_still_writing_is_left_alone(tmp_path, name):
    dropped = Dropped(tmp_path, 'files: "*"')
    dropped.put("a.csv", ("2020-08", 5))
    dropped.put(name, ("2020-08", 99))
    assert {"2020-08": 5.0} == dropped.read()


def test_108_a_newest_file_that_cannot_be_read_is_not_replaced_by_an_older_one(tmp_path):
    dropped = Dropped(tmp_path)
    dropped.put("a.csv", ("2020-08", 5))
    dropped.put("b.csv", text="")
    assert {} == dropped.read()
    assert "b.csv: the file is empty" in dropped.said


def test_workbooks_that_are_dropped_are_read_from_their_sheet_header_and_range(tmp_path):
    dropped = Dropped(tmp_path, 'files: "*", take: all, sheet: Data, header: 3, range: "B2:E9"')
    titles = [["Other sheet"]], [[], [None, "Offences"], [None, "measure", "area", "period", "value"]]

    def book(name, *rows):
        more = lambda book: [page := book.create_sheet("Data"), *map(page.append, [*titles[1], *rows])]  # noqa: E731
        (dropped.inbox / name).write_bytes(xlsx(titles[0], sheet="Cover", more=more))

    book("2020-08.xlsx", [None, "m", "force", "2020-08", 1], [None, "m", "force", "2020-07", 2])
    book("2020-09.xlsx", [None, "m", "force", "2020-09", 3], [None, "m", "force", "2020-07", "about 2"])
    dropped.put("2020-10.csv", ("2020-06", 4))

    assert {"2020-06": 4, "2020-08": 1, "2020-09": 3} == dropped.read()
    assert "2020-09.xlsx:5:5: error[refused-cell]: row 5, column E" in dropped.said.replace("sheet Data, ", "")


@pytest.mark.parametrize("settings", ["sheet: Data", 'files: "*.csv", header: 3', 'files: "*.parquet", range: "A:N"'])
def test_a_sheet_of_files_that_have_none_is_a_mistake(tmp_path, settings):
    folder = a_folder(tmp_path, {"r.yaml": RULES.format(settings=settings, keys="missing: []")})
    said = "\n".join(map(str, load_rules(folder, shown_as="rules").problems))
    assert 'are none; write files: "*.xlsx"' in said


def test_an_ending_that_nothing_reads_is_named(tmp_path):
    dropped = Dropped(tmp_path, 'files: "*"')
    dropped.put("z.docx", text="x")
    assert {} == dropped.read()
    assert "z.docx: nothing reads files with this ending; there are: csv" in dropped.said


def test_111_a_link_that_leads_out_is_refused_and_one_inside_is_read(tmp_path):
    dropped = Dropped(tmp_path)
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_text(HEADER + rows(("2020-08", 5)))
    (dropped.inbox / "b.csv").symlink_to(elsewhere)
    assert {} == dropped.read()
    assert "lies outside" in dropped.said
    (dropped.inbox / "b.csv").unlink()
    kept = dropped.put("../old/kept.csv", ("2020-08", 6))
    (dropped.inbox / "b.csv").symlink_to(kept)
    assert {"2020-08": 6.0} == dropped.read()


def test_111_a_folder_that_is_a_link_out_is_refused(tmp_path):
    dropped = Dropped(tmp_path)
    dropped.inbox.rmdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.csv").write_text(HEADER + rows(("2020-08", 5)))
    dropped.inbox.symlink_to(tmp_path / "other")
    assert {} == dropped.read()
    assert "lies outside" in dropped.said


def test_111_folders_pipes_and_links_to_nothing_are_no_files(tmp_path):
    dropped = Dropped(tmp_path)
    dropped.put("a.csv", ("2020-08", 5))
    (dropped.inbox / "b.csv").mkdir()
    os.mkfifo(dropped.inbox / "c.csv")
    (dropped.inbox / "d.csv").symlink_to(dropped.inbox / "nothing.csv")
    assert {"2020-08": 5.0} == dropped.read()


def test_105_thousands_of_old_files_are_looked_at_by_name_only(tmp_path, monkeypatch):
    dropped = Dropped(tmp_path)
    for n in range(3000):
        (dropped.inbox / f"load-{n}.csv").touch()
    dropped.put("load-3000.csv", ("2020-08", 5))
    assert {"2020-08": 5.0} == dropped.read()
    monkeypatch.setattr(drop, "MOST_FILES", 3000)
    every = Source(id="s", kind="drop", settings={"drop": {"folder": "figures/in", "take": "all"}})
    with pytest.raises(SourceUnavailable, match="3,001 files, and no more than 3,000 are read; move old ones away"):
        DropSource().read(every, [dropped.folder])


def test_109_a_file_that_is_being_written_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(whole, "LOOK_S", 0.01)
    monkeypatch.setattr(whole, "QUIET_S", 60.0)
    dropped = Dropped(tmp_path)
    path = dropped.put("a.csv", text=HEADER + "m,force,2020-08,5")  # 5, or 57?
    looked = threading.Event()
    read_whole = whole._read

    def read(*asked):
        looked.set()
        return read_whole(*asked)

    monkeypatch.setattr(whole, "_read", read)

    def finish():
        looked.wait()
        with path.open("a") as file:
            file.write("7\n")

    writer = threading.Thread(target=finish)
    writer.start()
    found = dropped.read()
    writer.join()
    assert {"2020-08": 57.0} == found


def test_a_new_file_is_other_content_and_an_older_one_is_not(tmp_path):
    dropped = Dropped(tmp_path)
    source = Source(id="s", kind="drop", settings={"drop": {"folder": "figures/in"}})
    dropped.put("b.csv", ("2020-08", 5))
    before = DropSource().content(source, [dropped.folder])
    dropped.put("a.csv", ("2020-08", 6))
    assert (
        before
        == DropSource().content(source, [dropped.folder])
        == DropSource().read(source, [dropped.folder]).content()
    )
    dropped.put("c.csv", ("2020-08", 5))
    assert before != DropSource().content(source, [dropped.folder])
