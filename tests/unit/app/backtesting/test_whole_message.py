"""The whole of a message that a backtest counted is written as it would have gone out, though its findings were let go of."""

# ruff: noqa: E501 - YAML stands as people write it

from datetime import date

import pytest
from samples.rule_folders import written

from alerting.app.authoring.backtest import backtested
from alerting.app.authoring.backtesting import ticking
from alerting.app.authoring.backtesting.whole_message import ShortNotice
from alerting.app.tick.tick import AtHand
from alerting.domain.backtest import Backtest, DaySpan
from alerting.opening import memory_store
from alerting.settings import Settings
from alerting.wiring import engine_of

RULES = """
topics: [{id: contact, title: Contact, owner: head}]
areas:
  - {id: force, title: The force, owner: head}
  - {id: north, title: North, parent: force, owner: commander}
  - {id: south, title: South, parent: force}
owners:
  - {id: head, name: Head of Contact, email: head@example.org, quiet_hours: {from: "06:00", until: "09:00"}}
  - {id: commander, name: "Commander, North", email: north@example.org, escalate: {after: 3 working days, to: head}}
roles: {operator: head, maintainer: head, fallback: head}
measures: [{id: calls, title: Answered, topic: contact, unit: percent, better: higher, every: month, target: 90, source: s}]
sources: {s: {csv: f.csv, owner: head}}
rules:
  - {id: target, title: Too slow, measures: calls, when: {target_missed: {}}, severity: critical, notify: [area_owner, measure_owner], remind: weekly, inhibit: areas}
"""
ROWS = """\
measure,area,period,value,published
calls,force,2020-01,91,2020-02-08
calls,force,2020-02,85,2020-03-09
calls,north,2020-01,93,2020-02-08
calls,north,2020-02,80,2020-03-09
calls,north,2020-02,95,2020-03-20
calls,south,2020-02,70,2020-03-09
calls,south,2020-03,95,2020-04-06
"""


def words(found: Backtest) -> list[tuple[str, str, str]]:
    return [(one.subject, one.text, one.html) for one in (notice.write() for notice in found.notices)]


BUDGET = (
    RULES.replace("escalate: {after", "mail_budget: 1 per week, escalate: {after")
    .replace(
        "title: South, parent: force}",
        "title: South, parent: force, owner: commander}\n  - {id: west, title: West, parent: force, owner: commander}",
    )
    .replace(", inhibit: areas", "")
    .replace("severity: critical, ", "")
)
FOLDED = f"""{ROWS.replace("2020-02,70,2020-03-09", "2020-02,70,2020-03-11")}\
calls,west,2020-02,60,2020-03-13
calls,west,2020-02,65,2020-03-14
"""


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("rules", "rows"), [(RULES, ROWS), (BUDGET, FOLDED)], ids=["sent-at-once", "folded"])
def test_findings_that_were_let_go_of_are_made_again_as_they_were(tmp_path, monkeypatch, rules, rows):
    written(tmp_path, {"rules.yaml": rules, "f.csv": rows})
    engine = engine_of(tmp_path, Settings(state_dir=tmp_path / "state"))
    reading, span = engine.enquiries.read(), DaySpan(first=date(2020, 3, 1), last=date(2020, 4, 10))
    rest = (memory_store, engine.installation.message_defaults)
    let_go, periods = ShortNotice.of, []

    def short(notice):
        periods.extend(let_go(notice).periods)
        return let_go(notice)

    monkeypatch.setattr(ShortNotice, "of", short)
    made_again = words(backtested(engine.rules, reading, span, *rest))
    monkeypatch.setattr(ShortNotice, "of", lambda notice: ShortNotice(notice, (None,) * len(notice.events)))
    monkeypatch.setattr(ticking, "AtHand", lambda **at_hand: AtHand(**at_hand | {"in_words": True}))

    assert words(backtested(engine.rules, reading, span, *rest)) == made_again
    assert sum(period is not None for period in periods) >= 5
