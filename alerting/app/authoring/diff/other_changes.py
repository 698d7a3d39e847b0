"""What else of a rules folder is new beside its rules and measures: areas, sources, holds, silences, the schedule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from alerting.app.authoring.diff.changes import Change, field_changes
from alerting.app.authoring.diff.written import written
from alerting.domain.measure import Window
from alerting.domain.period import MONTH_NAMES
from alerting.domain.rule import RuleSet

_NAMES = {"since": "`from`", "before_working_days": "`before`", "owners": "`owner`"}
_NO_MATTER = ("id", "place", "secrets", "by_address")


class What(StrEnum):
    """What became of something."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedThing:
    """Something that a folder declares: what it is, its id (none: there is only one), what became of it and how."""

    sort: str
    id: str
    what: What
    changes: tuple[Change, ...] = ()

    @property
    def name(self) -> str:
        """What it is called: its sort and id."""
        return f"{self.sort} {self.id}" if self.id else f"the {self.sort}"

    @property
    def words(self) -> str:
        """It in a line."""
        name = f"{self.sort} {self.id}".strip()
        return f"{name}: {'; '.join(change.words for change in self.changes) or self.what.value}"

    @property
    def is_of_words(self) -> bool:
        """Whether it changes only how something is said."""
        return self.what is What.CHANGED and all(change.is_of_words for change in self.changes)


def other_changes(base: RuleSet, head: RuleSet) -> tuple[ChangedThing, ...]:
    """Compare what two sets declare beside rules, and the measures and owners that both have."""
    return (
        *_by_id("measure", base.measures, head.measures, only=(What.ADDED, What.REMOVED)),
        *_by_id("topic", base.topics, head.topics),
        *_by_id("area", base.areas.areas, head.areas.areas),
        *_by_id("source", base.sources, head.sources),
        *_by_id("channel", base.channels, head.channels),
        *_windows("hold", base.holds, head.holds),
        *_windows("break", base.breaks, head.breaks),
        *_windows("note", base.notes, head.notes),
        *_windows("exclusion", base.exclusions, head.exclusions),
        *_by_id("silence", _ids(base.silences), _ids(head.silences)),
        *_by_id("digest", _ids(base.digests), _ids(head.digests)),
        *_single("schedule", base.schedule, head.schedule, {"keep": written}),
        *_single("roles", base.roles, head.roles, {}),
        *_year(base, head),
    )


def _ids(several: Sequence[Any]) -> dict[str, Any]:
    return {one.id: one for one in several}


def _by_id(
    sort: str, base: Mapping[str, Any], head: Mapping[str, Any], only: Sequence[What] = tuple(What)
) -> Iterator[ChangedThing]:
    for id_ in (*base, *(id_ for id_ in head if id_ not in base)):
        old, new = base.get(id_), head.get(id_)
        what = What.ADDED if old is None else What.REMOVED if new is None else What.CHANGED
        changes = tuple(_changes(old, new)) if what is What.CHANGED and old != new else ()
        if what in only and (changes or what is not What.CHANGED):
            yield ChangedThing(sort=sort, id=id_, what=what, changes=changes)


def _changes(old: Any, new: Any) -> Iterator[Change]:
    write = {"match": _selection, "about": _selection}
    return field_changes(old, new, names=_NAMES, skip=_NO_MATTER, write=write, unordered=_unordered(old))


def _unordered(value: Any) -> tuple[str, ...]:
    """Return the fields that hold several things in no order."""
    return tuple(name for name in ("to", "meetings") if hasattr(value, name))


def _selection(match: Any) -> str:
    if match is None:
        return "everything"
    kept = {name: getattr(match, name) for name in ("measures", "areas", "rules", "tags", "topics")}
    said = [f"{name} {written(ids)}" for name, ids in kept.items() if ids]
    return ", ".join(said) or "everything"


def _windows(sort: str, base: Sequence[Window], head: Sequence[Window]) -> Iterator[ChangedThing]:
    """Compare windows; those without an id of their own have their place in the list for one, which is no matter."""
    meant = {replace(window, id="") for window in base} & {replace(window, id="") for window in head}
    rest = [[window for window in several if replace(window, id="") not in meant] for several in (base, head)]
    return _by_id(sort, _ids(rest[0]), _ids(rest[1]))


def _single(sort: str, old: Any, new: Any, write: Mapping[str, Any]) -> Iterator[ChangedThing]:
    if changes := tuple(field_changes(old, new, write=write)):
        yield ChangedThing(sort=sort, id="", what=What.CHANGED, changes=changes)


def _year(base: RuleSet, head: RuleSet) -> Iterator[ChangedThing]:
    before, after = base.calendar.starts, head.calendar.starts
    if before != after:
        old, new = (MONTH_NAMES[month - 1].lower() for month in (before, after))
        key = "financial_year_starts"
        change = Change(key=key, what=f"`{key}`", before=old, after=new)
        yield ChangedThing(sort="schedule", id="", what=What.CHANGED, changes=(change,))
