"""Whichever of the two readers of YAML reads a file, its values, their places and its flaws are the same."""

from pathlib import Path
from random import Random

import pytest
from test_contract_example import MEASURES, OWNERS, RULES
from test_mutated_files import FIRST_SEED, MUTATIONS

from alerting.rulefile.yaml import tree as yamltree
from alerting.rulefile.yaml.files import Text, texts
from alerting.rulefile.yaml.tree import carefully_read, parse

TOP = Path(__file__).parents[3]
FEW, MANY, PORTION = 120, 20_000, 500
#: What YAML lets people write in several ways; each line may stand in a mapping of its own.
WAYS = """\
plain: several words, and more
over: words that go
  on in the next line

  and in another
single: 'it''s one
  over lines'
double: "a \\"b\\" \\u00e9 \\
  joined"
"quoted key": [1, 2.50, -0, +3, .5, 1e3, 017, 0x1F, true, no, ~, null]
brackets: {a: b, "c":d, 'e': , f:, g: {h: }, i: [], j: {}}
pairs: [a: 1, b : 2, {c: }, "d": 3]
list:
- one
-   two
- - three
  - four
-
  five: 5
- {six: 6}   # a comment: with a colon
- [seven,
   eight,
  ]
nothing:
also nothing: # a comment
days: [2020-09-14, 2020-02-30, 2020-09, 1:30, 12:30:45]
café: "Übersicht – £ 🚓"
url: http://www.example.org/a#b
hash: a#b # c
dashes: a - b -- c
marks: a & b * c ! d % e @ f ` g | h > i ? j
minus: -
question: ?x
colon: a:b
star: "*x"
text: |
  kept
   as it is
folded: >-
  one
  two
led:
  - |
<space>
    begins with an empty line
? long key
: its value
tag: !x y
anchor: &a b
alias: *a
<<: {a: 1}
--- # another
...
""".replace("<space>", " ")


def facts(tree):
    return repr((tree.value, tree.marks, tree.items, tree.flaws, tree.left_out, tree.complete))


def differing(seeds, quickly_read):
    """Return the seeds by which a text is read otherwise; each text read quickly is added to *quickly_read*."""
    found = []
    for seed in seeds:
        text = a_text(Random(seed))
        tree = parse(text)
        if quickly_read is not None and yamltree._plainly_read(text) is not None:
            quickly_read.append(seed)
        if facts(tree) != facts(carefully_read(text)):
            found.append(seed)
    return found


def a_text(rng):
    """Write a file: one of the contract's or lines in any order, mostly spoilt."""
    if rng.random() < 0.5:
        text = rng.choice([MEASURES, OWNERS, RULES])
    else:
        parts = rng.sample(pieces(), rng.randint(1, 12))
        text = "".join(indented(part, rng) for part in parts)
    content = text.encode()
    for mutation in rng.choices(MUTATIONS, k=rng.choice([0, 0, 1, 1, 2])):
        content = mutation(rng, content) if len(content) > 2 else content
    return content.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def pieces():
    """Split WAYS into its top-level keys with what belongs to them."""
    found = []
    for line in WAYS.splitlines(keepends=True):
        if line[0] in " -:\n" and not line.startswith("---"):
            found[-1] += line
        else:
            found.append(line)
    return found


def indented(piece, rng):
    """Put a piece as it is, under a key, or into an item of a top-level list."""
    way = rng.randrange(4)
    if way == 0:
        inner = piece.replace("\n", "\n    ").rstrip(" ")
        return f"rules{rng.randrange(99)}:\n  - id: x\n    {inner}  - {{id: y}}\n"
    if way == 1:
        inner = piece.replace("\n", "\n  ").rstrip(" ")
        return f"key{rng.randrange(99)}:\n  {inner}"
    return piece


def shipped():
    return [file.text for file in texts(TOP / "rules") if isinstance(file, Text)]


def test_the_shipped_rules_are_read_quickly_and_alike():
    found = shipped()

    assert [facts(carefully_read(text)) for text in found] == [facts(parse(text)) for text in found]
    assert len(found) == sum(yamltree._plainly_read(text) is not None for text in found)


@pytest.mark.parametrize("piece", pieces())
def test_each_way_of_writing_is_read_alike(piece):
    assert facts(carefully_read(piece)) == facts(parse(piece))


@pytest.mark.parametrize("portion", range(2))
def test_mutated_texts_are_read_alike(portion):
    seeds, quickly_read = range(portion * FEW // 2, (portion + 1) * FEW // 2), []

    assert [] == differing(seeds, quickly_read)
    assert len(quickly_read) > len(seeds) // 8


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("portion", range(MANY // PORTION))
def test_thousands_of_mutated_texts_are(portion):
    begin = FIRST_SEED + portion * PORTION

    assert [] == differing(range(begin, begin + PORTION), None)


def test_rules_are_read_where_yaml_comes_without_libyaml(monkeypatch):
    with_libyaml = [facts(parse(text)) for text in shipped()]
    monkeypatch.setattr("alerting.rulefile.yaml.libyaml.CParser", None)

    assert with_libyaml == [facts(parse(text)) for text in shipped()]
