"""What the test file of a source or a notifier says of its kind, for the suites that hold every kind to the same."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from alerting.plugins import discover

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
    #: Secrets that the settings name, by their keys.
    named: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FarSide:
    """Where a notifier hands messages over, as it stands for one test.

    `taken`: the subjects of what it holds, in any order. `settings`: what a rule file says of the channel.
    """

    taken: Callable[[], Sequence[str]]
    settings: Mapping[str, Any] = field(default_factory=dict)
    smtp_url: str | None = None
    #: Secrets, by the keys of the settings that name them.
    secrets: Mapping[str, str] = field(default_factory=dict)
    out_dir: Path = Path("nowhere")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """How a hand-over fails; each as `alerting.errors.DeliveryFailed` has it."""

    permanent: bool = False
    channel: bool = False
    unknown: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifierCase:
    """One message handed over to a far side that is really there (or really is not), on this machine.

    `far_side`: sets it up below a folder, for as long as it is entered. `fails`: None: the message is taken.
    """

    id: str
    far_side: Callable[[Path], AbstractAsyncContextManager[FarSide]]
    address: str = "owner@example.org"
    fails: Failure | None = None
    #: What the failure or the receipt has to say, words of it.
    says: tuple[str, ...] = ()
    #: Words of the settings that nobody may read.
    secrets: tuple[str, ...] = ()


def cases_of(package: str, folder: str) -> dict[str, Any]:
    """Return, by kind, the `CASES` of each kind's own test file: `tests/unit/FOLDER/test_NAME.py` of the module NAME.

    Raises:
        LookupError: a kind has no test file, or that has no cases.
    """
    return {kind: in_its_test_file(cls, folder, "CASES") for kind, cls in discover(package, "kind").items()}


def in_its_test_file(cls: type, folder: str, name: str) -> Any:
    """Return what the test file of a class's module has under a name.

    Raises:
        LookupError: there is no such file, or it has nothing of that name.
    """
    module = _loaded(cls.__module__, folder)
    if not hasattr(module, name):
        raise LookupError(f"{module.__file__} says nothing of {cls.__name__}: write {name}")
    return getattr(module, name)


@cache
def _loaded(of: str, folder: str) -> ModuleType:
    name = of.rpartition(".")[2]
    path = TESTS / "unit" / folder / f"test_{name}.py"
    if not path.is_file():
        raise LookupError(f"{of} has no tests: write {path}")
    spec = spec_from_file_location(f"of_{folder}_{name}", path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
