"""A difference for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from alerting.app.authoring.diff.changes import Change
from alerting.app.authoring.diff.difference import BudgetChange, Difference, FiguresUsed
from alerting.app.authoring.diff.measure_changes import ChangedMeasure
from alerting.app.authoring.diff.notice_changes import ChangedNotice, NoticeChanges, Reworded
from alerting.app.authoring.diff.other_changes import ChangedThing
from alerting.app.authoring.diff.owner_changes import ChangedOwner, OwnerChanges, Series
from alerting.app.authoring.diff.owner_holes import Hole, Holes
from alerting.app.authoring.diff.roll_over import RolledOver
from alerting.app.authoring.diff.rule_changes import RuleChanges
from alerting.app.authoring.diff.sides import Side
from alerting.domain.backtest import OwnerBudget
from alerting.domain.rule import Rule


def as_json(found: Difference) -> str:
    """Return a difference as one object."""
    return f"{json.dumps(plain(found), ensure_ascii=False, indent=2)}\n"


def plain(found: Difference) -> dict[str, Any]:
    """Return a difference as plain values; `look` says why somebody should look."""
    return {
        "base": _side(found.base),
        "head": _side(found.head),
        "look": list(found.reasons),
        "span": _span(found),
        "figures": _figures(found.figures),
        "rules": _rules(found.rules),
        "measures": [_measure(one) for one in found.measures],
        "other": [_other(one) for one in found.others],
        "owners": _owners(found.owners, found.holes),
        "notices": _notices(found),
        "budget": [_budget(one) for one in found.budget],
        "roll_over": None if found.rolled_over is None else [_rolled_over(one) for one in found.rolled_over],
    }


def _rolled_over(one: RolledOver) -> dict[str, Any]:
    return {
        "rule": one.rule.id,
        "measure": one.measure,
        "area": one.area,
        "from": str(one.begins),
        "now": asdict(one.now),
        "then": asdict(one.then),
        "value": one.newest,
        "period": str(one.newest_of),
        "exception_now": one.exception_now,
        "exception_then": one.exception_then,
    }


def _span(found: Difference) -> dict[str, Any]:
    """Return the days that were looked back on, and how many measures' figures count from when; null where nobody looked."""
    known = None if found.backtests is None else {since.value: n for since, n in found.backtests[1].known.items()}
    return {"from": found.span.first.isoformat(), "until": found.span.last.isoformat(), "known": known}


def _figures(used: FiguresUsed | None) -> dict[str, Any] | None:
    """Return where the figures of both sides come from; null where none were read."""
    return None if used is None else {"of": used.path.as_posix(), "export": used.is_export, "words": used.words}


def _notices(found: Difference) -> dict[str, Any]:
    """Return notices by side, by owner and month, and up to three whole; all are empty where nobody looked back."""
    notices = found.notices or NoticeChanges(added=(), removed=())
    months = [
        {"owner": one.owner, "month": f"{one.month:%Y-%m}", "added": one.added, "removed": one.removed}
        for one in notices.by_owner_and_month()
    ]
    return {
        "added": [_notice(one) for one in notices.added],
        "removed": [_notice(one) for one in notices.removed],
        "months": months,
        "whole": [
            {**_notice(one), "side": "head" if one in notices.added else "base", "text": one.notice.write().text}
            for one in notices.to_show()
        ],
        "reworded": None if found.reworded is None else _reworded(found.reworded),
    }


def _reworded(one: Reworded) -> dict[str, Any]:
    """Return a notice that both sides send, as each writes it."""
    texts = (("before", one.before), ("after", one.after))
    said = {side: {"subject": message.subject, "text": message.text} for side, message in texts}
    return {"at": one.notice.at.isoformat(), "to": one.notice.owner, **said}


def _notice(one: ChangedNotice) -> dict[str, Any]:
    """Return a notice with what it tells that the other side does not; `stood`: it is of what stood when the span began."""
    return {
        "at": one.at.isoformat(),
        "to": one.owner,
        "event": one.event,
        "subject": one.notice.subject,
        "alerts": [event.alert for event in one.events],
        "events": [event.kind.value for event in one.events],
        "stood": one.notice.stood,
    }


def _budget(one: BudgetChange) -> dict[str, Any]:
    return {"owner": one.owner, "before": _expected(one.before), "after": _expected(one.after)}


def _expected(budget: OwnerBudget | None) -> dict[str, Any] | None:
    if budget is None:
        return None
    found = {key: value for key, value in asdict(budget).items() if key not in ("owner", "mail_budget", "over")}
    per = None if budget.mail_budget is None else "{} per {}".format(*budget.mail_budget)
    return {**found, "mail_budget": per, "over_mail_budget": [window.first.isoformat() for window in budget.over]}


def _side(side: Side) -> dict[str, Any]:
    return {"shown": side.shown, "rules_version": side.rules.version}


def _rules(rules: RuleChanges) -> dict[str, Any]:
    changed = [
        {**_rule(one.rule), "was": one.was, "changes": [_change(change) for change in one.changes]}
        for one in rules.changed
    ]
    return {
        "added": [_rule(rule) for rule in rules.added],
        "removed": [_rule(rule) for rule in rules.removed],
        "changed": changed,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {"rule": rule.id, "title": rule.title, "where": str(rule.place)}


def _change(change: Change) -> dict[str, Any]:
    return {
        "key": change.key,
        "what": change.what,
        "before": change.before,
        "after": change.after,
        "words": change.words,
    }


def _measure(changed: ChangedMeasure) -> dict[str, Any]:
    changes = [{**_change(change), "rules": sorted(rules)} for change, rules in changed.changes]
    return {"measure": changed.measure.id, "title": changed.measure.title, "changes": changes}


def _other(changed: ChangedThing) -> dict[str, Any]:
    changes = [_change(change) for change in changed.changes]
    return {"sort": changed.sort, "id": changed.id, "what": changed.what.value, "changes": changes}


def _owners(owners: OwnerChanges, holes: Holes) -> dict[str, Any]:
    """Return who is told otherwise; `uncovered` series have days where they are bare on those alone, else null."""
    for_good = [
        {**_series(one.series), "told_before": list(one.told_before), "why": one.why, "from": None, "until": None}
        for one in owners.uncovered
    ]
    fallback = [one for one in holes.opened if one.fallback is not None]
    return {
        "uncovered": for_good + _holes(holes.uncovered),
        "fallback_only": _holes(fallback),
        "covered_again": _holes(holes.closed),
        "looked_until": holes.until.isoformat(),
        "without_anybody": holes.bare,
        "changed": [_owner(one) for one in owners.changed],
    }


def _holes(several: Sequence[Hole]) -> list[dict[str, Any]]:
    return [
        {
            **_series(series),
            "told_before": sorted(told),
            "why": hole.why,
            "from": hole.since.isoformat(),
            "until": hole.until.isoformat(),
        }
        for hole in several
        for series, told in zip(hole.series, hole.told_otherwise, strict=True)
    ]


def _owner(one: ChangedOwner) -> dict[str, Any]:
    return {
        "owner": one.owner.id,
        "name": one.owner.name,
        "new": one.is_new,
        "gone": one.is_gone,
        "changes": [_change(change) for change in one.changes],
        "gained": [_series(series) for series in one.gained],
        "lost": [_series(series) for series in one.lost],
    }


def _series(series: Series) -> dict[str, str]:
    return {"measure": series[0], "area": series[1]}
