"""Text to values with places; what is not taken is a flaw at its place."""

import random

import pytest
from samples.sampling import few

from alerting.rulefile.yaml.rule_file import first_key, located
from alerting.rulefile.yaml.tree import MOST_LEVELS, parse

TEXT = """\
# a comment
topics:
  - {id: a, title: Älter}
  -
    id: b

rules: [{id: x,   when: {run: {length: 8}}}, {id: y}]
empty:
"quoted key": 'it''s'
block: |
  two
  lines
"""


def places(flaws):
    return [(flaw.line, flaw.column, flaw.code) for flaw in flaws]


def test_values_are_plain():
    tree = parse(TEXT)

    assert tree.value == {
        "topics": [{"id": "a", "title": "Älter"}, {"id": "b"}],
        "rules": [{"id": "x", "when": {"run": {"length": 8}}}, {"id": "y"}],
        "empty": None,
        "quoted key": "it's",
        "block": "two\nlines\n",
    }
    assert tree.flaws == [] and tree.complete


@pytest.mark.parametrize(
    ("path", "value_at", "key_at"),
    [
        (("topics",), (3, 3), (2, 1)),
        (("topics", 0), (3, 5), (3, 5)),
        (("topics", 0, "title"), (3, 20), (3, 13)),
        (("topics", 1), (5, 5), (5, 5)),
        (("topics", 1, "id"), (5, 9), (5, 5)),
        (("rules", 0, "when"), (7, 25), (7, 19)),
        (("rules", 0, "when", "run", "length"), (7, 40), (7, 32)),
        (("rules", 0, "when", "<run>", "run", "length"), (7, 40), (7, 32)),
        (("rules", 0, "absent"), (7, 9), (7, 9)),
        (("quoted key",), (9, 15), (9, 1)),
        (("block",), (10, 8), (10, 1)),
        ((), (2, 1), (2, 1)),
    ],
)
def test_every_key_and_value_has_a_place(path, value_at, key_at):
    marks = parse(TEXT).marks

    assert value_at == located(marks, path)
    assert key_at == located(marks, path, of_key=True)


def test_the_first_key_of_a_mapping_in_braces_is_inside_them():
    assert first_key(parse(TEXT).marks, ("topics", 0)) == (3, 6)


def test_items_of_top_level_lists_have_their_place_and_text():
    text = "rules:\n  - id: a  # why\n    when: {}\n\n  # about b\n  - id: b\n    say: |\n      # kept\n# the end\n"
    items = parse(text).items["rules"]

    assert [(2, 5), (6, 5)] == [item[:2] for item in items]
    assert ["id: a  # why\n    when: {}", "id: b\n    say: |\n      # kept\n"] == [text[i[2] : i[3]] for i in items]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a: &x 1\n", [(1, 4, "yaml-feature")], id="anchor"),
        pytest.param("a: *x\n", [(1, 4, "yaml-feature")], id="alias"),
        pytest.param("a:\n  <<: {b: 1}\n", [(2, 3, "yaml-feature")], id="merge-key"),
        pytest.param("a: !!str 5\n", [(1, 4, "yaml-feature")], id="tag"),
        pytest.param("a: !!python/object:os.system x\n", [(1, 4, "yaml-feature")], id="python-tag"),
        pytest.param("a: !mine {b: 1}\n", [(1, 4, "yaml-feature")], id="own-tag-on-a-mapping"),
        pytest.param("%YAML 1.1\n---\na: no\n", [(2, 1, "yaml-feature")], id="directive"),
        pytest.param("a: 1\n---\nb: 2\n", [(2, 1, "yaml-feature")], id="second-document"),
        pytest.param("? [a, b]\n: 1\n", [(1, 3, "yaml-feature")], id="list-as-key"),
        pytest.param("a: 1\nb: 2\na: 3\n", [(3, 1, "duplicate-key")], id="duplicate"),
        pytest.param("r:\n  - {x: {a: 1, a: 2}}\n", [(2, 16, "duplicate-key")], id="duplicate-deep-down"),
        pytest.param('"a": 1\na: 2\n', [(2, 1, "duplicate-key")], id="duplicate-quoted"),
        pytest.param("a: .nan\nb: [-.inf]\n", [(1, 4, "bad-value"), (2, 5, "bad-value")], id="no-figures"),
        pytest.param('a: "\\0"\n', [(1, 4, "bad-value")], id="nul-by-escape"),
        pytest.param('a: "\\ud83d"\n', [(1, 4, "bad-value")], id="half-a-character"),
        pytest.param('"\\0": 1\n', [(1, 1, "bad-value")], id="nul-in-a-key"),
        pytest.param("a: x\0y\n", [(1, 5, "yaml-syntax")], id="nul"),
        pytest.param("a: b: c\n", [(1, 5, "yaml-syntax")], id="colon-in-text"),
        pytest.param("a:\n\tb: 1\n", [(2, 1, "yaml-syntax")], id="tab"),
        pytest.param("a: [1, 2\nb: 3\n", [(2, 2, "yaml-syntax")], id="open-bracket"),
        pytest.param("a: 1\nb: 'x\nc: 2\n", [(2, 4, "yaml-syntax")], id="open-quote-at-its-beginning"),
        pytest.param("a:\n  - b\n c: 1\n", [(3, 2, "yaml-syntax")], id="indent"),
        pytest.param("a: @x\n", [(1, 4, "yaml-syntax")], id="reserved-character"),
        pytest.param('a: "\\UFFFFFFFF"\n', [(1, 1, "yaml-syntax")], id="escape-beyond-unicode"),
        pytest.param("[" * 1000, [(1, MOST_LEVELS + 1, "yaml-syntax")], id="too-deep"),
    ],
)
def test_what_is_not_taken_is_a_flaw_at_its_place(text, expected):
    assert expected == places(parse(text).flaws)


@pytest.mark.parametrize("text", ["title: Money: all\n", "- {title: Money: all, id: m}\n"], ids=["block", "braces"])
def test_a_colon_in_a_text_wants_quotes(text):
    (flaw,) = parse(text).flaws

    assert (flaw.fix or "").startswith("put text that holds a colon into quotes")


def test_a_duplicate_names_both_lines():
    (flaw,) = parse("a: 1\nb: 2\na: 3\n").flaws

    assert ("line 1" in flaw.message, flaw.fix) == (True, "keep one of lines 1 and 3")


def test_reading_goes_on_after_what_is_not_taken():
    tree = parse("a: *x\nb: &y 2\nc: [1, *y, .inf]\n<<: {d: 1}\ne: 5\ne: 6\n")

    assert {"b": 2, "c": [1], "e": 5} == tree.value
    assert 6 == len(tree.flaws)
    assert {("a",), ("c", 1)} <= set(tree.left_out)


@pytest.mark.parametrize(
    ("text", "complete"),
    [("a: 1\n", True), ("a: *x\n", True), ("a: [\n", False), ("a: 1\n---\nb: 2\n", False), ("r: []\nr: []\n", False)],
)
def test_a_tree_says_whether_all_of_the_file_was_read(text, complete):
    assert complete == parse(text).complete


def test_an_alias_bomb_is_refused_without_being_expanded():
    bomb = "a: &a [x, x]\n" + "".join(
        f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefghi", "bcdefghij", strict=True)
    )

    tree = parse(bomb)

    assert {"yaml-feature"} == {flaw.code for flaw in tree.flaws}
    assert all(value in (["x", "x"], []) for value in tree.value.values())


@pytest.mark.sampled
def test_damaged_text_never_raises():
    """Hundreds of mutations of a rule file: each gives values or flaws with places inside the text."""
    dice = random.Random(20200915)
    pieces = [
        "\t",
        ":",
        "- ",
        "{",
        "}",
        "[",
        "]",
        '"',
        "'",
        "&a ",
        "*a",
        "!x ",
        "|",
        ">",
        "#",
        "%",
        "@",
        "\\",
        "? ",
        "---\n",
        "\n",
        "é",
    ]
    for _ in range(few(600, 20_000)):
        text = TEXT
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(text))
            text = text[:at] + dice.choice(pieces) + text[at + dice.randint(0, 2) :]
        tree = parse(text)
        lines = text.count("\n") + 1
        assert all(1 <= flaw.line <= lines + 1 and flaw.column >= 1 for flaw in tree.flaws)
        assert tree.flaws or tree.complete
