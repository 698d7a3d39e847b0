"""Running the story: the engine on each day on which something was published, in order."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import numpy as np

from alerting.app.engine import Engine
from alerting.app.notices.compose import EMAIL
from alerting.app.tick.report import TickReport
from alerting.demo.sink import MailSink, parts_of
from alerting.domain.finding import State
from alerting.domain.notify.notice import LOCAL_SENDER
from alerting.domain.rule import Channel, RuleSet
from alerting.errors import UsageError
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.newest import NewestVerdict, newest_verdicts
from alerting.opening import open_store
from alerting.render.demo_page import render_demo_page
from alerting.reports.demo_views import DemoSummary, MailView
from alerting.reports.digest_views import DigestEntry, Standing
from alerting.reports.event_view import as_of_words
from alerting.reports.tallies import checked_of, not_judged_of, on_figure, themes_of
from alerting.reports.watched import figures_of
from alerting.settings import Secret, Settings
from alerting.wiring import engine_of

#: The time of day at which the morning's tick runs.
MORNING = time(7, 0, tzinfo=UTC)
#: Marks a folder as ours, so that a further demonstration may empty it.
MARKER = ".alerting-demo"


@dataclass(slots=True)
class FixedClock:
    """A clock that stands where it was set."""

    at: datetime

    def now(self) -> datetime:
        """Return the instant it was set to."""
        return self.at


@dataclass(eq=False)
class Story:
    """What the demonstration did."""

    rules: RuleSet
    mails: list[MailView] = field(default_factory=list)
    last: TickReport | None = None
    summary: DemoSummary | None = None
    page: Path = Path()
    folder: Path = Path()
    failed: int = 0


#: So that the mails have the same numbers every time.
_ONE_AFTER_THE_OTHER = Channel(id=EMAIL, kind=EMAIL, settings={"connections": 1})


def run_story(rules_folder: Path, out: Path, only_day: date | None, say: Callable[[str], None]) -> Story:
    """Run the days in order, keep every mail, and write the page that shows them.

    Args:
        only_day: this day alone, from nothing; None: every day on which figures were published.
        say: prints a line of progress.

    Raises:
        UsageError: *out* holds something that is not ours.
    """
    _emptied(out)
    with MailSink(out / "mails") as sink:
        settings = _settings(out, sink)
        engine = engine_of(rules_folder, settings, FixedClock(datetime.now(UTC)))
        rules = replace(engine.rules, channels={**engine.rules.channels, EMAIL: _ONE_AFTER_THE_OTHER})
        engine.installation = replace(engine.installation, rules=rules)
        days = [only_day] if only_day else published_days(engine)
        store = open_store(settings)
        story = Story(engine.rules, folder=out / "mails")
        try:
            for day in days:
                engine.installation = replace(engine.installation, clock=FixedClock(datetime.combine(day, MORNING)))
                story.last = engine.tick(store, day, full=True)
                say(_progress(day, story.last))
                story.failed += _deliver(engine, store, story, sink, day, "notice")
            if days:
                before = len(story.mails)
                engine.digest(store, days[-1])
                story.failed += _deliver(engine, store, story, sink, days[-1], "digest")
                say(f"{days[-1]}  the Monday digest; {len(story.mails) - before} mails")
        finally:
            store.close()
    story.summary = _summary(story, days)
    story.page = out / "index.html"
    story.page.write_text(render_demo_page(story.mails, story.summary), encoding="utf-8")
    return story


def published_days(engine: Engine) -> list[date]:
    """Return the days on which figures became known, in order."""
    found: set[int] = set()
    for source in engine.enquiries.read().observations:
        found.update(np.unique(source.published[source.published > 0]).tolist())
    return [date.fromordinal(day) for day in sorted(found)]


def _emptied(out: Path) -> None:
    if out.exists() and any(out.iterdir()) and not (out / MARKER).exists():
        raise UsageError(f"{out} holds something else; name another folder with --out DIR")
    try:
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        (out / MARKER).touch()
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}; name another folder with --out DIR") from error


def _settings(out: Path, sink: MailSink) -> Settings:
    return Settings(state_dir=out / "state", smtp_url=Secret(sink.url), mail_from=LOCAL_SENDER, figures=None)


def _deliver(engine: Engine, store: object, story: Story, sink: MailSink, day: date, kind: str) -> int:
    """Hand over what waits, and note each new mail as it arrived; return how many did not."""
    before = len(sink.kept)
    report = asyncio.run(engine.deliver(store))  # type: ignore[arg-type]  # the store that open_store gave
    names = {owner.email: owner.name for owner in engine.rules.owners.values()}
    for path in sink.kept[before:]:
        address, subject, text, html = parts_of(path)
        mail = MailView(
            day=day,
            owner=names.get(address, address),
            address=address,
            kind=kind,
            subject=subject,
            text=text,
            html=html,
        )
        story.mails.append(mail)
    return report.waiting + report.rejected


def _progress(day: date, report: TickReport) -> str:
    happened = ", ".join(f"{count} {kind}" for kind, count in report.happened.items()) or "nothing new"
    mails = len(report.deliveries)
    return f"{day}  {happened}; {mails} mail{'s' * (mails != 1)}"


def _summary(story: Story, days: list[date]) -> DemoSummary:
    assert story.last is not None and story.last.evaluation is not None
    evaluation = story.last.evaluation
    verdicts = list(newest_verdicts(evaluation))
    maker = FindingMaker(evaluation)
    figures = figures_of(on_figure(verdict, evaluation.as_of) for verdict in verdicts)
    return DemoSummary(
        title="What the published figures say",
        as_of=as_of_words(days[-1]),
        themes=themes_of(figures, story.rules),
        checked=checked_of(figures),
        not_judged=not_judged_of(figures, story.rules),
        open=tuple(_open(verdicts, maker)),
    )


def _open(verdicts: list[NewestVerdict], maker: FindingMaker) -> Iterator[DigestEntry]:
    """Yield what is exceptional in each series' newest period."""
    places = {rule.id: n for n, rule in enumerate(maker.rules.rules)}
    for verdict in verdicts:
        if verdict.state is not State.EXCEPTION:
            continue
        ((_, found),) = maker.at(verdict.verdicts, verdict.row, np.array([verdict.place]))
        found = found.with_text()
        yield DigestEntry(
            standing=Standing.ONGOING,
            severity=found.finding.severity,
            headline=found.headline,
            text=found.finding.text,
            meaning=found.finding.meaning,
            not_come=found.not_come,
            distance=found.distance,
            rule_place=places[verdict.rule.id],
        )
