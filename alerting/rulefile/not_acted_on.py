"""Keys that this version does nothing with yet. A key that is acted on is taken out of the table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alerting.domain.problem import ProblemSeverity
from alerting.rulefile.mistakes import Mistake
from alerting.rulefile.reading import RuleFile
from alerting.rulefile.yamltree import Path

#: "section.key" -> what will not happen.
NOT_ACTED_ON: Mapping[str, str] = {
    "measures.total": "nobody checks that the items add up to it",
}


def not_acted_on(files: Sequence[RuleFile]) -> Iterator[Mistake]:
    """Note every such key, so that nobody relies on it."""
    keys: dict[str, list[str]] = {}
    for name in NOT_ACTED_ON:
        section, _, key = name.partition(".")
        keys.setdefault(section, []).append(key)
    for file in files:
        for section, wanted in keys.items():
            value = file.value.get(section)
            if isinstance(value, dict):
                yield from _in_mapping(file, (section,), value, wanted)
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    yield from _in_mapping(file, (section, index), item, wanted)


def _in_mapping(file: RuleFile, path: Path, item: Any, wanted: Sequence[str]) -> Iterator[Mistake]:
    for key in wanted if isinstance(item, dict) else ():
        name = f"{path[0]}.{key}"
        if item.get(key) is not None:
            yield _note(file, (*path, key), name)


def _note(file: RuleFile, path: Path, name: str) -> Mistake:
    message = f'"{path[-1]}" is not acted on by this version: {NOT_ACTED_ON[name]}'
    return Mistake(
        file=file, path=path, code="not-acted-on", message=message, severity=ProblemSeverity.NOTE, of_key=True
    )
