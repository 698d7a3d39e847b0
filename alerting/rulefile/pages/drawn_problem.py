"""Problems as people read them: one line, the line of the file with a caret, and what to do."""

import re
from collections.abc import Sequence

from alerting.domain.problem import Problem, ProblemSeverity

#: A longer source line is shown around the mistake only.
MOST_COLUMNS = 110
#: What a caret underlines: a quoted text, a bracket, or a word.
_TOKEN = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,\[\]{}:"']+|\S""")
_GUTTER = 5


def drawn(problem: Problem) -> str:
    """Draw one problem; a short suggestion stands on its first line, a longer fix on a line of its own."""
    suggestion = problem.fix if problem.fix and problem.fix.startswith("did you mean") else None
    tail = f"; {suggestion}" if suggestion else ""
    lines = [f"{problem.place}: {problem.severity.value}[{problem.code}]: {problem.message}{tail}"]
    if problem.source_line:
        lines += _underlined(problem.source_line, problem.place.line, problem.place.column)
    if problem.fix and not suggestion:
        lines.append(f"{'':{_GUTTER}} fix: {problem.fix}")
    return "\n".join(printable(line) for line in lines)


def drawn_all(problems: Sequence[Problem]) -> str:
    """Draw errors and warnings one after another; then notes, one line for all places with the same words."""
    serious = [drawn(problem) for problem in problems if problem.severity is not ProblemSeverity.NOTE]
    alike: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        if problem.severity is ProblemSeverity.NOTE:
            alike.setdefault((problem.code, problem.message), []).append(problem)
    notes = [_note(places) for places in alike.values()]
    return "\n\n".join([*serious, *(["\n".join(notes)] if notes else [])])


def _note(places: Sequence[Problem]) -> str:
    more = len(places) - 1
    tail = f" ({more} more place{'s' * (more != 1)} like this)" if more else ""
    return printable(f"{places[0]}{tail}")


def printable(text: str) -> str:
    """Replace what could move the cursor or colour the terminal; rule files are other people's text."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


def _underlined(source: str, number: int, column: int) -> list[str]:
    at = min(column - 1, len(source))
    token = _TOKEN.match(source, at)
    width = len(token[0]) if token else 1
    start = 0 if len(source) <= MOST_COLUMNS else max(0, min(at - MOST_COLUMNS // 3, len(source) - MOST_COLUMNS))
    shown = source[start : start + MOST_COLUMNS]
    width = max(1, min(width, len(shown) - (at - start)))
    return [f"{number:{_GUTTER}} | {shown}", f"{'':{_GUTTER}} | {' ' * (at - start)}{'^' * width}"]
