"""Comparing two folders of rules in tests, and what ticking both day by day would tell."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from alerting.app.authoring.backtesting.days_known import with_days
from alerting.app.authoring.diff.difference import Difference
from alerting.app.authoring.diff.looking_back import Comparison
from alerting.app.authoring.diff.notice_changes import ChangedNotice
from alerting.app.authoring.diff.sides import sides
from alerting.domain.backtest import DaySpan
from alerting.settings import Settings
from alerting.wiring import engine_of, engine_on
from samples.day_by_day import sent_day_by_day

#: Day, owner, event and alert.
Told = set[tuple[str, str, str, str]]
#: Percentages of four months of two areas, with the days on which they were published.
CALLS = """\
measure,area,period,value,published
calls,force,2020-01,91,2020-02-08
calls,force,2020-02,89,2020-03-09
calls,force,2020-03,84,2020-04-08
calls,force,2020-04,92,2020-05-09
calls,north,2020-01,89,2020-02-08
calls,north,2020-02,87,2020-03-09
calls,north,2020-03,93,2020-04-08
calls,north,2020-04,74,2020-05-12
"""


def edited(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return the text of rules in which old words, all of which stand there, are replaced by new ones."""
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def compared(base: Path, head: Path, span: DaySpan) -> Difference:
    """Compare two folders on the figures of the second."""
    settings = Settings(state_dir=head.parent / "state")
    engine = engine_of(head, settings)
    with sides(str(base), str(head), head, settings) as (before, after):
        own = engine.installation
        comparison = Comparison(
            installation=own,
            ports=engine.ports,
            read=lambda rules: engine_on(replace(own, rules=rules)).enquiries.read(),
        )
        return comparison.of(before, after, span)


def told_day_by_day(folder: Path, span: DaySpan) -> Told:
    """Return what ticking a folder on every day tells."""
    engine = engine_of(folder, Settings(state_dir=folder.parent / "state"))
    dated = with_days(engine.enquiries.read(), engine.rules)
    sent, _ = sent_day_by_day(engine.rules, dated, span, engine.installation.message_defaults)
    return {(one.at.isoformat(), one.to, event, alert) for one in sent for event, alert in one.events}


def told_in(changed: tuple[ChangedNotice, ...]) -> Told:
    """Return what notices tell that the other side does not."""
    return {(one.at.isoformat(), one.owner, event.kind.value, event.alert) for one in changed for event in one.events}
