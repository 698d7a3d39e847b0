"""Rule-file text to plain values with the place of every key and value, in one pass over the YAML events.

Only the part of YAML that rule files need is taken: one document of mappings, lists and scalars. Anchors, aliases,
merge keys, tags, directives and repeated keys are flaws; reading goes on after them, so that one run names them all. A
syntax error ends the file.
"""

from contextlib import suppress
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.reader import ReaderError

from alerting.rulefile.spaces import named_space, unusual_space
from alerting.rulefile.tree import Node, Path, TextProblem, YamlTree
from alerting.rulefile.yaml import libyaml
from alerting.rulefile.yaml.scalars import NotAFigure, resolved

#: Deeper nesting is no rule file; the deepest sensible one has some ten levels.
MOST_LEVELS = 40
#: Keys and values in one file: ten thousand rules have about 220,000, which take some seconds.
MOST_NODES = 300_000
#: Commas, colons and line ends in one file: with more it has too many keys and values, whatever stands between them.
MOST_MARKS = 3 * MOST_NODES

_DROPPED = object()
_NO_KEY = object()


def parse(text: str) -> YamlTree:
    """Read *text*, whose line ends are line feeds; never raises for what an author can write."""
    if sum(text.count(mark) for mark in (",", ": ", "\n")) > MOST_MARKS:
        builder = _Builder()
        builder.too_many()
        builder.tree.complete = False
        return builder.tree
    return _plainly_read(text) or carefully_read(text)


def _plainly_read(text: str) -> YamlTree | None:
    """Read *text* quickly; None where there is anything odd in it."""
    builder = _Builder()
    with suppress(_Enough):
        if libyaml.read(text, builder):
            return builder.tree
    return None


def carefully_read(text: str) -> YamlTree:
    """Read *text* by ruamel.yaml's reader in Python, which gives every message and its place."""
    builder = _Builder()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except _Enough:
        pass
    except MarkedYAMLError as error:
        builder.tree.flaws.append(_space_flaw(text, error) or _syntax_flaw(error))
    except ReaderError as error:
        builder.tree.flaws.append(_character_flaw(text, error))
    except (ValueError, OverflowError) as error:  # an escape such as \UFFFFFFFF, which the scanner hands to chr()
        builder.flaw_here("yaml-syntax", f"an escape names no character ({error})", "write the character itself")
    else:
        return builder.tree
    builder.tree.complete = False
    return builder.tree


class _Enough(Exception):
    """The rest of the file is not worth reading."""


class _Frame:
    """A mapping or list under construction."""

    __slots__ = ("children", "key", "key_mark", "start", "value")

    def __init__(self, start: Any, *, mapping: bool) -> None:
        self.value: Any = {} if mapping else []
        self.children: Any = {} if mapping else []
        self.start = start
        self.key: Any = _NO_KEY
        self.key_mark: Any = None


class _Builder:
    """Puts events together; `frames` holds what is still open, the outermost first."""

    def __init__(self) -> None:
        self.tree = YamlTree()
        self.frames: list[_Frame] = []
        self.nodes = 0
        self.documents = 0
        self.last_mark: Any = None
        self.end = 0  # where the newest token with text of its own ended

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found that is not taken."""
        return not self.tree.flaws

    def take(self, event: Any) -> None:
        """Add one event of ruamel.yaml."""
        self.last_mark = event.start_mark
        if isinstance(event, NodeEvent):
            self._take_node(event)
        elif isinstance(event, CollectionEndEvent):
            self.close(event)
        elif isinstance(event, DocumentStartEvent):
            self._take_document(event)

    def too_many(self) -> None:
        """Refuse a file that would take too long to read."""
        self.flaw_here("yaml-syntax", f"more than {MOST_NODES:,} keys and values in one file", "split the file")

    def flaw_here(self, code: str, message: str, fix: str | None = None) -> None:
        """Note a flaw at the newest event."""
        mark = self.last_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        self.tree.flaws.append(TextProblem(line=line, column=column, code=code, message=message, fix=fix))

    def _take_document(self, event: DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            self.flaw_here("yaml-feature", "a second document begins here", "put it into a file of its own")
            raise _Enough
        if event.version or event.tags:
            self.flaw_here("yaml-feature", "directives (lines that begin with %) are not taken", "remove the line")

    def count(self) -> None:
        """Count a key or value; more than so many are not read."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self.too_many()
            raise _Enough

    def _take_node(self, event: Any) -> None:
        self.count()
        if isinstance(event, AliasEvent):
            self.end = event.end_mark.index
            self.flaw_here("yaml-feature", f"aliases (*{event.anchor}) are not taken", "write the value out again")
            self._attach(_DROPPED, [event.start_mark.line + 1, event.start_mark.column + 1, None])
            return
        if event.anchor:
            self.flaw_here("yaml-feature", f"anchors (&{event.anchor}) are not taken", "remove it")
        if event.ctag is not None:
            self.flaw_here("yaml-feature", f"tags ({event.ctag}) are not taken", "remove it; write text in quotes")
        if isinstance(event, ScalarEvent):
            self.scalar(event)
        else:
            self.open(event, mapping=isinstance(event, MappingStartEvent))

    def open(self, event: Any, *, mapping: bool) -> None:
        """Take the beginning of a mapping or list."""
        if len(self.frames) >= MOST_LEVELS:
            self.flaw_here(
                "yaml-syntax", f"more than {MOST_LEVELS} levels inside one another", "check the brackets and indents"
            )
            raise _Enough
        self.frames.append(_Frame(event.start_mark, mapping=mapping))

    def close(self, event: Any) -> None:
        """Take the end of the innermost mapping or list."""
        if event.end_mark.index > event.start_mark.index:  # a bracket; a block's end has no text
            self.end = event.end_mark.index
        frame = self.frames.pop()
        self._keep_item(frame.start)
        self._attach(frame.value, [frame.start.line + 1, frame.start.column + 1, frame.children])

    def _keep_item(self, mark: Any) -> None:
        """Note where a value that began at *mark* and ends here stands, if it is an item of a top-level list."""
        if len(self.frames) == 2 and isinstance(self.frames[0].key, str) and isinstance(self.frames[1].value, list):
            items = self.tree.items.setdefault(self.frames[0].key, [])
            items.append((mark.line + 1, mark.column + 1, mark.index, self.end))

    def scalar(self, event: Any) -> None:
        """Take a key or a plain value."""
        mark = event.start_mark
        self.end = event.end_mark.index
        if self.frames and self.frames[-1].key is _NO_KEY and isinstance(self.frames[-1].value, dict):
            self._take_key(event)
            return
        value: Any = event.value
        if not event.style:
            try:
                value = resolved(value)
            except NotAFigure as error:
                self.flaw_here("bad-value", str(error), "write a finite number")
                value = _DROPPED
        elif event.style == '"' and not _is_text(value):
            self.flaw_here("bad-value", _NO_TEXT, "write the character itself, or remove the escape")
            value = _DROPPED
        if value is not _DROPPED:
            self._keep_item(mark)
        self._attach(value, [mark.line + 1, mark.column + 1, None])

    def _take_key(self, event: Any) -> None:
        frame = self.frames[-1]
        key, mark = event.value, event.start_mark
        frame.key, frame.key_mark = key, mark
        if event.style == '"' and not _is_text(key):
            self.flaw_here("bad-value", _NO_TEXT, "write the character itself, or remove the escape")
            frame.key = _DROPPED
        elif key == "<<" and not event.style:
            self.flaw_here("yaml-feature", "merge keys (<<) are not taken", "write the keys out")
            frame.key = _DROPPED
        elif key in frame.value:
            first = frame.children[key][0]
            message = f'"{key}" stands here a second time; it is on line {first} already'
            self.flaw_here("duplicate-key", message, f"keep one of lines {first} and {mark.line + 1}")
            frame.key = _DROPPED
            self.tree.complete &= len(self.frames) > 1  # a whole section is lost with a repeated top-level key

    def _attach(self, value: Any, node: Node) -> None:
        """Give a finished value to the frame that waits for it."""
        if not self.frames:
            self.tree.value, self.tree.marks = (None if value is _DROPPED else value), node
            return
        frame = self.frames[-1]
        if isinstance(frame.value, list):
            if value is _DROPPED:
                self.tree.left_out.append(self._path(len(frame.value)))
            else:
                frame.value.append(value)
                frame.children.append(node)
        elif frame.key is _NO_KEY:
            flaw = TextProblem(
                line=node[0],
                column=node[1],
                code="yaml-feature",
                message="a key must be a plain word",
                fix="write `key: value`",
            )
            self.tree.flaws.append(flaw)
            frame.key = _DROPPED
        else:
            key, frame.key = frame.key, _NO_KEY
            if key is _DROPPED:
                return
            if value is _DROPPED:
                self.tree.left_out.append(self._path(key))
                return
            frame.value[key] = value
            frame.children[key] = [frame.key_mark.line + 1, frame.key_mark.column + 1, node]

    def _path(self, last: str | int) -> Path:
        """Return where a value of the innermost frame stands."""
        outer = tuple(frame.key if isinstance(frame.value, dict) else len(frame.value) for frame in self.frames[:-1])
        return (*outer, last)


_NO_TEXT = "an escape stands for NUL or for half a character"


def _is_text(text: str) -> bool:
    """Whether *text* can be stored and sent: escapes can make NUL and lone surrogates, which cannot."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


#: What the scanner says, in part -> what to do about it.
_FIXES = {
    "mapping values are not allowed": "put text that holds a colon into quotes, or check the indent",
    "\\t": "indent with spaces, not with tabs",
    "could not find expected ':'": "write `key: value`",
    "expected <block end>": "check the indent: keys of one mapping begin in one column",
    "but got ':'": "put text that holds a colon into quotes, or check the brackets and commas",
    "while parsing a flow": "check the brackets and commas",
    "found unexpected end of stream": "close the quotes or brackets",
    "found undefined tag handle": "put text that begins with ! into quotes",
    "cannot start any token": "put the text into quotes",
}


def _syntax_flaw(error: MarkedYAMLError) -> TextProblem:
    unclosed = error.problem == "found unexpected end of stream" and error.context_mark
    mark = error.context_mark if unclosed else error.problem_mark or error.context_mark
    said = " ".join(str(part) for part in (error.context, error.problem) if part)
    fix = next((fix for part, fix in _FIXES.items() if part in said), None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message = " ".join((error.problem or said or "cannot be read").split())
    return TextProblem(line=line, column=column, code="yaml-syntax", message=message, fix=fix)


def _space_flaw(text: str, error: MarkedYAMLError) -> TextProblem | None:
    """Say so where what the scanner stumbles over is a space that is none; it mostly notices on the line after."""
    mark = error.problem_mark or error.context_mark
    lines = text.split("\n")
    for number in (mark.line - 1, mark.line) if mark else ():
        if 0 <= number < len(lines) and (space := unusual_space(lines[number])) is not None:
            message = f"a {named_space(space[0])} stands here, and YAML takes none for a space"
            fix = "put a plain space in its place, or the text around it into quotes"
            return TextProblem(line=number + 1, column=space.start() + 1, code="yaml-syntax", message=message, fix=fix)
    return None


def _character_flaw(text: str, error: ReaderError) -> TextProblem:
    before = text[: error.position]
    column = len(before) - before.rfind("\n")
    message = f"the character U+{ord(text[error.position]):04X} cannot be read"
    return TextProblem(line=before.count("\n") + 1, column=column, code="yaml-syntax", message=message, fix="remove it")
