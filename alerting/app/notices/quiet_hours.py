"""When an owner may be disturbed: quiet hours and budgets hold messages back, and fold them into one."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerting.domain.rule import Owner


def hold_until(
    owner: Owner, at: datetime, zone: ZoneInfo, budget_used: Callable[[str, datetime], int]
) -> tuple[datetime, str] | None:
    """Return until when an owner wants no message that is not critical, and why; None: now is fine.

    Args:
        budget_used: how many messages an owner was sent since an instant.
    """
    if (end := quiet_until(owner, at, zone)) is not None:
        return end, "Held back over your quiet hours."
    if owner.mail_budget is not None:
        count, per = owner.mail_budget
        begins, ends = _window(at.astimezone(zone), per)
        if budget_used(owner.id, begins) >= count:
            return ends, f"Your budget of {count:,} messages per {per} was used up; this is what came after them."
    return None


def quiet_until(owner: Owner, at: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the quiet hours are over in which an owner is; None: it is none of them."""
    if owner.quiet_hours is None:
        return None
    return _end_of_quiet(owner.quiet_hours.since, owner.quiet_hours.until, at.astimezone(zone))


def _end_of_quiet(since: time, until: time, local: datetime) -> datetime | None:
    """Return when the quiet hours that *local* lies in are over; they may span midnight."""
    now = local.time()
    inside = since <= now < until if since <= until else now >= since or now < until
    if not inside:
        return None
    day = local.date() if now < until else local.date() + timedelta(days=1)
    return datetime.combine(day, until, local.tzinfo)


def _window(local: datetime, per: str) -> tuple[datetime, datetime]:
    """Return when the day, week or month of *local* begins and when the next does."""
    midnight = datetime.combine(local.date(), time(), local.tzinfo)
    if per == "week":
        monday = midnight - timedelta(days=local.weekday())
        return monday, monday + timedelta(days=7)
    if per == "month":
        first = midnight.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1)
    return midnight, midnight + timedelta(days=1)
