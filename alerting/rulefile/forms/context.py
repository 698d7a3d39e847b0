"""What forms need to know while they read values: what is declared, the calendar, and how to complain."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError

from alerting.domain.limits_method import LimitsMethod
from alerting.domain.period import Calendar
from alerting.spelling import MOST_COMPARISONS, nearest

#: Where something stands below a value: keys and numbers of items.
Path = tuple[str | int, ...]
#: The code of an error that follows from another one and is not reported: its item is as unusable.
FOLLOWS = "follows-from-another"
#: Sorts whose absence has another sort's code.
_COVERED = {"family": "measure", "kind": "area"}
#: So many words are listed where none is near; of conditions and the like, which are ours and no more than a page, all.
FEW, OURS = 8, 40


@dataclass(slots=True, kw_only=True)
class Context:
    """One load's knowledge, handed to every form."""

    calendar: Calendar = field(default_factory=Calendar)
    #: sort ("measure", "owner" …) -> what is declared of it, in order.
    declared: Mapping[str, Collection[str]] = field(default_factory=dict)
    #: sort -> titles of what is declared of it, each with its id; of two with one title neither.
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Whether every file could be read; else what seems undeclared may stand in the rest.
    complete: bool = True
    #: Limits by the name under `limits:`.
    limits: dict[str, LimitsMethod] = field(default_factory=dict)
    #: What was referred to: (sort, id).
    used: set[tuple[str, str]] = field(default_factory=set)
    #: Mappings with a key that their form does not know, by identity -> the keys it knows.
    keys_of: dict[int, Collection[str]] = field(default_factory=dict)
    comparisons: int = 0

    def suggestion(self, found: str, known: Collection[str], most: int = FEW) -> str | None:
        """Return what the author may have meant, as a fix; where nothing is near, the first *most* of what there is."""
        if not known:
            return None
        self.comparisons += len(known)
        near = nearest(found, known) if self.comparisons <= MOST_COMPARISONS else None
        if near is not None:
            return f'did you mean "{near}"?'
        more = f" and {len(known) - most} more" if len(known) > most else ""
        return f"there are: {', '.join(islice(known, most))}{more}"

    def check(self, sort: str, found: str, *, what: str | None = None, of_key: bool = False) -> str:
        """Return *found* if something of that sort is declared under it.

        Raises:
            PydanticCustomError: `unknown-…`.
        """
        known = self.declared.get(sort, ())
        self.used.add((sort, found))
        if found in known or not self.complete:
            return found
        message = f'no {what or sort} "{found}"' + ("" if known else f"; no {what or sort} is declared")
        code = f"unknown-{_COVERED.get(sort, sort)}"
        id_ = self.titles.get(sort, {}).get(found)
        fix = f'write {id_}: "{found}" is its title' if id_ is not None else self.suggestion(found, known)
        raise value_problem(code, message, fix, of_key=of_key)


def context_of(info: ValidationInfo) -> Context:
    """Return the context that the forms are filled in with."""
    context: Context | None = info.context
    assert context is not None
    return context


def value_problem(
    code: str, message: str, fix: str | None = None, *, at: Path = (), of_key: bool = False
) -> PydanticCustomError:
    """Make the error of a form.

    `at` says where below the form's own value it is; with `of_key` the mistake is the key there, not its value.
    """
    return PydanticCustomError(code, "{message}", {"message": message, "fix": fix, "at": at, "of_key": of_key})


def described(value: Any) -> str:
    """Say what was found, for "expected …, found …"."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        kind = "mapping" if isinstance(value, dict) else "list"
        return f"a {kind}" if value else f"an empty {kind}"
    if isinstance(value, date):
        return f"the day {value.isoformat()}"
    if isinstance(value, str):
        return f'the text "{value}"' if len(value) <= 60 else f'the text "{value[:57]}…"'
    return f"the number {value}"
