"""Schedules as people write them, and when they fall due; clock changes above all."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.rule import Digest
from alerting.domain.schedule import ScheduleError, digest_due, due, next_due, parse_schedule

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
    ],
)
def test_what_is_no_schedule_is_refused_with_the_fix(text, message):
    with pytest.raises(ScheduleError) as refused:
        parse_schedule(text)

    assert message in str(refused.value)


def test_a_digest_goes_out_on_its_weekday():
    digest = Digest(id="monday", to=("each_owner",), every="monday 07:30")

    assert [at("2020-09-14 06:30")] == digest_due(digest, LONDON, at("2020-09-10 00:00"), at("2020-09-20 00:00"))


def test_a_digest_before_a_meeting_counts_working_days():
    digest = Digest(id="fdg", to=("fdg",), before_working_days=4, meetings=(date(2020, 10, 21), date(2020, 12, 29)))

    found = digest_due(digest, LONDON, at("2020-10-01 00:00"), at("2020-12-31 00:00"))

    assert [at("2020-10-15 06:30"), at("2020-12-21 07:30")] == found
