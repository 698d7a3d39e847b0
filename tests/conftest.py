"""Hygiene for every test: no settings from outside, no network but loopback, no logging left behind."""

import gc
import ipaddress
import itertools
import logging
import os
import shutil
import socket
import sys
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from samples import sampling

from alerting import secrecy
from alerting.domain.fault import Faults, Work
from alerting.sources.tables import whole

if TYPE_CHECKING:
    from samples.postgres import Cluster

BENCHMARKS = Path(__file__).parent / "benchmarks"
#: Audit events of the socket module that reach out, with the position of the host or address in their arguments.
REACHES_OUT = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0}
#: A file system in memory; it is used for what tests write where so many bytes are free in it.
MEMORY, ROOM_IN_MEMORY = Path("/dev/shm"), 4 * 2**30  # pytest makes a folder of this user's own in it

_numbers = itertools.count()


class NetworkRefused(RuntimeError):
    """A test tried to reach something that is not on this machine."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite tests/golden's files with what is made now; look at the difference before committing it",
    )


# Tests are compiled with their assertions taken apart, once and not in every process, also where PYTHONDONTWRITEBYTECODE is set.
sys.dont_write_bytecode = False


def pytest_configure(config: pytest.Config) -> None:
    _keep_in_memory()
    sampling.ask(config.option.markexpr)
    # No test is a stopwatch: on a busy machine the same example takes ten times as long.
    settings.register_profile(
        "suite",
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        max_examples=sampling.few(40, 1_000),
    )
    settings.load_profile("suite")
    # An audit hook sees every socket of the process, whichever library opened it. It cannot be taken off again.
    sys.addaudithook(_refuse_network)


def _keep_in_memory() -> None:
    """Let what tests write stand in memory where there is room, so that none of them waits for the disk."""
    with suppress(OSError):
        if shutil.disk_usage(MEMORY).free > ROOM_IN_MEMORY and os.access(MEMORY, os.W_OK):
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One process where figures are measured, or for what takes no longer than starting others; else one a processor."""
    if config.option.markexpr == "benchmark" or config.option.usepdb:
        return 0
    named = [Path(argument.partition("::")[0]) for argument in config.args]
    return 0 if len(named) == 1 and named[0].is_file() else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Leave what is collected out of the collector's rounds: thousands of tests that live as long as the process."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    sampled: dict[str, list[pytest.Function]] = {}
    for item in items:
        if BENCHMARKS in item.path.parents:
            item.add_marker(pytest.mark.benchmark)
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.sampled)
        if isinstance(item, pytest.Function) and item.get_closest_marker("sampled"):
            sampled.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for cases in sampled.values():
        _leave_to_the_exhaustive(cases)


def _parameters(case: pytest.Function) -> dict[str, object]:
    return case.callspec.params if hasattr(case, "callspec") else {}


def _leave_to_the_exhaustive(cases: list[pytest.Function]) -> None:
    """Of one test's cases those that are not in the sample are the exhaustive run's; that has all of them."""
    mark = cases[0].get_closest_marker("sampled")
    (one_in,) = mark.args or (1,)
    names = [case.name for case in cases]
    # One value is one object in all combinations; callspec.indices counts combinations.
    values = [[(name, id(value)) for name, value in _parameters(case).items()] for case in cases]
    if not mark.kwargs.get("each", True):
        values = [[] for _ in cases]
    for case, chosen in zip(cases, sampling.drawn(names, values, one_in), strict=True):
        if not chosen or sampling.is_whole():
            case.add_marker(pytest.mark.exhaustive)


@pytest.fixture(autouse=True)
def _faults_fail(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the program would contain as a fault of its own fails every test but those about that."""

    def not_contained(_faults: Faults, _work: Work, error: Exception) -> None:
        raise error

    if request.node.get_closest_marker("faults") is None:
        monkeypatch.setattr(Faults, "add", not_contained)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The settings of whoever runs the tests must not change what they find, nor may tests write to their state."""
    for name in list(os.environ):
        if name.startswith("ALERTING_") or name in ("CREDENTIALS_DIRECTORY", "STARTED_BY"):
            monkeypatch.delenv(name)
    # One of its own for each test, made by those alone that keep something in it.
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / f"state-{next(_numbers)}"))
    secrecy.forget()


@pytest.fixture(autouse=True)
def _files_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes to a file of figures while a test reads it: one without a last line's end is not waited for."""
    monkeypatch.setattr(whole, "QUIET_S", 0.0)


@pytest.fixture(autouse=True)
def _states_are_made_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """What each test's state would work out anew; tests of that have a fixture of this name that does nothing."""
    if "alerting.store.sql" in sys.modules:
        from samples.quick_state import engine_with_compiled_statements, made_once, without_waiting_for_the_disk

        schema, sqlite = (sys.modules[f"alerting.store.{name}"] for name in ("schema", "sqlite"))
        monkeypatch.setattr(schema, "upgrade", made_once(schema.upgrade))
        monkeypatch.setattr(sqlite, "create_engine", engine_with_compiled_statements)
        monkeypatch.setattr(sqlite, "_prepare", without_waiting_for_the_disk(sqlite._prepare))


@pytest.fixture(autouse=True)
def _logging_restored():
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    if "structlog" in sys.modules:
        sys.modules["structlog"].reset_defaults()


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    position = REACHES_OUT.get(event)
    if position is None or (position == 1 and args[0].family == socket.AF_UNIX):
        return
    host = args[position][0] if position == 1 else args[position]
    if not _is_loopback(host):
        raise NetworkRefused(f"{event} to {host!r}: tests may only talk to this machine")


def _is_loopback(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def postgres() -> Iterator["Cluster"]:
    """A PostgreSQL server, started where a test first asks for it."""
    from samples.postgres import Cluster

    found = Cluster()
    yield found
    found.end()


@pytest.fixture
def postgres_url(postgres: "Cluster") -> Iterator[str]:
    """The address of a PostgreSQL database with our tables and no rows."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.sampled(2, each=False))])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without rows: once of SQLite, in half of the tests once of PostgreSQL too."""
    return f"sqlite:///{tmp_path / 'a.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
