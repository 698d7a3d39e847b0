"""Where a remark stands: at a key of what it is about, unless that has a mistake of its own."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from alerting.domain.problem import Problem
from alerting.rulefile.lint import RuleProblem

if TYPE_CHECKING:  # what is kept is placed without them
    from alerting.rulefile.mistakes import PathProblem
    from alerting.rulefile.sections import DeclaredItem, Sections


class Placing:
    """Puts remarks on a rule set at their places in its files; drops those that rest on something broken."""

    def __init__(self, sections: "Callable[[], Sections]") -> None:
        """Take what gives the forms, which is called by the first remark."""
        self._sections = sections

    @cached_property
    def _entries(self) -> "dict[str, dict[str, DeclaredItem]]":
        sections = self._sections()
        return {section: sections.by_id(section) for section in sections.entries}

    @cached_property
    def _broken(self) -> set[tuple[str, str]]:
        broken = {
            (section, id_) for section, found in self._entries.items() for id_, entry in found.items() if entry.broken
        }
        return broken | self._sections().lost

    def declared(self, section: str, id_: str) -> "DeclaredItem | None":
        """Return something that a file declares, by its section and id."""
        return self._entries[section].get(id_)

    def problem(self, remark: RuleProblem) -> Problem | None:
        """Return the remark as a problem at its place; None where it rests on something broken."""
        mistake = self.mistake(remark)
        return None if mistake is None else mistake.problem()

    def mistake(self, remark: RuleProblem) -> "PathProblem | None":
        """Return the remark as a mistake, whose place is looked up later; None where it rests on something broken."""
        entry = self._entries[remark.section].get(remark.id)
        if entry is None or not self._broken.isdisjoint(remark.rests_on) or not entry.broken.isdisjoint(remark.keys):
            return None
        if remark.item is not None and "items" in entry.broken:
            return None
        return _placed(remark, entry)


def _placed(remark: RuleProblem, entry: "DeclaredItem") -> "PathProblem":
    """Put a remark at its first key, where that is written, else at the beginning of what it is about."""
    written = entry.written
    item = written.get("items", {}).get(remark.item) if remark.item is not None else None
    key = remark.keys[0] if remark.keys else None
    if isinstance(item, dict) and key in item:
        entry = replace(entry, path=(*entry.path, "items", str(remark.item)))
    elif key not in written:
        key = None
    below = remark.below if key is not None else ()
    return entry.mistake(remark.code, remark.message, remark.fix, key=key, below=below, severity=remark.severity)
