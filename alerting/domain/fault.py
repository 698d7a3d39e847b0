"""Faults of the program itself: an exception that nobody foresaw stops one rule, source or message, and is told of."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.errors import AlertingError

T = TypeVar("T")
#: The code of every problem that is the program's own fault.
INTERNAL_ERROR = "internal-error"
#: What is said of every one.
NOT_ITS_FAULT = "This is a fault of the program, not of the rules or figures"
#: What is done with messages, each once: a fault there says nothing of the next tick.
LAID_OUT = "laid out"
#: Longer messages of exceptions are cut: some hold whole arrays.
LONGEST = 200
#: Folders in which our own code begins in the path of a module.
_OURS = frozenset(("alerting", "notifiers"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A unit of work that may fail by itself, in words."""

    #: The sort of thing and its id, as rule files have them: "rule", "calls-target".
    sort: str
    id: str
    #: What was being done: "judged", "put into words".
    done: str
    place: Place | None = None
    #: The id of the rule that is not checked where this fails; None: it is about no single rule.
    rule: str | None = None

    def __str__(self) -> str:
        """The thing in a sentence: `rule "calls-target"`."""
        return f'{self.sort} "{self.id}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What an unforeseen exception stopped, and where it came from."""

    work: Work
    #: The exception's type, and its message on one line.
    kind: str
    said: str
    #: File and line of our own code that was running: ("alerting/limits/xmr.py", 88); None: none was.
    stood: tuple[str, int] | None
    #: The way there, for the log: "alerting/cli/run.py:41 in command", one line a call, the innermost last.
    trace: tuple[str, ...]

    @classmethod
    def of(cls, work: Work, error: Exception) -> "Fault":
        """Describe an exception that stopped a unit of work."""
        calls = list(_calls(error))
        ours = [(file, line) for file, line, is_ours, _ in calls if is_ours]
        words = " ".join(str(error).split())
        shortened = words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
        trace = tuple(f"{file}:{line} in {function}" for file, line, _, function in calls)
        stood = ours[-1] if ours else None
        return cls(work=work, kind=type(error).__name__, said=shortened, stood=stood, trace=trace)

    @property
    def error(self) -> str:
        """Type and message on one line."""
        return f"{self.kind}: {self.said}" if self.said else self.kind

    @property
    def at(self) -> str:
        """File and line of our own code in a word: "alerting/limits/xmr.py:88"."""
        return "" if self.stood is None else f"{self.stood[0]}:{self.stood[1]}"

    @property
    def key(self) -> str:
        """What makes it the same fault as at the last tick: what was stopped, by what, and where."""
        return f"{self.work} {self.work.done}: {self.kind} {self.at}"

    @property
    def words(self) -> str:
        """One sentence for those who run the program."""
        where = f" in {self.at}" if self.at else ""
        return f"{self.work} could not be {self.work.done}: {self.error}{where}"

    def problem(self, place: Place | None = None) -> Problem:
        """Say it like any other problem, at the thing's own place, else at *place*."""
        return Problem(
            place=self.work.place or place or Place(file=self.stood[0] if self.stood else "alerting", line=1, column=1),
            code=INTERNAL_ERROR,
            severity=ProblemSeverity.ERROR,
            message=f"{self.words}. {NOT_ITS_FAULT}",
            fix="report it to its makers with this line; all else goes on without it",
        )


class Faults:
    """The faults of one pass, each once, in the order they came up."""

    def __init__(self) -> None:
        self._by_key: dict[str, Fault] = {}

    def __iter__(self) -> Iterator[Fault]:
        """Go through them."""
        return iter(self._by_key.values())

    def __len__(self) -> int:
        """Count them."""
        return len(self._by_key)

    def add(self, work: Work, error: Exception) -> None:
        """Note what an exception stopped."""
        fault = Fault.of(work, error)
        self._by_key.setdefault(fault.key, fault)

    def take(self, others: Iterable[Fault]) -> None:
        """Note faults that were met elsewhere."""
        for fault in others:
            self._by_key.setdefault(fault.key, fault)

    def attempt(self, work: Work, do: Callable[[], T]) -> T | None:
        """Return what *do* returns; where it raises what nobody foresaw, note that and return None.

        This is the only place of the program that catches whatever comes, so that every unit of work is contained alike.
        """
        try:
            return do()
        except (AlertingError, MemoryError):  # one is the user's to mend; the other would meet the next unit too
            raise
        except Exception as error:  # noqa: BLE001  # promise 4: a fault of ours stops only what depends on it
            self.add(work, error)
            return None


def _calls(error: Exception) -> Iterator[tuple[str, int, bool, str]]:
    """Yield file and line of each call on the way to an exception, whether it is ours, and its function.

    Files of ours are named from their package on.
    """
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        parts = code.co_filename.replace("\\", "/").split("/")
        ours = [n for n, part in enumerate(parts[:-1]) if part in _OURS]
        file = "/".join(parts[ours[-1] :]) if ours else code.co_filename
        yield file, step.tb_lineno, bool(ours), code.co_name
        step = step.tb_next
