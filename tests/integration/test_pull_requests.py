"""What stands beside pull requests: the workflows, the one comment of a merge request, the hook before a commit."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import click
import pytest
import yaml
from samples.repositories import a_repository, committed, git
from samples.rule_folders import RULES, SOUND

from alerting.app.authoring.diff.as_markdown import MARKER
from alerting.cli import group

DEPLOY = Path(__file__).parents[2] / "deploy"
WORKFLOWS = ("pull-request-check.yml", "merge-request-check.gitlab-ci.yml")


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_is_sound_yaml_and_each_command_in_it_is_there_with_its_options(name):
    text = (DEPLOY / name).read_text()
    assert yaml.safe_load(text)
    lines = re.findall(r"\./run alerting (.+?)(?: >| \|\||$)", text, re.MULTILINE)
    assert {"check", "test", "diff"} == {line.split()[0] for line in lines}
    for line in lines:
        command, *words = shlex.split(line)
        found = group.get_command(click.Context(group), command)
        options = {option for parameter in found.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("name", [*WORKFLOWS[:1], "comment_on_merge_request.py"])
def test_the_comment_is_found_by_what_it_begins_with(name):
    assert MARKER in (DEPLOY / name).read_text()


class _GitLab(BaseHTTPRequestHandler):
    notes: ClassVar[list[dict]]
    asked: ClassVar[list[tuple[str, str]]]

    def log_message(self, *_):
        """Say nothing."""

    def _answer(self, said, **headers):
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def _sent(self):
        self.asked.append((self.command, self.path))
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]

    def do_GET(self):
        assert "token" == self.headers["PRIVATE-TOKEN"]
        if self.path.endswith("/user"):
            self._answer({"id": 7})
        elif self.path.endswith("page=2"):
            self._answer(self.notes[1:])
        else:
            self._answer(self.notes[:1], **({"X_Next_Page": "2"} if len(self.notes) > 1 else {}))

    def do_POST(self):
        self.notes.append({"id": len(self.notes) + 1, "body": self._sent(), "author": {"id": 7}})
        self._answer(self.notes[-1])

    def do_PUT(self):
        note = self.notes[int(self.path.rpartition("/")[2]) - 1]
        note["body"] = self._sent()
        self._answer(note)


@pytest.fixture
def gitlab(monkeypatch):
    theirs = {"id": 1, "body": f"{MARKER} of somebody else", "author": {"id": 3}}
    own = type("Own", (_GitLab,), {"notes": [theirs], "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), own)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("CI_API_V4_URL", f"http://127.0.0.1:{server.server_port}/api/v4")
    monkeypatch.setenv("CI_PROJECT_ID", "12")
    monkeypatch.setenv("CI_MERGE_REQUEST_IID", "34")
    monkeypatch.setenv("ALERTING_COMMENT_TOKEN", "token")
    yield own
    server.shutdown()
    server.server_close()


def test_a_merge_request_has_one_comment_however_often_it_is_pushed_to(gitlab, tmp_path):
    for said in ("first", "second", "third"):
        file = tmp_path / "diff.md"
        file.write_text(f"{MARKER}\n{said}\n")
        subprocess.run([sys.executable, DEPLOY / "comment_on_merge_request.py", file], check=True)

    notes = "/api/v4/projects/12/merge_requests/34/notes"
    assert [("POST", notes), ("PUT", f"{notes}/2"), ("PUT", f"{notes}/2")] == gitlab.asked
    assert [f"{MARKER} of somebody else", f"{MARKER}\nthird\n"] == [note["body"] for note in gitlab.notes]


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with the hook, and a `run` that runs this program."""
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    repository = a_repository(tmp_path / "repository")
    committed(repository, {f"rules/{name}": text for name, text in SOUND.items()})
    program = "import sys; from alerting.cli import main; sys.exit(main(sys.argv[1:]))"
    (repository / "run").write_text(f"#!/bin/sh\nshift\nexec {shlex.quote(sys.executable)} -c '{program}' \"$@\"\n")
    (repository / "run").chmod(0o755)
    hook = repository / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.symlink_to(DEPLOY / "pre-commit")
    return repository


def test_the_hook_checks_what_is_committed_and_not_what_stands_in_the_work_tree(repository):
    rules = repository / "rules/rules.yaml"
    rules.write_text(RULES.replace("measures: calls", "measures: cals"))
    git(repository, "add", "rules")
    rules.write_text(RULES)
    with pytest.raises(subprocess.CalledProcessError) as stopped:
        git(repository, "commit", "-m", "a slip")
    assert (
        'rules/rules.yaml:4:15: error[unknown-measure]: no measure "cals"'
        in stopped.value.stdout + stopped.value.stderr
    )

    rules.write_text(RULES.replace("slowly", "late"))
    git(repository, "add", "rules")
    rules.write_text("rules: [half")
    git(repository, "commit", "-m", "sound")
    assert "late" in git(repository, "show", "HEAD:rules/rules.yaml")


#: By shell: what it does before, and what lists what may follow where somebody has typed `alerting diff --form`.
SHELLS = {
    "bash": (
        "",
        "COMP_WORDS=(alerting diff --form); COMP_CWORD=2; _alerting_completion alerting; echo ${COMPREPLY[@]}",
    ),
    "zsh": (
        "autoload -Uz compinit && compinit -u",
        """[ ${_comps[alerting]} = _alerting_completion ] || echo unknown
COMP_WORDS='alerting diff --form' COMP_CWORD=2 _ALERTING_COMPLETE=zsh_complete alerting""",
    ),
    "fish": ("", "complete -C 'alerting diff --form'"),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_page_on_completion_makes_a_shell_complete_options(shell, tmp_path):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    page = (DEPLOY / "README.md").read_text()
    (line,) = re.findall(rf"^(.*{shell}_source.*?) *#", page, re.MULTILINE)
    before, after = SHELLS[shell]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    done = subprocess.run(
        [shell, "-c", "\n".join((before, line, after))], check=True, capture_output=True, text=True,
        env={**os.environ, "PATH": path, "HOME": str(tmp_path), "ZDOTDIR": str(tmp_path)},
    )  # fmt: skip

    assert "--format" in done.stdout
    assert "unknown" not in done.stdout


def test_the_hook_that_the_page_declares_for_pre_commit_is_the_one_that_is_shipped():
    page = (DEPLOY / "README.md").read_text()
    (declared,) = (found for found in re.findall(r"```yaml\n(repos:.+?)```", page, re.DOTALL))
    (hook,) = yaml.safe_load(declared)["repos"][0]["hooks"]
    assert os.access(DEPLOY.parent / hook["entry"], os.X_OK)
    assert ("script", False) == (hook["language"], hook["pass_filenames"])
    assert re.search(hook["files"], "rules/calls.yaml") and not re.search(hook["files"], "deploy/README.md")
