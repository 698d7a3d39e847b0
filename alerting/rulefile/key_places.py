"""Where keys of what a rules folder declares are written."""

from functools import cached_property
from pathlib import Path as FilePath

from alerting.domain.place import Place
from alerting.rulefile.tree import Path
from alerting.rulefile.yaml.cache import ParseCache
from alerting.rulefile.yaml.rule_file import RuleFile, read_folder


class KeyPlaces:
    """The files of a folder, read by the first who asks.

    Args:
        shown: the rules folder as the user typed it.
    """

    def __init__(self, folder: FilePath, shown: str) -> None:
        self.folder, self.shown = folder, shown.rstrip("/")

    @cached_property
    def _items(self) -> dict[tuple[str, str], tuple[RuleFile, Path]]:
        found: dict[tuple[str, str], tuple[RuleFile, Path]] = {}
        files, _ = read_folder(self.folder, self.shown, ParseCache(None))
        for file in files:
            for section, items in file.value.items():
                for n, item in enumerate(items if isinstance(items, list) else ()):
                    if isinstance(item, dict):
                        found.setdefault((section, str(item.get("id"))), (file, (section, n)))
        return found

    def place(self, section: str, id_: str, keys: Path) -> Place:
        """Return where a key below an item of a section is written; the nearest around it where it is not."""
        file, path = self._items[section, id_]
        return file.place((*path, *keys), of_key=bool(keys))
