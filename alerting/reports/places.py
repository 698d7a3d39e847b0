"""Where things stand in the rules folder, as readers are told."""

from pathlib import PurePath

from alerting.domain.place import Place
from alerting.domain.rule import RuleSet


def where_in(rules: RuleSet, place: Place) -> str:
    """Return file and line, relative to the rules folder."""
    file, folder = PurePath(place.file), PurePath(rules.folder)
    return f"{file.relative_to(folder) if file.is_relative_to(folder) else file}:{place.line}"
