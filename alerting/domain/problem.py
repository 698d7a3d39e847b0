"""Problems found in rule files and figures: code, place, message and fix, all in one shape."""

from dataclasses import dataclass
from enum import Enum

from alerting.domain.place import Place

#: The key, among what is wrong with a source, of one that cannot be read.
UNREADABLE = "failed"
#: What a problem is about where a file of figures is not there; and where it is, and no measure has a figure from it.
NO_FILE, NO_FIGURES = "no file", "no figures in it that a measure claims"


class ProblemSeverity(Enum):
    """error: the set (or the cell) is refused; warning: it runs, but is probably not meant; note: information."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend. Figures' problems use the row as line and the column's position as column."""

    place: Place
    code: str
    severity: ProblemSeverity
    message: str
    fix: str | None = None
    #: The source line, for drawing the caret; None where there is none.
    source_line: str | None = None
    #: Of a problem with figures: what it is about wherever in the file it stands; the same again is the same problem.
    about: str | None = None
    #: Of a problem with figures: the id of the source that they are from.
    source: str | None = None
    #: Whether the message itself names the rows of the file, so that nobody need write them before it.
    names_its_rows: bool = False

    @property
    def is_error(self) -> bool:
        """Whether the set (or the cell) is refused."""
        return self.severity is ProblemSeverity.ERROR

    @property
    def sort_key(self) -> tuple[str, int, int, str]:
        """File, line, column, code."""
        return (self.place.file, self.place.line, self.place.column, self.code)

    def __str__(self) -> str:
        """`file:line:column: error[code]: message`, then the fix after a semicolon is part of the message's own words."""
        tail = f"; {self.fix}" if self.fix else ""
        return f"{self.place}: {self.severity.value}[{self.code}]: {self.message}{tail}"
