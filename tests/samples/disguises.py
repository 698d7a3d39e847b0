"""A folder in disguise: a rule and its figures in another order, under other names, with other figures where none may count."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

from alerting.domain.period import Calendar, PeriodKind
from samples.random_folders import Folder, family
from samples.random_measures import AREA_IDS

Key = tuple[str, str, str, str]
#: Names that sort the other way round.
NAMES = {id_: f"z{len(AREA_IDS) - n}-area" for n, id_ in enumerate(AREA_IDS)}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ID = re.compile(r"\b(" + "|".join(sorted(AREA_IDS, key=len, reverse=True)) + r")\b")


@dataclass(frozen=True, kw_only=True)
class Disguise:
    """A folder, and what of its findings must be as without the disguise."""

    folder: Folder
    calendar: Calendar
    #: The one area that is watched; None: all.
    area: str | None
    #: The day after which no figure is there; None: all are.
    until: date | None
    #: First and last day of held figures, which are others; empty: none is held.
    hold: Sequence[date]
    #: The day of a break before which all figures are others; None: they are what they were.
    broken_on: date | None
    #: (measure, area) of parents that the source gives later than the cut alone, so that they are made of their areas before.
    made: frozenset[tuple[str, str]]

    @property
    def is_garbled(self) -> bool:
        """Whether held figures are others."""
        return bool(self.hold)

    @property
    def name(self) -> str:
        """What is done to the figures."""
        cut = f", up to {self.until}" if self.until else ""
        told = f"alone, shuffled and renamed{cut}{', of one area' if self.area else ''}"
        return f"{told}{', held ones garbled' if self.is_garbled else ''}{', those before the break too' if self.broken_on else ''}"

    def knows(self, one: Mapping[str, Any]) -> bool:
        """Say whether a finding is there without what comes later: a parent of children that come later has no figures yet."""
        return self.until is None or one["value"] is not None

    def bared(self, one: Mapping[str, Any]) -> dict[str, Any]:
        """Return a finding under the area's own name."""
        return {**one, "area": {new: old for old, new in NAMES.items()}[one["area"]]}

    def moment(self, period: str) -> date:
        """Return where a period stands among others."""
        return self.calendar.parse_exact(period).last_day

    def shows(self, key: Key) -> bool:
        """Say whether a finding must be there with the disguise too."""
        period = self.calendar.parse_exact(key[3])
        begun = self.broken_on is None or period.first_day >= self.broken_on
        known = self.until is None or period.last_day <= self.until
        return begun and known and (family(key[1]), key[2]) not in self.made and self.area in (None, key[2])

    def hides(self, one: Mapping[str, Any]) -> Collection[str]:
        """Return the keys of a finding that may differ: words speak of other figures, and of there being no newer ones."""
        words = ("text",) if self.until or self.is_garbled or self.broken_on else ()
        # A figure that is held has come all the same, and is shown by what asks whether it has.
        rule = next(rule for rule in self.folder.rules if rule["id"] == one["rule"])
        by_clock = self._holds(one) and "not_fresh" in str(rule["when"])
        held = ("value",) if one["reason"] == "held" or by_clock else ()
        beside = ("evidence",) if "per_day" in one["evidence"] and (self.is_garbled or self.broken_on) else ()
        late = ("reason",) if self.until and one["reason"] in ("missing", "late") else ()  # as no newer figure is there
        withheld = ("reason",) if self.is_garbled and one["reason"] in ("missing", "suppressed") else ()
        return (*words, *held, *beside, *late, *withheld, *(("consecutive",) if self.broken_on else ()))

    def _holds(self, one: Mapping[str, Any]) -> bool:
        """Say whether a held figure of the north is in a finding's own, or in that of its force."""
        period = self.calendar.parse_exact(one["period"])
        rolls = any("rolling" in measure for measure in self.folder.measures)
        within = bool(self.hold) and period.last_day >= self.hold[0] and (rolls or period.first_day <= self.hold[1])
        return within and one["area"] in ("north", "force")


def disguised(folder: Folder, rng: Random) -> Disguise:
    """Shuffle the rows and rename the areas; now and then watch one area only, cut the end off, and garble what is held."""
    calendar = Calendar(1 if any("january" in line for line in folder.rest) else 4)
    head, *lines = folder.figures.splitlines()
    days = sorted({calendar.parse_exact(line.split(",")[2]).last_day for line in lines})
    until = rng.choice(days[len(days) // 2 :]) if days and rng.random() < 0.5 else None
    made = frozenset[tuple[str, str]]()
    if until is not None:
        kept = [line for line in lines if calendar.parse_exact(line.split(",")[2]).last_day <= until]
        made, lines = _made_before(folder, kept, lines), kept
    hold, broken = (_days_of(folder, key) for key in ("holds", "breaks"))
    if hold:
        lines = [_garbled(line) if _is_held(line, calendar, hold) else line for line in lines]
    broken_on = broken[0] if broken and all(family(id_) == "m0" for id_ in folder.rules[0]["measures"]) else None
    (rule,) = folder.rules
    if broken_on is not None:
        # A quarter that a break lies in is made of figures on both sides of it.
        kind = PeriodKind(rule["every"]) if "every" in rule else None
        before = calendar.containing(broken_on, kind).first_day if kind is not None else broken_on
        lines = [
            _garbled(line) if calendar.parse_exact(line.split(",")[2]).last_day < before else line for line in lines
        ]
    rng.shuffle(lines)
    area = rng.choice(AREA_IDS) if "areas" not in rule and rng.random() < 0.5 else None
    rules = [rule if area is None else {**rule, "areas": [area]}]
    other = replace(
        folder, head=_renamed(folder.head), measures=json.loads(_renamed(json.dumps(folder.measures))),
        rules=json.loads(_renamed(json.dumps(rules))), rest=[_renamed(line) for line in folder.rest],
        figures="\n".join([head, *map(_renamed, lines)]) + "\n",
    )  # fmt: skip
    return Disguise(folder=other, calendar=calendar, area=area, until=until, hold=hold, broken_on=broken_on, made=made)


def _made_before(folder: Folder, kept: Sequence[str], lines: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Return (measure, area) of the parents that rows give later alone, and of what is made of them."""
    given, kept_too = ({(family(row.split(",")[0]), row.split(",")[1]) for row in rows} for rows in (lines, kept))
    rolled = {measure["id"] for measure in folder.measures if "roll_up" in measure}
    made = {(id_, area) for id_, area in given - kept_too if id_ in rolled and area in ("force", "east")}
    made |= {(id_, "force") for id_, _ in made}
    made |= {
        (measure["id"], area)
        for measure in folder.measures
        for id_, area in made
        if id_ in map(family, measure.get("of", {}).values())
    }
    return frozenset(made)


def _days_of(folder: Folder, key: str) -> list[date]:
    """Return the days that are written in a line of the folder; none where it is not there."""
    return [date.fromisoformat(day) for line in folder.rest if line.startswith(f"{key}:") for day in _DAY.findall(line)]


def _is_held(line: str, calendar: Calendar, hold: Sequence[date]) -> bool:
    _, area, period, *_ = line.split(",")
    return area == "north" and hold[0] <= calendar.parse_exact(period).last_day <= hold[1]


def _garbled(line: str) -> str:
    """Make another figure of a row: half of it, which might be one too."""
    cells = line.split(",")
    cells[3:5] = [f"{float(cell) / 2:.2f}" if cell.replace(".", "").isdigit() else cell for cell in cells[3:5]]
    return ",".join(cells)


def _renamed(text: str) -> str:
    return _ID.sub(lambda found: NAMES[found[0]], text)
