"""Digests: for each owner, and for those who see everything, what happened since their last one and what was checked."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from alerting.app.digests.alert_snapshot import AlertSnapshot
from alerting.app.digests.contents import Contents, digest_title
from alerting.app.digests.last_judged import LastJudged, as_told
from alerting.app.notices.compose import MessageDefaults, deliveries_for
from alerting.app.notices.draw_pictures import draw_queued
from alerting.app.situation.situation import situation_of
from alerting.domain.fault import LAID_OUT, Faults, Work
from alerting.domain.notify.notice import Delivery, Enclosure, Message, Notice, NoticeKind
from alerting.domain.problem import Problem
from alerting.domain.rule import Digest, Presentation, RuleSet
from alerting.errors import UsageError
from alerting.failpoints import reached
from alerting.figures.observations import Reading
from alerting.ports.digests import DigestRecord
from alerting.ports.state import Store, Transaction
from alerting.render.bare import bare_message
from alerting.render.digest import render_digest
from alerting.render.printing import Printer
from alerting.render.scorecard import render_scorecard
from alerting.reports.digest_readers import EACH_OWNER, digest_readers
from alerting.reports.morning import DigestReader, MorningReport
from alerting.wording.dates import day_words

T = TypeVar("T")
#: What a first digest looks back over.
_FIRST_WINDOW = timedelta(days=7)
_ATTACHED = "Its two sheets are attached as PDF, where the mail server takes a message of that size."
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
    #: Why a scorecard went without its PDF; None: none did.
    no_pdf: str | None = None


def run_digests(
    rules: RuleSet,
    reading: Reading,
    store: Store,
    day: date,
    at: datetime,
    defaults: MessageDefaults,
    digests: Sequence[Digest],
    *,
    now: datetime | None = None,
) -> DigestReport:
    """Make each digest of a day for each of its owners, once a day at most, and queue them for delivery."""
    last = as_told(reading, rules, store, at, day)
    morning = morning_on(rules, last.reading, last.as_of or day, day, newer=_newer(last))
    deliveries: list[Delivery] = []
    already: list[str] = []
    printer = Printer(defaults.chromium)
    if any(digest.form is Presentation.SCORECARD for digest in digests):
        with store.begin() as state:
            ahead = DigestMaker(morning, AlertSnapshot(rules, state, at), state, at, now or at, defaults).scorecards(
                digests
            )
        for message in ahead:  # a browser takes seconds, in which others may write
            printer.printed(message)
    with store.begin() as state, defaults.overrides as overrides:
        pages = DigestMaker(morning, AlertSnapshot(rules, state, at), state, at, now or at, defaults, printer)
        for digest in digests:
            for reader in digest_readers(digest, morning):
                if state.digests.was_made(digest.id, reader.owner, day.isoformat()):
                    already.append(reader.owner)
                    continue
                deliveries += pages.save(digest, reader)
                reached("digest_half")
    reached("digest_commit_post")
    failed = draw_queued(deliveries, store)
    return DigestReport(
        deliveries=tuple(deliveries),
        already=tuple(already),
        has_errors=reading.has_errors or bool(morning.evaluation.faults) or bool(failed),
        problems=(*overrides.problems, *(fault.problem() for fault in morning.evaluation.faults), *failed),
        faults=morning.evaluation.faults,
        no_pdf=printer.failed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPage:
    """One digest as a page for its reader, sent to nobody."""

    digest: str
    owner: str
    message: Message


def morning_on(rules: RuleSet, reading: Reading, as_of: date, day: date, newer: str | None = None) -> MorningReport:
    """Judge figures as known on a day, for digests that are made on that or a later *day*."""
    known = situation_of(rules, reading, as_of)
    return MorningReport.of(known.reading, known.panels, known.evaluation, day=day, newer=newer)


def digest_pages(
    rules: RuleSet,
    reading: Reading,
    store: Store,
    as_of: date,
    at: datetime,
    defaults: MessageDefaults,
    digests: Sequence[Digest],
) -> Iterator[DigestPage]:
    """Write each digest as it would be, in full, also where it was made today already; store and send nothing."""
    morning = morning_on(rules, reading, as_of, as_of)
    with store.begin() as state:
        pages = DigestMaker(morning, AlertSnapshot(rules, state, at), state, at, at, defaults)
        for digest in digests:
            for reader in digest_readers(digest, morning):
                yield DigestPage(digest=digest.id, owner=reader.owner, message=pages.page(digest, reader))


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


@dataclass(eq=False)
class DigestMaker:
    """Makes digests; what readers share is written once."""

    morning: MorningReport
    alerts: AlertSnapshot
    state: Transaction
    at: datetime
    now: datetime
    defaults: MessageDefaults
    #: None where nothing is attached to what is made.
    printer: Printer | None = None

    def __post_init__(self) -> None:
        """Share what all pages show."""
        self._contents = Contents(self.morning, self.alerts, self.at, self.defaults)

    def save(self, digest: Digest, reader: DigestReader) -> list[Delivery]:
        """Render one digest, queue it and record it."""
        morning, since = self.morning, self.since(digest, reader)
        window = morning.day.isoformat()
        notice_id = _notice_id(digest.id, reader.owner, window)
        notice = Notice(id=notice_id, kind=NoticeKind.DIGEST, owner=reader.owner, at=self.at)
        channels = morning.rules.channels
        owner = morning.rules.owners[reader.owner]

        def laid_out(since: datetime) -> Mapping[str, Message] | Message:
            if digest.form is Presentation.SCORECARD:
                return self._scorecard(digest, reader, since)
            overrides, view = self.defaults.overrides, self._contents.view(digest, reader, since)
            return overrides.overridden(render_digest(view), view, owner=reader.owner, channels=owner.channels)

        message = self._contained(digest, reader, laid_out)
        deliveries = deliveries_for(notice, owner, message, channels, self.defaults, now=self.now)
        deliveries = self.state.outbox.keep_bodies(deliveries)
        _, unread = self._unread_before(digest, reader)
        self.state.outbox.cancel(unread, f"a later digest, notice {notice_id}, says it", self.at)
        self.state.outbox.save([notice], deliveries)
        self.state.digests.save(
            DigestRecord(digest=digest.id, owner=reader.owner, window=window, since=since, until=self.at)
        )
        return deliveries

    def page(self, digest: Digest, reader: DigestReader) -> Message:
        """Return one digest in full, for a file."""

        def laid_out(since: datetime) -> Message:
            if digest.form is Presentation.SCORECARD:
                return self._scorecard(digest, reader, since)
            return render_digest(self._contents.view(digest, reader, since), whole=True)

        return self._contained(digest, reader, laid_out)

    def scorecards(self, digests: Sequence[Digest]) -> list[Message]:
        """Return the scorecards that are to be made today, without their PDFs."""
        window = self.morning.day.isoformat()
        return [
            self.page(digest, reader)
            for digest in digests
            if digest.form is Presentation.SCORECARD
            for reader in digest_readers(digest, self.morning)
            if not self.state.digests.was_made(digest.id, reader.owner, window)
        ]

    def _scorecard(self, digest: Digest, reader: DigestReader, since: datetime) -> Message:
        view = self._contents.scorecard(digest, reader, since)
        message = render_scorecard(view)
        if self.printer is None:
            return message
        pdf = self.printer.printed(message)
        if isinstance(pdf, str):
            return render_scorecard(view, f"There is no PDF of it: {pdf}. This page prints on two sheets of A4.")
        # An id may have letters that a mail's header cannot hold.
        id_ = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in digest.id)
        name = f"scorecard-{id_}-{self.morning.day.isoformat()}.pdf"
        return replace(render_scorecard(view, _ATTACHED), enclosures=(Enclosure(name=name, pdf=pdf),))

    def _contained(self, digest: Digest, reader: DigestReader, lay_out: Callable[[datetime], T]) -> T | Message:
        """Lay one digest out; where the program fails at it, say what is left: which exceptions stand."""
        work = Work(sort=f"digest {digest.id} for", id=reader.owner, done=LAID_OUT)
        since = self.since(digest, reader)
        made = self.morning.evaluation.faults.attempt(work, lambda: lay_out(since))
        return self._bare(digest, reader) if made is None else made

    def _bare(self, digest: Digest, reader: DigestReader) -> Message:
        titles, mine = self.morning.rules_by_id, set(self.morning.series(reader))
        standing = [key for key in self.alerts.open_by_key if key in mine]
        lines = [f"{titles[key.rule].title} ({key.measure}, {key.area}) stands." for key in standing]
        return bare_message(digest_title(digest), lines or ["No exception stands."], self.defaults.marking)

    def since(self, digest: Digest, reader: DigestReader) -> datetime:
        """Return where the reader's last digest ended: the last that is not waiting still, since this one replaces such."""
        return self._unread_before(digest, reader)[0]

    def _unread_before(self, digest: Digest, reader: DigestReader) -> tuple[datetime, list[str]]:
        """Return from when on a reader has read nothing, and the deliveries of this digest that wait."""
        unsent, waiting = self.state.digests.unsent(reader.owner), list[str]()
        since = None
        for record in self.state.digests.records(digest.id, reader.owner):
            deliveries = unsent.get(_notice_id(digest.id, reader.owner, record.window))
            if deliveries is None:
                return record.until, waiting
            waiting += deliveries
            since = record.since
        return since or self.at - _FIRST_WINDOW, waiting


def digests_named(rules: RuleSet, ids: Sequence[str], form: Presentation | None = None) -> list[Digest]:
    """Return the digests with the given ids, all where none is given; a weekly one for each owner where none is declared.

    Args:
        form: how all of them are laid out; None: as each says.

    Raises:
        UsageError: there is none of such an id.
    """
    declared = {digest.id: digest for digest in rules.digests} or {"weekly": Digest(id="weekly", to=(EACH_OWNER,))}
    if unknown := [id_ for id_ in ids if id_ not in declared]:
        raise UsageError(f'no digest "{unknown[0]}"; there are {", ".join(sorted(declared))}')
    chosen = [declared[id_] for id_ in ids] if ids else list(declared.values())
    return chosen if form is None else [replace(digest, form=form) for digest in chosen]


def _notice_id(digest: str, owner: str, window: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{digest}/{owner}/{window}"))
