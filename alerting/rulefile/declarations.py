"""What rule files declare, read off the plain values first, so that forms can check every reference at once."""

from collections.abc import Iterator, Sequence
from typing import Any

from alerting.domain.period import MONTH_NAMES, Calendar
from alerting.rulefile.mistakes import PathProblem
from alerting.rulefile.yaml.rule_file import RuleFile

#: Sections that are lists of things with ids -> what they declare.
LISTS = {"topics": "topic", "areas": "area", "owners": "owner", "measures": "measure", "rules": "rule"}
#: Sections that are mappings by name -> what they declare.
MAPPINGS = {"sources": "source", "limits": "limits", "channels": "channel"}
#: Lists whose ids must differ, though nothing refers to them.
_OTHER_LISTS = ("holds", "breaks", "notes", "exclusions", "silences", "digests")

Declared = dict[str, dict[str, None]]


def declared_in(files: Sequence[RuleFile]) -> Declared:
    """Return sort -> ids in order of declaration. Dictionaries, because both order and quick look-up are needed."""
    found: Declared = {sort: {} for sort in (*LISTS.values(), *MAPPINGS.values(), "family", "tag", "kind")}
    for file in files:
        for section, sort in LISTS.items():
            for item in _items(file, section):
                if isinstance(item.get("id"), str):
                    _declare(found, sort, item)
        for section, sort in MAPPINGS.items():
            section_value = file.value.get(section)
            if isinstance(section_value, dict):
                found[sort].update(dict.fromkeys(section_value))
    return found


def titles_in(files: Sequence[RuleFile]) -> dict[str, dict[str, str]]:
    """Return sort -> title -> id of measures and areas; a title that stands twice leads to neither."""
    found: dict[str, dict[str, str]] = {}
    for section in ("measures", "areas"):
        titles: dict[str, set[str]] = {}
        for file in files:
            for item in _items(file, section):
                if isinstance(item.get("id"), str) and isinstance(item.get("title"), str):
                    titles.setdefault(item["title"], set()).add(item["id"])
        found[LISTS[section]] = {title: ids.pop() for title, ids in titles.items() if len(ids) == 1}
    return found


def _items(file: RuleFile, section: str) -> Iterator[dict[str, Any]]:
    value = file.value.get(section)
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _declare(found: Declared, sort: str, item: dict[str, Any]) -> None:
    id_ = item["id"]
    if sort == "area" and isinstance(item.get("kind"), str):
        found["kind"][item["kind"]] = None
    if sort == "measure":
        _declare_tags(found, item)
        if isinstance(item.get("items"), dict):
            found["family"][id_] = None
            for name, keys in item["items"].items():
                found["measure"][f"{id_}/{name}"] = None
                if isinstance(keys, dict):
                    _declare_tags(found, keys)
            return
    found[sort][id_] = None


def _declare_tags(found: Declared, keys: dict[str, Any]) -> None:
    tags = keys.get("tags")
    for tag in tags if isinstance(tags, list) else [tags]:
        if isinstance(tag, str):
            found["tag"][tag] = None


def repeated_ids(files: Sequence[RuleFile]) -> list[PathProblem]:
    """Find ids that stand twice, or differ in capitals only, in one file or in several."""
    mistakes: list[PathProblem] = []
    for section in (*LISTS, *_OTHER_LISTS):
        first: dict[str, tuple[RuleFile, int, str]] = {}
        for file in files:
            value = file.value.get(section)
            for index, item in enumerate(value if isinstance(value, list) else ()):
                id_ = item.get("id") if isinstance(item, dict) else None
                if not isinstance(id_, str):
                    continue
                if id_.lower() in first:
                    mistakes.append(_repeated(file, (section, index, "id"), id_, *first[id_.lower()], section))
                else:
                    first[id_.lower()] = (file, index, id_)
    for section in MAPPINGS:
        mistakes += _repeated_names(files, section)
    return mistakes


def _repeated(
    file: RuleFile, path: tuple[str | int, ...], id_: str, first_file: RuleFile, first: int, first_id: str, section: str
) -> PathProblem:
    place = first_file.place((section, first, "id"))
    same = f'"{id_}" is there already' if id_ == first_id else f'"{id_}" differs from "{first_id}" in capitals only'
    message = f"{same}, at {place.file}:{place.line}"
    return PathProblem(file=file, path=path, code="duplicate-id", message=message, fix="give one of them another id")


def _repeated_names(files: Sequence[RuleFile], section: str) -> Iterator[PathProblem]:
    first: dict[str, tuple[RuleFile, str]] = {}
    for file in files:
        value = file.value.get(section)
        for name in value if isinstance(value, dict) else ():
            if name.lower() in first:
                other, other_name = first[name.lower()]
                place = other.place((section, other_name), of_key=True)
                message = f'"{name}" is there already, at {place.file}:{place.line}'
                fix = "give one of them another name"
                yield PathProblem(
                    file=file, path=(section, name), code="duplicate-id", message=message, fix=fix, of_key=True
                )
            else:
                first[name.lower()] = (file, name)


def calendar_of(files: Sequence[RuleFile]) -> Calendar:
    """Return the calendar of the first schedule that names a month; mistakes are found when it is read as a form."""
    names = [name.lower() for name in MONTH_NAMES]
    for file in files:
        schedule = file.value.get("schedule")
        month = schedule.get("financial_year_starts") if isinstance(schedule, dict) else None
        if isinstance(month, str) and month.lower() in names:
            return Calendar(names.index(month.lower()) + 1)
    return Calendar()
