"""What reading a rule file gives: plain values, the place of each, and what was wrong.

Apart from the reader of YAML, which need not be loaded where parsed forms are kept.
"""

from dataclasses import dataclass, field
from typing import Any

#: Place of a node: [line, column, children]; children are {key: [line, column, node]}, [node, …] or None. Plain lists,
#: so that they go into JSON as they are.
Node = list[Any]
Path = tuple[str | int, ...]
#: Where one item of a top-level list stands: line, column, and first and last + 1 character of its text.
Item = tuple[int, int, int, int]
#: Where the names in top-level mappings stand: section -> name -> line and column.
Names = dict[str, dict[str, list[int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextProblem:
    """Something in the text that is not taken, at a line and column from 1."""

    line: int
    column: int
    code: str
    message: str
    fix: str | None = None


@dataclass(slots=True, kw_only=True)
class YamlTree:
    """One file's plain values, the place of each, and what was wrong with the text."""

    value: Any = None
    marks: Node = field(default_factory=lambda: [1, 1, None])
    #: top-level key -> its list's items.
    items: dict[str, list[Item]] = field(default_factory=dict)
    flaws: list[TextProblem] = field(default_factory=list)
    #: Paths of values that were left out because of a flaw: their absence is no second mistake.
    left_out: list[Path] = field(default_factory=list)
    #: Whether all of the file was read; else what it declares is not fully known.
    complete: bool = True


def names_in(marks: Node) -> Names:
    """Return the places of the names in top-level mappings."""
    sections = marks[2] if isinstance(marks[2], dict) else {}
    return {
        section: {name: place[:2] for name, place in node[2].items()}
        for section, (_, _, node) in sections.items()
        if isinstance(node[2], dict)
    }
