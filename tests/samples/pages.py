"""Pages that commands print and the rules folder holds: what a page may lack."""

from collections.abc import Iterable
from difflib import SequenceMatcher


def contradictions(page: str, printed: str, marks: Iterable[str]) -> list[str]:
    """Return the lines in which a page differs from what is printed.

    A plug-in that is not on the page has only just come: what is printed of it is no contradiction. `.ci/run` refuses a page that
    differs at all.

    Args:
        marks: by what each plug-in is told on a page.
    """
    lines, others = page.splitlines(), printed.splitlines()
    is_behind = any(mark not in page for mark in marks)
    found = []
    for what, start, stop, other, other_stop in SequenceMatcher(None, lines, others, autojunk=False).get_opcodes():
        if what != "equal" and not (what == "insert" and is_behind):
            found += [f"-{line}" for line in lines[start:stop]] + [f"+{line}" for line in others[other:other_stop]]
    return found
