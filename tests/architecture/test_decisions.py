"""What is decided, is decided by values: words are written for people and never read back.

Reading what others wrote, and writing for people, are done in rooms of their own; everywhere else no text is taken apart, and
no phrase is looked for in one.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Where texts are read: what people, other programs, files and the state hold.
READING = (
    "alerting/cli/__init__.py",  # the first lines of its modules
    "alerting/cli/options.py",  # what is typed
    "alerting/domain/file_periods.py",  # names of files
    "alerting/domain/mailbox.py",  # addresses
    "alerting/domain/notify/shortened.py",  # the HTML of templates
    "alerting/domain/period_parts.py",  # periods in several cells
    "alerting/domain/schedule.py",  # days and times by name
    "alerting/domain/source_columns.py",  # headings
    "alerting/domain/written_periods.py",  # periods
    "alerting/failpoints.py",  # a variable of the environment
    "alerting/figures/",
    "alerting/replies/",  # mails that come back
    "alerting/rulefile/",
    "alerting/secrecy.py",  # whatever may hold a secret
    "alerting/service/posts.py",  # requests
    "alerting/settings/",
    "alerting/sources/",
    "alerting/store/",
    "notifiers/",
)
#: Where texts are written, and laid out by what they are made of: taken apart, but nothing is decided by what they say.
WRITING = ("alerting/charts/", "alerting/render/", "alerting/wording/")
#: Of these, where what others wrote is read.
READ_THERE = (
    "alerting/render/own_templates/",  # the organisation's templates
    "alerting/wording/numbers.py",  # names of units
    "alerting/wording/plain.py",  # titles
)
#: Ways of taking a text apart.
APART = {"removeprefix", "removesuffix", "partition", "rpartition", "startswith", "endswith"}


def found_in(source):
    """Return the lines on which a text is taken apart, or a phrase is looked for in one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import) and any(name.name == "re" for name in node.names):
            yield node.lineno, "import re"
        if isinstance(node, ast.ImportFrom) and node.module == "re":
            yield node.lineno, "from re import"
        if isinstance(node, ast.Attribute) and node.attr in APART:
            yield node.lineno, ast.unparse(node)
        if isinstance(node, ast.Compare) and any(isinstance(one, ast.In | ast.NotIn) for one in node.ops):
            looked_for = ast.unparse(node.left) if _is_phrase(node.left) else ""
            if looked_for:
                yield node.lineno, f"{looked_for} in …"


def decided_in(source):
    """Return the lines on which something hangs on what a text says: a word in it, its beginning, its end."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            texts = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg) and _is_text(one.annotation)}
            yield from ((one.lineno, ast.unparse(one)) for one in ast.walk(node) if _looks_into(one, texts))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            ends = node.func.attr in ("startswith", "endswith")
            yield from ((node.lineno, ast.unparse(node)) for said in node.args[:1] if ends and _says_something(said))


def _looks_into(node, texts):
    """Whether words are looked for in one of the texts, or in what a clause says."""
    if not isinstance(node, ast.Compare) or not any(isinstance(by, ast.In | ast.NotIn) for by in node.ops):
        return False
    among = node.comparators[0]
    said = isinstance(among, ast.Attribute) and among.attr == "text"
    return (said or ast.unparse(among) in texts) and _says_something(node.left)


def _is_text(annotation):
    return annotation is not None and ast.unparse(annotation) in ("str", "Clause")


def _says_something(node):
    """Whether it is more than punctuation and no place to be filled in a template."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return any(map(str.isalpha, node.value)) and not (node.value[0] == "{" and node.value[-1] == "}")
    return "category" not in ast.unparse(node)


def _is_phrase(node):
    """Whether it is words as people read them: with a space, or with something filled in."""
    if isinstance(node, ast.JoinedStr):
        return True
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip()


def modules():
    paths = sorted(path for folder in ("alerting", "notifiers") for path in (ROOT / folder).rglob("*.py"))
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    return [name for name in names if not name.startswith((*READING, *WRITING))]


@pytest.mark.parametrize("module", modules())
def test_nothing_is_decided_by_reading_words(module):
    assert [] == list(found_in((ROOT / module).read_text(encoding="utf-8")))


def written():
    paths = [path for room in WRITING for path in sorted((ROOT / room).rglob("*.py"))]
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    return [name for name in names if not name.startswith(READ_THERE)]


@pytest.mark.parametrize("module", written())
def test_nothing_is_decided_by_words_where_they_are_written(module):
    assert [] == list(decided_in((ROOT / module).read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "line",
    [
        "if 'average' not in clause: pass",
        "if label in clause: pass",
        "if f'the {kind} before' in clause: pass",
        "if 'up' in said.text: pass",
        "if clause.endswith(beside[1].label): pass",
        "if str(clause).startswith('above'): pass",
    ],
)
def test_a_decision_by_words_would_be_seen(line):
    assert [] != list(decided_in(f"def written(clause: str, label: str):\n    {line}"))


@pytest.mark.parametrize(
    "line", ["if '{area}' in sentence: pass", "if sentence.startswith('{period}'): pass", "if '/' in sentence: pass"]
)
def test_places_and_punctuation_are_looked_for(line):
    assert [] == list(decided_in(f"def written(sentence: str):\n    {line}"))


@pytest.mark.parametrize(
    "source",
    [
        "import re",
        "from re import compile",
        "if event.reason.startswith('It has jumped'): pass",
        "name = file.removesuffix(' (as read before)')",
        "head, _, tail = where.rpartition(':')",
        "if 'has jumped' in event.reason: pass",
        "if f'{name} is late' not in said: pass",
        "key = str.partition",
    ],
)
def test_it_would_be_seen(source):
    assert [] != list(found_in(source))


@pytest.mark.parametrize("room", [*READING, *WRITING, *READ_THERE])
def test_each_room_is_there(room):
    assert (ROOT / room).exists()
