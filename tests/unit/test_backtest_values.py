"""What a backtest says of its owners and months."""

from dataclasses import replace
from datetime import date

from alerting.domain.alert import EventKind, SeriesKey
from alerting.domain.backtest import Backtest, BacktestAlert, BacktestNotice, DaySpan, DueDigest, ToldEvent
from alerting.domain.notify.notice import Message, NoticeKind
from alerting.domain.period import Calendar, PeriodKind
from alerting.domain.severity import Severity

KEY = SeriesKey(rule="calls-target", measure="calls", area="north")
MARCH, MAY = (Calendar(4).parse(text, PeriodKind.MONTH) for text in ("2020-03", "2020-05"))
ALERT = BacktestAlert(
    id="calls-target/calls/north/2020-03", key=KEY, severity=Severity.CRITICAL, opened=MARCH, resolved=MAY, last=MARCH,
    periods=1, opened_on=date(2020, 4, 16), ended_on=date(2020, 6, 16), end=EventKind.RESOLVED, stood=False,
    headline="Calls: 83%", told=("head",),
)  # fmt: skip


def _notice(at: date, kind: EventKind, *, stood: bool = False) -> BacktestNotice:
    told = ToldEvent(
        alert=ALERT.id, key=KEY, kind=kind, severity=Severity.CRITICAL, opened=MARCH, headline="Calls: 83%"
    )
    return BacktestNotice(
        at=at, owner="head", kind=NoticeKind.EXCEPTIONS, subject="North: calls 83%", events=(told,), stood=stood,
        write=lambda: Message(subject="", text="", html=""),
    )  # fmt: skip


BACKTEST = Backtest(
    span=DaySpan(first=date(2020, 4, 1), last=date(2020, 6, 30)), rules_version="sha256:0", findings={}, alerts=(ALERT,),
    notices=(
        _notice(date(2020, 4, 1), EventKind.OPENED, stood=True),
        _notice(date(2020, 4, 16), EventKind.OPENED),
        _notice(date(2020, 4, 21), EventKind.ESCALATED),
        _notice(date(2020, 6, 16), EventKind.RESOLVED),
    ),
    digests=(DueDigest(at=date(2020, 5, 4), owner="head", digest="weekly"),), known={}, n_ticks=4,
)  # fmt: skip


def test_what_an_owner_gets_is_counted_by_month_without_what_stood_when_the_span_began():
    april, may, june = BACKTEST.by_owner_and_month()

    assert (april.month, april.opened, april.notices, april.escalated, april.digests) == (date(2020, 4, 1), 1, 2, 1, 0)
    assert (may.opened, may.notices, may.digests) == (0, 0, 1)
    assert (june.notices, june.escalated) == (1, 0)


def test_an_alert_that_stood_when_the_span_began_did_not_open_in_it():
    standing = replace(BACKTEST, alerts=(ALERT, replace(ALERT, id="other", stood=True)))

    assert [alert.id for alert in standing.opened] == [ALERT.id]


def test_a_notice_is_of_its_topmost_event_and_names_the_alerts_it_tells_of():
    notice = BACKTEST.notices[2]

    assert (notice.event, notice.alerts) == ("escalated", (ALERT.id,))


def test_both_ends_of_a_span_belong_to_it():
    span = BACKTEST.span

    assert (span.n_days, date(2020, 4, 1) in span, date(2020, 6, 30) in span) == (91, True, True)
    assert date(2020, 7, 1) not in span
