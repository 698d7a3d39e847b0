"""One cell at a time: which spellings are a figure, which are none, which are withheld, and which are refused."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples.worlds import a_folder, an_engine

from alerting.domain.spellings import Spellings, Times
from alerting.figures.cells import SIGNS, cell_in, number_column

AS_OF = date(2020, 10, 7)
RULES = """
topics: [{id: t, title: Topic, owner: boss}]
sources: {s: {csv: f.csv, owner: boss%(source)s}}
areas:
  - {id: force, title: West Mercia, kind: policing, owner: boss}
  - {id: north, title: North, parent: force}
  - {id: south, title: South, parent: force}
owners: [{id: boss, name: Boss, email: boss@example.org}]
measures: [{id: m, title: Measure, topic: t, unit: %(unit)s, better: lower, every: month, source: s%(measure)s}]
rules: [{id: r, title: Rule, measures: m, when: %(when)s}]
"""
PLAIN = {"source": "", "unit": "count", "measure": "", "when": "{target_missed: {at_most: 100}}"}


def answer(tmp_path, rows, header="measure,area,period,value", *, every=False, as_of=AS_OF, **changes):
    files = {"r.yaml": RULES % (PLAIN | changes), "f.csv": "\n".join([header, *rows, ""])}
    engine = an_engine(a_folder(tmp_path / "rules", files), tmp_path / "state", as_of)
    return engine.enquiries.evaluate(as_of, every_period=every, text="all")


def told(result, area="force"):
    shown = [one.finding for one in result.found if one.finding.area == area]
    return [(str(one.period), one.value, one.reason and one.reason.value) for one in shown]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234", 1234.0), ("12,345,678.5", 12345678.5), ("-1,234", -1234.0), ("1\N{NO-BREAK SPACE}234", 1234.0),
        ("1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567", 1234567.0), ("1\N{THIN SPACE}234.5", 1234.5),
        ("\N{NO-BREAK SPACE}7\N{NO-BREAK SPACE}", 7.0), ("\N{MINUS SIGN}5", -5.0), ("+5", 5.0), ("0500", 500.0), ("1e3", 1000.0),
    ],
)  # fmt: skip
def test_a_number_is_read_in_every_way_that_people_write_it(text, number):
    assert (number, "") == (cell_in(text).number, SIGNS[cell_in(text).sign])


@pytest.mark.parametrize(
    "text",
    [
        "0,500", "00,123", "0,500.5", "-0,500", "1,23,456", "1,2345", ",500", "1,234,56", "1 234", "1,234\N{NO-BREAK SPACE}567",
        "1.234,5", "12-", "- 5", "--5", "1_000", "0x10", "٣", "inf", "nan", "1e400", "5 5", "<5", "c", "x", ":", "~", "[p]",
        "[r] 5", "12 [note 1]", "12 [b]", "12 (e)", "(-5)", "-(5)", "()", "£", "£5%", "(5%)", "-£-5", "£5m", "5p", "££5", "£(£5)",
    ],
)  # fmt: skip
def test_anything_else_is_no_number(text):
    assert cell_in(text).number is None


@pytest.mark.parametrize(
    ("text", "number", "provisional"),
    [
        ("1,234 [r]", 1234.0, False), ("65 (p)", 65.0, True), ("15[p]", 15.0, True), ("12 [e]", 12.0, True), ("9 (r)", 9.0, False),
        ("9 [P]", 9.0, True), ("9 [r] [p]", 9.0, True), ("83% [p]", 83.0, True), ("(12) [p]", -12.0, True),
    ],
)  # fmt: skip
def test_marks_behind_a_figure_are_read(text, number, provisional):
    assert (number, provisional) == (cell_in(text).number, cell_in(text).provisional)


@pytest.mark.parametrize("text", ["", " ", "-", "N/A", "n/a", "not available", "[x]", "[z]", "[X]", "..", " .. "])
def test_what_stands_for_nothing_is_missing_and_not_withheld(text):
    assert (True, False) == (cell_in(text).number != cell_in(text).number, cell_in(text).suppressed)


@pytest.mark.parametrize("text", ["[c]", "[low]", "*", "[C]", " [c] "])
def test_what_stands_for_a_withheld_figure_is_suppressed(text):
    assert cell_in(text).suppressed


@pytest.mark.parametrize("text", ["supp.", "c", "<5", "-1", "-1.0", "999", "\N{MINUS SIGN}1", " c "])
def test_a_source_may_declare_its_own_marks_numbers_among_them(text):
    assert cell_in(text, ("supp.", "c", "<5", "-1", "999")).suppressed


def test_a_declared_number_is_a_mark_in_a_column_of_numbers_too():
    column = number_column(pl.Series([1.0, None, 999.0]), ("999",))
    assert [False, False, True] == column.suppressed.tolist()


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("£795.3", 795.3), ("-£5", -5.0), ("£-5", -5.0), ("\N{MINUS SIGN}£5", -5.0), ("(£12)", -12.0), ("£(12)", -12.0),
        ("(12)", -12.0), ("(1,234.5)", -1234.5), ("£ 1,000", 1000.0), ("£1,000 [p]", 1000.0),
    ],
)  # fmt: skip
def test_money_is_read_as_books_have_it(tmp_path, cell, value):
    result = answer(tmp_path, [f'm,force,2020-09,"{cell}"'], unit="currency")
    assert ([("2020-09", value, None)], False) == (told(result), result.has_errors)


@pytest.mark.parametrize(
    ("unit", "cell", "fix"),
    [
        ("count", "(12)", "write a minus"), ("count", "£12", "unit is not currency"), ("percent", "£12", "unit is not currency"),
        ("currency", "€12", "currency is GBP"), ("currency", "12%", "unit is not percent"), ("count", "<5", 'missing: ["<5"]'),
        ("count", "c", 'missing: ["c"]'), ("count", "0,500", "write a number like 1234.5"),
    ],
)  # fmt: skip
def test_what_a_unit_may_not_carry_is_refused_with_what_to_do(tmp_path, unit, cell, fix):
    result = answer(tmp_path, [f'm,force,2020-09,"{cell}"'], unit=unit)
    (problem,) = result.problems
    assert [("2020-09", None, "refused")] == told(result)
    assert f'"{cell}" is no number' in problem.message
    assert fix in problem.fix


def test_a_sign_of_another_currency_is_read_where_the_measure_is_in_it(tmp_path):
    result = answer(tmp_path, ["m,force,2020-09,€12"], unit="currency, currency: EUR")
    assert [("2020-09", 12.0, None)] == told(result)


def test_a_cell_of_too_large_a_number_is_quoted_as_it_stands(tmp_path):
    result = answer(tmp_path, ["m,force,2020-08,5", "m,force,2020-09,1E400x"])
    assert '"1E400x" is no number' in result.problems[0].message


def test_a_withheld_figure_is_nobodys_mistake(tmp_path):
    rows = ["m,force,2020-08,5", "m,force,2020-09,[c]"]
    result = answer(tmp_path, rows)
    assert [("2020-09", None, "suppressed")] == told(result)
    assert ((), False) == (tuple(result.problems), result.has_errors)
    assert "withholds" in result.found[0].finding.text


def test_a_withheld_figure_came(tmp_path):
    """It is neither late nor a reason to ask for it."""
    rows = ["m,force,2020-08,5", "m,force,2020-09,[c]"]
    assert [("2020-09", None, "suppressed")] == told(answer(tmp_path, rows, measure=", expected: 2 days"))
    fresh = answer(tmp_path, rows, measure=", expected: 2 days", when="{not_fresh: {}}")
    assert "normal" == fresh.found[0].finding.state.word


def test_a_figure_whose_parts_are_withheld_is_withheld_where_no_value_is_printed(tmp_path):
    rows = ["m,force,2020-09,,[c],40", "m,north,2020-09,75,[c],40"]
    result = answer(tmp_path, rows, "measure,area,period,value,numerator,denominator", unit="percent")
    assert [("2020-09", None, "suppressed")] == told(result)
    assert [("2020-09", 75.0, None)] == told(result, "north")


def test_a_parent_is_not_added_up_of_a_withheld_figure(tmp_path):
    rows = ["m,north,2020-09,5", "m,south,2020-09,*"]
    assert [("2020-09", None, "suppressed")] == told(answer(tmp_path, rows, measure=", roll_up: sum"))


@pytest.mark.parametrize(
    ("measure", "when"),
    [
        ("", "{target_missed: {at_most: 100}}, every: quarter"),
        (", rolling: 3 months", "{target_missed: {at_most: 100}}"),
    ],
    ids=["quarter", "rolling"],
)
def test_no_quarter_and_no_window_is_added_up_of_a_withheld_figure(tmp_path, measure, when):
    rows = ["m,force,2020-07,5", "m,force,2020-08,[c]", "m,force,2020-09,6"]
    ((_, value, reason),) = told(answer(tmp_path, rows, measure=measure, when=when))
    assert (None, "suppressed") == (value, reason)


@pytest.mark.parametrize(
    ("row", "reason"),
    [("m,force,2020-08,500,x1,1000", "refused"), ("m,force,2020-08,[c],500,1000", "suppressed")],
)
def test_what_is_refused_or_withheld_is_cited_nowhere(tmp_path, row, reason):
    rows = ["m,force,2020-07,40,,", row, "m,force,2020-09,30,,"]
    result = answer(tmp_path, rows, "measure,area,period,value,numerator,denominator", every=True)
    assert [40.0, None, 30.0] == [value for _, value, _ in told(result)]
    assert [None, reason, None] == [why for _, _, why in told(result)]
    assert "500" not in " ".join(one.finding.text for one in result.found)


def test_a_marked_figure_is_provisional(tmp_path):
    result = answer(tmp_path, ["m,force,2020-08,5 [r]", "m,force,2020-09,6 (p)"], every=True)
    assert [False, True] == [one.finding.provisional for one in result.found]


def test_a_column_in_which_a_month_and_a_year_are_written_alike_is_refused_where_it_is_doubtful(tmp_path):
    """2010-11 is November only while no 2012-13 stands beside it; a year is the figure of no month."""
    rows = ["m,force,2010-11,1090", "m,force,2012-13,1130", "m,force,2012-04,95"]
    result = answer(tmp_path, rows, every=True, as_of=date(2013, 5, 1))
    assert [("2012-04", 95.0)] == [one[:2] for one in told(result) if one[1] is not None]
    (problem,) = result.problems
    assert ("bad-period", 2) == (problem.code, problem.place.line)
    assert (
        "'2010-11' could be November 2010 or the year 2010/11: '2012-13' stands in the same column" in problem.message
    )


def test_dates_beside_one_that_is_month_first_are_refused(tmp_path):
    result = answer(tmp_path, ["m,force,06/01/2020,5", "m,force,06/30/2020,6"])
    assert [] == [one for one in told(result) if one[1] is not None]
    assert [2, 3] == [problem.place.line for problem in result.problems if problem.code == "bad-period"]


@pytest.mark.parametrize(
    ("published", "says"),
    [
        ("2020-10", "is a month, not a day"), ("2020/21", "is a year, not a day"), ("9999/00", "year 10000 is out of range"),
        ("10/31/2020", "dates are read day first, and there is no month 31; write 2020-10-31"), ("soon", "'soon' is no period"),
    ],
)  # fmt: skip
def test_the_day_of_publication_is_a_day(tmp_path, published, says):
    """A month is none: its figures would be known before they were."""
    rows = [f"m,force,2020-09,9,{published}", f"m,force,2020-08,8,{published}", "m,force,2020-07,7,"]
    result = answer(tmp_path, rows, "measure,area,period,value,published", every=True)
    (problem,) = result.problems
    assert ("2020-07", 7.0, None) in told(result)
    assert [] == [one for one in told(result) if one[1] in {8.0, 9.0}]
    assert says in problem.message
    assert problem.message.endswith("; 2 figures are not used")


def test_a_day_of_publication_beside_one_that_is_month_first_is_refused(tmp_path):
    rows = ["m,force,2020-09,9,10/01/2020", "m,force,2020-08,8,09/30/2020"]
    result = answer(tmp_path, rows, "measure,area,period,value,published")
    assert [9.0, 8.0] != [one[1] for one in told(result)]
    assert ["bad-date", "bad-date"] == [one.code for one in result.problems if one.code == "bad-date"]


@given(
    number=st.integers(-(10**9), 10**9), decimals=st.integers(0, 3), separator=st.sampled_from(["", ",", "\N{NO-BREAK SPACE}"]),
    minus=st.sampled_from(["-", "\N{MINUS SIGN}"]), mark=st.sampled_from(["", "[r]", " [p]", " (p)", "[e] [r]"]),
    percent=st.sampled_from(["", "%", " %"]), blanks=st.sampled_from(["", " ", "\N{NO-BREAK SPACE}", "\t"]),
)  # fmt: skip
def test_every_accepted_spelling_is_read_to_the_number_it_was_made_of(
    number, decimals, separator, minus, mark, percent, blanks
):
    value = number / 10**decimals
    digits = f"{abs(value):,.{decimals}f}".replace(",", separator)
    cell = cell_in(f"{blanks}{minus if value < 0 else ''}{digits}{percent}{mark}{blanks}")
    assert (value, "%" if percent else "") == (cell.number, SIGNS[cell.sign])
    assert ("p" in mark or "e" in mark) == cell.provisional


@given(st.text(alphabet="0123456789,.-+()%£<>* \N{NO-BREAK SPACE}", max_size=10))
def test_what_is_read_is_never_shifted_by_a_point_or_cut_at_a_comma(text):
    cell = cell_in(text)
    digits = "".join(c for c in text if c in "0123456789.")
    assert cell.number is None or cell.number != cell.number or float(digits) == abs(cell.number)


SAID = Spellings(flags=frozenset({"b", "p", "est."}), minus_behind=True, times=Times.MINUTES_SECONDS)


@pytest.mark.parametrize(
    ("text", "number", "provisional"),
    [
        ("7.9 b", 7.9, False), ("7.9 bp", 7.9, True), ("7.9 b, p", 7.9, True), ("7.9\N{NO-BREAK SPACE}P", 7.9, True),
        ("1,234 Est.", 1234.0, False), ("12- b", -12.0, False), ("1,234.50-", -1234.5, False), ("12 -", -12.0, False),
        ("26:30", 1590.0, False), ("1:02:03.5", 3723.5, False), ("-0:30", -30.0, False), ("100:00:00 p", 360_000.0, True),
    ],
)  # fmt: skip
def test_what_a_source_declares_is_read_and_without_it_refused(text, number, provisional):
    read = cell_in(text, (), SAID)
    assert (number, provisional) == (read.number, read.provisional)
    assert cell_in(text).number is None


@pytest.mark.parametrize(
    "text", ["7.9 x", "7.9b", "7.9 bx", "b", "-12-", "--", "1:60", "26:30:99", ":30", "1:2", "1:2:3:4", "5-6"]
)
def test_what_is_not_quite_as_declared_is_refused(text):
    assert cell_in(text, (), SAID).number is None


def test_a_mark_for_a_withheld_figure_may_have_a_flag_and_a_flag_may_be_such_a_mark():
    assert cell_in(": b", [":"], SAID) == cell_in(":", [":"])
    assert cell_in("5 b", ["5 b"], SAID).suppressed


@pytest.mark.parametrize(
    ("unit", "cell", "keys", "fix"),
    [
        ("seconds", "00:04:32", "", "times: h:mm:ss"), ("count", "00:04:32", ", times: h:mm:ss", "give the measure unit: seconds"),
        ("minutes", "26:30", ", times: h:mm:ss", "or mm:ss"), ("count", "12-", "", "give it minus: behind"),
        ("count", "7.9 b", "", 'flags: ["b"]'), ("count", "7.9 b", ", flags: [p]", 'flags: ["b"]'),
    ],
)  # fmt: skip
def test_a_figure_written_otherwise_is_refused_with_the_key_that_it_wants(tmp_path, unit, cell, keys, fix):
    result = answer(tmp_path, [f'm,force,2020-09,"{cell}"'], unit=unit, source=keys)
    (problem,) = result.problems
    assert [("2020-09", None, "refused")] == told(result)
    assert fix in problem.fix
