"""Words that are like one another: what somebody may have meant who wrote a name that nothing has."""

import difflib
from collections.abc import Iterable

#: How like a known word an unknown one must be to be a slip of the pen; `cvs` is 0.67 like `csv`.
LIKENESS = 0.65
#: Comparisons of words spent on suggestions in one run: looking for near words among ten thousand takes 0.1 s.
MOST_COMPARISONS = 100_000


def nearest(found: str, known: Iterable[str]) -> str | None:
    """Return the word most like *found*; None where none is near."""
    folded = {word.lower(): word for word in known}
    near = difflib.get_close_matches(found.lower(), folded, n=1, cutoff=LIKENESS)
    return folded[near[0]] if near else None
