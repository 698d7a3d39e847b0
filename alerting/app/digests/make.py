"""Digests: for each owner, and for those who see everything, what happened since their last one and what was checked."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from alerting.app.digests.alert_snapshot import STANDINGS, AlertsNow
from alerting.app.digests.fault_views import fault_views
from alerting.app.digests.last_judged import LastJudged, as_told
from alerting.app.digests.morning import Book, Reader
from alerting.app.digests.silenced_notes import silenced_notes
from alerting.app.notices.compose import Letterhead, deliveries_for
from alerting.app.notices.draw_pictures import draw_queued
from alerting.app.notices.event_view import as_of_words, declared_notes, since_words
from alerting.domain.alert import Alert, AlertEvent, EventKind, SeriesKey
from alerting.domain.fault import LAID_OUT, Faults, Work
from alerting.domain.notify.notice import Delivery, Message, Notice, NoticeKind
from alerting.domain.problem import Problem
from alerting.domain.rule import Digest, RuleSet, Status
from alerting.failpoints import reached
from alerting.figures.observations import Reading
from alerting.ports import DigestRecord, Store, Transaction
from alerting.render.bare import bare_message
from alerting.render.digest import render_digest
from alerting.reports.digest_views import DigestEntry, DigestTopic, DigestView, HoldNote, Standing
from alerting.reports.due_dates import named
from alerting.reports.tallies import checked_of, not_judged_of, themes_of
from alerting.reports.topic_figures import updated_measures
from alerting.wording.dates import day_words, days_words, when
from alerting.wording.numbers import NumberStyle

T = TypeVar("T")
#: In `to:`, every owner who answers for something that is watched.
EACH_OWNER = "each_owner"
#: What a first digest looks back over.
_FIRST_WINDOW = timedelta(days=7)
#: Of what people said of an alert, the newest so many stand beside its exception.
_MOST_COMMENTS = 2
_NAMESPACE = uuid.UUID("0d0c0f4e-0a44-4c5b-9b39-58b0d2f6c3a7")


@dataclass(frozen=True, kw_only=True, eq=False)
class DigestReport:
    """What was made: deliveries, and owners whose digest for the day was there already."""

    deliveries: tuple[Delivery, ...]
    already: tuple[str, ...]
    has_errors: bool
    #: Templates of the folder's own that could not be used.
    problems: tuple[Problem, ...] = ()
    #: What the program itself failed at.
    faults: Faults = field(default_factory=Faults)


def run_digests(
    rules: RuleSet, reading: Reading, store: Store, day: date, at: datetime, letterhead: Letterhead,
    digests: Sequence[Digest], *, now: datetime | None = None,
) -> DigestReport:  # fmt: skip
    """Make each digest of a day for each of its owners, once a day at most, and queue them for delivery."""
    last = as_told(reading, rules, store, at, day)
    book = Book.of(rules, last.reading, last.as_of or day, day=day, newer=_newer(last))
    deliveries: list[Delivery] = []
    already: list[str] = []
    with store.begin() as state, letterhead.overrides as overrides:
        pages = Pages(book, AlertsNow(rules, state, at), state, at, now or at, letterhead)
        for digest in digests:
            for reader in _readers(digest, book):
                if state.digest_made(digest.id, reader.owner, day.isoformat()):
                    already.append(reader.owner)
                    continue
                deliveries += pages.save(digest, reader)
                reached("digest_half")
    reached("digest_commit_post")
    failed = draw_queued(deliveries, store)
    return DigestReport(
        deliveries=tuple(deliveries),
        already=tuple(already),
        has_errors=reading.has_errors or bool(book.evaluation.faults) or bool(failed),
        problems=(*overrides.problems, *(fault.problem() for fault in book.evaluation.faults), *failed),
        faults=book.evaluation.faults,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPage:
    """One digest as a page for its reader, sent to nobody."""

    digest: str
    owner: str
    message: Message


def digest_pages(
    rules: RuleSet, reading: Reading, store: Store, as_of: date, at: datetime, letterhead: Letterhead,
    digests: Sequence[Digest],
) -> Iterator[DigestPage]:  # fmt: skip
    """Write each digest as it would be, in full, also where it was made today already; store and send nothing."""
    book = Book.of(rules, reading, as_of, day=as_of)
    with store.begin() as state:
        pages = Pages(book, AlertsNow(rules, state, at), state, at, at, letterhead)
        for digest in digests:
            for reader in _readers(digest, book):
                message = pages.contained(digest, reader, partial(render_digest, whole=True))
                yield DigestPage(digest=digest.id, owner=reader.owner, message=message)


def _newer(last: LastJudged) -> str | None:
    """Say what is in no line of a digest."""
    if last.as_of is None:
        return "Nothing has been told yet: the first evaluation is still to come."
    day = day_words(last.as_of)
    return (
        f"This is how it stood at the last evaluation, as of {day}; figures that came since are judged by the next."
        if last.newer
        else None
    )


def _readers(digest: Digest, book: Book) -> Iterator[Reader]:
    """Yield those a digest is for, with whether they see everything; nobody twice."""
    rules = book.rules
    named = [name for name in digest.to if name != EACH_OWNER and name in rules.owners]
    yield from (Reader(owner=owner, sees_all=True, about=digest.about) for owner in named)
    if EACH_OWNER in digest.to:
        others = (owner for owner in rules.owners if book.has_something_for(owner) and owner not in named)
        yield from (Reader(owner=owner, sees_all=False, about=digest.about) for owner in others)


@dataclass(eq=False)
class Pages:
    """Makes digests; what readers share is written once."""

    book: Book
    alerts: AlertsNow
    state: Transaction
    at: datetime
    now: datetime
    letterhead: Letterhead
    _entries: dict[tuple[str, Standing, bool, datetime], DigestEntry] = field(default_factory=dict)
    _updated: dict[date, frozenset[str]] = field(default_factory=dict)

    def save(self, digest: Digest, reader: Reader) -> list[Delivery]:
        """Render one digest, queue it and record it."""
        book, since = self.book, self.since(digest, reader)
        window = book.day.isoformat()
        notice_id = _notice_id(digest.id, reader.owner, window)
        notice = Notice(id=notice_id, kind=NoticeKind.DIGEST, owner=reader.owner, at=self.at)
        channels = book.rules.channels
        owner = book.rules.owners[reader.owner]

        def laid_out(view: DigestView) -> Mapping[str, Message]:
            overrides = self.letterhead.overrides
            return overrides.overridden(render_digest(view), view, owner=reader.owner, channels=owner.channels)

        message = self.contained(digest, reader, laid_out)
        deliveries = deliveries_for(notice, owner, message, channels, self.letterhead, now=self.now)
        deliveries = self.state.keep_bodies(deliveries)
        _, unread = self._unread_before(digest, reader)
        self.state.cancel(unread, f"a later digest, notice {notice_id}, says it", self.at)
        self.state.save_notices([notice], deliveries)
        self.state.save_digest(
            DigestRecord(digest=digest.id, owner=reader.owner, window=window, since=since, until=self.at)
        )
        return deliveries

    def contained(self, digest: Digest, reader: Reader, lay_out: Callable[[DigestView], T]) -> T | Message:
        """Lay one digest out; where the program fails at it, say what is left: which exceptions stand."""
        work = Work(sort=f"digest {digest.id} for", id=reader.owner, done=LAID_OUT)
        since = self.since(digest, reader)
        made = self.book.evaluation.faults.attempt(work, lambda: lay_out(self.view(digest, reader, since)))
        return self._bare(digest, reader) if made is None else made

    def _bare(self, digest: Digest, reader: Reader) -> Message:
        titles, mine = self.book.rules_by_id, set(self.book.series(reader))
        standing = [key for key in self.alerts.open_by_key if key in mine]
        lines = [f"{titles[key.rule].title} ({key.measure}, {key.area}) stands." for key in standing]
        title = f"{digest.id.replace('-', ' ').capitalize()} digest"
        return bare_message(title, lines or ["No exception stands."], self.letterhead.marking)

    def since(self, digest: Digest, reader: Reader) -> datetime:
        """Return where the reader's last digest ended: the last that is not waiting still, since this one replaces such."""
        return self._unread_before(digest, reader)[0]

    def _unread_before(self, digest: Digest, reader: Reader) -> tuple[datetime, list[str]]:
        """Return from when on a reader has read nothing, and the deliveries of this digest that wait."""
        unsent, waiting = self.state.unsent_digests(reader.owner), list[str]()
        since = None
        for record in self.state.digests(digest.id, reader.owner):
            deliveries = unsent.get(_notice_id(digest.id, reader.owner, record.window))
            if deliveries is None:
                return record.until, waiting
            waiting += deliveries
            since = record.since
        return since or self.at - _FIRST_WINDOW, waiting

    def view(self, digest: Digest, reader: Reader, since: datetime) -> DigestView:
        """Return a digest in words."""
        book, rules, day = self.book, self.book.rules, self.book.day
        keys, first = book.series(reader), since.astimezone(self.letterhead.zone).date()
        mine = [book.by_key[key] for key in keys]
        unread = self._unread(reader)
        series = {**dict.fromkeys(unread, ()), **book.measures(reader, keys)}
        summary = book.topics.summary(series, self._updated_since(first))
        days = (day - first).days
        return DigestView(
            owner=rules.owners[reader.owner].name, title=f"{digest.id.replace('-', ' ').capitalize()} digest",
            window=days_words(first, day), span="this week" if days <= 7 else "in this time",
            as_of=as_of_words(book.evaluation.as_of), newer=book.newer, themes=themes_of(mine, rules),
            topics=self._topics(reader, [*keys, *self._unseen(reader)], since),
            checked=checked_of(mine, unread), not_judged=not_judged_of(mine, rules),
            lines=summary.lines, not_included=summary.not_included, without_figures=summary.without_figures,
            troubles=(*fault_views(reader, book), *book.troubles.views(series)),
            holds=self._holds(keys), silenced=silenced_notes(book, self.alerts, reader, keys),
            coming=book.coming.notes(series, {key.rule for key in keys}),
            marking=self.letterhead.marking, reply_to=self.letterhead.reply_to,
        )  # fmt: skip

    def _unseen(self, reader: Reader) -> Iterator[SeriesKey]:
        """Yield the series with open alerts of which no figure can be read now: what was told of them still stands."""
        book = self.book
        for key in self.alerts.open_by_key:
            if key not in book.by_key and book.is_about(key, reader.about):
                rule = book.rules_by_id.get(key.rule)
                open_to_all = rule is None or rule.status is not Status.SHADOW
                if reader.owner in book.answers(key) or (reader.sees_all and open_to_all):
                    yield key

    def _unread(self, reader: Reader) -> dict[str, str]:
        unread, measures = self.book.troubles.unread, self.book.rules.measures
        mine = unread if reader.sees_all else self.book.troubles.unread_of(reader.owner)
        about = reader.about
        return {id_: unread[id_] for id_ in mine if about is None or about.covers_measure(measures[id_])}

    def _updated_since(self, day: date) -> frozenset[str]:
        if day not in self._updated:
            as_of = self.book.evaluation.as_of
            self._updated[day] = updated_measures(self.book.rules, self.book.reading, day, as_of)
        return self._updated[day]

    def _holds(self, keys: Sequence[SeriesKey]) -> tuple[HoldNote, ...]:
        """Return the holds in force on any of the reader's series, with the measures that they are about."""
        rules, day = self.book.rules, self.book.day
        found = []
        for hold in rules.holds:
            if (hold.since is not None and hold.since > day) or (hold.until is not None and hold.until < day):
                continue
            held = [
                k
                for k in keys
                if hold.match.covers_area(k.area) and hold.match.covers_measure(rules.measures[k.measure])
            ]
            if held:
                titles = dict.fromkeys(rules.measures[key.measure].title for key in held)
                until = day_words(hold.until) if hold.until is not None else None
                found.append(HoldNote(title=named(list(titles)), until=until, reason=hold.words))
        return tuple(found)

    def _topics(self, reader: Reader, keys: Sequence[SeriesKey], since: datetime) -> tuple[DigestTopic, ...]:
        """Return what happened and what goes on, by topic as declared; each alert once, by its last event."""
        entries: dict[str, list[DigestEntry]] = {}
        happened = self._happened(reader, keys, since)
        for event in happened.values():
            entry = self._entry(event.alert, STANDINGS[event.kind], event, reader, since)
            entries.setdefault(self._topic(event.alert), []).append(entry)
        for key in keys:
            for alert in self.alerts.open_by_key.get(key, ()):
                if alert.id not in happened:
                    entry = self._entry(alert, Standing.ONGOING, None, reader, since)
                    entries.setdefault(self._topic(alert), []).append(entry)
        titles = [topic.title for topic in self.book.rules.topics.values()]
        order = sorted(entries, key=lambda title: titles.index(title) if title in titles else len(titles))
        return tuple(DigestTopic(title=title, entries=_worst_first(entries[title])) for title in order)

    def _happened(self, reader: Reader, keys: Sequence[SeriesKey], since: datetime) -> dict[str, AlertEvent]:
        """Return the event that tells most of each of the reader's alerts; also of series that nobody watches now."""
        happened = self.alerts.happened(since)
        found: dict[str, AlertEvent] = {}
        for event in (event for key in keys for event in happened.by_key.get(key, ())):
            found[event.alert.id] = _first_told(found.get(event.alert.id), event)
        for event in happened.withdrawn:
            if event.alert.id not in found and self._is_withdrawn_for(event, reader):
                found[event.alert.id] = event
        return found

    def _is_withdrawn_for(self, event: AlertEvent, reader: Reader) -> bool:
        if not self.book.is_about(event.alert.key, reader.about):
            return False
        return reader.sees_all or self.alerts.was_told(event, reader.owner)

    def _topic(self, alert: Alert) -> str:
        measure = self.book.rules.measures.get(alert.key.measure)
        topic = self.book.rules.topics.get(measure.topic) if measure else None
        return topic.title if topic else "Other"

    def _entry(
        self, alert: Alert, standing: Standing, event: AlertEvent | None, reader: Reader, since: datetime
    ) -> DigestEntry:  # fmt: skip
        key = (alert.id, standing, reader.sees_all, since)
        if key not in self._entries:
            entry = self._write(alert, standing, event, reader)
            # Of what is over, the digests before have said what was said before.
            said = self.alerts.comments(None if alert.is_open else since).get(alert.id, ())
            self._entries[key] = replace(entry, comments=tuple(said[-_MOST_COMMENTS:]))
        return self._entries[key]

    def _write(self, alert: Alert, standing: Standing, event: AlertEvent | None, reader: Reader) -> DigestEntry:
        book = self.book
        found, measure = book.found(alert), book.rules.measures.get(alert.key.measure)
        # What stands is told by today's figures, also where they were revised since; what ended as it was told.
        today = found if found is not None and alert.is_open else None
        headline = (
            today.headline if today else (event.headline if event else None) or (found.headline if found else None)
        )
        finding = (
            today.finding if today else event.finding if event and event.finding else (found.finding if found else None)
        )
        text = event.reason if event and event.reason else (finding.text if finding else None)
        since = since_words(alert)
        if found is None and alert.key.measure in book.troubles.failed_measures:
            since = f"{f'{since}; ' if since else ''}its source could not be read, so it is not known how it stands"
        owners = [book.rules.owners[owner].name for owner in book.answers(alert.key)]
        shown = AlertEvent(kind=EventKind.OPENED, alert=alert, finding=found.finding if found else None, at=self.at)
        return DigestEntry(
            standing=standing, severity=alert.severity, meaning=None if found is None else found.finding.meaning,
            distance=0.0 if found is None else found.distance,
            rule_place=book.rule_places.get(alert.key.rule, len(book.rule_places)),
            headline=headline or _plain_headline(alert, book.rules),
            since=since, text=text,
            owner=", ".join(owners) or None if reader.sees_all else None, link=measure.link if measure else None,
            chart=partial(book.charts.of, shown),
            notes=declared_notes(finding) if finding else (),
        )  # fmt: skip


def _plain_headline(alert: Alert, rules: RuleSet) -> str:
    """Write what was exceptional last, where the finding behind it is not at hand."""
    measure, area = rules.as_judged(alert.key.rule, alert.key.measure), rules.areas.areas.get(alert.key.area)
    value = f": {NumberStyle.of(measure).value(alert.value)} {when(alert.period)}" if measure else ""
    return f"{measure.title if measure else alert.key.measure}{value} ({area.title if area else alert.key.area})"


def _first_told(before: AlertEvent | None, event: AlertEvent) -> AlertEvent:
    """Keep an opening over a later worsening within one window: to the reader it is new."""
    if before is not None and before.kind is EventKind.OPENED and event.kind is EventKind.WORSENED:
        return before
    return event


def _worst_first(entries: Iterable[DigestEntry]) -> tuple[DigestEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.weight, entry.headline)))


def digests_named(rules: RuleSet, ids: Sequence[str]) -> list[Digest]:
    """Return the digests with the given ids, all where none is given; a weekly one for each owner where none is declared."""
    declared = {digest.id: digest for digest in rules.digests} or {"weekly": Digest(id="weekly", to=(EACH_OWNER,))}
    return [declared[id_] for id_ in ids] if ids else list(declared.values())


def _notice_id(digest: str, owner: str, window: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{digest}/{owner}/{window}"))
