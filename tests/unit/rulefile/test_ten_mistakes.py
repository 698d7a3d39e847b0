"""Everything that is wrong is named in one run, each with its line and column."""

from samples.rule_folders import BASE

TEN = """\
rules:
  - id: misspelt
    title: One
    measures: cals
    when: {target_missed: {}}
  - id: unknown-key
    title: Two
    measures: calls
    when: {target_missed: {}}
    severty: critical
  - id: no-title
    measures: calls
    when: {target_missed: {}}
  - id: wrong-type
    title: Four
    measures: calls
    when: {target_missed: {at_least: [90]}}
  - id: number
    title: 999
    measures: calls
    when: {target_missed: {}}
    for: two
  - id: unknown-condition
    title: Six
    measures: calls
    when:
      target_mised: {}
  - id: unknown-people
    title: Seven
    measures: calls
    when: {target_missed: {}}
    notify: [area_owner, nobody-we-know]
    areas: {children_of: nowhere}
  - id: misspelt
    title: Ten
    measures: calls
    when: {target_missed: {}}
    from: 2020-10-01
    until: 2020-09-30
  - id: limits
    title: Eleven
    measures: crime/all
    when: {any_of: [{outside_limits: {limits: last-yeer}}, {run: {of: published, length: 1}}]}
    severity: high
"""


def lines(problems):
    return [str(problem) for problem in problems]


def test_ten_mistakes_and_more_are_named_in_one_run_each_at_its_place(check):
    base = BASE + "limits:\n  last-year: {previous_financial_year: {sigmas: 2}}\n"

    assert lines(check(base=base, rules=TEN)) == [
        'rules/base.yaml:23:3: warning[unused]: no condition uses "last-year"; remove it, or use it',
        'rules/rules.yaml:4:15: error[unknown-measure]: no measure "cals"; did you mean "calls"?',
        'rules/rules.yaml:10:5: error[unknown-key]: unknown key "severty"; did you mean "severity"?',
        'rules/rules.yaml:11:5: error[missing-key]: the key "title" is missing; write `title: …`',
        "rules/rules.yaml:17:39: error[wrong-type]: expected a mapping, found the number 90",
        'rules/rules.yaml:19:12: error[wrong-type]: expected text, found the number 999; put it into quotes: "999"',
        'rules/rules.yaml:22:10: error[wrong-type]: expected a whole number, found the text "two"',
        'rules/rules.yaml:27:7: error[unknown-condition]: no condition "target_mised"; did you mean "target_missed"?',
        (
            'rules/rules.yaml:32:26: error[unknown-owner]: no owner "nobody-we-know"; '
            "there are: area_owner, measure_owner, source_owner, chief, head, north-commander"
        ),
        'rules/rules.yaml:33:26: error[unknown-area]: no area "nowhere"; there are: force, north, south',
        (
            'rules/rules.yaml:34:9: error[duplicate-id]: "misspelt" is there already, at rules/rules.yaml:2; '
            "give one of them another id"
        ),
        "rules/rules.yaml:39:12: error[bad-value]: until 2020-09-30 is before from 2020-10-01",
        'rules/rules.yaml:43:47: error[unknown-limits]: no limits "last-yeer"; did you mean "last-year"?',
        'rules/rules.yaml:44:15: error[bad-value]: "high" is none of info | warning | critical',
    ]


def test_each_place_is_where_the_text_says_it(check):
    """The columns above, told by the text that stands there."""
    base = BASE + "limits:\n  last-year: {previous_financial_year: {sigmas: 2}}\n"
    errors = [problem for problem in check(base=base, rules=TEN) if problem.place.file.endswith("rules.yaml")]

    at = [problem.source_line[problem.place.column - 1 :] for problem in errors]

    starts = ["cals", "severty", "id: no-title", "90]", "999", "two", "target_mised", "nobody", "nowhere", "misspelt"]
    assert [True] * 13 == [
        text.startswith(start) for text, start in zip(at, [*starts, "2020-09-30", "last-yeer", "high"], strict=True)
    ]
