"""Bank holidays of the United Kingdom, 2020 to 2037: worked out here from the Banking and Financial Dealings Act 1971 and the
proclamations since, by a calendar that shares nothing with the one in use."""

from datetime import date, timedelta

import pytest

from alerting.domain.working_days import add_working_days, is_bank_holiday, is_working_day

YEARS = range(2020, 2038)
DAY = timedelta(days=1)
MONDAY, SATURDAY, SUNDAY = 0, 5, 6
#: Moved and given once, by proclamation: the day -> whether it is one.
GIVEN = {
    "everywhere": {
        date(2020, 5, 4): False, date(2020, 5, 8): True,  # VE day
        date(2022, 5, 30): False, date(2022, 6, 2): True, date(2022, 6, 3): True,  # Platinum Jubilee
        date(2022, 9, 19): True,  # State Funeral
        date(2023, 5, 8): True,  # Coronation
    },
    "scotland": {date(2026, 6, 15): True},  # World Cup
}  # fmt: skip


def easter(year):
    """Return Easter Sunday (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def nth_monday(year, month, n):
    first = date(year, month, 1)
    return first + timedelta(days=(MONDAY - first.weekday()) % 7 + 7 * (n - 1))


def last_monday(year, month):
    return nth_monday(year + month // 12, month % 12 + 1, 1) - timedelta(days=7)


def in_lieu(*days):
    """Return fixed days in order; one at a weekend goes to the next weekday that is none of them."""
    taken = {day for day in days if day.weekday() < SATURDAY}
    for day in days:
        if day.weekday() >= SATURDAY:
            instead = day
            while instead.weekday() >= SATURDAY or instead in taken:
                instead += DAY
            taken.add(instead)
    return taken


def holidays(nation, year):
    sunday = easter(year)
    found = {sunday - 2 * DAY, nth_monday(year, 5, 1), last_monday(year, 5)}
    found |= in_lieu(date(year, 12, 25), date(year, 12, 26))
    if nation == "scotland":
        found |= in_lieu(date(year, 1, 1), date(year, 1, 2)) | in_lieu(date(year, 11, 30)) | {nth_monday(year, 8, 1)}
    else:
        found |= in_lieu(date(year, 1, 1)) | {sunday + DAY, last_monday(year, 8)}
    if nation == "northern-ireland":
        found |= in_lieu(date(year, 3, 17)) | in_lieu(date(year, 7, 12))
    for given in (GIVEN["everywhere"], GIVEN.get(nation, {})):
        for day, is_one in given.items():
            if day.year == year:
                found = found | {day} if is_one else found - {day}
    return found


NATIONS = ("england", "wales", "scotland", "northern-ireland")


@pytest.mark.parametrize("nation", NATIONS)
def test_bank_holidays_are_those_of_the_act(nation):
    for year in YEARS:
        days = [date(year, 1, 1) + n * DAY for n in range(366) if (date(year, 1, 1) + n * DAY).year == year]
        assert {day for day in days if is_bank_holiday(day, nation)} == holidays(nation, year), year


@pytest.mark.parametrize("nation", NATIONS)
def test_working_days_are_counted_over_all_of_them(nation):
    off = set().union(*(holidays(nation, year) for year in YEARS))
    working = [
        day
        for n in range((date(2037, 12, 31) - date(2020, 1, 1)).days + 1)
        if (day := date(2020, 1, 1) + n * DAY).weekday() < SATURDAY and day not in off
    ]

    for place in range(0, len(working) - 40, 7):
        assert is_working_day(working[place], nation)
        assert add_working_days(working[place], 33, nation) == working[place + 33]
        assert add_working_days(working[place + 33], -33, nation) == working[place]
