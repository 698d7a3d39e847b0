"""Schedules as people write them, and when they fall due; clock changes above all."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.rule import Digest, OnHoliday, Schedule
from alerting.domain.schedule import (
    ScheduleError,
    digest_due,
    due,
    evaluation_times,
    last_due,
    next_due,
    parse_schedule,
)

LONDON = ZoneInfo("Europe/London")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due_texts(schedule: str, since: str, until: str, zone: ZoneInfo = LONDON) -> list[str]:
    return [f"{instant:%a %d %H:%M}" for instant in due(parse_schedule(schedule), zone, at(since), at(until))]


@pytest.mark.parametrize(
    ("text", "week"),
    [
        pytest.param("mon-fri 07:00", "Mon Tue Wed Thu Fri", id="a-range"),
        pytest.param("monday 07:00", "Mon", id="a-full-name"),
        pytest.param("Mon,Wed 07:00", "Mon Wed", id="a-list-and-capitals"),
        pytest.param("sat-mon 07:00", "Mon Sat Sun", id="a-range-over-the-weeks-end"),
        pytest.param("mon-wed,sun 7:00", "Mon Tue Wed Sun", id="a-range-and-a-day"),
        pytest.param("daily 07:00", "Mon Tue Wed Thu Fri Sat Sun", id="daily"),
        pytest.param("0 7 * * mon-fri", "Mon Tue Wed Thu Fri", id="a-cron-line"),
        pytest.param("0 7 * * sat-sun", "Sat Sun", id="a-cron-line-over-its-own-weeks-start"),
        pytest.param("0 7 * * *", "Mon Tue Wed Thu Fri Sat Sun", id="a-cron-line-for-every-day"),
        pytest.param("0 7 * * tue#3", "Tue", id="third-tuesday"),
        pytest.param("0 7 17 * *", "Thu", id="a-day-of-the-month"),
    ],
)
def test_weekdays(text, week):
    days = due(parse_schedule(text), LONDON, at("2020-09-13 20:00"), at("2020-09-20 20:00"))

    assert week == " ".join(f"{instant.astimezone(LONDON):%a}" for instant in days)
    assert {"07:00"} == {f"{instant.astimezone(LONDON):%H:%M}" for instant in days}


@pytest.mark.parametrize(
    ("text", "times"),
    [
        pytest.param("mon 07:00 and 15:30", ["Mon 14 06:00", "Mon 14 14:30"], id="and"),
        pytest.param("mon 15:30, 07:00", ["Mon 14 06:00", "Mon 14 14:30"], id="a-comma-in-any-order"),
        pytest.param("mon 07:00 07:00", ["Mon 14 06:00"], id="twice-is-once"),
        pytest.param("0 */8 * * mon", ["Sun 13 23:00", "Mon 14 07:00", "Mon 14 15:00"], id="every-eight-hours"),
    ],
)
def test_times_of_day_are_local(text, times):
    assert times == due_texts(text, "2020-09-13 20:00", "2020-09-14 20:00")


@pytest.mark.parametrize(
    ("schedule", "since", "until", "expected"),
    [
        pytest.param("daily 01:30", "2020-03-28 12:00", "2020-03-29 12:00", ["Sun 29 01:00"], id="skipped-runs-after"),
        pytest.param("daily 01:15, 01:45", "2020-03-28 12:00", "2020-03-29 12:00", ["Sun 29 01:00"], id="two-skipped"),
        pytest.param("daily 01:30", "2020-03-29 01:00", "2020-03-29 12:00", [], id="not-again-after-the-gap"),
        pytest.param("daily 01:30", "2020-10-24 12:00", "2020-10-25 12:00", ["Sun 25 00:30"], id="doubled-runs-first"),
        pytest.param("daily 01:30", "2020-10-25 00:40", "2020-10-25 12:00", [], id="not-again-the-second-time"),
        pytest.param("daily 01:30", "2020-10-25 01:10", "2020-10-25 12:00", [], id="not-again-from-the-second-hour"),
        pytest.param("daily 07:00", "2020-10-24 12:00", "2020-10-25 12:00", ["Sun 25 07:00"], id="keeps-its-wall-time"),
        pytest.param("0 * * * *", "2020-10-24 23:30", "2020-10-25 01:00", ["Sun 25 00:00", "Sun 25 01:00"],
                     id="hourly-counts-hours"),
    ],
)  # fmt: skip
def test_clock_changes(schedule, since, until, expected):
    assert expected == due_texts(schedule, since, until)


def test_a_midnight_that_a_zone_skips_falls_due_right_after_it():
    assert due_texts("daily 00:30", "2026-04-23 20:00", "2026-04-24 20:00", ZoneInfo("Africa/Cairo")) == [
        "Thu 23 22:00"
    ]


def test_since_is_left_out_and_until_is_counted():
    assert due_texts("daily 07:00", "2020-12-01 07:00", "2020-12-02 07:00") == ["Wed 02 07:00"]


@given(
    since=st.integers(0, 11 * 365 * 24 * 60).map(lambda minutes: at("2019-01-01") + timedelta(minutes=minutes)),
    cuts=st.lists(st.integers(0, 10 * 24 * 60), max_size=6),
    text=st.sampled_from(["mon-fri 07:00", "daily 01:30", "sun 00:30 and 01:00 and 02:15", "*/20 1 * * *"]),
)
def test_however_often_it_looks_nothing_falls_due_twice_or_never(since, cuts, text):
    schedule = parse_schedule(text)
    instants = [since, *sorted(since + timedelta(minutes=cut) for cut in cuts)]
    in_pieces = [found for start, end in pairwise(instants) for found in due(schedule, LONDON, start, end)]

    assert due(schedule, LONDON, since, instants[-1]) == in_pieces


@given(
    until=st.integers(0, 11 * 365 * 24 * 60).map(lambda minutes: at("2019-01-01") + timedelta(minutes=minutes)),
    text=st.sampled_from(["mon-fri 07:00", "daily 01:30", "0 8 31 * *", "*/20 * * * *", "0 8 25 12 *"]),
)
def test_the_last_time_is_the_newest_that_was_due(until, text):
    schedule = parse_schedule(text)
    found = last_due(schedule, LONDON, until)

    assert found is not None and found <= until < next_due(schedule, LONDON, found)


def test_the_last_time_of_what_comes_every_four_years_may_be_too_long_ago():
    assert last_due(parse_schedule("0 8 29 2 *"), LONDON, at("2023-03-01 00:00")) is None


def test_the_next_time_is_the_first_of_all_times():
    schedule = parse_schedule("mon 15:00 and 07:00")

    assert at("2020-09-14 06:00") == next_due(schedule, LONDON, at("2020-09-13 20:00"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "cannot read the schedule ``; write weekdays", id="nothing"),
        pytest.param("07:00", "cannot read the schedule `07:00`; write weekdays", id="no-day"),
        pytest.param("mon", "cannot read the schedule `mon`; write weekdays", id="no-time"),
        pytest.param("mon 7am", "cannot read the times in `mon 7am`", id="another-clock"),
        pytest.param("mon 24:00", "cannot read the times in `mon 24:00`", id="no-such-hour"),
        pytest.param("moon 07:00", "`moon` in `moon 07:00` is no weekday", id="no-such-day"),
        pytest.param("1 07:00", "cannot read the weekday 1 in `1 07:00`; name weekdays", id="a-numbered-day"),
        pytest.param(
            "0 7 * * 1-5", "cannot read the weekday 1 in `0 7 * * 1-5`; name weekdays", id="numbered-cron-days"
        ),
        pytest.param("0 25 * * mon", "cannot read the schedule `0 25 * * mon`: bad hour", id="cron-hour"),
        pytest.param("0 7 31 2 *", "cannot read the schedule `0 7 31 2 *`", id="a-day-that-never-comes"),
        pytest.param("0 0 7 * * mon", "cannot read the weekday 0 in `0 0 7 * * mon`", id="six-fields"),
        pytest.param(
            "0 8 * * 1", "cannot read the weekday 1 in `0 8 * * 1`; name weekdays", id="128-monday-or-tuesday"
        ),
        pytest.param("0 8 * * 0", "cannot read the weekday 0 in `0 8 * * 0`; name weekdays", id="128-sunday-or-monday"),
        pytest.param("0 8 * * 7", "cannot read the weekday 7 in `0 8 * * 7`; name weekdays", id="128-sunday-or-none"),
        pytest.param(
            "0 8 * * mon-5", "cannot read the weekday 5 in `0 8 * * mon-5`; name weekdays", id="128-half-named"
        ),
        pytest.param("0 8 * * */7", "cannot read the weekday */7 in `0 8 * * */7`; name weekdays", id="128-a-step"),
        pytest.param(
            "0 8 * * 5L", "cannot read the weekday 5l in `0 8 * * 5L`; name weekdays", id="128-the-last-friday"
        ),
        pytest.param(
            "0 8 * * 1#2", "cannot read the weekday 1#2 in `0 8 * * 1#2`; name weekdays", id="128-the-second-monday"
        ),
        pytest.param("0 8 * * mon#6", "`mon#6` in `0 8 * * mon#6` is no weekday", id="128-a-sixth-monday"),
        pytest.param("0 8 30 2 *", "cannot read the schedule `0 8 30 2 *`: bad day-of-month", id="128-30-february"),
        pytest.param("0 8 31 4,6,9,11 *", "cannot read the schedule `0 8 31 4,6,9,11 *`", id="128-31-of-short-months"),
        pytest.param("0 8 32 * *", "cannot read the schedule `0 8 32 * *`: bad day-of-month", id="128-day-32"),
        pytest.param("0 8 1 13 *", "cannot read the schedule `0 8 1 13 *`: bad month", id="128-month-13"),
    ],
)
def test_what_is_no_schedule_is_refused_with_the_fix(text, message):
    with pytest.raises(ScheduleError) as refused:
        parse_schedule(text)

    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("line", "year", "days"),
    [
        pytest.param("0 8 31 * *", 2021, "31 Jan, 31 Mar, 31 May, 31 Jul, 31 Aug, 31 Oct, 31 Dec", id="127-day-31"),
        pytest.param("0 8 30 * *", 2021, "30 Jan, 30 Mar, 30 Apr, 30 May, 30 Jun, 30 Jul, 30 Aug, 30 Sep, 30 Oct, 30 Nov,"
                     " 30 Dec", id="127-day-30"),
        pytest.param("0 8 29 2 *", 2024, "29 Feb", id="127-29-february-in-a-leap-year"),
        pytest.param("0 8 29 2 *", 2023, "", id="127-29-february-in-another"),
        pytest.param("0 8 L 1-4 *", 2024, "31 Jan, 29 Feb, 31 Mar, 30 Apr", id="127-last-day"),
        pytest.param("0 8 L 2 *", 2023, "28 Feb", id="127-last-day-of-february"),
        pytest.param("0 8 LW 5,8 *", 2020, "29 May, 31 Aug", id="127-last-day-from-monday-to-friday"),
        pytest.param("0 8 1 1,7 *", 2021, "01 Jan, 01 Jul", id="127-over-the-year-end"),
        pytest.param("0 8 29-31 2,3 *", 2021, "29 Mar, 30 Mar, 31 Mar", id="127-days-that-february-has-not"),
    ],
)  # fmt: skip
def test_days_of_the_month_are_as_written_and_left_out_where_there_is_none(line, year, days):
    """Never a day early or late from counting hours: the time on the wall is the same in summer and winter."""
    found = due(parse_schedule(line), LONDON, at(f"{year}-01-01 00:00"), at(f"{year}-12-31 23:00"))

    assert days == ", ".join(f"{instant.astimezone(LONDON):%d %b}" for instant in found)
    assert {"08:00"} >= {f"{instant.astimezone(LONDON):%H:%M}" for instant in found}


@pytest.mark.parametrize(
    "zone", ["Europe/London", "Pacific/Kiritimati", "America/Los_Angeles", "Africa/Cairo", "Pacific/Apia"]
)
@pytest.mark.parametrize("time", ["08:00", "00:00", "00:30", "23:59"])
def test_126_a_weekly_digest_has_one_window_in_each_week_of_every_year(zone, time):
    """Also in weeks 53 and 1, and where Monday in the zone is Sunday or Tuesday in UTC."""
    digest = Digest(id="monday", to=("each_owner",), every=f"monday {time}")
    found = digest_due(digest, Schedule(), ZoneInfo(zone), at("2020-01-01 12:00"), at("2037-12-31 12:00"))
    days = [instant.astimezone(ZoneInfo(zone)).date() for instant in found]

    assert {7} == {(later - earlier).days for earlier, later in pairwise(days)}
    assert (date(2020, 1, 6), date(2037, 12, 28)) == (days[0], days[-1])
    assert len(days) == len({day.isocalendar()[:2] for day in days})
    assert {2020, 2026, 2032, 2037} == {day.isocalendar().year for day in days if day.isocalendar().week == 53}


def test_a_digest_goes_out_on_its_weekday():
    digest = Digest(id="monday", to=("each_owner",), every="monday 07:30")

    assert [at("2020-09-14 06:30")] == digest_due(
        digest, Schedule(), LONDON, at("2020-09-10 00:00"), at("2020-09-20 00:00")
    )


def test_a_digest_before_a_meeting_counts_working_days():
    digest = Digest(id="fdg", to=("fdg",), before_working_days=4, meetings=(date(2020, 10, 21), date(2020, 12, 29)))

    found = digest_due(digest, Schedule(), LONDON, at("2020-10-01 00:00"), at("2020-12-31 00:00"))

    assert [at("2020-10-15 06:30"), at("2020-12-21 07:30")] == found


WAITING = Schedule(evaluate="mon-fri 07:00", on_holiday=OnHoliday.NEXT_WORKING_DAY)
#: Good Friday and Easter Monday of 2020 lie around the weekend of 11 April.
EASTER = (at("2020-04-08 12:00"), at("2020-04-15 12:00"))


@pytest.mark.parametrize(
    ("evaluate", "found"),
    [
        pytest.param(
            "mon-fri 07:00", ["Thu 09 06:00", "Tue 14 06:00", "Wed 15 06:00"], id="once-on-the-next-working-day"
        ),
        pytest.param("friday 16:00", ["Tue 14 15:00"], id="at-the-same-time-over-a-weekend"),
        pytest.param("fri,sat 16:00", ["Sat 11 15:00", "Tue 14 15:00"], id="a-weekend-is-no-bank-holiday"),
        pytest.param("mon 16:00 and 07:00", ["Tue 14 06:00", "Tue 14 15:00"], id="in-order"),
    ],
)
def test_what_falls_due_on_a_bank_holiday_waits_for_the_next_working_day(evaluate, found):
    schedule = evaluation_times(replace(WAITING, evaluate=evaluate))

    assert found == [f"{instant:%a %d %H:%M}" for instant in due(schedule, LONDON, *EASTER)]


def test_what_waits_is_found_by_whoever_looks_in_between():
    schedule = evaluation_times(replace(WAITING, evaluate="friday 16:00"))
    moved = at("2020-04-14 15:00")

    assert moved == next_due(schedule, LONDON, at("2020-04-10 15:30"))
    assert moved == next_due(schedule, LONDON, moved - timedelta(seconds=1))
    assert at("2020-04-17 15:00") == next_due(schedule, LONDON, moved)
    assert moved == last_due(schedule, LONDON, at("2020-04-16 00:00"))
    assert [moved] == due(schedule, LONDON, at("2020-04-14 00:00"), at("2020-04-14 16:00"))


def test_looking_often_finds_each_instant_once():
    schedule = evaluation_times(replace(WAITING, evaluate="daily 07:00 and 19:00", holidays="scotland"))
    days = [at("2020-12-20 00:00") + timedelta(hours=5 * n) for n in range(90)]

    piecewise = [instant for pair in pairwise(days) for instant in due(schedule, LONDON, *pair)]

    assert piecewise == due(schedule, LONDON, days[0], days[-1])
    assert not any(instant.astimezone(LONDON).date() in (date(2020, 12, 25), date(2021, 1, 1)) for instant in piecewise)


@pytest.mark.parametrize(
    ("digest_says", "schedule_says", "found"),
    [
        pytest.param(None, OnHoliday.NEXT_WORKING_DAY, "2020-04-14 06:30", id="as-the-schedule"),
        pytest.param(None, OnHoliday.SAME_DAY, "2020-04-13 06:30", id="as-written-by-default"),
        pytest.param(OnHoliday.NEXT_WORKING_DAY, OnHoliday.SAME_DAY, "2020-04-14 06:30", id="it-alone"),
        pytest.param(OnHoliday.SAME_DAY, OnHoliday.NEXT_WORKING_DAY, "2020-04-13 06:30", id="all-but-it"),
    ],
)
def test_a_digest_waits_where_it_or_the_schedule_says_so(digest_says, schedule_says, found):
    digest = Digest(id="monday", to=("each_owner",), every="monday 07:30", on_holiday=digest_says)

    assert [at(found)] == digest_due(digest, Schedule(on_holiday=schedule_says), LONDON, *EASTER)
