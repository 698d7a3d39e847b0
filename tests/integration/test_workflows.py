"""The steps of the workflows for pull and merge requests, run as they stand in a real repository; only the network's edge is ours."""

# ruff: noqa: E501 - shell stands as people write it

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from samples.repositories import a_repository, committed, git
from samples.rule_folders import RULES, SOUND

from alerting.app.authoring.diff.as_markdown import MARKER, MOST_BYTES

DEPLOY = Path(__file__).parents[2] / "deploy"
STRICTER = RULES.replace("target_missed: {}", "target_missed: {at_least: 95}")
TESTS = """\
tests:
  - name: a miss opens it
    rules: [calls-target]
    figures: [{measure: calls, area: north, from: 2020-04, values: 95 88}]
    expect: [{period: 2020-05, event: opened, to: [north-commander]}]
"""
#: Stands for GitHub's own command: keeps comments in a file, and answers by pages as the real one does.
GH = """\
import json, os, re, subprocess, sys
words, path = sys.argv[1:], os.environ["COMMENTS_FILE"]
assert os.environ["GH_TOKEN"] == "token" and words.pop(0) == "api"
kept = json.load(open(path))
if "--jq" in words:
    assert words[0] == "repos/force/rules/issues/7/comments" and "--paginate" in words
    for page in (kept[:1], kept[1:]):
        subprocess.run(["jq", "-r", words[words.index("--jq") + 1]], input=json.dumps(page).encode(), check=True)
else:
    field, _, value = words[words.index("-F") + 1].partition("=")
    assert field == "body" and value[0] == "@"
    body = open(value[1:]).read()
    found = next((word for word in words if word.startswith("repos/")))
    if "PATCH" in words:
        id_ = int(re.fullmatch("repos/force/rules/issues/comments/([0-9]+)", found)[1])
        next(one for one in kept if one["id"] == id_)["body"] = body
    else:
        assert found == "repos/force/rules/issues/7/comments"
        kept.append({"id": 100 + len(kept), "body": body, "user": {"login": "github-actions[bot]"}})
    json.dump(kept, open(path, "w"))
"""
#: What GitHub puts in the place of its expressions.
GIVEN = {"github.token": "token", "github.repository": "force/rules", "github.event.pull_request.number": "7"}


@pytest.fixture
def repository(tmp_path):
    """A repository whose `run` runs this program, with a branch that is merged into main as a pull request's checkout is."""
    place = a_repository(tmp_path / "repository")
    program = "import sys; from alerting.cli import main; sys.exit(main(sys.argv[1:]))"
    run = f'#!/bin/sh\ncase "$1" in python) shift; exec {shlex.quote(sys.executable)} "$@";; esac\nshift\nexec {shlex.quote(sys.executable)} -c {shlex.quote(program)} "$@"\n'
    (place / "run").write_text(run)
    (place / "run").chmod(0o755)
    committed(place, {f"rules/{name}": text for name, text in SOUND.items()})
    shutil.copy(DEPLOY / "comment_on_merge_request.py", place / "run.py")
    return place


def merged(place, files):
    """Commit files on a branch and check out its merge into main."""
    git(place, "switch", "-q", "-C", "change", "main")
    head = committed(place, files)
    git(place, "switch", "-q", "--detach", "main")
    git(place, "merge", "-q", "--no-ff", "--no-edit", head)


def step_of(name):
    """Return the shell of a step of GitHub's workflow and its environment, with expressions filled in."""
    steps = yaml.safe_load((DEPLOY / "pull-request-check.yml").read_text())["jobs"]["check"]["steps"]
    (step,) = (one for one in steps if one.get("name") == name)

    def filled(text):
        return re.sub(r"\$\{\{ (.+?) \}\}", lambda match: GIVEN[match[1]], text)

    return filled(step["run"]), {key: filled(value) for key, value in step.get("env", {}).items()}


def in_shell(place, script, **env):
    """Run a script as a runner does: it ends at the first line that fails."""
    own = {**os.environ, "ALERTING_STATE_DIR": str(place.parent / "state"), **env}
    return subprocess.run(["bash", "-e", "-c", script], cwd=place, env=own, capture_output=True, text=True, check=False)


@pytest.fixture
def github(repository, tmp_path):
    """Run a step by its name."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "gh").write_text(f"#!{sys.executable}\n{GH}")
    (bin_ / "gh").chmod(0o755)
    comments, summary = tmp_path / "comments.json", tmp_path / "summary.md"
    theirs = {"id": 1, "body": f"{MARKER} quoted", "user": {"login": "somebody"}}
    comments.write_text(json.dumps([theirs]))

    def run(name, ends=0):
        script, env = step_of(name)
        path = f"{bin_}{os.pathsep}{os.environ['PATH']}"
        done = in_shell(
            repository, script, **env, PATH=path, GITHUB_STEP_SUMMARY=str(summary), COMMENTS_FILE=str(comments)
        )
        assert ends == done.returncode, done.stdout + done.stderr
        return done.stdout

    run.comments = lambda: [one["body"] for one in json.loads(comments.read_text())]
    run.summary = summary
    return run


def test_a_pull_request_has_problems_on_their_lines(repository, github):
    merged(repository, {"rules/rules.yaml": RULES.replace("measures: calls", "measures: cals")})
    assert "::error file=rules/rules.yaml,line=4,col=15,title=unknown-measure::" in github("Check the rules", ends=1)


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_a_pull_request_has_one_comment_and_a_summary_that_later_pushes_write_anew(repository, github):
    merged(repository, {"rules/rules.yaml": STRICTER})
    github("Say what it does to the alerts")
    written = repository / "diff.md"
    assert written.read_text() == github.summary.read_text()
    assert written.read_text().startswith(MARKER) and "`at_least` none → **95**" in written.read_text()
    assert len(written.read_bytes()) <= MOST_BYTES
    for later in ("", "A later push.\n", "The last one.\n"):
        written.write_text(written.read_text() + later)
        github("Write it into the one comment")
        assert [f"{MARKER} quoted", written.read_text()] == github.comments()


@pytest.mark.exhaustive
def test_a_test_that_fails_stands_on_its_line_and_a_side_that_cannot_be_compared_stops_the_job(repository, github):
    merged(repository, {"rules/tests/calls.yaml": TESTS.replace("2020-05, e", "2020-04, e")})
    assert "::error file=rules/tests/calls.yaml,line=5" in github("Try the rules", ends=1)
    merged(repository, {"rules/rules.yaml": "rules: [half"})
    github("Say what it does to the alerts", ends=2)


@pytest.mark.exhaustive
def test_a_merge_request_has_a_report_of_problems_and_tests_and_the_comparison(repository):
    git(repository, "switch", "-q", "-C", "change", "main")
    files = {"rules/rules.yaml": STRICTER, "rules/tests/calls.yaml": TESTS.replace("2020-05, e", "2020-04, e")}
    committed(repository, files)
    job = yaml.safe_load((DEPLOY / "merge-request-check.gitlab-ci.yml").read_text())["rules"]
    base = git(repository, "rev-parse", "main")

    done = in_shell(
        repository, "\n".join(job["script"]), CI_MERGE_REQUEST_DIFF_BASE_SHA=base, ALERTING_COMMENT_TOKEN=""
    )

    assert 1 == done.returncode, done.stderr  # a test fails; all the rest is there
    assert {"diff.md", "check.xml", "tests.xml"} == {*job["artifacts"]["paths"], *job["artifacts"]["reports"]["junit"]}
    assert '<testsuite name="' in (repository / "check.xml").read_text()
    assert "<failure" in (repository / "tests.xml").read_text()
    assert "`at_least` none → **95**" in (repository / "diff.md").read_text()
