"""What is wrong with the keys that every kind of source takes."""

from collections.abc import Iterator

from alerting.domain.source_columns import FILE_NAME, FROM_FILE_NAME, WORDS, listed
from alerting.domain.titles import as_named
from alerting.rulefile.forms.context import Context
from alerting.rulefile.forms.plugins import SourceKeys
from alerting.rulefile.mistakes import PathProblem
from alerting.rulefile.sections import DeclaredItem


def source_mistakes(entry: DeclaredItem, keys: SourceKeys, context: Context) -> Iterator[PathProblem]:
    """Yield what is wrong with a source's mapping and window."""
    yield from _of_columns(entry, keys)
    yield from _of_fixed(entry, keys, context)
    if keys.full is not None and keys.window is None:
        message = "full says how often all is read, of a source that is always read whole"
        yield entry.mistake("bad-value", message, "write a window beside it, like `window: 13 months`", key="full")


def _of_columns(entry: DeclaredItem, keys: SourceKeys) -> Iterator[PathProblem]:
    for ours, theirs in keys.columns.items():
        if not isinstance(theirs, str) and ours not in WORDS:
            message = f'"{ours}" is a number, which no several columns make'
            fix = f"name one column; several make {listed(WORDS)}"
            yield entry.mistake("bad-value", message, fix, key="columns")
        if ours in keys.fixed:
            message = f'columns and fixed both give "{ours}"'
            yield entry.mistake("bad-value", message, "drop one of them", key="fixed")


def _of_fixed(entry: DeclaredItem, keys: SourceKeys, context: Context) -> Iterator[PathProblem]:
    """Yield names in `fixed` that are nobody's, and `file_name` where no name of a file says it."""
    for ours, text in keys.fixed.items():
        if text == FILE_NAME and ours not in FROM_FILE_NAME:
            message = f"the name of a file says no {ours}"
            yield entry.mistake("bad-value", message, f"it may say {' or '.join(FROM_FILE_NAME)}", key="fixed")
    for sort in ("measure", "area"):
        if sort not in keys.fixed or not context.complete:
            continue
        known = [*context.declared.get(sort, ()), *context.titles.get(sort, ()), *keys.names]
        name = keys.fixed[sort]
        if as_named(name) not in map(as_named, known):
            fix = context.suggestion(name, known)
            yield entry.mistake(f"unknown-{sort}", f'no {sort} "{name}"', fix, key="fixed")
