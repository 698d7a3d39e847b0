"""Digests: for each owner, and for those who see everything, what happened since their last one and what was checked."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np

from alerting.app.evaluate import evaluate_panels
from alerting.app.event_views import as_of_words, since_words
from alerting.app.outgoing import Letterhead, deliveries_for
from alerting.app.standing import checked_of, not_judged_of, themes_of
from alerting.domain.alert import Alert, AlertEvent, EventKind, SeriesKey
from alerting.domain.notice import Delivery, Notice, NoticeKind
from alerting.domain.problem import Problem
from alerting.domain.recipients import recipients
from alerting.domain.rule import Digest, RuleSet
from alerting.evaluation.findings import FindingMaker, Found
from alerting.evaluation.newest import NewestVerdict, newest_verdicts
from alerting.failpoints import reached
from alerting.figures.observations import Reading
from alerting.figures.panels import build_panels
from alerting.ports import DigestRecord, Store, Transaction
from alerting.render.digest import render_digest
from alerting.render.views import DigestEntry, DigestTopic, DigestView, Standing
from alerting.wording.dates import days_words

#: In `to:`, every owner who answers for something that is watched.
EACH_OWNER = "each_owner"
#: What a first digest looks back over.
_FIRST_WINDOW = timedelta(days=7)
_NAMESPACE = uuid.UUID("0d0c0f4e-0a44-4c5b-9b39-58b0d2f6c3a7")
_STANDINGS = {
    EventKind.OPENED: Standing.OPENED,
    EventKind.WORSENED: Standing.WORSENED,
    EventKind.CORRECTED: Standing.CORRECTED,
    EventKind.RESOLVED: Standing.RESOLVED,
    EventKind.WITHDRAWN: Standing.WITHDRAWN,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class DigestReport:
    """What was made: deliveries, and owners whose digest for the day was there already."""

    deliveries: tuple[Delivery, ...]
    already: tuple[str, ...]
    has_errors: bool
    #: Templates of the folder's own that could not be used.
    problems: tuple[Problem, ...] = ()


def run_digests(
    rules: RuleSet, reading: Reading, store: Store, as_of: date, at: datetime, letterhead: Letterhead,
    digests: Sequence[Digest], *, now: datetime | None = None,
) -> DigestReport:  # fmt: skip
    """Make each digest for each of its owners, once a day at most, and queue them for delivery."""
    evaluation = evaluate_panels(rules, build_panels(reading, rules, as_of), every_period=True)
    book = _Book(rules, list(newest_verdicts(evaluation)), FindingMaker(evaluation))
    deliveries: list[Delivery] = []
    already: list[str] = []
    with store.begin() as state, letterhead.overrides as overrides:
        for digest in digests:
            for owner_id, sees_all in _readers(digest, rules, book):
                if state.digest_made(digest.id, owner_id, as_of.isoformat()):
                    already.append(owner_id)
                    continue
                page = _Page(digest, owner_id, sees_all, book, state, as_of, at, now or at)
                deliveries += page.save(letterhead)
                reached("digest_half")
    reached("digest_commit_post")
    return DigestReport(
        deliveries=tuple(deliveries), already=tuple(already), has_errors=reading.has_errors, problems=overrides.problems
    )


def _readers(digest: Digest, rules: RuleSet, book: "_Book") -> Iterator[tuple[str, bool]]:
    """Yield owner ids with whether they see everything; nobody twice."""
    named = [name for name in digest.to if name != EACH_OWNER and name in rules.owners]
    yield from ((owner, True) for owner in named)
    if EACH_OWNER in digest.to:
        yield from ((owner, False) for owner in rules.owners if owner in book.owners and owner not in named)


@dataclass(eq=False)
class _Book:
    """What all pages share: every series' newest verdict and who answers for it."""

    rules: RuleSet
    verdicts: list[NewestVerdict]
    maker: FindingMaker

    @cached_property
    def by_key(self) -> Mapping[SeriesKey, NewestVerdict]:
        """Verdicts by series."""
        return {SeriesKey(rule=v.rule.id, measure=v.measure.id, area=v.area): v for v in self.verdicts}

    @cached_property
    def owners(self) -> Mapping[str, set[SeriesKey]]:
        """The series each owner answers for."""
        found: dict[str, set[SeriesKey]] = {}
        for key, verdict in self.by_key.items():
            for owner in recipients(verdict.rule, key.measure, key.area, self.rules):
                found.setdefault(owner, set()).add(key)
        return found

    def found(self, alert: Alert) -> Found | None:
        """Return the finding behind an alert's newest exceptional period."""
        verdict = self.by_key.get(alert.key)
        if verdict is None:
            return None
        block = verdict.verdicts.block
        row = block.panel.row(alert.period) - block.start
        if not 0 <= row < verdict.verdicts.state.shape[0]:
            return None
        ((_, found),) = self.maker.at(verdict.verdicts, row, np.array([verdict.place]))
        return found.with_text()


@dataclass(eq=False)
class _Page:
    """One owner's digest."""

    digest: Digest
    owner: str
    sees_all: bool
    book: _Book
    state: Transaction
    as_of: date
    at: datetime
    now: datetime

    def save(self, letterhead: Letterhead) -> list[Delivery]:
        """Render it, queue it and record it."""
        last = self.state.newest_digest(self.digest.id, self.owner)
        since = last.until if last is not None else self.at - _FIRST_WINDOW
        view = self._view(since, letterhead)
        window = self.as_of.isoformat()
        notice_id = str(uuid.uuid5(_NAMESPACE, f"{self.digest.id}/{self.owner}/{window}"))
        notice = Notice(id=notice_id, kind=NoticeKind.DIGEST, owner=self.owner, at=self.at)
        owner = self.book.rules.owners[self.owner]
        message = letterhead.overrides.overridden(render_digest(view), view, owner=self.owner, channels=owner.channels)
        kinds = {channel.id: channel.kind for channel in self.book.rules.channels.values()}
        deliveries = deliveries_for(notice, owner, message, kinds, letterhead, now=self.now)
        self.state.save_notices([notice], deliveries)
        record = DigestRecord(digest=self.digest.id, owner=self.owner, window=window, since=since, until=self.at)
        self.state.save_digest(record)
        return deliveries

    def _view(self, since: datetime, letterhead: Letterhead) -> DigestView:
        first = since.date()
        mine = [v for key, v in self.book.by_key.items() if self._covers(key)]
        name = self.digest.id.replace("-", " ").capitalize()
        days = (self.as_of - first).days
        return DigestView(
            owner=self.book.rules.owners[self.owner].name, title=f"{name} digest",
            window=days_words(first, self.as_of), span="this week" if days <= 7 else "in this time",
            as_of=as_of_words(self.as_of), topics=self._topics(since), themes=themes_of(mine, self.book.rules),
            checked=checked_of(mine), not_judged=not_judged_of(mine, self.book.rules, self.book.maker),
            marking=letterhead.marking, reply_to=letterhead.reply_to,
        )  # fmt: skip

    def _covers(self, key: SeriesKey) -> bool:
        about = self.digest.about
        measure = self.book.rules.measures.get(key.measure)
        if about is not None and not (
            measure is not None
            and about.covers_measure(measure)
            and about.covers_area(key.area)
            and about.covers_rule(key.rule)
        ):
            return False
        return self.sees_all or key in self.book.owners.get(self.owner, ())

    def _topics(self, since: datetime) -> tuple[DigestTopic, ...]:
        """Return what happened and what goes on, by topic as declared; each alert once, by its last event."""
        happened: dict[str, AlertEvent] = {}
        for event in self.state.events_between(since, self.at):
            if (event.kind in _STANDINGS and self._covers(event.alert.key)) or (
                event.kind is EventKind.WITHDRAWN and self.sees_all
            ):
                happened[event.alert.id] = self._first_told(happened.get(event.alert.id), event)
        going_on = [alert for alert in self.state.open_alerts() if alert.id not in happened and self._covers(alert.key)]
        entries: dict[str, list[DigestEntry]] = {}
        for event in happened.values():
            entries.setdefault(self._topic(event.alert), []).append(
                self._entry(event.alert, _STANDINGS[event.kind], event)
            )
        for alert in going_on:
            entries.setdefault(self._topic(alert), []).append(self._entry(alert, Standing.ONGOING, None))
        titles = [topic.title for topic in self.book.rules.topics.values()]
        order = sorted(entries, key=lambda title: titles.index(title) if title in titles else len(titles))
        return tuple(DigestTopic(title=title, entries=_worst_first(entries[title])) for title in order)

    def _first_told(self, before: AlertEvent | None, event: AlertEvent) -> AlertEvent:
        """Keep an opening over a later worsening within one window: to the reader it is new."""
        if before is not None and before.kind is EventKind.OPENED and event.kind is EventKind.WORSENED:
            return before
        return event

    def _topic(self, alert: Alert) -> str:
        measure = self.book.rules.measures.get(alert.key.measure)
        topic = self.book.rules.topics.get(measure.topic) if measure else None
        return topic.title if topic else "Other"

    def _entry(self, alert: Alert, standing: Standing, event: AlertEvent | None) -> DigestEntry:
        found = self.book.found(alert)
        measure = self.book.rules.measures.get(alert.key.measure)
        area = self.book.rules.areas.areas.get(alert.key.area)
        place = area.title if area else alert.key.area
        headline = found.subject if found else f"{measure.title if measure else alert.key.measure} ({place})"
        finding = event.finding if event and event.finding else (found.finding if found else None)
        text = event.reason if event and event.reason else (finding.text if finding else None)
        return DigestEntry(
            standing=standing, severity=alert.severity, headline=headline, since=since_words(alert), text=text,
            owner=self._answers_for(alert) if self.sees_all else None, link=measure.link if measure else None,
        )  # fmt: skip

    def _answers_for(self, alert: Alert) -> str | None:
        names = [owner for owner, keys in self.book.owners.items() if alert.key in keys]
        return ", ".join(self.book.rules.owners[owner].name for owner in names) or None


def _worst_first(entries: Iterable[DigestEntry]) -> tuple[DigestEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: (-entry.severity, entry.headline)))


def digests_named(rules: RuleSet, ids: Sequence[str]) -> list[Digest]:
    """Return the digests with the given ids, all where none is given; a weekly one for each owner where none is declared."""
    declared = {digest.id: digest for digest in rules.digests} or {"weekly": Digest(id="weekly", to=(EACH_OWNER,))}
    return [declared[id_] for id_ in ids] if ids else list(declared.values())
