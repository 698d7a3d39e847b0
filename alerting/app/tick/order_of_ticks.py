"""Ticks follow one another by their days: the past is not told again."""

from datetime import date, datetime, timedelta

from alerting.errors import UsageError
from alerting.ports.ticks import TickBook, TickRecord


def after_the_newest(newest: TickRecord | None, as_of: date, at: datetime, now: datetime) -> datetime:
    """Return an instant after the newest tick's, also where the clock has not moved since.

    Args:
        at: the instant of a tick as of a day.
        now: the present one, in the schedule's zone.

    Raises:
        UsageError: the newest tick is of a later day; with the way back, where that is a day to come.
    """
    if newest is None:
        return at
    if as_of < newest.as_of and newest.as_of > now.date():
        raise UsageError(
            f"the newest tick is of {newest.as_of}, and today is {now.date()}: nothing is judged until that day. Where the"
            f" clock is right now, undo what was done for days to come with `alerting db rewind {now.date()} --yes`;"
            " else set it"
        )
    if as_of < newest.as_of:
        raise UsageError(f"--as-of {as_of} lies before the newest tick, {newest.as_of}; the past is not told again")
    return max(at, newest.at + timedelta(microseconds=1)) if as_of == newest.as_of else at


def refuse_a_tick_done(ticks: TickBook, due_at: datetime | None) -> None:
    """Make sure that an instant of the schedule has one tick.

    Raises:
        UsageError: another process has done it.
    """
    if due_at is not None and ticks.was_done(due_at):
        raise UsageError(f"the tick of {due_at.isoformat()} is done: another process was there first")
