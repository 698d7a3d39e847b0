"""`alerting test --mutate`: rules are changed on purpose, and what no test notices is listed."""

# ruff: noqa: E501 - YAML stands as people write it

import io
import json
import re
import shutil
import sys

import pytest
import yaml
from samples.rule_folders import BASE, SOUND, written

from alerting.cli import main

RULE = "rules:\n  - {id: calls-target, title: Too slow, measures: calls, when: {target_missed: {at_least: 90}}, for: 2, severity: info}\n"
FIGURES = "{measure: calls, area: force, from: 2020-04, values: %s}"
PINNED = """\
tests:
  - name: at and around 90
    figures: [{measure: calls, area: force, from: 2020-04, values: 90 89.9 89.9 90}]
    expect: [{period: 2020-06, event: opened, to: chief}, {period: 2020-07, event: resolved}]
    findings: [{period: 2020-06, rule: calls-target, severity: info, state: exception}]
"""


@pytest.fixture
def mutated(tmp_path, capsys):
    """Write rules and tests, and return exit status and what lived, as (key, was, now)."""

    def run(tests, rule=RULE, base=BASE):
        folder = written(tmp_path, {**SOUND, "base.yaml": base, "rules.yaml": rule, "tests/a.yaml": tests})
        status = main(["test", str(folder), "--mutate", "--format", "json"])
        found = json.loads(capsys.readouterr().out)
        assert found["changes"] == found["noticed"] + len(found["lived"])
        return status, [(one["key"], one["was"], one["now"]) for one in found["lived"]]

    return run


def test_a_rule_whose_tests_pin_everything_has_no_change_that_lives(mutated):
    assert (0, []) == mutated(PINNED)


@pytest.mark.parametrize(
    ("loosened", "lived"),
    [
        pytest.param(("90 89.9 89.9 90", "90 89 89 90"), [("when.target_missed.at_least", "90", "89.9")], id="nobody-tried-just-below"),
        pytest.param(("90 89.9 89.9 90", "91 89.9 89.9 91"), [("when.target_missed.at_least", "90", "90.1")], id="nobody-tried-the-line-itself"),
        pytest.param((", severity: info", ""), [("severity", "info", "warning")], id="severity"),
        pytest.param((", to: chief", ""), [], id="somebody-is-told-whoever-that-is"),
        pytest.param(("[{period: 2020-06, event: opened, to: chief}, {period: 2020-07, event: resolved}]", "[]"), None, id="a-test-that-fails"),
    ],
)  # fmt: skip
def test_what_no_test_notices_is_listed_and_nothing_else(tmp_path, capsys, mutated, loosened, lived):
    if lived is None:  # the failure itself is shown, as without --mutate
        folder = written(tmp_path, {**SOUND, "rules.yaml": RULE, "tests/a.yaml": PINNED.replace(*loosened)})
        assert 1 == main(["test", str(folder), "--mutate"])
        assert "0 passed, 1 failed" in capsys.readouterr().out
        return
    found = mutated(PINNED.replace(*loosened))
    notified = [one for one in found[1] if one[0] == "notify"]
    assert (int(bool(found[1])), [*lived, *notified]) == found
    assert bool(notified) is ("to: chief" in loosened[0] and "opened" not in loosened[0])


@pytest.mark.parametrize(
    ("change", "none_of"),
    [
        pytest.param(("when: {target_missed: {at_least: 90}}", "when: {run: {length: 3, of: {fixed: {lower: 1, upper: 99, centre: 90}}}}"), "sigmas", id="sigmas-of-a-centre"),
        pytest.param(("severity: info", "severity: {worse: info, better: info}"), "severity.better", id="a-side-that-is-never-found"),
        pytest.param(("severity: info", "notify: [area_owner, chief], areas: [force]"), "notify", id="who-is-told-in-any-case"),
        pytest.param(("at_least: 90", "at_least: -5"), "when.target_missed.at_least", id="a-line-out-of-reach"),
    ],
)  # fmt: skip
def test_a_change_that_changes_nothing_is_not_reported(mutated, change, none_of):
    status, lived = mutated("tests: []\n", RULE.replace(*change))

    assert status == 1
    assert lived
    assert [] == [key for key, _, _ in lived if none_of in key]


@pytest.mark.parametrize(
    ("given", "changes"),
    [
        pytest.param("from: 2020-05-01", [("from", "2020-05-01", "2020-04-30"), ("from", "2020-05-01", "2020-06-01")], id="a-period-sooner-and-one-later"),
        pytest.param("until: 2020-05-31", [("until", "2020-05-31", "2020-05-30"), ("until", "2020-05-31", "2020-06-30")], id="the-last-period-and-one-more"),
        pytest.param("until: 2020-05-20", [("until", "2020-05-20", "2020-04-29"), ("until", "2020-05-20", "2020-05-31")], id="a-day-within-a-period"),
        pytest.param("areas: [north, force]", [("areas", "[north, force]", "[force]"), ("areas", "[north, force]", "[north]"), ("areas", "[north, force]", "all")], id="areas"),
        pytest.param("areas: {children_of: force}", [("areas", "children_of: force", "all")], id="children-that-are-the-leaves-too"),
        pytest.param("remind: weekly", [("remind", "weekly", "never")], id="months-tell-no-weeks-apart"),
        pytest.param("remind: monthly, review_after: 3 months", [("remind", "monthly", "never"), ("review_after", "3 months", "2 months"), ("review_after", "3 months", "4 months")], id="an-acknowledgement"),
        pytest.param("remind: monthly, review_after: 3 weeks", [("remind", "monthly", "never")], id="weeks-within-a-month"),
        pytest.param("review_after: 3 months", [], id="nobody-is-reminded"),
        pytest.param("author: head", [("status", "active", "shadow")], id="on-trial"),
        pytest.param("author: head, notify: [head]", [], id="whose-author-alone-is-told-in-any-case"),
        pytest.param("inhibit: areas, areas: [north]", [("areas", "[north]", "all")], id="nothing-that-could-inhibit"),
        pytest.param("inhibit: parent", [("inhibit", "parent", "nothing")], id="inhibited"),
    ],
)  # fmt: skip
def test_keys_beside_the_condition_are_changed_where_that_can_be_told(mutated, given, changes):
    base = BASE.replace("every: month, target: 90", "every: month, target: 90, roll_up: true")
    _, lived = mutated("tests: []\n", RULE.replace("for: 2", given), base)

    keys = ("from", "until", "areas", "measures", "inhibit", "remind", "review_after", "status")
    assert sorted(changes) == sorted(one for one in lived if one[0] in keys)


@pytest.mark.parametrize(
    ("when", "key", "now"),
    [
        pytest.param("{band: {bands: [{red: below 70}, {amber: 70 to 90}, {green: 90 or more}], exception_from: amber}}", "when.band.exception_from", ["red"], id="a-band-less"),
        pytest.param("{band: {bands: [{red: below 70}, {amber: 70 to 90}, {green: 90 or more}]}}", "when.band.exception_from", ["amber"], id="a-band-more"),
        pytest.param("{target_missed: {at_least: [{from: 2020-04-01, value: 90}, {from: 2020-06-01, value: 91}]}}", "when.target_missed.at_least.from", ["2020-03-31", "2020-05-31", "2020-05-31", "2020-07-31"], id="dated-targets"),
        pytest.param("{above_upper_limit: {limits: {p: {baseline: {from: 2019-04-01, until: 2020-03-31}}}}}", "when.above_upper_limit.limits.p.baseline.until", ["2020-02-29", "2020-04-30"], id="days-of-a-baseline"),
        pytest.param("{will_miss: {at_least: 90, date: 2020-09-30}}", "when.will_miss.date", ["2020-08-31", "2020-10-31"], id="a-day-to-reach-it-by"),
    ],
)  # fmt: skip
def test_days_and_bands_of_conditions_are_changed(mutated, when, key, now):
    _, lived = mutated("tests: []\n", RULE.replace("{target_missed: {at_least: 90}}", when))

    assert now == sorted(one[2] for one in lived if one[0] == key)


def test_how_few_cases_are_too_few_is_tried(mutated):
    base = BASE.replace("target: 90", "target: 90, smallest_denominator: 20")
    tests = PINNED.replace("values: 90 89.9 89.9 90", "numerator: 9 8 8 9, denominator: 10 10 10 10").replace(
        PINNED[PINNED.index("    expect:") :], "    expect: []\n"
    )

    _, lived = mutated(tests, base=base)
    assert [("smallest_denominator", "20", "19"), ("smallest_denominator", "20", "21")] == sorted(
        one for one in lived if one[0] == "smallest_denominator"
    )
    _, lived = mutated(tests.replace("9 8 8 9", "19 16 16 19").replace("10 10 10 10", "20 20 19 20"), base=base)
    assert [("smallest_denominator", "20", "21")] == [one for one in lived if one[0] == "smallest_denominator"]


def test_lines_are_those_of_the_keys(tmp_path, capsys):
    rule = "rules:\n  - id: calls-target\n    title: Too slow\n    measures: calls\n    when:\n      target_missed:\n        at_least: 90\n    for: 2\n"
    written(
        tmp_path,
        {
            **SOUND,
            "rules.yaml": rule,
            "tests/a.yaml": PINNED.replace("90 89.9 89.9 90", "91 89 89 91").replace("severity: info, ", ""),
        },
    )

    assert 1 == main(["test", str(tmp_path), "--mutate"])
    said = capsys.readouterr().out
    assert f"{tmp_path.as_posix()}/rules.yaml:7:9: when.target_missed.at_least: 90 → 89.9" in said
    assert f"{tmp_path.as_posix()}/rules.yaml:2:5: calls-target: 4 of 9 changes are not noticed" in said
    assert 1 == main(["test", str(tmp_path), "--mutate", "--format", "github"])
    assert "rules.yaml,line=7,col=9,title=test-unnoticed::calls-target" in capsys.readouterr().out


def test_a_rule_without_a_test_is_named_in_one_line(tmp_path, capsys):
    written(tmp_path, {**SOUND, "rules.yaml": RULE})

    assert 1 == main(["test", str(tmp_path), "--mutate"])
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith("calls-target: no test tries it, so that none of its 8 changes is noticed")
    assert said[-1] == "0 of 8 changes are noticed, 8 are not; 1 of 1 rules have no test"


class Terminal(io.StringIO):
    """A screen that somebody looks at."""

    def isatty(self):
        return True


@pytest.mark.parametrize(("option", "label"), [("--mutate", "Changing rules"), ("--coverage", "Looking at tests")])
def test_a_terminal_shows_how_many_rules_are_done_and_nothing_else_does(tmp_path, monkeypatch, capsys, option, label):
    two = f"{RULE}{RULE.removeprefix('rules:').replace('calls-target', 'calls-again').lstrip(chr(10))}"
    folder = written(tmp_path, {**SOUND, "rules.yaml": two, "tests/a.yaml": "tests: []"})
    screen = Terminal()

    assert 1 == main(["test", str(folder), option])
    quiet = capsys.readouterr()
    monkeypatch.setattr(sys, "stderr", screen)
    assert 1 == main(["test", str(folder), option])

    assert label not in quiet.out + quiet.err
    assert quiet.out == capsys.readouterr().out
    assert label in screen.getvalue()
    assert [" 50%", "100%"] == list(dict.fromkeys(re.findall(r" 50%|100%", screen.getvalue())))


# Changes planted in the example as text, by none of what makes them inside.

TRIED = (
    "calls-answered-standard",
    "gas-checks-target",
    "beds-outside-range",
    "vacancy-rate-shadow",
    "complaints-up",
    "leavers-band",
)
FILES = ("care.yaml", "contact.yaml", "homes.yaml", "running.yaml", "streets.yaml")
SEVERITIES = {"info": ("warning",), "warning": ("info", "critical"), "critical": ("warning",)}


def planted(folder):
    """Return planted changes as (file, its text before, after, rule or measure, last key, what stands there now), of rules with tests first."""
    found = []
    for name in FILES:
        text = (folder / name).read_text(encoding="utf-8")
        for block in re.split(r"(?m)^(?=  - id: )", text)[1:]:
            rule = re.match(r"  - id: (\S+)", block)[1]
            edits = [*_words_edited(block), *(_numbers_edited(block) if rule in TRIED else ())]
            found += [(name, block, new, rule, key, now) for new, key, now in edits]
    measures = (folder / "measures.yaml").read_text(encoding="utf-8")
    for line in measures.splitlines():
        if re.search(r"id: (calls-answered-60s|gas-checks-valid),", line):
            target = float(re.search(r"target: ([\d.]+)", line)[1])
            for now in (f"{target + 0.1:g}", f"{target - 0.1:g}"):
                new = re.sub(r"target: [\d.]+", f"target: {now}", line)
                found.append(("measures.yaml", line, new, re.search(r"id: (\S+),", line)[1], "target", now))
    return sorted(found, key=lambda one: one[3] not in (*TRIED, "calls-answered-60s", "gas-checks-valid"))


def _words_edited(block):
    if severity := re.search(r"severity: (\w+)$", block, re.MULTILINE):
        for now in SEVERITIES[severity[1]]:
            yield block.replace(severity[0], f"severity: {now}"), "severity", now
    names = re.search(r"notify: \[(.*)\]", block)[1].split(", ")
    for name in names if len(names) > 1 else ():
        rest = f"[{', '.join(other for other in names if other != name)}]"
        if "shadow" not in block:  # it tells its author, whoever stands here
            yield re.sub(r"notify: \[.*\]", f"notify: {rest}", block), "notify", rest
    for line, key, now in (
        ("areas: {leaves_of: wendmoor}\n", "areas", "all"), ("remind: weekly\n", "remind", "never"),
        ("remind: monthly\n", "remind", "never"), (", exception_from: amber", "exception_from", "red"),
    ):  # fmt: skip
        if line in block:
            yield re.sub(rf" *{re.escape(line)}", "", block), key, now
    for key in ("for", "clear_after"):
        given = re.search(rf"^    {key}: (\d)", block, re.MULTILINE)
        for now in [int(given[1]) + 1, int(given[1]) - 1] if given else [2]:
            line = f"    {key}: {now}"
            yield (
                block.replace(given[0] if given else "    author:", line if given else f"{line}\n    author:"),
                key,
                str(now),
            )


def _numbers_edited(block):
    for key in ("from", "to", "baseline"):
        for given in re.finditer(rf"\b{key}: (\d+)\b", block) if "vacancy-rate" not in block else ():
            for now in (int(given[1]) + 1, int(given[1]) - 1):
                yield block.replace(given[0], f"{key}: {now}"), key, str(now)
    for was, now, key in (
        ("above_upper_limit", "below_lower_limit", "when"), ("from: 25, to: 60", "from: 25", "outside_range"), ("from: 25, to: 60", "to: 60", "outside_range"),
    ):  # fmt: skip
        if was in block:
            yield block.replace(was, now), key, now.split(":")[0]


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The example without its figures, and with the tests of rules in which changes are planted alone."""
    folder = tmp_path_factory.mktemp("mutated") / "wendmoor"
    assert 0 == main(["init", "--example", str(folder)])
    shutil.rmtree(folder / "figures")
    return folder


def with_tests_of(folder, about):
    """Leave the tests that try a rule, or any rule on a measure, less what pins severities and readers; return the files before."""
    files = {path: path.read_text(encoding="utf-8") for path in (folder / "tests").glob("*.yaml")}
    for path, text in files.items():
        tests = [
            {key: value for key, value in test.items() if key != "findings"}
            | {"expect": [{key: value for key, value in one.items() if key != "to"} for one in test["expect"]]}
            for test in yaml.load(text, Loader=yaml.BaseLoader)["tests"]
            if about & {*test["rules"], *(figures["measure"] for figures in test["figures"])}
        ]
        path.write_text(yaml.safe_dump({"tests": tests}, allow_unicode=True), encoding="utf-8")
    return files


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
def test_each_planted_change_that_lives_is_reported_and_no_other(example, capsys):
    """Against running the tests on a folder whose text was changed, in which nothing is known of what was changed."""
    changes = list(planted(example))
    assert len(changes) >= 150
    some = [changes[n * len(changes) // 100] for n in range(100)]
    before = with_tests_of(example, {change[3] for change in some})
    assert 1 == main(["test", str(example), "--mutate", "--format", "json"])
    found = json.loads(capsys.readouterr().out)["lived"]
    lived = {(one["id"], one["key"].split(".")[-1], one["now"]) for one in found}
    for path, text in before.items():
        path.write_text(text, encoding="utf-8")
    wrong = []
    for name, was, now, *what in some:
        path = example / name
        text = path.read_text(encoding="utf-8")
        files = with_tests_of(example, {what[0]})
        path.write_text(text.replace(was, now), encoding="utf-8")
        passes = 0 == main(["test", str(example)])
        for changed, own in {**files, path: text}.items():
            changed.write_text(own, encoding="utf-8")
        if passes is not (tuple(what) in lived):
            wrong.append((what, capsys.readouterr().out[-500:]))
    assert [] == wrong
