"""The rules that were made of a folder, kept by its content: filling in the forms takes most of a start.

JSON and no pickle, as parsed files are: a file that somebody has put there can give other rules, which whoever may write to
the state can have anyway, and never run anything.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from alerting.domain.problem import Problem
from alerting.domain.rule import RuleSet
from alerting.rulefile.columns import NotPlain, packed, unpacked
from alerting.rulefile.json_files import JsonFiles
from alerting.rulefile.looking import Seen
from alerting.rulefile.program import program
from alerting.rulefile.yaml.files import Text, version_of

#: Sets beyond this number are removed, the longest unused first.
MOST_SETS = 12
SUFFIX = ".rules.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsableRules:
    """Rules that can be used, what was said of their files, and what was seen of the files of figures meanwhile."""

    rules: RuleSet
    problems: tuple[Problem, ...]
    seen: Seen


class KeptRules:
    """What was made of one folder's texts in *folder*; None keeps nothing."""

    def __init__(self, folder: Path | None, texts: Sequence[Text], shown: Sequence[str]) -> None:
        """Take the texts, and all else that rules and problems have words of."""
        self._files = JsonFiles(folder)
        self._name = None if folder is None else _name(texts, shown)

    def kept(self) -> UsableRules | None:
        """Return what is kept; None where nothing is, or it is not whole."""
        if self._name is None:
            return None
        try:
            (found,) = unpacked(self._files.read(self._name), 1)
        except (AttributeError, ImportError, LookupError, RecursionError, TypeError, ValueError):
            return None
        return found if isinstance(found, UsableRules) else None

    def keep(self, made: UsableRules) -> None:
        """Keep what was made; a folder that cannot be written to, and what cannot be kept, cost time, not correctness."""
        if self._name is None:
            return
        with suppress(OSError, NotPlain):
            self._files.write(self._name, packed([made]))
            self._files.prune(f"*{SUFFIX}", MOST_SETS)


def _name(texts: Sequence[Text], shown: Sequence[str]) -> str | None:
    """Return the name of the file for texts; None where one is not readable, or programs cannot be told apart."""
    if any(text.flaw is not None for text in texts):
        return None
    try:
        known = "\0".join((program(), version_of(list(texts)), *shown))
    except OSError:
        return None
    return f"{hashlib.sha256(known.encode('utf-8', 'surrogateescape')).hexdigest()}{SUFFIX}"
