"""What the page of a backtest shows: a line for each series with the time in which it was exceptional, and the notices by month."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from alerting.domain.alert import SeriesKey
from alerting.domain.backtest import Backtest, BacktestAlert, BacktestNotice, DaySpan
from alerting.domain.notify.notice import Message, NoticeKind
from alerting.domain.rule import RuleSet
from alerting.reports.backtest_summary import BacktestSummary, summarised
from alerting.wording.dates import day_words

#: Lines of the timeline, and notices, that a page holds: more are read by nobody, and are counted.
MOST_SERIES, MOST_NOTICES = 400, 1_000
#: Notices that are shown whole: each is written anew, and its day judged again.
MOST_WHOLE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """An alert in the timeline: where it begins and how long it is, in hundredths of the span, and the same in words."""

    begins: float
    length: float
    severity: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesLine:
    """A series under one rule."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTimeline:
    """A rule with the series in which it found something."""

    title: str
    lines: tuple[SeriesLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """A notice: its day, reader, subject and what it tells; some are whole."""

    day: str
    owner: str
    subject: str
    headlines: tuple[str, ...]
    stood: bool
    whole: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestPage:
    """All that the page shows."""

    span: DaySpan
    summary: BacktestSummary
    ticks: tuple[tuple[str, float], ...]
    timeline: tuple[RuleTimeline, ...]
    more_series: int
    months: tuple[tuple[str, tuple[NoticeLine, ...]], ...]
    more_notices: int


def page_view(backtest: Backtest, rules: RuleSet) -> BacktestPage:
    """Arrange a backtest: rules in the order of their notices, series as they were first found, notices by month."""
    summary = summarised(backtest, rules)
    by_rule: dict[str, dict[SeriesKey, list[BacktestAlert]]] = {}
    for alert in backtest.alerts:
        by_rule.setdefault(alert.key.rule, {}).setdefault(alert.key, []).append(alert)
    room, timeline = MOST_SERIES, []
    for tally in summary.rules:
        series = list(by_rule.get(tally.rule, {}).items())
        lines = tuple(_line(key, alerts, backtest.span, rules) for key, alerts in series[:room])
        room -= len(lines)
        if lines:
            timeline.append(RuleTimeline(title=tally.title, lines=lines))
    told = [notice for notice in backtest.notices if notice.kind is NoticeKind.EXCEPTIONS]
    return BacktestPage(
        span=backtest.span,
        summary=summary,
        ticks=tuple(_ticks(summary.months, backtest.span)),
        timeline=tuple(timeline),
        more_series=sum(len(series) for series in by_rule.values()) - (MOST_SERIES - room),
        months=tuple(_by_month(told[:MOST_NOTICES], rules)),
        more_notices=max(len(told) - MOST_NOTICES, 0),
    )


def _ticks(months: Sequence[date], span: DaySpan) -> Iterator[tuple[str, float]]:
    """Yield marks of the scale: the year where one begins, and the span's beginning."""
    yield f"{span.first:%Y-%m}", 0.0
    yield from ((str(month.year), _place(month, span)) for month in months[1:] if month.month == 1)


def _place(day: date, span: DaySpan) -> float:
    return round(100 * (day - span.first).days / span.n_days, 2)


def _line(key: SeriesKey, alerts: Sequence[BacktestAlert], span: DaySpan, rules: RuleSet) -> SeriesLine:
    measure, area = rules.measures.get(key.measure), rules.areas.areas.get(key.area)
    title = f"{area.title if area else key.area}: {measure.full_title if measure else key.measure}"
    return SeriesLine(title=title, bars=tuple(_bar(alert, span) for alert in alerts))


def _bar(alert: BacktestAlert, span: DaySpan) -> Bar:
    begins, ends = _place(alert.opened_on, span), 100.0 if alert.ended_on is None else _place(alert.ended_on, span)
    opened = "stood at the beginning" if alert.stood else f"opened on {day_words(alert.opened_on)}"
    if alert.ended_on is None or alert.end is None:
        ended = "stands at the end"
    else:
        ended = f"{alert.end.value} on {day_words(alert.ended_on)}"
    since = f"since {alert.opened.label}"
    return Bar(
        begins=begins, length=max(ends - begins, 0.4), severity=alert.severity.word, words=f"{opened}, {since}; {ended}"
    )


def _by_month(told: Sequence[BacktestNotice], rules: RuleSet) -> Iterator[tuple[str, tuple[NoticeLine, ...]]]:
    whole = _to_be_shown(told)
    for month, notices in groupby(told, key=lambda notice: f"{notice.at:%Y-%m}"):
        yield month, tuple(_notice(notice, rules, is_whole=id(notice) in whole) for notice in notices)


def _to_be_shown(told: Sequence[BacktestNotice]) -> set[int]:
    """Choose the notices that are shown whole: the newest of each kind of event of each rule, newest first."""
    found: dict[tuple[str, str], int] = {}
    for notice in reversed(told):
        top = notice.events[0]
        found.setdefault((top.kind.value, top.key.rule), id(notice))
    return set(list(dict.fromkeys(found.values()))[:MOST_WHOLE])


def _notice(notice: BacktestNotice, rules: RuleSet, *, is_whole: bool) -> NoticeLine:
    owner = rules.owners.get(notice.owner)
    headlines = (f"{event.kind.value}: {event.headline or event.alert}" for event in notice.events)
    return NoticeLine(
        day=day_words(notice.at), owner=owner.name if owner else notice.owner, subject=notice.subject,
        headlines=tuple(headlines), stood=notice.stood, whole=notice.write() if is_whole else None,
    )  # fmt: skip
