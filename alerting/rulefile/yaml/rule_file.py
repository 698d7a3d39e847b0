"""Rule files as plain values, each able to say where any of its keys and values stands."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from alerting.domain.place import Place
from alerting.rulefile.tree import Item, Names, Node, Path, TextProblem, YamlTree
from alerting.rulefile.yaml.cache import ParseCache
from alerting.rulefile.yaml.files import Skipped, Text, texts


class RuleFile:
    """One file, parsed: `value` is its root mapping, empty where the file is empty or cannot be read."""

    def __init__(self, file: Text, shown: str, cache: ParseCache) -> None:
        self.relative, self.shown, self.text = file.relative, shown, file.text
        self.raw_file = file
        self.value: Mapping[str, Any] = {}
        self.items: Mapping[str, Sequence[Item]] = {}
        #: Empty where all marks are at hand.
        self.names: Names = {}
        self.flaws: list[TextProblem] = []
        self.left_out: frozenset[Path] = frozenset()
        self.complete = file.flaw is None
        self._cache, self._marks = cache, None if file.flaw is None else [1, 1, None]
        self._digest = cache.digest(file.text)
        if file.flaw is not None:
            self.flaws.append(file.flaw)
        elif kept := cache.parsed(self._digest):
            self._root(kept[0])
            self.items, self.names = kept[1], kept[2]
        else:
            self._parse()

    def _parse(self) -> None:
        tree = parsed(self.text)
        self._marks, self.items, self.complete = tree.marks, tree.items, tree.complete
        self.flaws += tree.flaws
        self.left_out = frozenset(tree.left_out)
        if not tree.flaws:
            self._cache.keep(self._digest, tree.value, tree.items, tree.marks)
        self._root(tree.value)

    def _root(self, value: Any) -> None:
        if isinstance(value, dict):
            self.value = value
        elif value is not None:
            message = "a rule file is a mapping with keys such as measures: and rules:"
            self.flaws.append(
                TextProblem(line=1, column=1, code="wrong-type", message=message, fix="write `rules:` above the list")
            )
            self.complete = False

    @property
    def marks(self) -> Node:
        """The places of all nodes; read again where only the values were kept."""
        if self._marks is None:
            self._marks = self._cache.marks(self._digest) or parsed(self.text).marks
        return self._marks

    def place(self, path: Path, *, of_key: bool = False) -> Place:
        """Return where the value at *path* stands, or its key; the nearest value around it where there is none."""
        line, column = located(self.marks, path, of_key=of_key)
        return Place(file=self.shown, line=line, column=column)

    def item_place(self, section: str, index: int) -> Place:
        """Return where an item of a top-level list begins, without looking at any other place."""
        line, column, _, _ = self.items[section][index]
        return Place(file=self.shown, line=line, column=column)

    def name_place(self, section: str, name: str) -> Place:
        """Return where a name in a top-level mapping stands; where only the values were kept, without reading all places."""
        if (kept := self.names.get(section, {}).get(name)) is None:
            return self.place((section, name), of_key=True)
        line, column = kept
        return Place(file=self.shown, line=line, column=column)

    def item_text(self, section: str, index: int) -> str:
        """Return an item's own text, its first line's indent taken from every line."""
        _, column, start, end = self.items[section][index]
        return self.text[start:end].rstrip().replace("\n" + " " * (column - 1), "\n")

    def line(self, number: int) -> str | None:
        """Return a line of the text, from 1; None where there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else None

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines; split once, because a large file may have a note on every rule."""
        return self.text.split("\n")


def parsed(text: str) -> YamlTree:
    """Read the text of a rule file; the reader of YAML is loaded by the first that is not kept."""
    from alerting.rulefile.yaml.tree import parse

    return parse(text)


def located(marks: Node, path: Path, *, of_key: bool = False) -> tuple[int, int]:
    """Return line and column of the value at *path*, or of its key; of the nearest value around where there is none."""
    node, key_place = _walk(marks, path)
    return key_place if of_key else (node[0], node[1])


def first_key(marks: Node, path: Path) -> tuple[int, int]:
    """Return where the first key of the mapping at *path* stands; the mapping itself where it has none."""
    node, _ = _walk(marks, path)
    if isinstance(node[2], dict) and node[2]:
        line, column, _ = next(iter(node[2].values()))
        return line, column
    return node[0], node[1]


def _walk(marks: Node, path: Path) -> tuple[Node, tuple[int, int]]:
    """Return the node at *path* and the place of its key; steps that name nothing there are passed over."""
    node, key_place = marks, (marks[0], marks[1])
    for step in path:
        children = node[2]
        if isinstance(children, dict) and step in children:
            line, column, node = children[step]
            key_place = (line, column)
        elif isinstance(children, list) and isinstance(step, int) and step < len(children):
            node = children[step]
            key_place = (node[0], node[1])
    return node, key_place


def read_folder(folder: FilePath, shown: str, cache: ParseCache) -> tuple[list[RuleFile], list[Skipped]]:
    """Read and parse every rule file of *folder*, by path."""
    found = texts(folder)
    files = rule_files([file for file in found if isinstance(file, Text)], shown, cache)
    return files, [file for file in found if isinstance(file, Skipped)]


def rule_files(texts: Sequence[Text], shown: str, cache: ParseCache) -> list[RuleFile]:
    """Parse the texts of a folder."""
    with collector_off():
        return [RuleFile(file, shown_path(shown, file.relative), cache) for file in texts]


def shown_path(folder: str, relative: str) -> str:
    """Return a file's path as the user would type it."""
    return relative if folder == "." else f"{folder}/{relative}"


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep the garbage collector off: walking hundreds of thousands of live nodes again and again doubles the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
