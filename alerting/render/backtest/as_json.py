"""A backtest for programs."""

from typing import Any

from alerting.domain.backtest import Backtest, BacktestAlert, BacktestNotice


def backtest_json(backtest: Backtest) -> dict[str, Any]:
    """Return a backtest as JSON has it: days and periods as texts."""
    return {
        "from": backtest.span.first.isoformat(),
        "until": backtest.span.last.isoformat(),
        "rules_version": backtest.rules_version,
        "known": {since.value: count for since, count in backtest.known.items()},
        "findings": dict(backtest.findings),
        "alerts": [_alert(alert) for alert in backtest.alerts],
        "notices": [notice_json(notice) for notice in backtest.notices],
        "months": [
            {
                "owner": one.owner,
                "month": f"{one.month:%Y-%m}",
                "opened": one.opened,
                "notices": one.notices,
                "escalated": one.escalated,
                "digests": one.digests,
            }
            for one in backtest.by_owner_and_month()
        ],
        "budget": [
            {
                "owner": one.owner,
                "openings_per_month": one.openings_per_month,
                "expected_by_chance_per_month": one.expected_by_chance_per_month,
                "error": one.error,
                "notices_per_month": one.notices_per_month,
                "limit": one.limit,
                "rules": one.rules,
                "chance_unknown": list(one.chance_unknown),
                "mail_budget": None if one.mail_budget is None else "{} per {}".format(*one.mail_budget),
                "over_mail_budget": [window.first.isoformat() for window in one.over],
            }
            for one in backtest.budget
        ],
    }


def notice_json(notice: BacktestNotice) -> dict[str, Any]:
    """Return a notice; `stood`: it tells what stood when the span began."""
    return {
        "at": notice.at.isoformat(),
        "to": notice.owner,
        "event": notice.event,
        "subject": notice.subject,
        "alerts": list(notice.alerts),
        "events": [event.kind.value for event in notice.events],
        "stood": notice.stood,
    }


def _alert(alert: BacktestAlert) -> dict[str, Any]:
    return {
        "id": alert.id,
        "rule": alert.key.rule,
        "measure": alert.key.measure,
        "area": alert.key.area,
        "severity": alert.severity.word,
        "opened": str(alert.opened),
        "resolved": None if alert.resolved is None else str(alert.resolved),
        "periods": alert.periods,
        "opened_on": alert.opened_on.isoformat(),
        "ended_on": None if alert.ended_on is None else alert.ended_on.isoformat(),
        "end": None if alert.end is None else alert.end.value,
        "stood": alert.stood,
        "told": list(alert.told),
    }
