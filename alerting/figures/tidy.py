"""Tidy rows to observations: names matched, periods read, cells read or refused, with file, row, column and what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from alerting.domain.arrays import Flags, Index
from alerting.domain.columns_wanted import columns_wanted
from alerting.domain.measure import Measure
from alerting.domain.period import KINDS, PeriodError, PeriodKind
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.domain.source_columns import NUMBERS, holds_words, layout_of
from alerting.domain.titles import as_named
from alerting.domain.written_periods import TwoWays, read_two_ways
from alerting.errors import SourceIncomplete
from alerting.figures.cells import SIGNS, NumberColumn, number_column
from alerting.figures.claiming import Known, area_names, meant, measure_names
from alerting.figures.duplicates import variants
from alerting.figures.given_columns import as_it_stands, given_columns, period_text
from alerting.figures.header import column_at, said_of_columns
from alerting.figures.number_columns import (
    FINAL,
    PROVISIONAL,
    Numbers,
    Rows,
    allowed_signs,
    either,
    fix_of,
    in_own_units,
    scaled,
)
from alerting.figures.observations import Ints, Observations
from alerting.figures.one_line import on_one_line
from alerting.figures.superseded import in_later_files, said_of_superseded
from alerting.figures.total_rows import may_be_of_total, said_of_totals, totals_among
from alerting.ports import SourceTable
from alerting.spelling import MOST_COMPARISONS

#: Most problems of one kind that are listed one by one for a file; the rest is counted.
MOST_LISTED = 20


def observations_in(table: SourceTable, rules: RuleSet) -> tuple[Observations, list[Problem]]:
    """Read a source's rows.

    Raises:
        SourceIncomplete: a column that every source needs is not there.
    """
    return _Reader(table, rules).read()


@dataclass
class _Reader:
    table: SourceTable
    rules: RuleSet
    problems: list[Problem] = field(default_factory=list)
    comparisons: int = 0
    #: The table's columns and those that the source gives for every row.
    columns: Mapping[str, pl.Series] = field(default_factory=dict)
    #: Columns of numbers that mean something: ours, and those that rules name.
    meant: frozenset[str] = frozenset(NUMBERS)

    def read(self) -> tuple[Observations, list[Problem]]:
        """Match names, read periods and cells, and leave out what nothing claims."""
        self._settle_columns()
        measures = list(self.rules.measures.values())
        measure = self._names("measure", measure_names(self.rules, self.table.source))
        area = self._names("area", area_names(self.rules, self.table.source))
        claimed = (measure >= 0) & (area >= 0)
        self._say_nameless({"measure": measure == _BLANK, "area": area == _BLANK})
        kind, ordinal, moment = self._periods(measure, measures, claimed)
        published, published_ok = self._published(claimed)
        wanted = claimed & (ordinal != _NO_PERIOD) & published_ok
        superseded = in_later_files(self.table, [measure, area, kind, ordinal, published], wanted)
        self.problems += said_of_superseded(self.table, superseded)
        wanted &= ~superseded
        keep: Rows = slice(None) if wanted.all() else np.flatnonzero(wanted)
        numbers = self._numbers(measure, measures, keep)
        columns, suppressed, provisional = numbers.columns_and_marks()
        if source := self.rules.sources.get(self.table.source):
            columns = scaled(columns, measure[keep], measures, source.scale)
        note, texts = self._notes(keep)
        above = self.table.rows_above
        all_rows = range(above, len(wanted) + above)
        records = all_rows if isinstance(keep, slice) else keep.astype(np.int32) + above
        unread = [self.columns[name] for name in numbers.unread]
        variant = variants(
            [measure[keep], area[keep], kind[keep], ordinal[keep], published[keep]],
            None if moment is None else moment[keep],
            unread if isinstance(keep, slice) else [column.gather(keep) for column in unread],
        )
        observations = Observations(
            source=self.table.source, file=self.table.file, measure=measure[keep], area=area[keep], kind=kind[keep],
            ordinal=ordinal[keep], published=published[keep], columns=columns, refused=numbers.refused,
            suppressed=suppressed, provisional=either(self._provisional(keep), provisional), note=note, note_texts=texts,
            record=records, variant=variant, cell=self._cell, unread=tuple(numbers.unread),
            covers=self.table.covers, row_of=self.table.row_of, place_of=self.table.place_of,
        )  # fmt: skip
        return observations, self.problems

    def _settle_columns(self) -> None:
        """Take the source's columns, add what it gives for every row, and say what is odd about them."""
        source = self.rules.sources.get(self.table.source)
        fixed, parts = (source.fixed, source.parts) if source is not None else ({}, {})
        trouble = (
            layout_of(list(self.table.columns), {}, (*fixed, *parts)).trouble if self.table.layout is None else None
        )
        if trouble is not None:
            raise SourceIncomplete(f"{self.table.file}:1: {trouble}")
        given = given_columns(self.table, source) if source is not None else {}
        self.columns = {**self.table.columns, **given}
        wanted = [want for want in columns_wanted(self.rules) if want.source == self.table.source]
        self.meant |= {want.column for want in wanted}
        self.problems += said_of_columns(self.table, source, [want for want in wanted if want.column not in given])

    def _names(self, column: str, known: Known) -> Ints:
        """Return each row's place among *known* names, -1 where nothing claims it; count and name what is unclaimed."""
        series = self.columns[column]
        codes, names, _ = _coded(series)
        places = np.array([known.places.get(as_named(name), -1) for name in names] or [-1], dtype=np.int32)
        places[[n for n, name in enumerate(names) if not name.strip()]] = _BLANK
        found: Ints = places[codes]
        unknown = [(name, int((codes == n).sum())) for n, name in enumerate(names) if places[n] == -1]
        for name, count in unknown[:MOST_LISTED]:
            first = int(np.flatnonzero(codes == names.index(name))[0])
            rows = f"{count:,} row{'s' * (count != 1)}"
            self._say(
                first, column, f"unclaimed-{column}", ProblemSeverity.WARNING, f'no {column} claims {rows} of "{name}"',
                self._meant(name, column, known),
            )  # fmt: skip
        if len(unknown) > MOST_LISTED:
            rows_left = sum(count for _, count in unknown[MOST_LISTED:])
            more = f"no {column} claims {len(unknown) - MOST_LISTED:,} further names, {rows_left:,} rows"
            self._say(0, column, f"unclaimed-{column}", ProblemSeverity.WARNING, more, None)
        return found

    def _say_nameless(self, blank: Mapping[str, Flags]) -> None:
        """Count the rows with a figure that name no measure or no area; empty rows are not worth a word."""
        nameless = blank["measure"] | blank["area"]
        if not nameless.any():
            return
        rows = np.flatnonzero(nameless)
        filled = np.zeros(len(rows), dtype=bool)
        for name in self.meant & self.columns.keys():
            texts = self.columns[name].gather(rows).cast(pl.String).str.strip_chars()
            filled |= (texts.fill_null("") != "").to_numpy()
        for column in ("measure", "area"):
            mine = rows[filled & blank[column][rows]]
            if len(mine):
                many = f"{len(mine):,} rows have" if len(mine) > 1 else "1 row has"
                message = f"{many} a figure and no {column}; nothing claims {'them' if len(mine) > 1 else 'it'}"
                fix = f"write the {column}, or fixed: {{{column}: …}} in the source where the file is of one {column}"
                self._say(int(mine[0]), column, f"unclaimed-{column}", ProblemSeverity.WARNING, message, fix)

    def _meant(self, name: str, column: str, known: Known) -> str:
        """Say what a name that nothing claims may have meant, and what can be done about it."""
        self.comparisons += len(known.places)
        return meant(name, column, known, self.rules, compare=self.comparisons <= MOST_COMPARISONS)

    def _cell(self, record: int, column: str) -> str:
        """Return a cell as it stands; a column that was read as numbers has lost no more than zeros at either end."""
        found = self.columns[column][record - self.table.rows_above] if column in self.columns else None
        if isinstance(found, float):
            return np.format_float_positional(found, trim="-")
        return "" if found is None else as_it_stands(str(found))

    def _periods(
        self, measure: Ints, measures: Sequence[Measure], claimed: Flags
    ) -> tuple[np.ndarray, Ints, NDArray[np.int64] | None]:
        """Return kind and ordinal of each row's period, _NO_PERIOD where it cannot be read, and what date stood for it.

        The dates are None where no period is given by two of them.
        """
        codes, texts, keys = _coded(self.columns["period"])
        ranks = np.array([m.every.rank for m in measures] or [0], dtype=np.int64)
        if (ranks == ranks[0]).all():  # one kind for all measures: the usual case, and a quarter of the work
            pair, kinds_by_rank = codes, KINDS[int(ranks[0]) : int(ranks[0]) + 1]
        else:
            pair, kinds_by_rank = codes * len(KINDS) + ranks[np.maximum(measure, 0)], KINDS
        width = len(kinds_by_rank)
        used = np.zeros(max(len(texts), 1) * width, dtype=bool)
        used[keys if width == 1 and claimed.all() else pair[claimed]] = True
        kinds = np.zeros(len(used), dtype=np.int8)
        ordinals = np.full(len(used), _NO_PERIOD, dtype=np.int32)
        moments = np.zeros(len(used), dtype=np.int64)
        calendar = self.rules.calendar
        doubts = self._doubts(texts, np.flatnonzero(used), kinds_by_rank)
        for key in np.flatnonzero(used).tolist():
            text, kind = texts[key // width], kinds_by_rank[key % width]
            try:
                if (kind, text) in doubts:
                    raise calendar.contradicted(doubts[kind, text])
                period, moments[key] = calendar.moment(period_text(text, calendar, kind), kind)
            except PeriodError as error:
                self._without_period(error, text, np.flatnonzero(claimed & (pair == key)))
                continue
            kinds[key], ordinals[key] = period.kind.rank, period.ordinal
        dated = np.unique(np.stack([kinds, ordinals, moments])[:, moments > 0], axis=1)
        several = dated.shape[1] > np.unique(dated[:2], axis=1).shape[1]
        return kinds[pair], ordinals[pair], moments[pair] if several else None

    def _doubts(
        self, texts: Sequence[str], used: Index, kinds: Sequence[PeriodKind]
    ) -> dict[tuple[PeriodKind, str], TwoWays]:
        """Return the periods that could be read two ways, where others in the column are written in the other way."""
        found = {}
        for place, kind in enumerate(kinds):
            mine = [texts[key // len(kinds)] for key in used.tolist() if key % len(kinds) == place]
            found.update({(kind, doubt.text): doubt for doubt in read_two_ways(mine, yearly=kind is PeriodKind.YEAR)})
        return found

    def _without_period(self, error: PeriodError, text: str, rows: Index) -> None:
        """Leave out what is the total of all periods; any other row is refused."""
        if may_be_of_total(text):
            totals = totals_among(self.table, self.rules.sources.get(self.table.source), text, rows)
            self.problems += said_of_totals(self.table, rows[totals], list(self.columns))
            rows = rows[~totals]
        if not len(rows):
            return
        first, more = int(rows[0]), len(rows) - 1
        also = f" (and {more:,} more row{'s' * (more != 1)} with it)" if more else ""
        self._say(first, "period", "bad-period", ProblemSeverity.ERROR, f"{error}{also}", None, about=str(error))

    def _published(self, claimed: Flags) -> tuple[Ints, Flags]:
        """Return the day each row became known (0: always), and which rows have a readable one."""
        n = len(claimed)
        if "published" not in self.columns:
            return np.zeros(n, dtype=np.int32), np.ones(n, dtype=bool)
        codes, texts, _ = _coded(self.columns["published"])
        days = np.zeros(max(len(texts), 1), dtype=np.int32)
        good = np.ones(max(len(texts), 1), dtype=bool)
        doubts = {doubt.text: doubt for doubt in read_two_ways(texts, yearly=False)}
        for place, text in enumerate(texts):
            if not text.strip():
                continue
            try:
                days[place] = self._day(text, doubts)
            except PeriodError as error:
                good[place] = False
                rows = np.flatnonzero((codes == place) & claimed)
                for record in rows[:1]:
                    not_used = "the figure is not used" if len(rows) == 1 else f"{len(rows):,} figures are not used"
                    message = f"{error}; {not_used}"
                    fix = "write 2020-10-15"
                    self._say(
                        int(record), "published", "bad-date", ProblemSeverity.ERROR, message, fix, about=str(error)
                    )
        return days[codes], good[codes]

    def _day(self, text: str, doubts: Mapping[str, TwoWays]) -> int:
        """Return the ordinal of a day; a month is none, or its figures would be known before they were."""
        if text in doubts:
            raise self.rules.calendar.contradicted(doubts[text])
        found = self.rules.calendar.parse(period_text(text, self.rules.calendar, PeriodKind.DAY), PeriodKind.DAY)
        if found.kind is not PeriodKind.DAY:
            raise PeriodError(f"{text!r} is a {found.kind.value}, not a day")
        return found.first_day.toordinal()

    def _numbers(self, measure: Ints, measures: Sequence[Measure], keep: Rows) -> Numbers:
        """Read every numeric column at the kept rows."""
        source = self.rules.sources.get(self.table.source)
        read = Numbers(len(measure), keep)
        for name, series in self.columns.items():
            if holds_words(name):
                continue
            column = number_column(series, *((source.missing, source.spellings) if source else ()))
            if column.is_plain:  # nothing but numbers: the usual case
                read.columns[name] = column.values[keep]
                continue
            wrong = column.refused
            if (signs := column.signs).any():
                mine = np.maximum(measure, 0)
                wrong |= ~allowed_signs(measures, change=name.startswith("change_"))[mine, signs]
                in_own_units(column, mine, measures)
            if name in self.meant:
                self._refuse(name, column, wrong, keep, measure)
            elif wrong.any():
                read.unread.append(name)  # words; they mean nothing here, and tell rows apart
                continue
            column.values[wrong] = np.nan
            read.take(name, column, wrong)
        read.mistrust(self._say_refused_rows(len(measure)))
        return read

    def _say_refused_rows(self, n: int) -> Flags:
        """Say which rows cannot be trusted, whatever they name; return them."""
        refused = np.zeros(n, dtype=bool)
        rows = sorted(self.table.refused)
        refused[rows] = True
        rows = list({self.table.row_of(row): row for row in reversed(rows)}.values())[::-1]  # a wide row is said once
        first = next((name for name in self.columns if not holds_words(name)), "period")
        for row in rows[:MOST_LISTED]:
            why = self.table.refused[row]
            message = f'"{why.found}" may be a number that its commas have split'
            self._say(
                row, first, "refused-cell", ProblemSeverity.ERROR, message, why.fix, about=f"{self._key(row)} {message}"
            )
        if len(rows) > MOST_LISTED:
            more = f"{len(rows) - MOST_LISTED:,} further rows have a number that its commas may have split"
            self._say(rows[MOST_LISTED], first, "refused-cell", ProblemSeverity.ERROR, more, None, about="further rows")
        return refused

    def _refuse(self, name: str, column: NumberColumn, wrong: Flags, keep: Rows, measure: Ints) -> None:
        records = np.arange(len(wrong))[keep]
        kept = np.flatnonzero(wrong[keep])
        measures = list(self.rules.measures.values())
        for place in kept[:MOST_LISTED]:
            record = int(records[place])
            found = column.text(record)
            fix = fix_of(found, SIGNS[column.signs[record]], measures[measure[record]])
            message, about = f'"{found}" is no number', f"{self._key(record)} {name} {found}"
            self._say(record, name, "refused-cell", ProblemSeverity.ERROR, message, fix, about=about)
        if len(kept) > MOST_LISTED:
            more = f"{len(kept) - MOST_LISTED:,} further cells are no numbers"
            record = int(records[kept[MOST_LISTED]])
            self._say(record, name, "refused-cell", ProblemSeverity.ERROR, more, None, about=f"further cells of {name}")

    def _provisional(self, keep: Rows) -> Flags | None:
        if "provisional" not in self.columns:
            return None
        codes, texts, _ = _coded(self.columns["provisional"])
        words = [text.strip().lower() for text in texts]
        for place, word in enumerate(words):
            if word not in PROVISIONAL and word not in FINAL:
                first = int(np.flatnonzero(codes == place)[0])
                message = f'"{texts[place]}" is neither true nor false; taken as provisional'
                self._say(first, "provisional", "bad-flag", ProblemSeverity.WARNING, message, "write true or false")
        flags: Flags = np.array([word not in FINAL for word in words] or [False])[codes[keep]]
        return flags if flags.any() else None

    def _notes(self, keep: Rows) -> tuple[Ints | None, tuple[str, ...]]:
        if "note" not in self.columns:
            return None, ("",)
        codes, texts, _ = _coded(self.columns["note"])
        return codes[keep].astype(np.int32, copy=False), tuple(texts) or ("",)

    def _key(self, row: int) -> str:
        """Name a row by what it says that it is about, wherever it stands."""
        return " ".join(
            self._cell(row + self.table.rows_above, name) for name in ("measure", "area", "period", "published")
        )

    def _say(
        self, row: int, column: str, code: str, severity: ProblemSeverity, message: str, fix: str | None,
        *, about: str | None = None,
    ) -> None:  # fmt: skip
        """Note what is wrong in a row, under the column's heading in the file, and what it is about wherever the row stands."""
        number, shown = column_at(self.table, row, column, list(self.columns))
        row += self.table.rows_above
        file, row = (self.table.file, row) if self.table.place_of is None else self.table.place_of(row)
        where = Place(file=file, line=self.table.line_of(row), column=number)
        part = f"{self.table.part}, " if self.table.part else ""
        text = f"{part}row {self.table.row_of(row)}, column {on_one_line(shown)}: {on_one_line(message)}"
        told, source = f"{column} {message}" if about is None else about, self.table.source
        self.problems.append(Problem(place=where, code=code, severity=severity, message=text, fix=fix, about=told, source=source,
                                     names_its_rows=True))  # fmt: skip


#: No readable period; and the place of a row whose name cell is blank (an empty line: neither claimed nor worth a word).
_NO_PERIOD = np.iinfo(np.int32).min
_BLANK = -2


def _coded(series: pl.Series) -> tuple[Ints, list[str], Index]:
    """Return (codes, texts, keys): each row's index into the texts, and those indices that a row has; null is empty text."""
    if series.dtype != pl.Categorical:
        series = series.cast(pl.String).cast(pl.Categorical)
    physical = series.to_physical()
    if physical.null_count():
        none = int(physical.max() or 0) + 1  # type: ignore[arg-type]  # physical codes are whole numbers
        physical = physical.fill_null(none)
    firsts = physical.arg_unique()
    keys = physical.gather(firsts).to_numpy().astype(np.intp)
    texts = [""] * (int(keys.max(initial=-1)) + 1)
    for key, text in zip(keys.tolist(), series.gather(firsts).cast(pl.String).to_list(), strict=True):
        texts[key] = text or ""
    codes = physical.to_numpy()
    return codes.view(np.int32) if codes.dtype == np.uint32 else codes.astype(np.int32), texts, keys
