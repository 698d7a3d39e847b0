"""How much of everything a digest tells: a mail is cut where programs would stop showing it, a page is not."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from alerting.wording.plain import counted, number

Note = TypeVar("Note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """Cards, pictures, figures that are as expected, names of each group of unknown figures, notes of each kind."""

    cards: int
    pictures: int
    expected: int = 8
    names: int = 2
    notes: int = 30
    #: Words of the rules on figures of the time: those on the most figures.
    mind: int = 2
    #: Measures of which is said what good looks like: those that stand first.
    good: int = 1


#: Tried in turn until the mail is small enough to be shown whole.
DEPTHS = (
    Depth(cards=80, pictures=50),
    Depth(cards=60, pictures=20, notes=15),
    Depth(cards=40, pictures=10, expected=8, notes=8),
    Depth(cards=20, pictures=0, expected=6, names=2, notes=3),
)
_MOST = sys.maxsize
WHOLE = Depth(cards=_MOST, pictures=200, expected=_MOST, names=_MOST, notes=_MOST, mind=_MOST, good=_MOST)


@dataclass(frozen=True, slots=True)
class Some(Generic[Note]):
    """The first of some notes; `more` says how many are left out."""

    items: Sequence[Note]
    more: str | None


def some(notes: Sequence[Note], most: int, of: str = "") -> Some[Note]:
    """Return the first of some notes.

    Args:
        of: what the others are, in the singular, where that is not what they are counted as beside them: "measure".
    """
    left = len(notes) - most
    more = f"and {counted(left, f'more {of}')}" if of else f"and {number(left)} more"
    return Some(notes[:most], more if left > 0 else None)
