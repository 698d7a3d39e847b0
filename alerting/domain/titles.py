"""Titles as names in figures, where one that two things have names neither; and several of them as a sentence joins them."""

from collections.abc import Iterable, Mapping, Sequence


def as_named(text: str) -> str:
    """Return a name as it is compared: without blanks around it, and with one plain blank between words."""
    return " ".join(text.split())


def joined(words: Sequence[str]) -> str:
    """Join words as a sentence does: "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def shared_titles(titled: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    """Return the titles that several things have, with their ids.

    Args:
        titled: title and id of each.
    """
    by_title: dict[str, list[str]] = {}
    for title, id_ in titled:
        by_title.setdefault(as_named(title), []).append(id_)
    return {title: ids for title, ids in by_title.items() if len(ids) > 1}
