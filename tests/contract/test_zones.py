"""Every time zone of the world and every change of its clock from 2020 to 2037: no time is skipped, none comes twice."""

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from samples.sampling import few

from alerting.domain.schedule import due, parse_schedule

FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
DAY, MINUTE, QUARTER = timedelta(days=1), timedelta(minutes=1), timedelta(minutes=15)
#: How far before and after a change is looked.
AROUND = timedelta(hours=26)
ALWAYS = (time(0), time(0, 30), time(2, 30), time(3))


@dataclass(frozen=True)
class Change:
    """The clock is set from one offset to another."""

    at: datetime
    before: timedelta
    after: timedelta

    def first_reached(self, wall: datetime) -> datetime:
        """The first instant at which the clock shows *wall* or, where it is skipped, has passed it."""
        early = wall.replace(tzinfo=UTC) - self.before
        return early if early < self.at else max(self.at, wall.replace(tzinfo=UTC) - self.after)

    def each_reached(self, wall: datetime) -> list[datetime]:
        """The same, and the second instant at which the clock shows *wall*, where there is one."""
        late = wall.replace(tzinfo=UTC) - self.after
        return [self.first_reached(wall), *([late] if late >= self.at else [])]

    def times(self) -> list[time]:
        """Times of day to try: the usual ones, and first, middle and last minute of what is skipped or comes twice."""
        walls = sorted((self.at + self.before, self.at + self.after))
        middle = walls[0] + (walls[1] - walls[0]) // 2
        return sorted({*ALWAYS, walls[0].time(), middle.time(), (walls[1] - MINUTE).time(), walls[1].time()})


#: Every other day on the wall.
DAYS = [FIRST.replace(tzinfo=None) + n * DAY for n in range(0, (LAST - FIRST).days + 1, 2)]


def changes(zone: ZoneInfo) -> tuple[Change, ...]:
    """Find the changes by bisection; two within two days would hide each other."""
    offsets = [zone.utcoffset(day) for day in DAYS]
    moved = [n for n, (one, other) in enumerate(pairwise(offsets)) if one != other]
    found = []
    for n in sorted(
        {near for at in moved for near in (at - 1, at, at + 1)}
    ):  # what the wall shows on a day is at most a day off
        early, late = FIRST + 2 * n * DAY, FIRST + 2 * (n + 1) * DAY
        before, after = (at.astimezone(zone).utcoffset() for at in (early, late))
        if before != after:
            while late - early > MINUTE:
                middle = early + (late - early) // MINUTE // 2 * MINUTE
                early, late = (middle, late) if middle.astimezone(zone).utcoffset() == before else (early, middle)
            found.append(Change(late, before, after))
    return tuple(found)


def some(changed: tuple[Change, ...]) -> list[Change]:
    """The last of the changes that are alike: the same offsets at the same time of the same day of the week."""
    alike = {(change.before, change.after, f"{change.at:%a %H:%M}"): change for change in changed}
    return few(list(alike.values()), list(changed))


def zones_that_differ() -> list[object]:
    """One zone for all that change their clocks at the same instants to the same offsets."""
    found: dict[object, str] = {}
    for name in sorted(zoneinfo.available_timezones()):
        changed = changes(ZoneInfo(name))
        found.setdefault(changed or FIRST.astimezone(ZoneInfo(name)).utcoffset(), name)
    return [pytest.param(name, key, id=name) for key, name in found.items() if isinstance(key, tuple)]


ZONES = zones_that_differ()


def clock(at: time) -> str:
    return f"{at:%H:%M}"


def walls(change: Change, at: time) -> list[datetime]:
    """That time of day on each day of the calendar around a change."""
    return [datetime.combine(change.at.date() + days * DAY, at) for days in range(-3, 4)]


def wrong(change: Change, zone: ZoneInfo, text: str, expected: list[datetime]) -> list[str]:
    """Where a schedule falls due around a change otherwise than expected, looked at in one piece and in several."""
    start, end = change.at - AROUND, change.at + AROUND
    wanted = sorted({instant for instant in expected if start < instant <= end})
    cuts = [start, change.at, change.at + 20 * MINUTE, end]
    schedule = parse_schedule(text)
    whole = due(schedule, zone, start, end)
    pieces = [at for since, until in pairwise(cuts) for at in due(schedule, zone, since, until)]
    return [f"{zone} {change.at} {text}: {[str(at) for at in got]}" for got in (whole, pieces) if got != wanted]


@pytest.mark.sampled
@pytest.mark.parametrize(("name", "changed"), ZONES)
def test_a_time_of_day_falls_due_once_a_day_over_every_change(name, changed):
    """Cases 121-123, 125: skipped, right after the gap; doubled, the first time."""
    zone = ZoneInfo(name)

    assert [] == [
        line
        for change in some(changed)
        for at in change.times()
        for line in wrong(change, zone, f"daily {clock(at)}", [change.first_reached(w) for w in walls(change, at)])
    ]


@pytest.mark.sampled
@pytest.mark.parametrize(("name", "changed"), ZONES)
def test_what_counts_minutes_falls_due_by_elapsed_time_over_every_change(name, changed):
    """Case 124: whenever the clock shows one of its minutes, in the hour that comes twice both times."""
    zone = ZoneInfo(name)

    assert [] == [
        line
        for change in some(changed)
        for text, walls in counting(change)
        for line in wrong(change, zone, text, [at for wall in walls for at in change.each_reached(wall)])
    ]


def counting(change: Change) -> list[tuple[str, list[datetime]]]:
    """Cron lines that count minutes, the last two only around the hour of the change, with their times on the wall."""
    local = (change.at + change.before).replace(tzinfo=None)
    quarters = [local.replace(minute=0) + step * QUARTER for step in range(-4 * 40, 4 * 40)]
    hour, day = local.hour, f"{local:%a}".lower()
    return [
        ("0 * * * *", [wall for wall in quarters if wall.minute == 0]),
        ("*/30 * * * *", [wall for wall in quarters if wall.minute in (0, 30)]),
        (f"*/15 {hour} * * *", [wall for wall in quarters if wall.hour == hour]),
        (f"*/15 * * * {day}", [wall for wall in quarters if f"{wall:%a}".lower() == day]),
    ]


def local_texts(zone: str, text: str, since: str, until: str) -> list[str]:
    """When a schedule falls due between two instants in UTC, on the zone's wall."""
    start, end = (datetime.fromisoformat(instant).replace(tzinfo=UTC) for instant in (since, until))
    found = due(parse_schedule(text), ZoneInfo(zone), start, end)
    return [f"{instant.astimezone(ZoneInfo(zone)):%a %d %b %H:%M}" for instant in found]


@pytest.mark.parametrize(
    ("zone", "text", "since", "until", "expected"),
    [
        pytest.param("Europe/Berlin", "daily 02:30", "2026-03-27 12:00", "2026-03-30 12:00",
                     ["Sat 28 Mar 02:30", "Sun 29 Mar 03:00", "Mon 30 Mar 02:30"], id="121-berlin-spring"),
        pytest.param("Europe/Berlin", "daily 02:30", "2026-10-23 12:00", "2026-10-26 12:00",
                     ["Sat 24 Oct 02:30", "Sun 25 Oct 02:30", "Mon 26 Oct 02:30"], id="122-berlin-autumn"),
        pytest.param("Africa/Cairo", "daily 00:00", "2026-04-22 12:00", "2026-04-25 12:00",
                     ["Thu 23 Apr 00:00", "Fri 24 Apr 01:00", "Sat 25 Apr 00:00"], id="123-cairo"),
        pytest.param("America/Havana", "daily 00:30", "2026-03-07 00:00", "2026-03-09 12:00",
                     ["Sat 07 Mar 00:30", "Sun 08 Mar 01:00", "Mon 09 Mar 00:30"], id="123-havana"),
        pytest.param("Asia/Beirut", "daily 00:00", "2026-03-27 12:00", "2026-03-30 12:00",
                     ["Sat 28 Mar 00:00", "Sun 29 Mar 01:00", "Mon 30 Mar 00:00"], id="123-beirut"),
        pytest.param("America/Nuuk", "daily 23:30", "2026-03-27 12:00", "2026-03-30 12:00",
                     ["Fri 27 Mar 23:30", "Sun 29 Mar 00:00", "Sun 29 Mar 23:30"], id="123-nuuk-over-midnight"),
        pytest.param("Europe/London", "*/30 * * * *", "2026-10-25 00:00", "2026-10-25 02:00",
                     ["Sun 25 Oct 01:30", "Sun 25 Oct 01:00", "Sun 25 Oct 01:30", "Sun 25 Oct 02:00"],
                     id="124-every-half-hour"),
        pytest.param("Australia/Lord_Howe", "daily 02:15", "2026-10-02 00:00", "2026-10-05 00:00",
                     ["Sat 03 Oct 02:15", "Sun 04 Oct 02:30", "Mon 05 Oct 02:15"], id="125-lord-howe-half-an-hour"),
        pytest.param("Australia/Lord_Howe", "*/20 2 * * *", "2026-04-04 12:00", "2026-04-05 12:00",
                     ["Sun 05 Apr 02:00", "Sun 05 Apr 02:20", "Sun 05 Apr 02:40"], id="125-lord-howe-cron"),
        pytest.param("Pacific/Chatham", "*/15 3 * * *", "2026-04-04 12:00", "2026-04-05 00:00",
                     ["Sun 05 Apr 03:00", "Sun 05 Apr 03:15", "Sun 05 Apr 03:30",
                      "Sun 05 Apr 03:00", "Sun 05 Apr 03:15", "Sun 05 Apr 03:30", "Sun 05 Apr 03:45"],
                     id="125-chatham-from-a-quarter-to-a-quarter"),
        pytest.param("Pacific/Apia", "daily 07:00", "2011-12-29 00:00", "2011-12-31 18:00",
                     ["Thu 29 Dec 07:00", "Sat 31 Dec 00:00", "Sat 31 Dec 07:00", "Sun 01 Jan 07:00"],
                     id="125-apia-a-day-that-never-was"),
        pytest.param("Pacific/Apia", "fri 07:00 and 15:00", "2011-12-25 00:00", "2012-01-05 20:00",
                     ["Sat 31 Dec 00:00", "Fri 06 Jan 07:00"], id="125-apia-its-week-is-kept"),
        pytest.param("Africa/Casablanca", "daily 02:30", "2026-02-14 00:00", "2026-02-16 12:00",
                     ["Sat 14 Feb 02:30", "Sun 15 Feb 02:30", "Mon 16 Feb 02:30"], id="125-casablanca-ramadan"),
        pytest.param("Africa/Casablanca", "daily 02:30", "2026-03-21 00:00", "2026-03-23 12:00",
                     ["Sat 21 Mar 02:30", "Sun 22 Mar 03:00", "Mon 23 Mar 02:30"], id="125-casablanca-after-ramadan"),
        pytest.param("Asia/Amman", "daily 00:30", "2022-10-27 00:00", "2022-10-29 12:00",
                     ["Fri 28 Oct 00:30", "Sat 29 Oct 00:30"], id="125-summer-time-given-up"),
    ],
)  # fmt: skip
def test_zones_that_are_known_for_trouble(zone, text, since, until, expected):
    assert expected == local_texts(zone, text, since, until)
