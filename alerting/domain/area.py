"""Areas and their trees."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from alerting.domain.ownership import Ownership

#: The most characters of an area's or a topic's `short`.
SHORT: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A place or unit that measures are broken down by. A child has its parent's kind."""

    id: str
    title: str
    kind: str = ""
    parent: str | None = None
    #: Who answers for it.
    owners: Ownership = ()
    #: What subject lines and tables call it; at most `SHORT` characters.
    short: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSelector:
    """Which areas: by ids, as the children of one, as all or the lowest below one, or of one kind; exactly one key is set."""

    ids: tuple[str, ...] | None = None
    children_of: str | None = None
    #: All areas below this one, at every depth.
    below: str | None = None
    #: Those of them that have no areas below themselves.
    leaves_of: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class AreaTree:
    """All areas by id, in tree order: each parent before its children, siblings as declared."""

    areas: Mapping[str, Area]
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, declared: list[Area]) -> "AreaTree":
        """Order *declared* areas as a tree. A parent that is not declared counts as none (the rule checks report it)."""
        by_id = {area.id: area for area in declared}
        children: dict[str, list[str]] = {}
        roots = []
        for area in declared:
            if area.parent in by_id:
                children.setdefault(area.parent, []).append(area.id)
            else:
                roots.append(area.id)
        ordered: dict[str, Area] = {}
        stack = roots[::-1]
        while stack:
            id_ = stack.pop()
            if id_ in ordered:
                continue
            ordered[id_] = by_id[id_]
            stack.extend(reversed(children.get(id_, ())))
        return cls(ordered, {parent: tuple(ids) for parent, ids in children.items()})

    def __contains__(self, id_: str | None) -> bool:
        return id_ in self.areas

    def __getitem__(self, id_: str) -> Area:
        return self.areas[id_]

    def selected(self, selector: AreaSelector) -> frozenset[str]:
        """Return the ids that *selector* names."""
        if selector.ids is not None:
            return frozenset(selector.ids)
        if selector.children_of is not None:
            return frozenset(self.children.get(selector.children_of, ()))
        if selector.below is not None:
            return frozenset(self.below(selector.below))
        if selector.leaves_of is not None:
            return frozenset(id_ for id_ in self.below(selector.leaves_of) if id_ not in self.children)
        return frozenset(id_ for id_, area in self.areas.items() if area.kind == selector.kind)

    def with_parents(self, chosen: frozenset[str]) -> frozenset[str]:
        """Return some areas with every parent all of whose children are among them."""
        found = set(chosen)
        for id_ in reversed(list(self.areas)):
            children = self.children.get(id_, ())
            if children and found.issuperset(children):
                found.add(id_)
        return frozenset(found)

    def below(self, id_: str) -> Iterator[str]:
        """Yield the ids of all areas below one, at every depth; none where it is a leaf."""
        stack = list(self.children.get(id_, ()))
        while stack:
            found = stack.pop()
            yield found
            stack.extend(self.children.get(found, ()))

    def line(self, id_: str) -> Iterator[Area]:
        """Yield the area, its parent, its parent's parent … up to the root."""
        seen: set[str] = set()
        current: str | None = id_
        while current in self.areas and current not in seen:
            assert current is not None
            seen.add(current)
            yield self.areas[current]
            current = self.areas[current].parent

    def siblings(self, id_: str) -> tuple[str, ...]:
        """Return the other areas of the same parent (of no parent: none)."""
        parent = self.areas[id_].parent if id_ in self.areas else None
        return tuple(other for other in self.children.get(parent or "", ()) if other != id_)
