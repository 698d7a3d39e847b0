"""Templates of the organisation's own that differ are named, with the messages that they are part of."""

from datetime import date

import pytest
from samples.rule_folders import SOUND, written

from alerting.app.authoring.diff.difference import difference
from alerting.app.authoring.diff.sides import Side
from alerting.app.authoring.diff.template_changes import template_changes
from alerting.domain.backtest import DaySpan
from alerting.rulefile import load_rules

DAY = date(2020, 10, 15)
TEXT = "{{ summary }}\n{{ title }}\nends\n"


@pytest.fixture
def compare(tmp_path):
    def compared(before, after):
        base, head = (
            written(tmp_path / side, {f"templates/{name}": text for name, text in files.items()})
            for side, files in (("base", before), ("head", after))
        )
        rules = load_rules(written(tmp_path / "rules", SOUND)).rules
        return [one.words for one in template_changes(base, head, rules)]

    return compared


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param({"notice.txt.j2": TEXT}, {"notice.txt.j2": TEXT}, [], id="the-same"),
        pytest.param({}, {"notice.txt.j2": TEXT}, ["notice.txt.j2: added; the text of notices"], id="new"),
        pytest.param({"digest.html.j2": TEXT}, {}, ["digest.html.j2: removed; the HTML of digests"], id="gone"),
        pytest.param(
            {"owners/chief/notice.subject.j2": "a\n"}, {"owners/chief/notice.subject.j2": "b\nc\n"},
            ["owners/chief/notice.subject.j2: 2 lines new, 1 line gone; the subject of notices to Chief Constable"], id="lines",
        ),
        pytest.param(
            {}, {"rules/calls-target/notice.txt.j2": TEXT, "rules/no-such/notice.txt.j2": TEXT},
            [
                "rules/calls-target/notice.txt.j2: added; the text of notices on the rule calls-target",
                "rules/no-such/notice.txt.j2: added; the text of notices on the rule no-such, which is not there",
            ],
            id="of-a-rule",
        ),
        pytest.param(
            {"shared/head.j2": "a\n"}, {"shared/head.j2": "a"},
            ["shared/head.j2: the end of its last line is another; counts where another template includes it"], id="included",
        ),
        pytest.param(
            {"channels/pager/notice.txt.j2": "a\n"}, {"channels/pager/notice.txt.j2": b"\xff"},
            [
                "channels/pager/notice.txt.j2: cannot be used: byte 0xFF is not UTF-8; the text of notices by the channel pager"
            ],
            id="one-that-cannot-be-read",
        ),
    ],
)  # fmt: skip
def test_a_template_that_differs_is_named_with_the_messages_that_it_is_part_of(compare, before, after, said):
    assert [f"template templates/{line}" for line in said] == compare(before, after)


def test_other_templates_are_a_reason_to_look(tmp_path):
    base = written(tmp_path / "base", SOUND)
    head = written(tmp_path / "head", {**SOUND, "templates/notice.subject.j2": "{{ subject }}"})
    sides = [Side(rules=load_rules(folder).rules, folder=folder, shown=folder.name) for folder in (base, head)]
    today = DaySpan(first=DAY, last=DAY)

    found = difference(*sides, today)

    assert ("elsewhere in the folder template templates/notice.subject.j2 is new",) == found.reasons
    assert not found.is_of_words
    assert not difference(sides[0], sides[0], today).others
