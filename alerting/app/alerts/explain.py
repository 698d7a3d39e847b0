"""The whole chain behind an alert: figures and when they were read, findings, rules, who was told, what was answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from alerting.app.alerts.silences import all_silences, silences_of_life
from alerting.domain.alert import Alert, EventKind
from alerting.domain.comment import Comment
from alerting.domain.fault import Faults, Work
from alerting.domain.notify.hearing import SentNotice
from alerting.domain.notify.notice import Attempt
from alerting.domain.notify.recipients import reached_as
from alerting.domain.period import KINDS, Period
from alerting.domain.problem import Problem
from alerting.domain.rule import RuleSet, Silence
from alerting.domain.silencing import SilenceDeed, muting
from alerting.errors import UsageError
from alerting.evaluation.as_json import finding_json
from alerting.figures.batches import batches_in
from alerting.ports.alerts import AuditEntry
from alerting.ports.state import Store, Transaction

if TYPE_CHECKING:  # loaded where used: figures that are printed need no panels
    from alerting.app.alerts.derived_figures import MadeFigures

#: Figures shown before the one that opened it: two years of months.
_FIGURES_BEFORE = 24
#: What people did or said besides has none of these.
_OF_NO_TICK = dict.fromkeys(("via", "headline", "finding", "tick", "as_of", "undone", "rules_version", "rule"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFigure:
    """One figure as it was read at one time."""

    period: Period
    value: float | None
    published: date | None
    read_at: datetime
    #: The load that was posted since the reading before: when, and its name; None: none was.
    load: tuple[datetime, str | None] | None = None
    #: In which file and row it stands today, where somebody has looked; None: nowhere, or revised since.
    place: tuple[str, int] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the values for JSON."""
        return {
            "period": str(self.period),
            "value": self.value,
            "read_at": self.read_at.isoformat(),
            "published": None if self.published is None else self.published.isoformat(),
            "load": None if self.load is None else {"posted_at": self.load[0].isoformat(), "name": self.load[1]},
            "file": self.place and self.place[0],
            "row": self.place and self.place[1],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An alert with everything that was kept of it."""

    alert: Alert
    #: Whether it is acknowledged today, and what mutes it.
    acknowledged: bool
    silence: Silence | None
    chapters: tuple[AuditEntry, ...]
    #: What became of the silences on its series while it stood.
    silences: tuple[SilenceDeed, ...]
    #: What people said of its measure in its time.
    comments: tuple[Comment, ...]
    #: As sources print them.
    figures: tuple[PublishedFigure, ...]
    #: What was made where they print none.
    made: "MadeFigures | None"
    #: delivery id -> its tries.
    attempts: Mapping[str, Sequence[Attempt]]
    #: owner -> the names by which today's rule reaches them.
    reached_as: Mapping[str, Sequence[str]]
    #: Where its figures come from; None: they are made of others.
    source: str | None = None
    #: Why that cannot be read now; None: it can, or nobody has looked.
    unreadable: str | None = None
    #: What of it is lacking, because the program failed at it.
    problems: tuple[Problem, ...] = ()

    @property
    def story(self) -> list[AuditEntry | SilenceDeed | Comment]:
        """Its events, what became of the silences on it and what was said of its measure, oldest first."""
        return sorted([*self.chapters, *self.silences, *self.comments], key=_when)

    @property
    def state(self) -> str:
        """How it stands, in the word that lists have for it."""
        if self.silence is not None:
            return "silenced"
        return "acknowledged" if self.acknowledged else self.alert.state.value

    def why_told(self, told: SentNotice) -> str:
        """Say why somebody was told: for whom they stood in, and how the rule reaches those."""
        if told.kind is EventKind.ESCALATED:
            return f"escalated: {', '.join(told.owners)} had not acknowledged it"
        return "; ".join(self._why(told.person, owner) for owner in told.owners)

    def _why(self, person: str, owner: str) -> str:
        names = self.reached_as.get(owner)
        if names is None:
            how = "under the rules as they were then"
        else:
            how = " and ".join("by name" if name == owner else f"as {name}" for name in names)
        return how if owner == person else f"for {owner}, {how}"


def _when(one: AuditEntry | SilenceDeed | Comment) -> datetime:
    return one.event.at if isinstance(one, AuditEntry) else one.at


def explain(rules: RuleSet, store: Store, id_: str, day: date) -> Explanation:
    """Collect the chain of an alert, which stands as of a day.

    Raises:
        UsageError: there is no such alert.
    """
    with store.begin() as state:
        alert = state.alerts.get(id_)
        if alert is None:
            raise UsageError(f'no alert "{id_}"; `alerting alerts list --all` names them')
        chapters = tuple(state.alerts.history(id_))
        silences = all_silences(rules, state.silences)
        silence = muting(alert.key, rules, silences, day) if alert.is_open else None
        comments = tuple(one for one in state.comments.every() if one.is_of(alert))
        deeds = tuple(silences_of_life(alert, rules, state.silences, silences, day))
        measure = rules.measures.get(alert.key.measure)
        batches: list[tuple[datetime, pl.DataFrame]] = []
        if measure is not None and measure.source is not None:
            batches = [
                (at, _of_series(alert, batch))
                for record in state.readings.of(measure.source)
                for at, batch in batches_in(record)
            ]
        posts = [] if measure is None or measure.source is None else state.loads.posts(measure.source)
        published = _figures(alert, batches, 1.0 if measure is None else measure.ratio_scale)
        figures = tuple(with_load(one, [at for at, _ in batches], posts) for one in published)
        printed = any(not batch.is_empty() for _, batch in batches)
        faults, work = Faults(), Work(sort="alert", id=id_, done="explained in full")
        made = faults.attempt(work, lambda: _made(rules, state, alert, printed=printed))
    sent = [delivery for chapter in chapters for _, deliveries in chapter.told for delivery in deliveries]
    return Explanation(
        alert=alert,
        acknowledged=alert.is_open and alert.is_acknowledged(day),
        silence=silence,
        chapters=chapters,
        silences=deeds,
        comments=comments,
        figures=figures,
        source=None if measure is None else measure.source,
        made=made,
        problems=tuple(fault.problem() for fault in faults),
        attempts={delivery.id: store.attempts(delivery.id) for delivery in sent},
        reached_as=_reached_as(alert, rules, day),
    )


def _reached_as(alert: Alert, rules: RuleSet, day: date) -> Mapping[str, Sequence[str]]:
    key = alert.key
    rule = next((one for one in rules.rules if key.rule in (one.id, one.former_id)), None)
    if rule is None or key.measure not in rules.measures or key.area not in rules.areas:
        return {}
    return reached_as(rule, key.measure, key.area, rules, day)


def _of_series(alert: Alert, batch: pl.DataFrame) -> pl.DataFrame:
    return batch.filter((pl.col("measure") == alert.key.measure) & (pl.col("area") == alert.key.area))


def _span(alert: Alert) -> tuple[int, int]:
    """Return the ordinals of the first and the last period whose figures are shown."""
    last = max(alert.period, alert.resolved or alert.period).ordinal
    return alert.opened.ordinal - _FIGURES_BEFORE, last


def _figures(alert: Alert, batches: Sequence[tuple[datetime, pl.DataFrame]], scale: float) -> Iterator[PublishedFigure]:
    """Yield the series' figures up to its end, each version with when it was read."""
    kind, (first, last) = KINDS.index(alert.opened.kind), _span(alert)
    found: list[tuple[int, int, datetime, float | None]] = []
    for at, batch in batches:
        own = batch.filter((pl.col("kind") == kind) & pl.col("ordinal").is_between(first, last))
        found += [(row["ordinal"], row["published"], at, _value(row, scale)) for row in own.iter_rows(named=True)]
    for ordinal, published, at, value in sorted(found, key=lambda one: one[:3]):
        yield PublishedFigure(
            period=Period(alert.opened.kind, ordinal, alert.opened.starts),
            value=value,
            read_at=at,
            published=date.fromordinal(published) if published > 0 else None,
        )


def with_load(
    figure: PublishedFigure, readings: Sequence[datetime], posts: Sequence[tuple[datetime, str | None]]
) -> PublishedFigure:
    """Return a figure with the newest load that was posted between the reading before its own and that.

    Args:
        readings: when something new was read of its source.
        posts: when loads of it were posted, with their names, oldest first.
    """
    before = max((at for at in readings if at < figure.read_at), default=None)
    brought = [post for post in posts if post[0] <= figure.read_at and (before is None or post[0] > before)]
    return replace(figure, load=brought[-1]) if brought else figure


def _made(rules: RuleSet, state: Transaction, alert: Alert, *, printed: bool) -> "MadeFigures | None":
    """Make the series' figures again where its source does not print them; None where it does, or nothing is known of them.

    Args:
        printed: whether a source ever gave a figure for the series, of whatever kind of period.
    """
    measure = rules.measures.get(alert.key.measure)
    made = measure is not None and (
        not printed or measure.every is not alert.opened.kind or measure.rolling is not None or measure.of is not None
    )
    if not made:
        return None
    from alerting.app.alerts.derived_figures import made_figures

    return made_figures(rules, state, alert, *_span(alert), printed=printed)


def _value(row: Mapping[str, Any], scale: float) -> float | None:
    """Return the figure as printed, else its numerator over its denominator."""
    value, numerator, denominator = (row.get(f"number:{name}") for name in ("value", "numerator", "denominator"))
    if value is not None and value == value:
        return float(value)
    if numerator is None or not denominator or numerator != numerator or denominator != denominator:
        return None
    return float(numerator / denominator * scale)


def as_json(found: Explanation) -> dict[str, Any]:
    """Return the explanation for JSON."""
    alert, silence = found.alert, found.silence
    return {
        "alert": alert.id,
        "state": found.state,
        "severity": alert.severity.word,
        "opened": str(alert.opened),
        "period": str(alert.period),
        "value": alert.value,
        "resolved": None if alert.resolved is None else str(alert.resolved),
        "silence": None
        if silence is None
        else {
            "id": silence.id,
            "from": silence.since and silence.since.isoformat(),
            "until": silence.until and silence.until.isoformat(),
            "reason": silence.reason,
        },
        "source": found.source,
        "figures": [figure.as_json() for figure in found.figures],
        "made": None if found.made is None else found.made.as_json(),
        "events": [_event_json(one, found) for one in found.story],
    }


def _event_json(one: AuditEntry | SilenceDeed | Comment, found: Explanation) -> dict[str, Any]:
    match one:
        case AuditEntry():
            return _chapter_json(one, found)
        case SilenceDeed():
            return _deed_json(one)
        case Comment():
            return _comment_json(one)


def _deed_json(deed: SilenceDeed) -> dict[str, Any]:
    return {
        "event": deed.kind.value,
        "at": deed.at.isoformat(),
        "reason": deed.reason,
        "person": deed.person,
        **_OF_NO_TICK,
        "silence": deed.silence,
        "until": deed.until and deed.until.isoformat(),
        "told": [],
        "suppressed": [],
    }


def _comment_json(comment: Comment) -> dict[str, Any]:
    return {
        "event": EventKind.COMMENTED.value,
        "at": comment.at.isoformat(),
        "reason": comment.words,
        "person": comment.person,
        **_OF_NO_TICK,
        comment.about.value: comment.subject,
        "period": str(comment.period),
        "withdrawn_at": comment.withdrawn_at and comment.withdrawn_at.isoformat(),
        "withdrawn_by": comment.withdrawn_by,
        "told": [],
        "suppressed": [],
    }


def _chapter_json(chapter: AuditEntry, found: Explanation) -> dict[str, Any]:
    event, rule, attempts = chapter.event, chapter.rule, found.attempts
    return {
        "event": event.kind.value,
        "at": event.at.isoformat(),
        "reason": event.reason,
        "person": event.person,
        "via": event.via,
        "false_alarm": event.false_alarm,
        "headline": event.headline,
        "finding": None if event.finding is None else finding_json(event.finding),
        "tick": chapter.tick.id,
        "as_of": chapter.tick.as_of.isoformat(),
        "undone": chapter.tick.undone_at and chapter.tick.undone_at.isoformat(),
        "rules_version": chapter.tick.rules_version,
        "rule": None if rule is None else {"where": rule[0], "text": rule[1], "digest": f"sha256:{rule[2]}"},
        "told": [
            {
                "to": told.person,
                "for": list(told.owners),
                "fate": told.fate.value,
                "why": found.why_told(told),
                "at": told.at.isoformat(),
                "messages": [
                    {
                        "id": delivery.message_id,
                        "channel": delivery.channel,
                        "address": delivery.address,
                        "subject": delivery.message.subject,
                        "state": delivery.state.value,
                        "attempts": [
                            {"at": one.at.isoformat(), "state": one.state, "reply": one.reply}
                            for one in attempts.get(delivery.id, ())
                        ],
                    }
                    for delivery in deliveries
                ],
            }
            for told, deliveries in chapter.told
        ],
        "suppressed": [{"owner": owner, "reason": why.value, "by": by} for owner, why, by in chapter.suppressed],
    }
