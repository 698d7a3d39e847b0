"""Slips put into the last year of the example's figures, and what becomes of each on the morning after it came."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

from alerting.app.situation.situation import Situation, situation_of
from alerting.domain.finding import State
from alerting.domain.period import KINDS
from alerting.domain.rule import RuleSet
from alerting.evaluation.findings import findings
from alerting.figures.contradictions import suspicions
from alerting.figures.observations import Reading
from alerting.scaffold import figures
from alerting.scaffold.folder import example, write
from samples.worlds import an_engine

#: Mornings of the example's last year, each after a month, a week and a day have come.
DAYS = tuple(
    date(*day) for day in ((2025, 6, 17), (2025, 8, 19), (2025, 10, 21), (2025, 12, 16), (2026, 2, 17), (2026, 4, 14))
)
#: Slips of each kind that the page counts.
NUMBER = 200
#: Where the numbers stand in a row.
VALUE, NUMERATOR, DENOMINATOR, PLAN, PUBLISHED = range(3, 8)
#: Measures that are made of each other, or add up: one slip at a time among them.
FAMILIES = {
    "vacancies": "staff-in-post",
    "vacancy-rate": "staff-in-post",
    "falls-rate": "people-in-care",
    "falls": "people-in-care",
}

Row = list[str]
#: Area -> its row, of one measure and period.
Rows = dict[str, Row]


def family(measure: str) -> str:
    return FAMILIES.get(measure, measure.split("/", maxsplit=1)[0])


def _times(cell: str, by: str) -> str:
    """A number with its digits moved; the digit that a whole number loses is gone."""
    moved = Decimal(cell) * Decimal(by)
    places = len(cell.split(".")[1]) if "." in cell else 0
    return str(moved.quantize(Decimal(1).scaleb(-places), rounding="ROUND_DOWN"))


def _digits(by: str) -> Callable[[Rows, Rows, Random], Rows]:
    def slip(rows: Rows, _: Rows, draw: Random) -> Rows:
        area = draw.choice(sorted(rows))
        row = list(rows[area])
        column = draw.choice([n for n in (VALUE, NUMERATOR, DENOMINATOR) if row[n]])
        row[column] = _times(row[column], by)
        return {} if Decimal(row[column]) == 0 else {area: row}

    return slip


def _columns(rows: Rows, _: Rows, draw: Random) -> Rows:
    area = draw.choice(sorted(rows))
    row = rows[area]
    moved = [*row[:2], *row[3:], ""] if draw.random() < 0.5 else [*row[:3], "", *row[3:-1]]
    return {area: moved}


def _slid(rows: Rows, _: Rows, __: Random) -> Rows:
    areas = list(rows)
    return {area: rows[area][:3] + rows[areas[n - 1]][3:] for n, area in enumerate(areas)} if len(areas) > 1 else {}


def _swapped(rows: Rows, _: Rows, draw: Random) -> Rows:
    if len(rows) < 2:
        return {}
    one, other = draw.sample(sorted(rows), 2)
    return {one: rows[one][:3] + rows[other][3:], other: rows[other][:3] + rows[one][3:]}


def _repeated(rows: Rows, before: Rows, _: Random) -> Rows:
    return {area: [*row[:3], *before[area][3:-1], row[-1]] for area, row in rows.items() if area in before}


def _fraction(rows: Rows, _: Rows, __: Random) -> Rows:
    found = {}
    for area, row in rows.items():
        if row[DENOMINATOR]:
            share = Decimal(row[NUMERATOR]) / Decimal(row[DENOMINATOR])
            found[area] = [*row[:3], f"{share:.4f}", "", "", *row[PLAN:]]
    return found


#: What it is called on the page -> new rows by area, of the newest period's and of those of the period before.
SLIPS: dict[str, Callable[[Rows, Rows, Random], Rows]] = {
    "a digit too many (× 10)": _digits("10"),
    "a digit lost (÷ 10)": _digits("0.1"),
    "two digits too many (× 100)": _digits("100"),
    "a row's cells one column aside": _columns,
    "a column slid down by one row": _slid,
    "two areas swapped": _swapped,
    "a period repeated": _repeated,
    "percents as fractions": _fraction,
}


@dataclass(frozen=True)
class Planted:
    """One slip: the cells that it changed."""

    measure: str
    period: str
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one slip.

    Args:
        what: held (by a check, or there is no figure left that could be judged), named (judged, and its source's owner is told),
            missed.
        by: which check.
        told: whether an exception stands that would not without it, or of figures that are judged one does not that would.
    """

    what: str
    by: str
    told: bool


class Example:
    """The example's folder, whose figures are written anew for each world."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "rules"
        write(self.folder, example())
        self.engine = an_engine(self.folder, folder / "state", DAYS[-1])
        declared = self.engine.rules
        plain = {id_: replace(measure, checks=None) for id_, measure in declared.measures.items()}
        self.rules: dict[str, RuleSet] = {"default": replace(declared, measures=plain), "declared": declared}
        self.rows = {name: [list(row) for row in figures.rows(every)] for name, every in figures.FILES.items()}
        self._clean: dict[tuple[date, str], set[tuple[str, str, str]]] = {}

    def clean(self, day: date, variant: str) -> set[tuple[str, str, str]]:
        """The exceptions without any slip."""
        if (day, variant) not in self._clean:
            self._write({})
            self._clean[day, variant] = exceptions(
                situation_of(self.rules[variant], self._read(), day, every_period=False)
            )
        return self._clean[day, variant]

    def planted(self, slip: str, day: date, most: int, draw: Random) -> tuple[list[Planted], dict[int, Row]]:
        """Choose slips, one a family of measures, and return them with the rows that change, by identity of the old."""
        by_measure: dict[str, dict[str, Rows]] = defaultdict(lambda: defaultdict(dict))
        for rows in self.rows.values():
            for row in rows:
                if row[PUBLISHED] <= day.isoformat():
                    by_measure[row[0]][row[2]][row[1]] = row
        found, changed, taken = list[Planted](), dict[int, Row](), set[str]()
        measures = sorted(by_measure)
        draw.shuffle(measures)
        for measure in measures:
            periods = by_measure[measure]
            before, newest = sorted(periods)[-2:]
            new = SLIPS[slip](periods[newest], periods[before], draw) if family(measure) not in taken else {}
            new = {area: row for area, row in new.items() if row != periods[newest][area]}
            if new and len(found) < most:
                taken.add(family(measure))
                found.append(Planted(measure, newest, tuple(new)))
                changed |= {id(periods[newest][area]): row for area, row in new.items()}
        return found, changed

    def outcomes(self, slip: str, day: date, most: int, draw: Random) -> Iterator[tuple[str, Outcome]]:
        """Put slips in and yield, with default and with declared checks, what became of each."""
        planted, changed = self.planted(slip, day, most, draw)
        self._write(changed)
        reading = self._read()
        for variant, rules in self.rules.items():
            situation = situation_of(rules, reading, day, every_period=False)
            seen, clean = _Seen(situation, reading, rules), self.clean_of(day, variant, changed)
            now = exceptions(situation)
            more, other = ({family(measure) for _, measure, _ in those} for those in (now - clean, now ^ clean))
            for one in planted:
                yield variant, seen.outcome(one, more=family(one.measure) in more, other=family(one.measure) in other)

    def clean_of(self, day: date, variant: str, changed: dict[int, Row]) -> set[tuple[str, str, str]]:
        if (day, variant) not in self._clean:
            self.clean(day, variant)
            self._write(changed)
        return self._clean[day, variant]

    def _write(self, changed: dict[int, Row]) -> None:
        for name, rows in self.rows.items():
            text = io.StringIO(newline="")
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(figures.COLUMNS)
            writer.writerows(changed.get(id(row), row) for row in rows)
            (self.folder / f"figures/{name}.csv").write_text(text.getvalue(), encoding="utf-8")

    def _read(self) -> Reading:
        return self.engine.enquiries.read()


class _Seen:
    """What is said of figures in one situation."""

    def __init__(self, situation: Situation, reading: Reading, rules: RuleSet) -> None:
        self.panels, self.checks = situation.panels.by_kind, dict[tuple[str, str, str], str]()
        for problem in situation.problems:
            if problem.code in {"failed-check", "doubtful"} and problem.about:
                check, measure, period, *areas = problem.about.split()
                self.checks |= {(measure, period, area): check for area in areas}
        self.suspicious = dict(_suspicious(reading, rules))

    def outcome(self, one: Planted, *, more: bool, other: bool) -> Outcome:
        cells = [self._cell(one.measure, one.period, area) for area in one.areas]
        stopped = [by for state, by in cells if state == "held"]
        if len(stopped) == len(cells):
            return Outcome("held", Counter(stopped).most_common(1)[0][0], more)
        named = [by for state, by in cells if state != "missed"]
        return Outcome("named", Counter(named).most_common(1)[0][0], other) if named else Outcome("missed", "", other)

    def _cell(self, measure: str, period: str, area: str) -> tuple[str, str]:
        for panel in self.panels.values():
            column = panel.column(measure, area)
            row = next((n for n in range(panel.n_periods) if str(panel.period(n)) == period), None)
            if column is None or row is None:
                continue
            check = self.checks.get((measure, period, area), "")
            if (row, column) in panel.failed_checks:
                return "held", check or "listed among more"
            if panel.shown[row, column] != panel.shown[row, column]:
                return "held", "reading"
            if (row, column) in panel.doubted:
                return "named", check
            suspicion = self.suspicious.get((measure, period, area))
            return ("missed", "") if suspicion is None else ("named", suspicion)
        return "held", "reading"


def _suspicious(reading: Reading, rules: RuleSet) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Yield the figures that reading warns of, with the code."""
    measures, areas = list(rules.measures.values()), list(rules.areas.areas)
    for read in reading.observations:
        flagged: list[tuple[str, Iterable[int]]] = [
            (code, flags.nonzero()[0].tolist()) for code, *_, flags, _ in suspicions(read, rules)
        ]
        value = read.columns.get("value")
        if value is not None:
            bounds = [(measures[n].minimum, measures[n].maximum) for n in read.measure.tolist()]
            beyond = [
                n for n, (x, (low, high)) in enumerate(zip(value.tolist(), bounds, strict=True))
                if (low is not None and x < low) or (high is not None and x > high)
            ]  # fmt: skip
            flagged.append(("beyond-bounds", beyond))
        for code, entries in flagged:
            for n in entries:
                calendar = rules.calendar
                period = calendar.containing(date(2026, 1, 1), KINDS[read.kind[n]])
                period = period + (int(read.ordinal[n]) - period.ordinal)
                yield (measures[read.measure[n]].id, str(period), areas[read.area[n]]), code


def exceptions(situation: Situation) -> set[tuple[str, str, str]]:
    """What stands as an exception, newest figure by newest figure."""
    made = findings(situation.evaluation, text="none")
    return {
        (one.finding.rule, one.finding.measure, one.finding.area)
        for one in made
        if one.finding.state is State.EXCEPTION
    }


def counted(
    folder: Path, number: int, slips: Iterable[str] = tuple(SLIPS), days: Iterable[date] = DAYS
) -> dict[tuple[str, str], Counter[Outcome]]:
    """Put so many of each slip in, spread over some mornings, and count what becomes of them: (slip, variant) -> outcomes."""
    here, days = Example(folder), tuple(days)
    found: dict[tuple[str, str], Counter[Outcome]] = defaultdict(Counter)
    for slip in slips:
        left = number
        for n, day in enumerate(days):
            most = -(-left // (len(days) - n))
            outcomes = list(here.outcomes(slip, day, most, Random(f"{slip} {day}")))
            for variant, outcome in outcomes:
                found[slip, variant][outcome] += 1
            left -= len(outcomes) // len(here.rules)
    return found


#: Columns of the page's tables: heading, and whether an outcome counts.
COLUMNS: dict[str, Callable[[Outcome], bool]] = {
    "not judged": lambda one: one.what == "held" and not one.told,
    "not judged, told elsewhere": lambda one: one.what == "held" and one.told,
    "named": lambda one: one.what == "named" and not one.told,
    "named, and told": lambda one: one.what == "named" and one.told,
    "missed": lambda one: one.what == "missed" and not one.told,
    "missed, and told": lambda one: one.what == "missed" and one.told,
}
HEADS = {"default": "Without `checks:`", "declared": "With the example's `checks:`"}


def tables(found: dict[tuple[str, str], Counter[Outcome]]) -> str:
    """Write what became of slips as Markdown, percent by percent, with what found them."""
    lines: list[str] = []
    for variant, head in HEADS.items():
        lines += [
            f"{head}, in percent:",
            "",
            f"| slip | {' | '.join(COLUMNS)} | found by |",
            f"| --- |{' ---: |' * len(COLUMNS)} --- |",
        ]
        for (slip, of), outcomes in found.items():
            if of == variant:
                whole = sum(outcomes.values())
                shares = [
                    sum(n for one, n in outcomes.items() if counts(one)) * 100 / whole for counts in COLUMNS.values()
                ]
                by = Counter[str]()
                for one, n in outcomes.items():
                    by[one.by] += n
                names = ", ".join(f"{name} {n * 100 / whole:.0f}" for name, n in by.most_common() if name)
                lines.append(
                    f"| {slip} | {' | '.join(f'{share:.0f}' if share else '' for share in shares)} | {names} |"
                )
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":  # cd tests; ../run python -m samples.slips
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as here:
        print(tables(counted(Path(here), NUMBER)))
