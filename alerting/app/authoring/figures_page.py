"""The page for those who give figures: what a source may hold. What is read as what is asked of the readers themselves."""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from alerting.domain.measure import Measure, Polarity, Unit
from alerting.domain.period import Calendar, PeriodError, PeriodKind
from alerting.domain.source_columns import MISSING, NUMBER_COLUMNS, REQUIRED, SUPPRESSED, WORD_COLUMNS
from alerting.domain.spellings import AS_USUAL, Spellings, Times
from alerting.figures.cells import number_column
from alerting.figures.number_columns import FINAL, PROVISIONAL, allowed_signs, in_own_units
from alerting.plugins import discover

#: Spellings of periods, by the kind of the measure; the page shows what each is read as.
_PERIODS = {
    PeriodKind.DAY: ("2020-09-14", "14/09/2020", "14-Sep-20", "14 September 2020", "2020-09-14T09:30:00", "44088", "09/14/2020"),
    PeriodKind.WEEK: ("2020-W38", "2020 W38", "2020-09-14", "14/09/2020"),
    PeriodKind.MONTH: (
        "2020-09", "202009", "Sep-20", "Sept 2020", "September 2020", "Sep 2020/21", "2020 SEP", "01/09/2020", "30/09/2020",
        "30.09.2020", "2020M09", "09/2020", "44075", "MSitAE-SEPTEMBER-2020", "P06", "6 2020/21",
    ),
    PeriodKind.QUARTER: (
        "2020/21-Q2", "2020/21 Q2", "Q2 2020/21", "Q2 2020-21", "Qtr 2 20/21", "July to September 2020", "Jul-Sep 2020",
        "30/09/2020", "2020-Q2",
    ),
    PeriodKind.YEAR: ("2020/21", "2020/2021", "2020-21", "202021", "2020", "31/03/2021"),
}  # fmt: skip
#: Cells of a column of numbers, with the unit they are read on.
_CELLS = (
    ("1234.5", Unit.COUNT), ("1,234", Unit.COUNT), ("1 234", Unit.COUNT), ("0,500", Unit.COUNT), ("1.2e3", Unit.COUNT),
    ("-12", Unit.NUMBER), ("\N{MINUS SIGN}12", Unit.NUMBER), ("(12)", Unit.CURRENCY), ("(12)", Unit.COUNT),
    ("1,234.50-", Unit.CURRENCY),
    ("83%", Unit.PERCENT), ("83%", Unit.COUNT), ("£795.3", Unit.CURRENCY), ("£795.3", Unit.COUNT), ("1,234 [r]", Unit.COUNT),
    ("65 (p)", Unit.COUNT), ("15 [e]", Unit.COUNT), ("[c]", Unit.COUNT), ("[x]", Unit.COUNT), ("<5", Unit.COUNT),
    ("7.3 p", Unit.NUMBER), ("00:04:32", Unit.SECONDS), ("about 12", Unit.COUNT), ("inf", Unit.COUNT),
)  # fmt: skip
#: Cells that are read where the source declares how it writes: with its keys, and the unit they are read on.
_DECLARED = (
    ("7.9 b", "flags: [b, p]", Spellings(flags=frozenset("bp")), Unit.NUMBER),
    ("7.9 bp", "flags: [b, p]", Spellings(flags=frozenset("bp")), Unit.NUMBER),
    ("1,234.50-", "minus: behind", Spellings(minus_behind=True), Unit.CURRENCY),
    ("00:04:32", "times: h:mm:ss", Spellings(times=Times.HOURS_MINUTES_SECONDS), Unit.SECONDS),
    ("26:30", "times: mm:ss", Spellings(times=Times.MINUTES_SECONDS), Unit.MINUTES),
    ("102:30", "times: h:mm", Spellings(times=Times.HOURS_MINUTES), Unit.MINUTES),
)
_OPENING = """\
# Your figures

Made by `alerting schema --figures` from the readers of figures. For whoever gives the figures: what a file may hold, how it
is read, and what to do where it is refused. `alerting figures columns SOURCE` shows how one file is read, column by column.

A source gives one row a figure: which measure, which area, which period, and the number. What is open to doubt is never
guessed: that cell, row or file is refused, with its file, row, column and what was found, and the rest is read.

```text
measure,area,period,value,note
calls-999-answered-10s,west-mercia,2020-08,86.4,
calls-999-answered-10s,west-mercia,2020-09,83.0,"New telephone system, from 14 September"
```
"""
#: What a table may be like beside its cells, and what to do about it.
_LAYOUTS = (
    (
        "periods side by side, a column each",
        "`wide: {periods: header}` in the source; `YTD` and the like are left out and named",
    ),
    ("years above their months or quarters", "the same: both rows are one header, merged or not"),
    ("measures or areas side by side", "`wide: {measures: header}` or `wide: {areas: header}`"),
    (
        "one of them above another, in two rows: months above measures",
        "`wide: {periods: header, measures: header}`, the upper one first; any other pair likewise",
    ),
    (
        "metadata above, no header (a time series of the ONS)",
        "`wide: {measures: header}` with the first row for the header: `columns: {period: Title}`, and its title under `names`",
    ),
    (
        "a matrix of Power BI, months above the measure's name",
        "`wide: {periods: header}`; the areas stand under the top left cell: `columns: {area: Month}`",
    ),
    ("one of two row fields", "`header: 1`; the inner field is the second column: `columns: {area: column B}`"),
    ("a column without a heading", "its letter on the sheet, in a text file too: `columns: {area: column A}`"),
    ("a file of one measure or one area", "`fixed: {measure: calls-999}` in the source"),
    ("a table somewhere on a sheet", '`sheet: Data`, `header: 3`, `range: "A3:N200"`; two tables are two sources'),
    ("titles and remarks above the header", "nothing: what is above the header is left out, and that is said"),
    ("headings of your own", "`columns: {value: Number of offences}` in the source"),
    (
        "a mapped column beside one of our name",
        "nothing: the mapped one is read wherever it stands; the other is named",
    ),
    (
        "a period in several columns",
        "`columns: {period: [year, month]}`; also quarter or week beside a year, or month and day",
    ),
    ("a period in the file's name alone", "`fixed: {period: file_name}`: `crime_2020-09.csv` is of September 2020"),
    ("a day of publication in the file's name", "`fixed: {published: file_name}`: `crime_2020-10-14.csv`"),
    ("amounts in thousands or millions", "`scale: thousand` in the source; percents, rates and times stay as they are"),
    ("loads that may be cut short", "`rows: at least 200`: with fewer nothing is used, and the source's owner is told"),
    ("names of your own", '`names: {"999 answered within 10 s": calls-999-answered-10s}` in the source'),
    (
        "totals at the foot, other geographies",
        "nothing: what no measure and area claims is counted, named and left out",
    ),
    (
        "a grand total without a period",
        "nothing: it is left out and named, where it says `Total` or names nothing; a row with a name is refused",
    ),
    ("two rows for one figure", "equal ones are one; else give the newer one a later day in `published`"),
)


def figures_page() -> str:
    """Return the page as Markdown."""
    parts = (_OPENING, _columns(), _periods(), _numbers(), _flags(), _files(), _layouts(), _refused())
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _columns() -> str:
    needed = dict.fromkeys(REQUIRED, "needed") | {"value": "needed, or both parts"}
    rows = [
        (f"`{column.name}`", column.holds, needed.get(column.name, ""), column.meaning)
        for column in (*WORD_COLUMNS, *NUMBER_COLUMNS)
    ]
    return f"""## Columns

In any order, under these headings (in any letters; spaces for `_` are fine) or others that the source's `columns` map. Any other
column of numbers can be a target or plan by its name; columns of words that nothing reads are left alone.

{_table(("column", "holds", "", "meaning"), rows)}"""


def _periods() -> str:
    calendar = Calendar()
    text = "## Periods\n\nThe financial year starts in April unless the schedule says otherwise. Dates are day first.\n"
    for kind, spellings in _PERIODS.items():
        rows = [(f"`{spelling}`", _period(calendar, spelling, kind)) for spelling in spellings]
        text += f"\nOn a measure that comes every {kind.value}:\n\n{_table(('written', 'read as'), rows)}"
    return text


def _period(calendar: Calendar, spelling: str, kind: PeriodKind) -> str:
    try:
        return f"`{calendar.parse(spelling, kind)}`"
    except PeriodError as error:
        return f"refused: {error}"


def _numbers() -> str:
    rows = [(f"`{cell}`", unit.value, _cell(cell, unit)) for cell, unit in _CELLS]
    missing = ", ".join(f"`{text}`" for text in sorted(MISSING) if text)
    withheld = ", ".join(f"`{text}`" for text in sorted(SUPPRESSED))
    return f"""## Numbers

{_table(("written", "unit", "read as"), rows)}
Empty cells and {missing} (in any letters) are no figure. {withheld}, and what the source's `missing: […]` lists, are figures that
are withheld; `missing:` is for those alone: whatever is listed there is told as a figure that is withheld.
Percents hold 83 or 83.0 for 83 %, never 0.83.

Where a source says so, figures are read that are refused else:

{_table(("written", "in the source", "read as"), map(_declared, _DECLARED))}
"""


def _declared(one: tuple[str, str, Spellings, Unit]) -> tuple[str, str, str]:
    cell, keys, spellings, unit = one
    return f"`{cell}`", f"`{keys}`", f"{_cell(cell, unit, spellings)} ({unit.value})"


def _cell(cell: str, unit: Unit, spellings: Spellings = AS_USUAL) -> str:
    column = number_column(pl.Series([cell]), (), spellings)
    measure = Measure(
        id="m", title="M", topic="t", unit=unit, better=Polarity.NEITHER, every=PeriodKind.MONTH, currency="GBP"
    )
    in_own_units(column, np.zeros(1, dtype=np.int32), [measure])
    sign = int(column.signs[0])
    if column.refused[0] or not allowed_signs([measure], change=False)[0, sign]:
        return "refused"
    if column.suppressed[0]:
        return "withheld: no figure, reason `suppressed`"
    if np.isnan(column.values[0]):
        return "no figure"
    return f"{column.values[0]:.15g}{', provisional' if column.provisional[0] else ''}"


def _flags() -> str:
    yes, no = (", ".join(f"`{word}`" for word in words if len(word) > 1) for words in (PROVISIONAL, FINAL))
    return f"""## Provisional or final

In the column `provisional`, in any letters: {yes} say that a figure may still change; {no} and an empty cell that it is final.
Anything else is taken as provisional, with a warning.
"""


def _files() -> str:
    text = "## Files\n"
    for kind, source in discover("alerting.sources", "kind").items():
        text += f"\n`{kind}`:\n\n{_table(('what', 'how it is read'), source.ways)}"  # type: ignore[attr-defined]
    return text


def _layouts() -> str:
    return f"## Tables that are laid out otherwise\n\n{_table(('what', 'what to do'), _LAYOUTS)}"


def _refused() -> str:
    rows = [
        (
            "a cell that is no number",
            "that figure alone: `no_data`, reason `refused`",
            "mend the cell, or leave it empty",
        ),
        (
            "a sign that its unit has not (`5%` on a count)",
            "that figure alone",
            "drop the sign, or mend the measure's unit",
        ),
        ("a number split by its own comma (`1,090` without quotation marks)", "that row", 'write 1090, or `"1,090"`'),
        (
            "a period counted from a month that nobody says (`P06`, `006`)",
            "that row",
            "number months 1 to 12 from January, or name them",
        ),
        ("a period that cannot be read", "that row", "write it in one of the ways above"),
        ("rows for one figure that differ", "that figure: reason `conflict`", "keep the right one, or add `published`"),
        ("a quotation mark that is left open", "the whole file", "close it, or write two where one is meant"),
        ("decimals that can be read two ways", "the whole file", "`decimal: comma` (or `point`) in the source"),
        ("a column that is missing or stands twice", "the whole file", "rename it, or map it under `columns`"),
        ("characters of no known encoding", "the whole file", "save it as CSV UTF-8"),
        ("a name that nothing claims", "nothing: those rows are left out, counted and named", "map it under `names`"),
    ]
    return f"""## What is refused, and how to mend it

{_table(("what", "what is refused", "what to do"), rows)}
A number is taken for a split one, between commas alone, where a row has cells too many with a number among them; or where
one to three digits stand left of a cell of three that begins with 0 (`1,090`), or of any three in a column that else holds
words or has no heading. A file that one cannot change: have it exported as a workbook, with semicolons, or without signs of
thousands.

Commands exit with 1 where anything is refused; the source's owner is told once.
"""
