"""Schedules: the texts people write (`mon-fri 07:00`), and the instants at which they fall due."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from alerting.domain.rule import Digest, OnHoliday, Schedule
from alerting.domain.working_days import add_working_days, is_bank_holiday, is_working_day

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: When a digest before a meeting goes out: the rule files name its day only.
MEETING_DIGEST_AT: Final = time(7, 30)
_HINT: Final = "write weekdays and times like `mon-fri 07:00`, `daily 06:00` or `mon,wed 07:00 and 15:00`"
_CRON_HINT: Final = "name weekdays (mon … sun): 0, 1 and 7 mean different days to different programs"
_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")

#: How far the clock may lie after the newest tick of the schedule and be believed. A yearly schedule must be able to live.
MOST_AHEAD = timedelta(days=400)


class ScheduleError(ValueError):
    """A text is no schedule; the message says why and what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """When something falls due, in local time.

    A wall time that the clock skips in spring falls due once, right after the gap; one that comes twice in autumn once,
    the first time. A cron line with a star in its minutes or hours counts elapsed time: in the hour that comes twice it
    falls due both times.
    """

    #: As written.
    text: str
    #: Cron lines of five fields with named weekdays; due when any of them is.
    lines: tuple[str, ...]
    #: What falls due on one of these bank holidays waits for the next working day, at the same time; None: it does not.
    waits_for: str | None = None


def recurrence(text: str, holidays: str, on_holiday: OnHoliday) -> Recurrence:
    """Read a schedule, and what becomes of it on bank holidays."""
    found = parse_schedule(text)
    return replace(found, waits_for=holidays) if on_holiday is OnHoliday.NEXT_WORKING_DAY else found


def evaluation_times(schedule: Schedule) -> Recurrence:
    """Return when a folder's rules are evaluated."""
    return recurrence(schedule.evaluate, schedule.holidays, schedule.on_holiday)


def parse_schedule(text: str) -> Recurrence:
    """Read a schedule as rule files write it: weekdays by name with times, or a cron line with named weekdays.

    Raises:
        ScheduleError: says why and what to write.
    """
    words = text.lower().replace(" and ", ",").split()
    if len(words) == 5 and ":" not in text:
        lines: tuple[str, ...] = (_cron_line(text, words),)
    else:
        lines = _plain_lines(text, words)
    for line in lines:
        try:
            # Asked for one instant too: CronSim takes `0 0 31 2 *` and only then finds that it never comes.
            next(CronSim(line, datetime(2020, 1, 1, tzinfo=UTC)))
        except (CronSimError, StopIteration) as error:
            reason = str(error) or "it never falls due"
            raise ScheduleError(f"cannot read the schedule `{text}`: {reason[:1].lower()}{reason[1:]}") from None
    return Recurrence(text=text, lines=lines)


def due(schedule: Recurrence, zone: ZoneInfo, since: datetime, until: datetime) -> list[datetime]:
    """Return the instants, in UTC, with since < instant <= until at which *schedule* falls due, in order."""
    if schedule.waits_for is not None:
        as_written = due(
            replace(schedule, waits_for=None), zone, _before_holidays(since, zone, schedule.waits_for), until
        )
        moved = {_moved(instant, zone, schedule.waits_for) for instant in as_written}
        return sorted(instant for instant in moved if since < instant <= until)
    found = set()
    for line in schedule.lines:
        for instant in _instants(line, zone, since):
            if instant > until:
                break
            found.add(instant)
    return sorted(found)


def next_due(schedule: Recurrence, zone: ZoneInfo, since: datetime) -> datetime:
    """Return the first instant after *since*, in UTC, at which *schedule* falls due."""
    if schedule.waits_for is not None:
        nearest = next_due(replace(schedule, waits_for=None), zone, since)
        # What waits since before may come earlier than what is due next as written, and that may have to wait, too.
        return due(schedule, zone, since, _moved(nearest, zone, schedule.waits_for))[0]
    return min(next(_instants(line, zone, since)) for line in schedule.lines)


def last_due(schedule: Recurrence, zone: ZoneInfo, until: datetime) -> datetime | None:
    """Return the newest instant, in UTC, up to *until* at which *schedule* fell due; None: not within a year."""
    for days in (1, 8, 32, 367):
        if found := due(schedule, zone, until - timedelta(days=days), until):
            return found[-1]
    return None


def digest_due(digest: Digest, schedule: Schedule, zone: ZoneInfo, since: datetime, until: datetime) -> list[datetime]:
    """Return the instants, in UTC, with since < instant <= until at which *digest* is to go out, in order."""
    on_holiday = digest.on_holiday or schedule.on_holiday
    found = due(recurrence(digest.every, schedule.holidays, on_holiday), zone, since, until) if digest.every else []
    if digest.before_working_days is not None:
        before = -digest.before_working_days
        days = (add_working_days(meeting, before, schedule.holidays) for meeting in digest.meetings)
        meetings = (_instant_on(day, zone) for day in days)
        found += [instant for instant in meetings if since < instant <= until]
    return sorted(set(found))


def _before_holidays(instant: datetime, zone: ZoneInfo, holidays: str) -> datetime:
    """Return an instant before the days off, if any, that lie right before another: what fell due on them may still wait."""
    earlier = instant
    while not is_working_day(earlier.astimezone(zone).date() - _DAY, holidays):
        earlier -= _DAY
    return earlier - _DAY


def _moved(instant: datetime, zone: ZoneInfo, holidays: str) -> datetime:
    """Return the instant, or where it lies on a bank holiday the same time on the next working day."""
    local = instant.astimezone(zone)
    if not is_bank_holiday(local.date(), holidays):
        return instant
    day = add_working_days(local.date(), 1, holidays)
    return _occurrences(datetime.combine(day, local.time()), zone)[0]


def _instant_on(day: date, zone: ZoneInfo) -> datetime:
    return _occurrences(datetime.combine(day, MEETING_DIGEST_AT), zone)[0]


def _instants(line: str, zone: ZoneInfo, since: datetime) -> Iterator[datetime]:
    """Yield the instants after *since* at which a cron line falls due, each later than the one before.

    CronSim is asked for times on the wall only: given a zone, it goes round in circles where a change of the clock is not at
    a whole hour (Chatham Islands), and loses the first half of an hour (Lord Howe Island).
    """
    newest = since
    for instant in _in_order(line, zone, since):
        if instant > newest:
            newest = instant
            yield instant


def _in_order(line: str, zone: ZoneInfo, since: datetime) -> Iterator[datetime]:
    local = since.astimezone(zone)
    wall = local.replace(tzinfo=None, fold=0)
    first, *second = _occurrences(wall, zone)
    if second and not local.fold:
        wall -= second[0] - first  # times before *since* on the wall, but still to come a second time
    minutes, hours, *_ = line.split()
    counts_elapsed = minutes.startswith("*") or hours.startswith("*")
    again: list[datetime] = []
    for wall_time in CronSim(line, wall):
        first, *second = _occurrences(wall_time, zone)
        while again and again[0] < first:
            yield heappop(again)
        yield first
        if second and counts_elapsed:
            heappush(again, second[0])


def _occurrences(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return when the clocks of *zone* show a wall time: once or twice; where they skip it, the end of the gap."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return [first] if first == second else [first, second]
    # Skipped: counted with the new offset it lies before the gap, with the old one behind it.
    before, after = second, first
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return [after]


def _plain_lines(text: str, words: list[str]) -> tuple[str, ...]:
    if len(words) < 2:
        raise ScheduleError(f"cannot read the schedule `{text}`; {_HINT}")
    days = "*" if words[0] == "daily" else _weekdays(text, words[0], numbered=False)
    times = [_TIME.fullmatch(word) for part in words[1:] for word in part.split(",") if word]
    if not times or None in times:
        raise ScheduleError(f"cannot read the times in `{text}`; {_HINT}")
    return tuple(f"{int(match[2])} {int(match[1])} * * {days}" for match in times if match)


def _cron_line(text: str, fields: list[str]) -> str:
    *others, days = fields
    return " ".join([*others, days if days == "*" else _weekdays(text, days, numbered=True)])


def _weekdays(text: str, field: str, *, numbered: bool) -> str:
    """Spell out a weekday field for cron. Ranges may run over the week's end; `mon#2` is the second Monday."""
    found: list[str] = []
    for term in field.split(","):
        if numbered and (match := re.fullmatch(r"([a-z]+)#([1-5])", term)):
            found.append(f"{WEEKDAYS[_weekday(text, match[1])]}#{match[2]}")
            continue
        first, _, last = term.partition("-")
        start = _weekday(text, first)
        end = _weekday(text, last) if last else start
        found.extend(WEEKDAYS[(start + step) % 7] for step in range((end - start) % 7 + 1))
    return ",".join(dict.fromkeys(found))


def _weekday(text: str, word: str) -> int:
    if re.match(r"[\d*/]", word):
        raise ScheduleError(f"cannot read the weekday {word} in `{text}`; {_CRON_HINT}")
    for number, name in enumerate(WEEKDAY_NAMES):
        if word in (name, name[:3]):
            return number
    raise ScheduleError(f"`{word}` in `{text}` is no weekday; {_HINT}")
