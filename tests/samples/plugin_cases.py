"""What a source's own test file says of its kind, for the suite that holds every kind to the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from alerting.plugins import found

TESTS = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCase:
    """Figures as one source holds them.

    `lay`: puts them where they are read, below a folder. `rows`: (measure, area, period, value) in the order they come;
    None: it cannot be read, and `says` has what must be said: the file or address, the row where there is one, and the fix.
    """

    id: str
    settings: Mapping[str, Any]
    lay: Callable[[Path], object]
    rows: tuple[tuple[str, str, str, float], ...] | None = None
    says: tuple[str, ...] = ()
    #: Words of the settings that nobody may read.
    secrets: tuple[str, ...] = ()


def cases_of(package: str, folder: str) -> dict[str, Any]:
    """Return, by kind, the `CASES` of each kind's own test file: `tests/unit/FOLDER/test_NAME.py` of the module NAME.

    Raises:
        LookupError: a kind has no test file, or that has no cases.
    """
    return {kind: _cases(cls, folder) for kind, cls in found(package, "kind").items()}


def _cases(cls: type, folder: str) -> Any:
    name = cls.__module__.rpartition(".")[2]
    path = TESTS / "unit" / folder / f"test_{name}.py"
    if not path.is_file():
        raise LookupError(f"{cls.__module__} has no tests: write {path} with CASES")
    spec = spec_from_file_location(f"cases_of_{folder}_{name}", path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    if not hasattr(module, "CASES"):
        raise LookupError(f"{path} says nothing of its kind: write CASES")
    return module.CASES
