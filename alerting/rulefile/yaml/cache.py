"""The parsed form of rule files, kept as JSON by content, because reading YAML takes most of the time of a check.

Two files for each text: `<digest>.json` with the values and the places of top-level items and names, enough to load;
`<digest>.marks.json` with every other place, opened only to say where a problem is. What cannot be read back counts as
absent.
"""

import hashlib
from collections.abc import Mapping, Sized
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from alerting.rulefile.json_files import JsonFiles
from alerting.rulefile.tree import Item, Names, Node, names_in

#: Part of every digest: a change of the parsed form makes old entries invisible.
FORMAT = b"rule file, parsed form 2\0"
#: Entries beyond this number are removed, the longest unused first.
MOST_ENTRIES = 400
#: A day in JSON. Rule files cannot hold the NUL character, so no author's key is this.
_DAY_KEY = "\0day"


class ParseCache:
    """Parsed forms in *folder*; None keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._files = JsonFiles(folder)

    def digest(self, text: str) -> str:
        """Return the key of *text*."""
        return hashlib.sha256(FORMAT + text.encode()).hexdigest()

    def parsed(self, digest: str) -> tuple[Any, dict[str, list[Item]], Names] | None:
        """Return value, items and names; None where they are not kept or not whole."""
        kept = self._files.read(f"{digest}.json", _with_day)
        if not isinstance(kept, dict) or not _is_whole(kept.get("value"), kept.get("items"), kept.get("names")):
            return None
        return kept["value"], kept["items"], kept["names"]

    def marks(self, digest: str) -> Node | None:
        """Return the places of all nodes; None where they are not kept or not whole."""
        kept = self._files.read(f"{digest}.marks.json", _with_day)
        return kept if isinstance(kept, list) and len(kept) == len(("line", "column", "children")) else None

    def keep(self, digest: str, value: Any, items: Mapping[str, list[Item]], marks: Node) -> None:
        """Write an entry; a folder that cannot be written to costs time, not correctness."""
        if self._files.folder is None:
            return
        with suppress(OSError):
            self._files.write(f"{digest}.marks.json", marks, _day_as_mapping)
            entry = {"value": value, "items": items, "names": names_in(marks)}
            self._files.write(f"{digest}.json", entry, _day_as_mapping)
            self._files.prune("*.json", 2 * MOST_ENTRIES)


def _is_whole(value: Any, items: Any, names: Any) -> bool:
    """Whether every item of a top-level list has its place, and every name in a top-level mapping."""
    if not isinstance(items, dict) or not isinstance(names, dict):
        return False
    for section, part in value.items() if isinstance(value, dict) else ():
        if isinstance(part, list) and not _are_places(items.get(section, []), list, part):
            return False
        if isinstance(part, dict) and not _are_places(names.get(section, {}), dict, part):
            return False
    return True


def _are_places(found: Any, kind: type, part: Sized) -> bool:
    return isinstance(found, kind) and len(found) == len(part)  # type: ignore[arg-type]


def _day_as_mapping(value: Any) -> dict[str, str]:
    if isinstance(value, date):
        return {_DAY_KEY: value.isoformat()}
    raise TypeError(f"{type(value).__name__} in a parsed rule file")


def _with_day(mapping: dict[str, Any]) -> Any:
    return date.fromisoformat(mapping[_DAY_KEY]) if _DAY_KEY in mapping else mapping
