"""Checks of the whole set: what is probably not meant, and what must not be reported twice."""

# ruff: noqa: E501 - tables have a row a line, and YAML stands as people write it

import importlib
import os
import pkgutil
from pathlib import Path

import pytest
from samples.rule_folders import BASE, FIGURES, RULES, sound_with, written

from alerting.rulefile import lint, load_rules

RULE = RULES + "    notify: head\n"


def words(problems):
    return [str(problem) for problem in problems if problem.code != "not-acted-on"]


def test_the_sound_folder_has_no_problem(check):
    assert () == check()


def test_every_check_is_found_by_scanning():
    names = {module.name for module in pkgutil.iter_modules(lint.__path__)}

    assert {importlib.import_module(f"alerting.rulefile.lint.{name}").check for name in names} == set(lint.checks())


def test_nobody_told_is_a_warning_where_the_area_may_never_report(check):
    """Without `areas:` on measure or rule, nothing says that the unit without an owner has figures."""
    areas = "areas:\n  - {id: unit, title: Unit, kind: unit}\n"

    (line,) = words(check(more=areas))

    assert line.startswith(
        "rules/rules.yaml:2:5: warning[nobody-told]: should figures come for it, nobody would be told"
    )


def test_areas_that_may_never_report_are_named_once_however_many_rules_there_are(check):
    """A second tree of areas made a warning for each rule of the folder."""
    areas = "areas:\n  - {id: group, title: Group, kind: unit}\n  - {id: unit, title: Unit, parent: group}\n"
    more = [RULES.partition("\n")[2].replace("calls-target", f"again-{n}") for n in range(3)]
    (line,) = words(check(more=areas, rules=RULES + "".join(more)))
    assert 'told of "calls" in group, unit: area_owner leads to no owner; so it is with 3 more rules' in line


@pytest.mark.parametrize(
    "told",
    [
        pytest.param("    areas: [unit]\n", id="the-rule-names-the-area"),
        pytest.param("    areas: {kind: unit}\n", id="the-rule-names-its-kind"),
        pytest.param("    notify: {unit: [area_owner]}\n", id="notify-names-the-area"),
    ],
)
def test_nobody_told_is_an_error_where_the_area_is_named(check, told):
    (line,) = words(check(more="areas:\n  - {id: unit, title: Unit, kind: unit}\n", rules=RULES + told))

    assert 'error[nobody-told]: nobody would be told of "calls" in unit' in line


def test_an_area_without_an_owner_falls_back_on_the_one_above(check):
    assert () == check(rules=RULES + "    areas: [south]\n")


def test_who_is_told_by_area_needs_a_key_for_every_area_of_those_kinds(check):
    (line,) = words(check(rules=RULES + "    notify: {force: [head]}\n"))

    assert "warning[nobody-told]" in line and "in north, south: no key under notify" in line
    assert () == check(rules=RULES + "    notify: {force: [head], children: [area_owner]}\n")
    assert () == check(rules=RULES + "    notify: {force: [head], default: [head]}\n")


def test_a_rule_that_is_off_tells_nobody_and_that_is_fine(check):
    text = RULES + "    areas: [unit]\n    status: off\n"

    assert [] == words(check(more="areas:\n  - {id: unit, title: Unit, kind: unit}\n", rules=text))


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("areas:\n  - {id: unit, title: Unit, kind: unit, owner: heed}\n", id="owner-misspelt"),
        pytest.param("areas:\n  - {id: unit, title: Unit, kind: unit, ownr: head}\n", id="key-misspelt"),
        pytest.param("areas:\n  - {id: unit, kind: unit}\n", id="area-not-usable"),
        pytest.param(
            "areas:\n  - {id: top, kind: unit, owner: head}\n  - {id: unit, title: U, parent: top}\n",
            id="parent-not-usable",
        ),
    ],
)
def test_nobody_told_is_not_said_of_what_has_a_mistake_of_its_own(check, broken):
    found = check(more=broken, rules=RULES + "    areas: [unit]\n")

    assert "nobody-told" not in [problem.code for problem in found] and len(found) == 1


def test_a_condition_is_not_blamed_for_a_broken_measure(check):
    found = check(base=BASE.replace("target: 90", "target: 90 %"))

    assert ["wrong-type"] == [problem.code for problem in found]


def test_a_rule_is_not_blamed_for_watching_a_measure_that_is_not_usable(check):
    found = check(base=BASE.replace("unit: percent", "unit: percnt"), rules=RULES + "    areas: [north]\n")

    assert ["bad-value"] == [problem.code for problem in found]


def test_a_condition_that_does_not_fit_names_the_measures(check):
    text = RULES.replace("measures: calls", "measures: [calls, crime/all, crime/rape]")

    lines = words(check(rules=text))

    places = {line.split(" error")[0] for line in lines}
    assert {"rules/rules.yaml:5:12:"} == places
    assert ['"crime/all"', '"crime/rape"'] == [line.split("measure ")[1].split(" has")[0] for line in lines]


def test_equal_complaints_of_a_condition_are_one_problem(check):
    when = RULES.replace("{target_missed: {}}", "{outside_limits: {limits: previous_financial_year}}").replace(
        "calls\n", "{items_of: crime}\n"
    )

    (line,) = words(
        check(base=BASE.replace("better: lower\n    every: month", "better: lower\n    every: year"), rules=when)
    )

    assert "condition-does-not-fit" in line and "no spread" in line


def test_no_series(check):
    base = BASE.replace("tags: [gold]", "tags: [gold], areas: [north]")
    text = RULE + RULE.removeprefix("rules:\n").replace("calls-target", "two") + "    areas: [south]\n"

    (line,) = words(check(base=base, rules=text))

    assert line.startswith("rules/rules.yaml:12:12: warning[no-series]: none of its measures is expected")


def test_a_kind_without_areas_below_is_no_series(check):
    (line,) = words(check(rules=RULE + "    areas: {children_of: north}\n"))

    assert line.startswith("rules/rules.yaml:7:12: warning[no-series]: it watches no area")


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("limits:\n  x: {fixed: {upper: 5}}\n", 'rules/more.yaml:2:3: warning[unused]: no condition uses "x"'),
        ("sources:\n  x: {csv: figures/calls.csv}\n", 'rules/more.yaml:2:3: warning[unused]: no measure uses "x"'),
        ("measures:\n  - {id: m, title: M, unit: count, better: lower, every: day}\n", "rules/more.yaml:2:6: warning[no-figures]"),
        ("measures:\n  - {id: m, title: M, unit: count, better: lower, every: day, per: 9, source: calls}\n", "rules/more.yaml:2:68: warning[bad-value]: per: 9"),
        ("topics:\n  - {id: t, title: T, owner: x}\nowners:\n  - {id: x, name: X}\n", "rules/more.yaml:4:6: warning[no-address]"),
    ],
)  # fmt: skip
def test_what_is_probably_not_meant_is_a_warning(load, more, line):
    loaded = load(more=more)

    assert ([True], True) == ([found.startswith(line) for found in words(loaded.problems)], loaded.rules is not None)


def test_an_owner_who_is_told_another_way_needs_no_address(check):
    owners = "owners:\n  - {id: x, name: X, channels: archive}\nchannels: {archive: {folder: {}}}\n"

    assert () == check(more=owners + "topics:\n  - {id: t, title: T, owner: x}\n")


def test_limits_used_by_a_broken_rule_are_not_unused(check):
    text = RULES.replace("{target_missed: {}}", "{outside_limits: {limits: x, typo: 1}}")

    found = check(more="limits:\n  x: {fixed: {upper: 5}}\n", rules=text)

    assert ["unknown-key"] == [problem.code for problem in found]


def test_limits_with_a_mistake_are_not_unknown(check):
    text = RULES.replace("{target_missed: {}}", "{outside_limits: {limits: x}}")

    found = check(more="limits:\n  x: {fixed: {uper: 5}}\n", rules=text)

    assert ["unknown-key"] == [problem.code for problem in found]


def test_two_rules_with_one_former_id(check):
    text = RULES + "    was: old\n" + RULES.removeprefix("rules:\n").replace("calls-target", "two") + "    was: old\n"

    (line,) = words(check(rules=text))

    assert line.startswith('rules/rules.yaml:11:10: error[bad-value]: "calls-target" was "old" too')


def test_a_schedule_in_two_files_is_merged_and_a_key_given_twice_is_a_mistake(load):
    found = load(more="schedule: {flood: 5}\n", other="schedule: {flood: 6, timezone: Europe/Paris}\n")
    assert [
        'rules/other.yaml:1:12: error[duplicate-key]: "flood" is set already, at rules/more.yaml:1; keep one of them'
    ] == words(found.problems)

    merged = load(more="schedule: {flood: 5}\n", other="schedule: {timezone: Europe/Paris}\n").rules.schedule

    assert (5, "Europe/Paris", "mon-fri 07:00") == (merged.flood, merged.timezone, merged.evaluate)


def test_the_financial_year_decides_what_a_quarter_is(rules_of):
    april = rules_of(rules=RULES + "    from: 2020/21-Q2\n").rules[0].since
    january = (
        rules_of(rules=RULES + "    from: 2020-Q3\n", more="schedule: {financial_year_starts: january}\n")
        .rules[0]
        .since
    )

    assert "2020-07-01" == april.isoformat() == january.isoformat()


@pytest.mark.parametrize(
    ("path", "code", "says"),
    [
        ("figures/cals.csv", "missing-figures", 'did you mean "figures/calls.csv"?'),
        ("figures/nothing-like-it.txt", "missing-figures", "no file"),
        ("figures", "unreadable-figures", "is no file"),
        ("../calls.csv", "unreadable-file", "leads out"),
        ("figures/../../calls.csv", "unreadable-file", "leads out"),
        ("..\\calls.csv", "unreadable-file", "leads out"),
        ("/etc/passwd", "unreadable-file", "leads out"),
        ("~/calls.csv", "unreadable-file", "leads out"),
        ("C:/calls.csv", "unreadable-file", "leads out"),
        ("\\\\server\\calls.csv", "unreadable-file", "leads out"),
        ("https://example.org/calls.csv", "unreadable-file", "leads out"),
        ("file:///etc/passwd", "unreadable-file", "leads out"),
        ("figures/out.csv", "unreadable-figures", "is a link out of"),
    ],
)
def test_a_source_reads_a_file_inside_its_folders_only(tmp_path, path, code, says):
    folder = sound_with(tmp_path / "rules", base=BASE.replace("csv: figures/calls.csv", f"csv: '{path}'"))
    (folder / "figures" / "out.csv").symlink_to(written(tmp_path / "outside", {"calls.csv": FIGURES}) / "calls.csv")

    (problem,) = load_rules(folder, shown_as="rules").problems

    assert (code, 12, 16, True) == (
        problem.code,
        problem.place.line,
        problem.place.column,
        says in str(problem),
    )


def test_figures_may_lie_in_a_second_folder(tmp_path):
    folder = sound_with(tmp_path / "rules", base=BASE.replace("csv: figures/calls.csv", "csv: monthly/calls.csv"))
    figures = written(tmp_path / "elsewhere", {"monthly/calls.csv": FIGURES})

    assert ["missing-figures"] == [problem.code for problem in load_rules(folder).problems]
    assert () == load_rules(folder, figures=figures).problems


def test_a_file_that_is_not_there_is_an_error_but_refuses_no_rules(tmp_path):
    folder = sound_with(tmp_path / "rules", base=BASE.replace("csv: figures/calls.csv", "csv: figures/none.csv"))
    loaded = load_rules(folder)
    assert [("missing-figures", "error")] == [(p.code, p.severity.value) for p in loaded.problems]
    assert loaded.rules is not None


@pytest.mark.parametrize(
    ("become", "says"),
    [
        (lambda path: path.symlink_to("/etc/hosts"), "is a link out of"),
        (lambda path: path.symlink_to(path.name), "is a link that leads back to itself"),
        (os.mkfifo, "is no file"),
        (lambda path: path.mkdir(), "is no file"),
    ],
    ids=["link out", "circle", "pipe", "folder"],
)
def test_what_becomes_of_a_file_of_figures_refuses_no_rules(tmp_path, become, says):
    folder = sound_with(tmp_path / "rules")
    (folder / "figures" / "calls.csv").unlink()
    become(folder / "figures" / "calls.csv")

    loaded = load_rules(folder)

    assert [("unreadable-figures", "error")] == [(p.code, p.severity.value) for p in loaded.problems]
    assert says in loaded.problems[0].message
    assert loaded.rules is not None


@pytest.mark.parametrize("name", [f"{'x' * 300}.csv", "locked/calls.csv"])
def test_a_name_that_the_machine_does_not_take_refuses_no_rules(tmp_path, monkeypatch, name):
    folder = sound_with(tmp_path / "rules", base=BASE.replace("csv: figures/calls.csv", f"csv: figures/{name}"))
    whole = Path.resolve, Path.iterdir

    def locked(path):
        if "locked" in path.as_posix():  # whoever runs the tests may be allowed everything
            raise PermissionError(13, "Permission denied", str(path))
        return path

    monkeypatch.setattr(Path, "resolve", lambda path, **how: whole[0](locked(path), **how))
    monkeypatch.setattr(Path, "iterdir", lambda path: whole[1](locked(path)))

    loaded = load_rules(folder)

    (problem,) = loaded.problems
    assert "unreadable-figures" == problem.code
    assert ("File name too long" if "xxx" in name else "Permission denied") in problem.message
    assert loaded.rules is not None


def test_a_measure_may_name_a_file_itself(check):
    def with_source(path):
        return check(base=BASE.replace("source: calls, tags", f"source: {path}, tags"))

    assert () == with_source("figures/calls.csv")
    assert [("missing-figures", 14, 115)] == [
        (p.code, p.place.line, p.place.column) for p in with_source("figures/cals.csv")
    ]
    assert {"unknown-source", "missing-figures"} == {p.code for p in with_source("figures/calls.docx")}


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("unit: count, items: {a: A, b: B}", None),
        ("unit: percent, items: {a: A, b: B}", "figures in the unit percent do not add up"),
        ("unit: count, items: {a: A, b: {title: B, every: quarter}}", "differ in unit, scale or period"),
        ("unit: count, items: {a: A, b: {title: B, unit: currency}}", "differ in unit, scale or period"),
    ],
    ids=["counts", "percents", "another-period", "another-unit"],
)
def test_a_total_that_nothing_can_add_up_to_is_a_note(check, keys, says):
    measure = f"{{id: f, title: F, topic: contact, better: lower, every: month, source: calls, total: a, {keys}}}"

    found = check(more=f"measures:\n  - {measure}\n")

    assert [("note", "not-acted-on", True)] * (says is not None) == [
        (one.severity.value, one.code, (says or "") in one.message) for one in found
    ]


def test_areas_of_one_title_are_a_warning_that_names_both(check):
    areas = "areas:\n  - {id: south-2, title: South, parent: force}\n"

    (line,) = words(check(more=areas))

    assert line.startswith("rules/more.yaml:2:26: ")
    assert 'warning[same-title]: "south" and "south-2" have the title "South": no row is read by it' in line


def test_measures_of_one_title_are_a_note_where_they_share_a_source(check):
    keys = "topic: calls, unit: count, better: lower, every: month, target: 5, source"
    twins = f"{{id: one, title: Twin, {keys}: figures/calls.csv}}, {{id: two, title: Twin, {keys}: figures/calls.csv}}"
    rule = "rules: [{id: more, title: More, measures: [one, two], when: {target_missed: {}}, notify: head}]\n"

    (line,) = [one for one in words(check(more=f"measures: [{twins}]\n{rule}")) if "same-title" in one]

    assert 'note[same-title]: "one" and "two" have the title "Twin" in the source "figures/calls.csv"' in line


def test_missing_files_are_named_beside_what_else_is_wrong_with_a_measure_or_source(tmp_path):
    more = """\
sources:
  gone: {csv: figures/gone.csv, owner: nobody}
measures:
  - {id: a, title: A, topic: contact, unit: counts, better: lower, every: month, source: figures/a.csv}
  - {id: b, titel: B, topic: contact, unit: count, better: lower, every: month, source: figures/b.csv}
  - {id: c, topic: contact, unit: count, better: lower, every: month, source: figures/c.csv}
  - {id: d, title: D, topic: nowhere, unit: count, better: lower, every: month, source: figures/d.csv}
  - {id: e, topic: contact, unit: count, better: lower, every: month, source: gone}
"""
    problems = load_rules(sound_with(tmp_path, more=more)).problems

    missing = [(problem.place.line, problem.message) for problem in problems if problem.code == "missing-figures"]
    files = ("gone", "a", "b", "c", "d")
    assert [
        (line, f'no file "figures/{name}.csv" in {tmp_path}') for line, name in zip((2, 4, 5, 6, 7), files, strict=True)
    ] == missing
    assert {2, 4, 5, 6, 7, 8} == {
        problem.place.line for problem in problems if problem.code not in ("missing-figures", "unused")
    }
