"""What chance does by rules, as files beside the state: they may be deleted at any time; one that is not whole counts as absent."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import numpy as np

from alerting.evaluation.budget.trial import PLANES, Rates
from alerting.evaluation.budget.worlds import LIKENESS
from alerting.rulefile.json_files import JsonFiles
from alerting.rulefile.program import program

#: Groups of rules beyond this number are forgotten, the longest unused first: of 120 shapes each some 20 MB at most.
MOST_GROUPS = 256
SUFFIX = ".chance.json"


class ChanceFiles:
    """Rates in a folder, of one program; None keeps nothing. Processes may use it at once: a file is written whole or not."""

    def __init__(self, folder: Path | None, made_by: str) -> None:
        self._files, self._made_by = JsonFiles(folder), made_by

    @classmethod
    def beside(cls, cache: Path) -> Self:
        """Return the files beside a state; of a program that cannot be told again nothing is kept."""
        try:
            return cls(cache / "chance", program())
        except OSError:
            return cls(None, "")

    def rates(self, name: str, shapes: int, make: Callable[[], Rates]) -> Rates:
        """Return the rates that are kept under a name; else make them, and keep them where that can be written."""
        file = f"{name}{SUFFIX}"
        found = self._read(self._files.read(file), (shapes, len(LIKENESS)))
        if found is None:
            found = make()
            self._keep(file, found)
        return found

    def _read(self, kept: Any, shape: tuple[int, int]) -> Rates | None:
        if not isinstance(kept, dict) or kept.get("made_by") != self._made_by:
            return None
        try:
            planes = {name: np.array(kept[name], dtype=np.float64) for name in PLANES}
        except (KeyError, TypeError, ValueError):
            return None
        return Rates(**planes) if all(plane.shape == shape for plane in planes.values()) else None

    def _keep(self, file: str, rates: Rates) -> None:
        if self._files.folder is None:
            return
        planes = {name: getattr(rates, name).tolist() for name in PLANES}
        with suppress(OSError):
            self._files.write(file, {"made_by": self._made_by, **planes})
            self._files.prune(f"*{SUFFIX}", MOST_GROUPS)
