"""Problems as text for people and for programs."""

import json
from xml.etree import ElementTree as ET

import pytest

from alerting.app.authoring.codes import all_codes
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.rulefile.pages.drawn_problem import drawn, drawn_all
from alerting.rulefile.pages.machine_reports import as_github, as_json, as_junit, as_sarif
from alerting.rulefile.pages.summary import counted_problems


def a_problem(line="    measures: calls-99-answered", column=15, **changed):
    given = {
        "place": Place(file="rules/call-handling.yaml", line=12, column=column),
        "code": "unknown-measure",
        "severity": ProblemSeverity.ERROR,
        "message": 'no measure "calls-99-answered"',
        "fix": 'did you mean "calls-999-answered-10s"?',
        "source_line": line,
    }
    return Problem(**(given | changed))


def a_note(line_number, message="not acted on"):
    place = Place(file="rules/a.yaml", line=line_number, column=5)
    return Problem(place=place, code="not-acted-on", severity=ProblemSeverity.NOTE, message=message)


def test_a_suggestion_stands_on_the_first_line_and_the_caret_under_the_mistake():
    assert drawn(a_problem()).split("\n") == [
        (
            'rules/call-handling.yaml:12:15: error[unknown-measure]: no measure "calls-99-answered"; '
            'did you mean "calls-999-answered-10s"?'
        ),
        "   12 |     measures: calls-99-answered",
        "      |               ^^^^^^^^^^^^^^^^^",
    ]


def test_a_longer_fix_has_a_line_of_its_own():
    assert drawn(a_problem(fix="write `x`", source_line=None)).split("\n") == [
        'rules/call-handling.yaml:12:15: error[unknown-measure]: no measure "calls-99-answered"',
        "      fix: write `x`",
    ]


@pytest.mark.parametrize(
    ("line", "column", "carets"),
    [
        ("for: two", 6, "     ^^^"),
        ('title: "a b", x: 1', 8, "       ^^^^^"),
        ("when: {a: 1}", 7, "      ^"),
        ("measures: [a, b]", 15, "              ^"),
        ("id: x", 6, "     ^"),
        ("id: x", 99, "     ^"),
    ],
)  # fmt: skip
def test_the_caret_underlines_a_word_a_quoted_text_or_a_bracket(line, column, carets):
    assert f"      | {carets}" == drawn(a_problem(line, column)).split("\n")[2]


def test_a_long_line_is_shown_around_the_mistake():
    line = "x" * 200 + " HERE " + "y" * 200

    _, shown, carets = drawn(a_problem(line, 202)).split("\n")

    assert len(shown) <= 118
    assert "HERE" == shown[carets.index("^") : carets.rindex("^") + 1]


def test_text_from_rule_files_cannot_steer_the_terminal():
    text = drawn(a_problem(message="no \x1b[31mred\x07", source_line="a: \x9b1m\tx"))

    assert {"\n"} == {c for c in text if not c.isprintable()}


def test_notes_come_last_one_line_for_all_places_alike():
    assert drawn_all([a_note(1), a_problem(fix=None, source_line=None), a_note(2), a_note(3, "other"), a_note(4)]) == (
        'rules/call-handling.yaml:12:15: error[unknown-measure]: no measure "calls-99-answered"\n\n'
        "rules/a.yaml:1:5: note[not-acted-on]: not acted on (2 more places like this)\n"
        "rules/a.yaml:3:5: note[not-acted-on]: other"
    )


@pytest.mark.parametrize(
    ("problems", "words"),
    [
        ([], "no problems"),
        ([a_note(1)], "no problems, 1 note"),
        ([a_problem(), a_note(1), a_note(2)], "1 error, 2 notes"),
        ([a_problem(severity=ProblemSeverity.WARNING)] * 2, "2 warnings"),
    ],
)
def test_problems_are_counted_by_how_bad_they_are(problems, words):
    assert words == counted_problems(problems)


def test_json_has_exactly_the_keys_of_the_documentation():
    assert json.loads(as_json([a_problem()])) == {
        "problems": [
            {
                "file": "rules/call-handling.yaml",
                "line": 12,
                "column": 15,
                "code": "unknown-measure",
                "severity": "error",
                "message": 'no measure "calls-99-answered"',
                "fix": 'did you mean "calls-999-answered-10s"?',
            }
        ]
    }
    assert {"problems": []} == json.loads(as_json([]))


def test_a_workflow_command_cannot_be_broken_out_of():
    place = Place(file="rules/a,b:c%.yaml", line=1, column=2)
    problem = a_problem(place=place, message="50% off\n::error::x", fix=None, severity=ProblemSeverity.NOTE)

    assert (
        "::notice file=rules/a%2Cb%3Ac%25.yaml,line=1,col=2,title=unknown-measure::50%25 off%0A::error::x"
        == as_github([problem])
    )


def test_sarif_names_each_code_once_and_points_at_the_place():
    log = json.loads(as_sarif([a_problem(), a_problem(), a_note(3)], all_codes()))

    (run,) = log["runs"]
    assert ("2.1.0", ["not-acted-on", "unknown-measure"]) == (
        log["version"],
        [r["id"] for r in run["tool"]["driver"]["rules"]],
    )
    assert [(1, "error"), (1, "error"), (0, "note")] == [(r["ruleIndex"], r["level"]) for r in run["results"]]
    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert location == {
        "artifactLocation": {"uri": "rules/call-handling.yaml"},
        "region": {"startLine": 12, "startColumn": 15},
    }


def test_junit_is_well_formed_whatever_the_text():
    nasty = a_problem(message='<&>"]]>\x07', place=Place(file='a"b&.yaml', line=1, column=1))

    suite = ET.fromstring(as_junit([nasty, a_note(1)]))

    assert {"tests": "2", "failures": "1"}.items() <= suite.attrib.items()
    assert ['<&>"]]>'] == [failure.attrib["message"] for failure in suite.iter("failure")]
    assert "1" == ET.fromstring(as_junit([])).attrib["tests"]
