"""A comparison in words, with what the sentences around it must respect."""

from dataclasses import KW_ONLY, dataclass
from enum import Enum


class ClauseKind(Enum):
    """What a clause does in its text."""

    #: Holds one figure against something.
    COMPARES = "compares"
    #: Speaks of several periods, so that "the third month running" must say what of.
    OF_SEVERAL = "of_several"
    #: Says by itself which way is wanted and whether that was reached.
    WANTED = "wanted"
    #: Says that nobody waits for a figure which is not there: nothing is compared.
    NOT_OVERDUE = "not_overdue"


@dataclass(frozen=True, slots=True)
class Clause:
    """Words that follow "<sentence> in September 2020", from their comma on; empty where there is nothing to say."""

    text: str = ""
    _: KW_ONLY
    kind: ClauseKind = ClauseKind.COMPARES
    #: Numbers that its words hold the value against and the finding does not name.
    held_against: tuple[float, ...] = ()
    #: Which figures before it holds the value against: previous, last_year.
    compares: tuple[str, ...] = ()
    #: Which of them it names by their number.
    tells: tuple[str, ...] = ()
    #: Whether it ends with the period of what it compares with, so that the number may follow in brackets.
    ends_with_period: bool = False
    #: Whether it names an average of the series.
    names_average: bool = False
    #: Whether the figures went up (False: down), where the finding holds no number that shows it.
    above: bool | None = None

    def __str__(self) -> str:
        """Return the words."""
        return self.text

    @property
    def by_itself(self) -> str:
        """The words without the comma that joins them to a figure."""
        return self.text.removeprefix(",").strip()
