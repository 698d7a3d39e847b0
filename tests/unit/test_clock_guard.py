"""When the machine's clock is not believed: looks at two clocks, as the service does at each bell."""

from datetime import UTC, datetime, timedelta

import pytest

from alerting.service.clock_guard import ClockFault, ClockGuard, boot_clock

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEWEST = START - timedelta(hours=2)
BELL = timedelta(seconds=5)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)


def faults(*looks, newest=NEWEST):
    """What is found at each look (how long after the start in truth, how wrong the wall clock is then)."""
    guard = ClockGuard()
    found = [guard.doubt(START + after + wrong, 1000 + after.total_seconds(), newest) for after, wrong in looks]
    return [doubt and doubt.fault for doubt in found]


def every_bell(minutes, wrong, start=timedelta()):
    return [(start + bell * BELL, wrong) for bell in range(1, round(minutes * 12) + 1)]


RIGHT = (timedelta(), timedelta())


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        pytest.param(30 * timedelta(seconds=1), None, id="129-30-seconds-are-a-correction"),
        pytest.param(31 * timedelta(seconds=1), ClockFault.JUMPED, id="129-31-seconds"),
        pytest.param(HOUR, ClockFault.JUMPED, id="129-an-hour-forward"),
        pytest.param(DAY, ClockFault.JUMPED, id="129-a-day-forward"),
        pytest.param(10 * YEAR, ClockFault.AHEAD, id="129-ten-years-forward"),
        pytest.param(-HOUR, ClockFault.JUMPED, id="130-an-hour-back-and-still-after-the-newest-tick"),
        pytest.param(-DAY, ClockFault.BEHIND, id="130-a-day-back"),
        pytest.param(-timedelta(seconds=31), ClockFault.JUMPED, id="130-31-seconds-back"),
    ],
)
def test_a_clock_that_is_set_is_not_believed(wrong, fault):
    assert [None, fault] == faults(RIGHT, (BELL, wrong))


@pytest.mark.parametrize("wrong", [HOUR, -HOUR, DAY, 10 * YEAR, -DAY], ids=str)
def test_a_clock_that_is_set_back_right_is_believed_at_once(wrong):
    *_, last = faults(RIGHT, (BELL, wrong), (2 * BELL, wrong), (3 * BELL, timedelta()))

    assert last is None


@pytest.mark.parametrize("wrong", [HOUR, -HOUR, 300 * DAY], ids=str)
def test_a_clock_that_stays_set_is_believed_after_ten_minutes(wrong):
    found = faults(RIGHT, *every_bell(11, wrong))

    assert [None, *[ClockFault.JUMPED] * 120, *[None] * 12] == found


def test_a_second_jump_begins_the_ten_minutes_anew():
    looks = [RIGHT, *every_bell(9, HOUR), *every_bell(9, 2 * HOUR, timedelta(minutes=9))]

    assert {ClockFault.JUMPED} == set(faults(*looks)[1:])


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        pytest.param(10 * YEAR, ClockFault.AHEAD, id="years-ahead"),
        pytest.param(-DAY, ClockFault.BEHIND, id="before-the-newest-tick"),
    ],
)
def test_what_the_newest_tick_speaks_against_is_never_believed_by_waiting(wrong, fault):
    assert {fault} == set(faults(RIGHT, *every_bell(60, wrong))[1:])


@pytest.mark.parametrize(
    ("since_newest", "fault"),
    [
        pytest.param(-timedelta(minutes=5), None, id="five-minutes-before"),
        pytest.param(-timedelta(minutes=5, seconds=1), ClockFault.BEHIND, id="more-than-five-minutes-before"),
        pytest.param(366 * DAY, None, id="a-yearly-schedule"),
        pytest.param(401 * DAY, ClockFault.AHEAD, id="more-than-a-year-after"),
    ],
)
def test_at_the_start_the_newest_tick_is_all_there_is_to_compare_with(since_newest, fault):
    assert [fault] == faults(RIGHT, newest=START - since_newest)


def test_a_machine_that_starts_in_1970_works_as_soon_as_its_clock_is_set():
    wrong = datetime(1970, 1, 1, tzinfo=UTC) - START

    assert [ClockFault.BEHIND, ClockFault.BEHIND, None] == faults(
        (BELL, wrong), (2 * BELL, wrong), (3 * BELL, timedelta())
    )


def test_a_state_without_a_tick_speaks_against_no_time():
    assert [None] == faults((BELL, -20 * YEAR), newest=None)


@pytest.mark.parametrize("wrong", [0.0005, -0.0005], ids=["fast", "slow"])
def test_132_a_clock_that_is_slewed_all_day_is_believed(wrong):
    """500 ppm, 43 seconds in a day: a time server's way of correcting."""
    looks = [(bell * BELL, wrong * bell * BELL) for bell in range(24 * 720)]

    assert {None} == set(faults(*looks))


@pytest.mark.parametrize("second", [1, -1], ids=["inserted", "left-out"])
def test_133_a_leap_second_is_nothing(second):
    assert [None, None] == faults(RIGHT, (BELL, timedelta(seconds=second)))


def test_131_a_machine_that_slept_has_no_jump():
    """The boot clock counts while the machine sleeps."""
    assert [None, None] == faults(RIGHT, (8 * HOUR, timedelta()))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        pytest.param(HOUR, "was set forward by 1 hour, to 2026-03-02T10:00:05+00:00; set it back", id="jumped"),
        pytest.param(-HOUR, "was set back by 1 hour, to", id="jumped-back"),
        pytest.param(3 * DAY + 2 * HOUR, "was set forward by 3 days and 2 hours, to", id="jumped-by-days"),
        pytest.param(timedelta(seconds=61), "was set forward by 1 minute and 1 second, to", id="jumped-a-little"),
        pytest.param(-DAY, "before the newest tick of 2026-03-02T07:00:00+00:00; set the machine's clock", id="behind"),
        pytest.param(10 * YEAR, "or where it is right run `alerting run --yes` once", id="ahead"),
    ],
)
def test_a_doubt_says_what_to_do(wrong, told):
    guard = ClockGuard()
    guard.doubt(START, 1000, NEWEST)

    assert told in guard.doubt(START + BELL + wrong, 1005, NEWEST).text


def test_the_boot_clock_goes_forward():
    assert 0 < boot_clock() <= boot_clock()
