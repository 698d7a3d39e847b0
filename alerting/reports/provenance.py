"""Where the figures of a notice come from, in a few words: files, rows, when they were read, which load had been posted."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from pathlib import PurePath

from alerting.domain.alert import AlertEvent
from alerting.domain.rule import RuleSet
from alerting.figures.newest_places import FigurePlace, NewestPlaces
from alerting.wording.plain import listed

#: Of more figures from one file its rows are not named, and of more files these are counted.
_MOST_ROWS, _MOST_FILES = 3, 2


@dataclass(frozen=True, kw_only=True, eq=False)
class Provenance:
    """Says it of one tick's figures."""

    rules: RuleSet
    places: NewestPlaces
    as_of: date
    #: When they were read, by the clock, and whose time is written. A day of the past that is ticked today has no such time.
    read_at: datetime
    zone: tzinfo
    #: When a load of a source was last posted.
    posted: Callable[[str], datetime | None]

    def words(self, events: Iterable[AlertEvent]) -> str | None:
        """Return it of the figures that events tell: `figures/calls.csv, row 412, read at 07:00`; None: of none it is known."""
        found: dict[str, dict[int | None, None]] = {}
        sources: dict[str, None] = {}
        for event in events:
            place = self._place(event)
            if place is not None:
                found.setdefault(_shown(place.file, self.rules.folder), {})[place.row] = None
                sources[place.source] = None
        if not found:
            return None
        files = [_with_rows(file, list(rows)) for file, rows in found.items()]
        if len(files) > _MOST_FILES:
            files = [f"{len(files):,} files"]
        if self._day(self.read_at) != self.as_of:
            return listed(files)
        return f"{listed(files)}, read at {self._time(self.read_at)}{self._load(list(sources))}"

    def _place(self, event: AlertEvent) -> FigurePlace | None:
        key, finding = event.alert.key, event.finding
        if finding is None or finding.value is None:
            return None
        return self.places.of(key.measure, key.area, finding.period)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _time(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%H:%M}"

    def _load(self, sources: Sequence[str]) -> str:
        """Write which load had been posted that day, where all is of one source."""
        at = self.posted(sources[0]) if len(sources) == 1 else None
        if at is None or at > self.read_at or self._day(at) != self.as_of:
            return ""
        return f", load posted at {self._time(at)}"


@lru_cache(maxsize=1024)  # ten thousand notices may be of one file
def _shown(file: str, folder: str) -> str:
    """Return a file's name relative to the rules folder, or its last part: readers have no use for a server's folders."""
    path = PurePath(file)
    if path.is_relative_to(folder):
        return str(path.relative_to(folder))
    return path.name if path.is_absolute() else file


def _with_rows(file: str, rows: Sequence[int | None]) -> str:
    known = [row for row in rows if row is not None]
    if len(known) < len(rows) or len(known) > _MOST_ROWS:
        return file
    return f"{file}, row{'s' * (len(known) > 1)} {listed([str(row) for row in sorted(known)])}"
