"""What holds messages on an alert back: it is no news, a silence, or another alert that speaks for it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from alerting.domain.alert import Alert, EventKind
from alerting.domain.notify.hearing import Fate, SentNotice
from alerting.domain.rule import Rule, RuleSet, Silence
from alerting.domain.silencing import last_day, muting, on_series


class SuppressionReason(StrEnum):
    """Why somebody was not told."""

    SILENCED = "silenced"
    INHIBITED = "inhibited"
    NO_ADDRESS = "no_address"
    NOBODY = "nobody"
    NOT_NEWS = "not_news"
    #: By a tick that was undone since.
    TOLD_BEFORE = "told_before"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMessage:
    """That an owner was not told of an event of an alert, why and when."""

    owner: str
    reason: SuppressionReason
    kind: EventKind
    at: datetime


def heard_again(
    owner: str, held: Iterable[HeldMessage], told: Iterable[SentNotice], reminded: Collection[str], now: datetime
) -> datetime | None:
    """Return since when an owner can answer again, from whom an inhibition kept an alert that was due to be passed on.

    That is when they heard of it first after that, *now* where they are about to. None: nothing was kept from them, or
    they are told nothing before it is passed on.

    Args:
        held, told: since the alert opened.
        reminded: those who are reminded now.
    """
    inhibited = [one for one in held if one.owner == owner and one.reason is SuppressionReason.INHIBITED]
    if not any(one.kind is EventKind.ESCALATED for one in inhibited):
        return None
    ended = max(one.at for one in inhibited)
    later = [t for t in told if owner in t.owners and t.at > ended and t.kind is not EventKind.ESCALATED]
    if accepted := [t.at for t in later if t.fate is Fate.TOLD]:
        return min(accepted)
    is_about_to = any(t.fate is not Fate.FAILED for t in later) or (owner in reminded and not later)
    return now if is_about_to else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Holding:
    """Decides for one tick.

    Args:
        open_alerts: everything that stands after the tick, by id.
        silences: those of the rules and those made by command.
        hears: whether anybody is there to hear of an alert.
        no_news: whether an alert was old when it was first seen, and is so still.
    """

    rules: RuleSet
    as_of: date
    open_alerts: Mapping[str, Alert]
    silences: Sequence[Silence]
    hears: Callable[[Alert], bool]
    no_news: Callable[[Alert], bool] = lambda _: False

    @cached_property
    def _rules_by_id(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.rules.rules}

    @cached_property
    def _open_series(self) -> Mapping[tuple[str, str, str], str]:
        """(rule, measure, area) -> id of the alert that is open there."""
        return {(a.key.rule, a.key.measure, a.key.area): a.id for a in self.open_alerts.values()}

    def on(self, alert: Alert) -> tuple[SuppressionReason, str] | None:
        """Say what holds messages on an alert back today, and its id; None where nothing does."""
        if self.no_news(alert):
            return SuppressionReason.NOT_NEWS, ""
        if (silence := self.silence_on(alert)) is not None:
            return SuppressionReason.SILENCED, silence.id
        speaker = self._inhibited_by(alert)
        return (SuppressionReason.INHIBITED, speaker) if speaker is not None else None

    def silence_on(self, alert: Alert) -> Silence | None:
        """Return the silence that mutes messages on an alert today."""
        return muting(alert.key, self.rules, self.silences, self.as_of)

    def silenced_until(self, alert: Alert) -> date | None:
        """Return the last day on which a silence that is over muted an alert's series."""
        over = (one for one in self.silences if one.until is not None and one.until < self.as_of)
        days = [
            last_day(one)
            for one in on_series(alert.key, self.rules, over)
            if one.since is None or one.holds(last_day(one))
        ]
        return max(days, default=None)

    def _inhibited_by(self, alert: Alert) -> str | None:
        """Return the id of the open alert that inhibits this one: of an area above it, or of one below it."""
        rule = self._rules_by_id.get(alert.key.rule)
        if rule is None or rule.inhibit is None:
            return None
        areas = self.rules.areas
        if rule.inhibit == "parent":
            related: Sequence[str] = areas.children.get(alert.key.area, ())
        else:
            related = [area.id for area in areas.line(alert.key.area)][1:]
        keys = ((alert.key.rule, alert.key.measure, area) for area in related)
        speakers = (self._open_series[key] for key in keys if key in self._open_series)
        return next((speaker for speaker in speakers if self._has_recipient(self.open_alerts[speaker])), None)

    def _has_recipient(self, alert: Alert) -> bool:
        """Whether somebody hears of an alert: only then it speaks for others."""
        if self.silence_on(alert) is not None or self.no_news(alert):
            return False
        return self.hears(alert)
