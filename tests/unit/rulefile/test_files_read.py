"""Which files are read, as what text, and what is said of the others."""

import os
import time
from pathlib import Path

import pytest
from samples.rule_folders import RULES, SOUND, sound_with, written

from alerting.rulefile import load_rules
from alerting.rulefile.yaml.files import MOST_BYTES


def codes(loaded):
    return [(str(problem.place), problem.code) for problem in loaded.problems]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(RULES.replace("\n", "\r\n").encode(), id="windows-line-ends"),
        pytest.param(RULES.replace("\n", "\r").encode(), id="old-mac-line-ends"),
        pytest.param(b"\xef\xbb\xbf" + RULES.encode(), id="byte-order-mark"),
        pytest.param(f"---\n{RULES}...\n".encode(), id="document-marks"),
        pytest.param(f"# only a comment above\n\n{RULES}\n\n".encode(), id="comments-and-empty-lines"),
    ],
)
def test_text_as_people_save_it_is_read(rules_of, content):
    assert ["calls-target"] == [rule.id for rule in rules_of(rules=content).rules]


def test_places_count_lines_the_same_with_windows_line_ends(check):
    text = RULES.replace("measures: calls", "measures: cals")

    assert [str(p) for p in check(rules=text)] == [str(p) for p in check(rules=text.replace("\n", "\r\n"))]


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        pytest.param(
            "rules:\n  - id: caf\u00e9\n".encode("latin-1"), "rules/rules.yaml:2:12", "unreadable-file", id="latin-1"
        ),
        pytest.param(RULES.encode("utf-16"), "rules/rules.yaml:1:1", "unreadable-file", id="utf-16"),
        pytest.param(RULES.replace("too", "too\u2028"), "rules/rules.yaml:3:30", "yaml-syntax", id="line-separator"),
        pytest.param(RULES.replace("too", "too\0"), "rules/rules.yaml:3:30", "yaml-syntax", id="nul"),
        pytest.param("- a\n- b\n", "rules/rules.yaml:1:1", "wrong-type", id="a-list"),
        pytest.param("just words\n", "rules/rules.yaml:1:1", "wrong-type", id="a-sentence"),
    ],
)
def test_what_is_no_rule_file_is_named_with_its_place(load, content, place, code):
    assert [(place, code)] == codes(load(rules=content))


@pytest.mark.parametrize("content", ["", "# nothing yet\n", "rules:\n", "rules: []\n"])
def test_a_file_may_hold_nothing(rules_of, content):
    assert () == rules_of(rules=content).rules


def test_hidden_and_editor_files_tests_and_figures_are_not_read(tmp_path):
    others = [".hidden.yaml", "rules.yaml~", "#rules.yaml#", ".rules.yaml.swp", "..data/rules.yaml", "notes.txt"]
    folder = sound_with(tmp_path / "rules")
    written(folder, dict.fromkeys([*others, "tests/a.yaml", "figures/b.yaml", ".git/c.yaml"], "rules: ["))

    assert () == load_rules(folder).problems


def test_files_in_folders_below_are_read_in_the_order_of_their_paths(tmp_path):
    rule = RULES.removeprefix("rules:\n")
    parts = {
        name: "rules:\n" + rule.replace("calls-target", f"r-{n}")
        for n, name in enumerate(["b/z.yaml", "a.yaml", "b/a.yaml"])
    }
    folder = written(sound_with(tmp_path / "rules", rules=""), parts)

    loaded = load_rules(folder)

    assert ["r-1", "r-2", "r-0"] == [rule.id for rule in loaded.rules.rules]


def test_a_yml_file_and_a_linked_folder_are_warned_about(tmp_path):
    folder = written(sound_with(tmp_path / "rules"), {"more.yml": RULES})
    (folder / "linked").symlink_to(written(tmp_path / "elsewhere", {"x.yaml": RULES}))

    loaded = load_rules(folder, shown_as="rules")

    assert [("rules/linked:1:1", "skipped-file"), ("rules/more.yml:1:1", "skipped-file")] == codes(loaded)
    assert loaded.rules is not None


def test_a_link_inside_the_folder_is_read_and_one_out_of_it_is_not(tmp_path):
    """Kubernetes mounts files as links into a hidden folder beside them."""
    folder = written(
        tmp_path / "rules", {f"..data/{name}": content for name, content in SOUND.items() if "/" not in name}
    )
    written(folder, {"figures/calls.csv": SOUND["figures/calls.csv"]})
    for name in ("base.yaml", "rules.yaml"):
        (folder / name).symlink_to(Path("..data") / name)
    assert () == load_rules(folder).problems

    (folder / "secret.yaml").symlink_to(written(tmp_path / "outside", {"secret.yaml": "password: x"}) / "secret.yaml")

    assert [("rules/secret.yaml:1:1", "unreadable-file")] == codes(load_rules(folder, shown_as="rules"))


def test_what_is_no_plain_file_or_too_large_is_not_opened(tmp_path):
    folder = sound_with(tmp_path / "rules")
    os.mkfifo(folder / "pipe.yaml")
    with (folder / "sparse.yaml").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    (folder / "gone.yaml").symlink_to("nowhere.yaml")
    (folder / "circle.yaml").symlink_to("circle.yaml")

    found = load_rules(folder, shown_as="rules")

    names = ["circle", "gone", "pipe", "sparse"]
    assert [(f"rules/{name}.yaml:1:1", "unreadable-file") for name in names] == codes(found)


def test_a_folder_that_may_not_be_looked_into_is_no_folder_without_rules(tmp_path, monkeypatch):
    folder = sound_with(tmp_path / "rules")
    written(folder, {"more/more.yaml": "owners: []\n"})
    whole = os.scandir

    def scandir(path):  # whoever runs the tests may be allowed everything
        if str(path).endswith("more"):
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path)

    monkeypatch.setattr(os, "scandir", scandir)
    loaded = load_rules(folder, shown_as="rules")

    assert [("rules/more:1:1", "unreadable-file")] == codes(loaded)
    assert loaded.rules is None


def test_a_file_of_a_million_values_is_refused_at_once(tmp_path):
    for text in (f"a: [{'0,' * 1_000_000}0]\n", "a:\n" + "- 0\n" * 1_000_000):
        folder = written(tmp_path, {"rules.yaml": text})
        begun = time.process_time()

        (problem,) = load_rules(folder, shown_as="rules").problems

        assert "more than 300,000 keys and values in one file" in problem.message
        assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "make",
    [lambda _: None, lambda path: path.mkdir(), lambda path: path.write_text("")],
    ids=["missing", "empty", "file"],
)
def test_a_folder_that_cannot_be_used_says_so(tmp_path, make):
    make(tmp_path / "rules")

    loaded = load_rules(tmp_path / "rules", shown_as="rules")

    assert ([("rules:1:1", "empty-folder")], True, None) == (codes(loaded), loaded.unusable, loaded.rules)


def test_a_syntax_error_stops_that_file_only_and_invents_no_unknown_ids(load):
    """What the broken file declares is not known, so nothing that refers to it may be called unknown."""
    loaded = load(
        broken="owners:\n  - {id: extra, name: Extra\nrules: [\n",
        rules=RULES + "    notify: extra\n    severty: info\n",
    )

    assert ["yaml-syntax", "unknown-key"] == [problem.code for problem in loaded.problems]


def test_the_version_changes_with_any_byte_or_name_of_any_rule_file(tmp_path):
    def version(folder):
        return load_rules(folder).rules.version

    first = version(sound_with(tmp_path / "a"))
    commented = version(sound_with(tmp_path / "b", rules=RULES + "# x\n"))
    renamed = sound_with(tmp_path / "c")
    (renamed / "rules.yaml").rename(renamed / "more.yaml")
    other_figures = written(sound_with(tmp_path / "d"), {"figures/calls.csv": "measure\n", "tests/t.yaml": "tests: []"})

    assert first.startswith("sha256:") and len(first) == 7 + 64
    assert 3 == len({first, commented, version(renamed)})
    assert first == version(other_figures) == version(sound_with(tmp_path / "e"))


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("rules", "rules/rules.yaml"),
        ("rules/", "rules/rules.yaml"),
        (".", "rules.yaml"),
        ("../x/rules", "../x/rules/rules.yaml"),
        ("/srv/rules", "/srv/rules/rules.yaml"),
    ],
)
def test_a_place_names_the_file_as_the_user_typed_its_folder(tmp_path, typed, place):
    folder = sound_with(tmp_path / "rules", rules=RULES.replace("title:", "titel:"))

    (problem,) = load_rules(folder, shown_as=typed).problems

    assert f"{place}:3:5" == str(problem.place)
