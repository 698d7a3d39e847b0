"""A rules folder at a git revision: what is read of it, and what is refused."""

import pytest
from samples.repositories import a_repository, committed, git
from samples.rule_folders import SOUND

from alerting.errors import UsageError
from alerting.rulefile.revision import folder_at

OLD = {f"rules/{name}": text for name, text in SOUND.items()}
NEW = {"rules/rules.yaml": "rules: []\n", "rules/templates/notice.txt.j2": "x", "rules/tests/t.yaml": "tests: []\n"}


@pytest.fixture
def repository(tmp_path):
    repository = a_repository(tmp_path / "repository")
    committed(repository, OLD)
    git(repository, "tag", "agreed")
    committed(repository, NEW)
    return repository


def held(place):
    return {path.relative_to(place).as_posix(): path.read_text() for path in sorted(place.rglob("*")) if path.is_file()}


def test_the_rule_files_are_as_they_were_committed_then_without_figures_and_tests(repository):
    with folder_at(repository / "rules", "agreed") as place:
        assert {"base.yaml": SOUND["base.yaml"], "rules.yaml": SOUND["rules.yaml"]} == held(place)
    assert not place.exists()
    with folder_at(repository / "rules", "HEAD") as place:
        assert {"base.yaml", "rules.yaml", "templates/notice.txt.j2"} == set(held(place))


def test_a_repository_may_be_the_rules_folder_itself(tmp_path):
    repository = a_repository(tmp_path / "rules")
    committed(repository, SOUND)
    with folder_at(repository, "HEAD") as place:
        assert {"base.yaml", "rules.yaml"} == set(held(place))


def test_the_work_tree_and_the_index_stay_as_they_are(repository):
    (repository / "rules/rules.yaml").write_text("rules: [half]\n")
    (repository / "rules/new.yaml").write_text("x")
    git(repository, "add", "rules/new.yaml")
    before = git(repository, "status", "--porcelain"), git(repository, "stash", "list"), held(repository / "rules")

    with folder_at(repository / "rules", "agreed"):
        pass

    assert before == (
        git(repository, "status", "--porcelain"),
        git(repository, "stash", "list"),
        held(repository / "rules"),
    )


def test_names_with_spaces_and_letters_of_all_kinds_are_read(repository):
    committed(repository, {"rules/Ä b\tc.yaml": "rules: []\n"})
    with folder_at(repository / "rules", "HEAD") as place:
        assert "Ä b\tc.yaml" in held(place)


def test_git_is_asked_about_the_folder_and_not_about_the_repository_of_a_hook(repository, monkeypatch, tmp_path):
    monkeypatch.setenv("GIT_DIR", str(a_repository(tmp_path / "other") / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    with folder_at(repository / "rules", "agreed") as place:
        assert "base.yaml" in held(place)


def test_a_link_is_a_link_again_so_that_those_out_of_the_folder_are_refused_as_ever(repository):
    (repository / "rules/out.yaml").symlink_to("/etc/passwd")
    committed(repository, {})
    with folder_at(repository / "rules", "HEAD") as place:
        assert "/etc/passwd" == str((place / "out.yaml").readlink())


@pytest.mark.parametrize("name", ["--output=/tmp/x", "-h", "", "a\nb", "main\0"])
def test_what_git_could_take_for_something_else_is_refused(repository, name):
    with (
        pytest.raises(UsageError, match="is no folder and no name of a revision"),
        folder_at(repository / "rules", name),
    ):
        pass


@pytest.mark.parametrize("name", ["no-such-branch", "main..agreed", "main:rules", "HEAD~9", "$(touch x)", "*"])
def test_a_revision_that_there_is_not_is_said_to_be_none(repository, name):
    with pytest.raises(UsageError, match="no revision"), folder_at(repository / "rules", name):
        pass
    assert not (repository / "x").exists()


def test_a_revision_without_the_folder_is_said_to_lack_it(repository):
    git(repository, "checkout", "-q", "--orphan", "bare")
    git(repository, "rm", "-q", "-rf", ".")
    committed(repository, {"rules": "a file"})
    (repository / "rules").unlink()
    (repository / "rules").mkdir()
    with (
        pytest.raises(UsageError, match='at the revision "bare" there is no folder rules'),
        folder_at(repository / "rules", "bare"),
    ):
        pass


def test_a_folder_in_no_repository_and_a_machine_without_git_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="is in no git repository that can be read"), folder_at(tmp_path, "HEAD"):
        pass
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="git is not installed"), folder_at(tmp_path, "HEAD"):
        pass
