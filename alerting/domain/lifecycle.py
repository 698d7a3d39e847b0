"""What becomes of an alert: how it was told, held against what all figures give under today's rules. Pure; one table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerting.domain.alert import Alert, AlertState, EventKind, SeriesKey
from alerting.domain.period import Period, PeriodKind
from alerting.domain.severity import Severity

#: Why an alert is corrected, in words.
FIGURES_REVISED = "The figures were revised; under the new ones there is no exception."
NEVER_EXCEPTIONAL = "The figures were revised; under the new ones there was no exception."
STILL_EXCEPTIONAL = "The figures were revised; under the new ones the exception goes on."
RULE_CHANGED = "The rule was changed; under it the same figures are no exception."


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFinding:
    """The newest exceptional finding of a series that is open, and the period that opened it."""

    opened: Period
    period: Period
    value: float | None
    consecutive: int
    severity: Severity
    band: str | None = None
    #: The condition's bands, worst first.
    bands: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesStatus:
    """How a series stands under a rule by all its figures in order, and what they say of the alert that was told.

    `cleared`: the period that ended the told alert, where it is over. `revoked`: its own figures are there and are no
    exception any more, so that there is nothing to end. `revised`: figures it was told on have changed since.
    """

    exceptional: OpenFinding | None
    cleared: Period | None = None
    #: Of an alert that was cleared: its last exceptional period, and the figure then.
    last: tuple[Period, float | None] | None = None
    revoked: bool = False
    revised: bool = False
    #: Of an alert that was cleared, where its finding alone does not say what ended it.
    why_ended: str | None = None
    #: Of an alert that is over: whether the period that ended it is exceptional (True) or normal (False) now; None: it has no
    #: verdict any more, and absence decides nothing.
    end_is_exceptional: bool | None = None
    #: Fingerprints of the figures up to the newest exceptional period, and up to the one that cleared the alert.
    figures: str | None = None
    figures_at_end: str | None = None
    #: On which side of what they are held against the period that was told and the newest exceptional one lie: +1 above, -1
    #: below, 0 neither. None: there is no exceptional one.
    sides: tuple[int, int] | None = None

    @property
    def has_turned(self) -> bool:
        """Whether the exception has jumped to the other side since it was told."""
        return self.sides is not None and self.sides[0] * self.sides[1] < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """An alert to save; with a kind, an event to tell, of the finding at `ended_by` or else at the newest exceptional period."""

    alert: Alert
    kind: EventKind | None = None
    reason: str | None = None
    ended_by: Period | None = None
    #: Whether it jumped to the other side of its line.
    turned: bool = False


def transitions(key: SeriesKey, told: Alert | None, now: SeriesStatus, at: datetime) -> list[Transition]:
    """Return what becomes of the newest alert of a series, and whether a new one opens.

    Args:
        told: the newest alert of the series, open or over; None where there never was one.
        at: the instant of the tick.

    Without a verdict that decides (absence), an open alert stands as it was told.
    """
    if told is None or told.state is AlertState.WITHDRAWN:
        return [_opened(key, now, at)] if now.exceptional is not None else []
    if told.state is AlertState.RESOLVED:
        return _after_its_end(key, told, now, at)
    if now.cleared is not None:
        period, value = now.last or (told.period, told.value)
        ended = replace(_ended(told, now.cleared, at), period=period, value=value, figures=now.figures_at_end)
        why = now.why_ended
        if now.revised and now.cleared <= told.period:
            why = f"The figures were revised; {now.cleared.label} is no exception any more."
        changed = [Transition(alert=ended, kind=EventKind.RESOLVED, ended_by=now.cleared, reason=why)]
        return changed + ([_opened(key, now, at)] if now.exceptional is not None else [])
    if now.exceptional is None:
        if not now.revoked:
            return []
        why = FIGURES_REVISED if now.revised else RULE_CHANGED
        return [Transition(alert=_ended(told, None, at), kind=EventKind.CORRECTED, reason=why)]
    return [_going_on(key, told, now, now.exceptional, at)]


def _opened(key: SeriesKey, now: SeriesStatus, at: datetime) -> Transition:
    found = now.exceptional
    assert found is not None
    alert = Alert(
        key=key,
        opened=found.opened,
        state=AlertState.OPEN,
        severity=found.severity,
        period=found.period,
        value=found.value,
        consecutive=found.consecutive,
        opened_at=at,
        changed_at=at,
        band=found.band,
        worst_severity=found.severity,
        worst_band=found.band,
        figures=now.figures,
    )
    return Transition(alert=alert, kind=EventKind.OPENED)


def _ended(told: Alert, cleared: Period | None, at: datetime) -> Alert:
    return replace(told, state=AlertState.RESOLVED, resolved=cleared, changed_at=at, acknowledgement=None)


def _after_its_end(key: SeriesKey, told: Alert, now: SeriesStatus, at: datetime) -> list[Transition]:
    """Judge an alert that was told as resolved: it may never have ended, or never have been one."""
    found = now.exceptional
    if found is not None:
        never_ended = told.resolved is not None and found.opened <= told.resolved
        if not never_ended:
            return [_opened(key, now, at)]
        if now.end_is_exceptional is None or (not now.revised and not now.end_is_exceptional):
            # Its end cannot be judged any more, or only the rule's patience grew: new are figures after it alone.
            assert told.resolved is not None
            return [_opened(key, now, at)] if found.period > told.resolved and found.period > told.period else []
        if not now.revised:
            return [_opened(key, now, at)]
        newer = _newer(key, told, now, found)
        again = replace(newer, state=AlertState.OPEN, resolved=None, changed_at=at)
        return [Transition(alert=again, kind=EventKind.CORRECTED, reason=STILL_EXCEPTIONAL)]
    if now.revised and now.revoked and told.resolved is not None:
        return [
            Transition(
                alert=replace(told, resolved=None, changed_at=at, figures=now.figures),
                kind=EventKind.CORRECTED,
                reason=NEVER_EXCEPTIONAL,
            )
        ]
    return []


def _going_on(key: SeriesKey, told: Alert, now: SeriesStatus, found: OpenFinding, at: datetime) -> Transition:
    """Save the newest finding; tell what changed of what was told."""
    newer = _newer(key, told, now, found)
    moved, worse = found.opened != told.opened, _is_worse(told, found)
    if now.revised and (moved or _is_judged_otherwise(told, found)):
        corrected = replace(newer, worst_severity=found.severity, worst_band=found.band, changed_at=at)
        if worse or now.has_turned:
            corrected = replace(corrected, acknowledgement=None)
        return Transition(alert=corrected, kind=EventKind.CORRECTED, reason=_what_moved(told, found, moved=moved))
    if worse or now.has_turned:
        worst = found.band if _place(found, found.band) < _place(found, told.worst_band) else told.worst_band
        worsened = replace(
            newer,
            worst_severity=max(told.worst_severity or told.severity, found.severity),
            worst_band=worst,
            changed_at=at,
            acknowledgement=None,
        )
        by_rule = found.period == told.period and not now.revised
        turned = None if by_rule else _turned(told, now, found)
        why = f"The rule was changed; under it this is {found.severity.word}." if by_rule else turned
        return Transition(alert=worsened, kind=EventKind.WORSENED, reason=why, turned=turned is not None)
    return Transition(alert=newer)


def _turned(told: Alert, now: SeriesStatus, found: OpenFinding) -> str | None:
    """Say so where the exception has jumped to the other side."""
    if now.sides is None or not now.has_turned:
        return None
    before, after = ("above" if side > 0 else "below" for side in now.sides)
    at = "on" if told.period.kind is PeriodKind.DAY else "in"
    return f"It has jumped to the other side: {before} {at} {told.period.label}, {after} {at} {found.period.label}."


def _newer(key: SeriesKey, told: Alert, now: SeriesStatus, found: OpenFinding) -> Alert:
    """Return the alert with its newest exceptional finding, under the id it was told by."""
    newer = replace(
        told,
        key=key,
        opened=found.opened,
        period=found.period,
        value=found.value,
        consecutive=found.consecutive,
        severity=found.severity,
        band=found.band,
        figures=now.figures,
        named=None,
        worst_severity=told.worst_severity or told.severity,
        worst_band=told.worst_band or told.band,
    )
    # The id is spelt out only where it is not the one it would have now.
    return newer if newer.id == told.id else replace(newer, named=told.id)


def _is_judged_otherwise(told: Alert, found: OpenFinding) -> bool:
    """Whether the very period that was told has another severity or band now."""
    other_band = told.band is not None and found.band is not None and found.band != told.band
    return found.period == told.period and (other_band or found.severity != told.severity)


def _is_worse(told: Alert, found: OpenFinding) -> bool:
    """Whether severity or band is worse than the worst that was told."""
    worst, band = told.worst_severity or told.severity, told.worst_band or told.band
    if found.severity > worst:
        return True
    # A band that is not declared any more cannot be compared.
    return found.band is not None and band in found.bands and _place(found, found.band) < _place(found, band)


def _place(found: OpenFinding, band: str | None) -> int:
    """Return a band's place among the bands, 0 the worst; one that is not declared (any more) is after the last."""
    return list(found.bands).index(band) if band is not None and band in found.bands else len(found.bands)


def _what_moved(told: Alert, found: OpenFinding, *, moved: bool) -> str:
    if moved:
        return f"The figures were revised; it opened with {found.opened.label}, not with {told.opened.label}."
    if found.band is not None and told.band is not None and found.band != told.band:
        return f"The figures were revised; {found.period.label} is {found.band}, not {told.band}."
    return f"The figures were revised; it is {found.severity.word}, not {told.severity.word}."
