"""What a tick judged by and how it left things, kept beside the state: while none of it has changed, none need be judged."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from alerting.app.situation.read_sources import used_sources
from alerting.app.situation.situation import Situation
from alerting.app.tick.hold_back import HeldBack
from alerting.app.tick.plan import Planned
from alerting.app.tick.recall import Heard, Outstanding
from alerting.app.tick.reconcile import Outcome
from alerting.app.tick.times import Tick
from alerting.domain.notify.holding import SuppressionReason
from alerting.domain.notify.notice import Delivery
from alerting.domain.problem import Problem
from alerting.evaluation import rest
from alerting.figures.plausible import FUTURE
from alerting.ports.figures import GuardBook
from alerting.rulefile.columns import NotPlain, packed, unpacked
from alerting.rulefile.json_files import JsonFiles

_FILE = "tick.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Days, from one on until before another (ISO)."""

    since: str
    until: str

    def __contains__(self, day: date) -> bool:
        return self.since <= day.isoformat() < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTick:
    """How a tick left things, where all that it judged by can be told again.

    `tick`: its id, `at`: its instant (ISO). `as_of`: the days as of which the same figures say the same. `today`: the days on
    which they do; on an earlier one figures of later periods are probably not meant. `contents`: source id -> digest of its
    bytes. `counts` and `problems`: what it said of the figures, and whether any of that is an error. `waiting`: ids of the
    deliveries that waited after it and say what is true. `is_news`: alert id -> whether it is news, of those that were old when
    a tick first saw them.
    """

    tick: str
    at: str
    as_of: Days
    today: Days
    contents: Mapping[str, str]
    counts: Mapping[str, int]
    problems: tuple[Problem, ...]
    has_errors: bool
    waiting: tuple[str, ...]
    #: How many figures people had let through the checks.
    accepted: int
    is_news: Mapping[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedBy:
    """What a tick judged by beside figures, state and days: this program, the rules' version, and where figures lie."""

    program: str
    rules: str
    folders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTick:
    """The last tick, as the next one meets it."""

    by: JudgedBy
    last: LastTick


def kept_tick(folder: Path, by: JudgedBy, as_of: date, today: date) -> LastTick | None:
    """Return how the last tick left things; None where that is not known, or it judged by something else.

    Args:
        as_of: the day to judge as of.
        today: the day that it is.
    """
    try:
        (found,) = unpacked(JsonFiles(folder).read(_FILE), 1)
    except (AttributeError, ImportError, LookupError, RecursionError, TypeError, ValueError):
        return None
    if not isinstance(found, KeptTick) or found.by != by:
        return None
    return found.last if as_of in found.last.as_of and today in found.last.today else None


def keep_tick(folder: Path, by: JudgedBy, last: LastTick) -> None:
    """Keep how a tick left things; where that cannot be written, the next one judges."""
    with suppress(OSError, NotPlain):
        JsonFiles(folder).write(_FILE, packed([KeptTick(by=by, last=last)]))


def as_left(
    tick: Tick,
    situation: Situation,
    counts: Mapping[str, int],
    waiting: Iterable[str],
    is_news: Mapping[str, bool],
    guards: GuardBook,
) -> LastTick | None:
    """Return how a tick leaves things; None where the next one must judge whatever happens.

    So it is where a source cannot be told again or failed, where the program itself failed at something, and where what
    shrank, or a load that is not whole, waits.

    Args:
        counts: of its verdicts.
        waiting: ids of the deliveries that wait.
        is_news: by alert id, of those that were old when a tick first saw them.
    """
    reading = situation.reading
    contents = {source.id: reading.contents.get(source.id) for source in used_sources(tick.rules)}
    waits = any(one.refused is not None for one in guards.all())
    if (
        reading.failed
        or reading.partial_loads
        or None in contents.values()
        or waits
        or len(situation.evaluation.faults)
    ):
        return None
    today = tick.times.now.astimezone(tick.zone).date()
    is_timeless = not any(problem.code == FUTURE for problem in situation.problems)
    return LastTick(
        tick=tick.id,
        at=tick.at.isoformat(),
        as_of=_from(tick.as_of, stands_until(situation)),
        today=_from(today, date.max if is_timeless else today + timedelta(days=1)),
        counts=dict(counts),
        problems=situation.problems,
        has_errors=reading.has_errors or any(problem.is_error for problem in situation.problems),
        contents={id_: digest for id_, digest in contents.items() if digest is not None},
        waiting=tuple(waiting),
        accepted=len(reading.accepted),
        is_news=is_news,
    )


def _from(since: date, until: date) -> Days:
    return Days(since=since.isoformat(), until=until.isoformat())


def stands_until(situation: Situation) -> date:
    """Return the first later day as of which the same figures may say something else."""
    published = situation.panels.next_published
    return min(rest.stands_until(situation.evaluation), published or date.max)


def still_waiting(outstanding: Outstanding, held: HeldBack, told: Iterable[Delivery]) -> list[str]:
    """Return ids of the deliveries that wait after a tick: those that it left, and its own."""
    replaced = {id_ for one in held.cancelled for id_ in one.deliveries}
    before = [id_ for _, ids, _ in outstanding.waiting.values() for id_ in ids if id_ not in replaced]
    return [*before, *(delivery.id for delivery in told)]


def news_of_old(outcome: Outcome, planned: Planned, heard: Heard) -> dict[str, bool]:
    """Return, of the open alerts that were old when a tick first saw them, whether they are news now."""
    old = {one.event.alert.id for one in planned.notifications.suppressed if one.reason is SuppressionReason.NOT_NEWS}
    old |= {
        id_
        for id_, several in heard.held_back.items()
        if any(one.reason is SuppressionReason.NOT_NEWS for one in several)
    }
    return {id_: outcome.findings.is_news(alert) for id_, alert in outcome.open_alerts.items() if id_ in old}
