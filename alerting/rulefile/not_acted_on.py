"""Keys that this version does nothing with yet. A key that is acted on is taken out of the table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alerting.domain.problem import ProblemSeverity
from alerting.rulefile.mistakes import Mistake
from alerting.rulefile.reading import RuleFile
from alerting.rulefile.yamltree import Path

#: "section" or "section.key" -> what will not happen.
NOT_ACTED_ON: Mapping[str, str] = {
    "silences": "messages are not muted",
    "topics.include": "drafts and digests show every topic",
    "owners.deputy": "nobody stands in for an absent owner",
    "owners.away": "an absent owner is told all the same",
    "owners.escalate": "nobody else is told when an alert stands",
    "owners.quiet_hours": "messages go out at any time",
    "owners.mail_budget": "every message goes out",
    "measures.total": "nobody checks that the items add up to it",
    "rules.inhibit": "the areas' alerts are sent singly",
    "rules.remind": "an open alert is not told again",
    "rules.review_after": "acknowledgements do not exist yet",
    "rules.was": "alerts under the former id do not carry over",
    "roles.operator": "trouble of the engine itself is in its log only",
    "roles.maintainer": "nobody is told of mistakes in the rules by mail",
    "roles.fallback": "nobody is told of messages that cannot be delivered",
    "schedule.flood": "many alerts at once are told like few",
}
#: Values that ask for nothing.
_AS_IT_IS = {"rules.remind": "never", "owners.away": []}


def not_acted_on(files: Sequence[RuleFile]) -> Iterator[Mistake]:
    """Note every such key, so that nobody relies on it."""
    keys: dict[str, list[str]] = {}
    for name in NOT_ACTED_ON:
        section, _, key = name.partition(".")
        keys.setdefault(section, []).append(key)
    for file in files:
        for section, wanted in keys.items():
            value = file.value.get(section)
            if wanted == [""] and value:
                yield _note(file, (section,), section)
            elif isinstance(value, dict):
                yield from _in_mapping(file, (section,), value, wanted)
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    yield from _in_mapping(file, (section, index), item, wanted)


def _in_mapping(file: RuleFile, path: Path, item: Any, wanted: Sequence[str]) -> Iterator[Mistake]:
    for key in wanted if isinstance(item, dict) else ():
        name = f"{path[0]}.{key}"
        if item.get(key) is not None and item[key] != _AS_IT_IS.get(name):
            yield _note(file, (*path, key), name)


def _note(file: RuleFile, path: Path, name: str) -> Mistake:
    message = f'"{path[-1]}" is not acted on by this version: {NOT_ACTED_ON[name]}'
    return Mistake(
        file=file, path=path, code="not-acted-on", message=message, severity=ProblemSeverity.NOTE, of_key=True
    )
