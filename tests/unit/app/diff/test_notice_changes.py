"""What would have been told otherwise: no more and no less than what ticking both folders day by day tells otherwise."""

# ruff: noqa: E501 - YAML stands as people write it

import json
from datetime import date

import pytest
from samples.diffs import CALLS, compared, edited, told_day_by_day, told_in
from samples.rule_folders import written
from samples.sampling import first

from alerting.app.authoring.diff.as_json import as_json
from alerting.app.authoring.diff.as_markdown import MARKER, as_markdown
from alerting.app.authoring.diff.as_text import as_text
from alerting.domain.backtest import DaySpan

SPAN = DaySpan(first=date(2020, 3, 2), last=date(2020, 5, 13))
RULES = """
topics: [{id: contact, title: Contact, owner: head}]
areas:
  - {id: force, title: The force, owner: chief}
  - {id: north, title: North, parent: force, owner: commander}
owners:
  - {id: chief, name: Chief Constable, email: chief@example.org}
  - {id: head, name: Head of Contact, email: head@example.org, quiet_hours: {from: "06:00", until: "09:00"}}
  - {id: commander, name: "Commander, North", email: north@example.org, escalate: {after: 3 working days, to: chief}}
roles: {operator: chief, maintainer: head, fallback: chief}
measures:
  - {id: calls, title: Answered, topic: contact, unit: percent, better: higher, every: month, target: 90, source: s, expected: 10 days}
sources: {s: {csv: f.csv, owner: head}}
rules:
  - {id: target, title: Too slow, measures: calls, when: {target_missed: {}}, severity: critical, notify: [area_owner, measure_owner], remind: monthly}
  - {id: low, title: Very low, measures: calls, when: {outside_range: {from: 75}}}
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return written(tmp_path_factory.mktemp("base") / "rules", {"rules.yaml": RULES, "f.csv": CALLS})


@pytest.fixture(scope="module")
def told_by_base(base):
    return told_day_by_day(base, SPAN)


@pytest.fixture
def head_with(tmp_path):
    def made(*pairs):
        text = edited(RULES, pairs)
        return written(tmp_path / "head" / "rules", {"rules.yaml": text, "f.csv": CALLS})

    return made


@pytest.mark.parametrize(
    "pairs",
    first(2, [
        pytest.param([("target: 90", "target: 88")], id="a-lower-target"),
        pytest.param([("when: {target_missed: {}}", "when: {target_missed: {}}, for: 2")], id="two-in-a-row"),
        pytest.param([("[area_owner, measure_owner]", "[chief]")], id="told-to-others"),
        pytest.param([("from: 75", "from: 90")], id="another-range"),
        pytest.param([("after: 3 working", "after: 9 working")], id="passed-on-later"),
        pytest.param([("  - {id: low", "  - {id: more, title: All, measures: calls, when: {outside_range: {to: 80}}}\n  - {id: low")], id="a-new-rule"),
        pytest.param([("id: north, title: North, parent: force, owner: commander", "id: north, title: North, parent: force, owner: head")], id="another-owner"),
    ]),
)  # fmt: skip
def test_what_ticking_both_folders_tells_otherwise_is_what_is_promised(base, told_by_base, head_with, pairs):
    head = head_with(*pairs)

    found = compared(base, head, SPAN).notices

    told_by_head = told_day_by_day(head, SPAN)
    assert told_by_head - told_by_base == told_in(found.added)
    assert told_by_base - told_by_head == told_in(found.removed)
    assert found.added or found.removed


def test_a_rule_under_another_name_tells_what_it_told(base, head_with):
    found = compared(base, head_with(("id: target,", "id: standard, was: target,")), SPAN)

    assert ((), ()) == (found.notices.added, found.notices.removed)
    assert (1, True) == (len(found.rules.changed), found.rules.any)


def test_months_are_the_same_whenever_the_financial_year_begins(base, head_with):
    found = compared(base, head_with(("roles:", "schedule: {financial_year_starts: january}\nroles:")), SPAN)

    assert ((), ()) == (found.notices.added, found.notices.removed)
    assert ("elsewhere in the folder the schedule is changed",) == found.reasons


def test_where_words_alone_differ_nobody_looks_back(base, head_with):
    found = compared(base, head_with(("title: Too slow", "title: Answered too slowly")), SPAN)

    assert (None, ()) == (found.looked_back, found.reasons)
    assert not found.is_empty


def test_where_no_figure_is_known_the_rules_alone_are_compared(base, head_with):
    before_all = DaySpan(first=date(2019, 1, 1), last=date(2019, 12, 31))
    found = compared(base, head_with(("target: 90", "target: 88")), before_all)

    assert found.notices is None
    said = "Notices are not compared: no figure is known from 1 January 2019 to 31 December 2019"
    assert said in as_text(found)
    assert ("1 rule is changed",) == found.reasons


def test_the_worst_new_notice_one_of_another_owner_and_one_that_goes_are_shown_whole(base, head_with):
    found = compared(base, head_with(("target: 90", "target: 94"), ("from: 75", "from: 50")), SPAN)

    shown = found.notices.to_show()
    assert 3 == len(shown)
    assert shown[0].owner != shown[1].owner
    assert (True, True, False) == tuple(one in found.notices.added for one in shown)
    whole = json.loads(as_json(found))["notices"]["whole"]
    assert [one.notice.write().text for one in shown] == [one["text"] for one in whole]
    assert "standard" not in whole[0]["text"] and "94%" in whole[0]["text"]
    text = as_text(found)
    assert (
        text.index("To look at:")
        < text.index("Rules:")
        < text.index("By owner and month:")
        < text.index("A notice that goes")
    )


def test_programs_get_alerts_by_their_ids_and_counts_by_owner_and_month(base, head_with):
    found = json.loads(as_json(compared(base, head_with(("target: 90", "target: 88")), SPAN)))

    gone = [(one["at"], one["to"], one["event"], one["alerts"]) for one in found["notices"]["removed"]]
    assert ("2020-03-09", "chief", "opened", ["target/calls/force/2020-02"]) in gone
    counts = {(one["owner"], one["month"]): (one["added"], one["removed"]) for one in found["notices"]["months"]}
    assert (1, 2) == counts["chief", "2020-03"]
    assert ["target 90 → 88"] == [change["words"] for change in found["rules"]["changed"][0]["changes"]]
    assert {"from": "2020-03-02", "until": "2020-05-13", "known": {"published": 1, "due": 0, "period_end": 0}} == found[
        "span"
    ]


def test_a_comment_is_never_too_long_and_says_what_it_leaves_out(base, tmp_path):
    many = "".join(
        f"  - {{id: r{n}, title: '@everyone <b>{'ä' * 150}</b> [x](http://example.org) #{n}', measures: calls, when: {{outside_range: {{from: {50 + n % 45}}}}}}}\n"
        for n in range(300)
    )
    head = written(tmp_path / "head" / "rules", {"rules.yaml": RULES + many, "f.csv": CALLS})

    found = as_markdown(compared(base, head, DaySpan(first=date(2020, 4, 1), last=date(2020, 4, 9))))

    assert len(found.encode()) < 60_000
    assert found.startswith(f"{MARKER}\n### What this does to the alerts: ")
    assert " more rules, left out here for want of room" in found
    outside = "".join(found.split("```")[::2])
    assert "@everyone" not in outside and "http://" not in outside and "<b>" not in outside


def test_where_templates_differ_a_notice_is_shown_as_head_writes_it(base, head_with):
    head = head_with()
    written(head, {"templates/owners/commander/notice.subject.j2": "North: {{ title }}\n"})

    found = compared(base, head, SPAN)

    assert ((), ()) == (found.notices.added, found.notices.removed)
    shown = found.reworded
    assert ("commander", f"North: {shown.before.subject}") == (shown.notice.owner, shown.after.subject)
    title = "A notice that reads otherwise, as HEAD writes it, to Commander, North on "
    assert title in as_text(found) and f"\n    {shown.after.subject}\n" in as_text(found)
    assert title in as_markdown(found) and f"\n{shown.after.subject}\n" in as_markdown(found)
    plain = json.loads(as_json(found))["notices"]["reworded"]
    assert [shown.before.subject, shown.after.subject] == [plain[side]["subject"] for side in ("before", "after")]
