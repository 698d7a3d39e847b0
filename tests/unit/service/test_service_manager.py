"""What the service manager is told: at once or not at all, so that nothing waits for one that does not read."""

import asyncio
import socket
from contextlib import suppress

import pytest
import structlog
from structlog.testing import capture_logs

from alerting.service import surroundings
from alerting.service.surroundings import READY, ServiceManager


@pytest.fixture
def manager(tmp_path, monkeypatch):
    """A service manager's socket, which nobody reads."""
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(str(tmp_path / "notify"))
        bound.settimeout(0)
        yield bound


@pytest.fixture
def is_full(manager):
    """It has no room for more."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other, suppress(BlockingIOError):
        other.settimeout(0)
        while True:
            other.sendto(b"STATUS=another service", manager.getsockname())


def heard(manager):
    """Read all that it was told by this service."""
    said = []
    while True:
        try:
            said.append(manager.recv(1000).decode())
        except BlockingIOError:
            return [one for one in said if one != "STATUS=another service"]


def test_what_there_is_room_for_arrives_as_it_is_said(manager):
    with capture_logs() as logged:
        teller = ServiceManager(structlog.get_logger())
        for message in (READY, "STATUS=60 rules", "WATCHDOG=1"):
            teller.tell(message)

    assert [READY, "STATUS=60 rules", "WATCHDOG=1"] == heard(manager)
    assert [] == logged


@pytest.mark.usefixtures("is_full")
def test_nothing_waits_for_one_that_does_not_read_and_that_is_logged_once(manager):
    """A send that waited would end as one that failed: neither dropped nor logged."""
    with capture_logs() as logged:
        teller = ServiceManager(structlog.get_logger())
        teller.tell("STATUS=60 rules")
        teller.tell("WATCHDOG=1")

    assert [{"event": "manager.full", "dropped": "STATUS=60 rules", "log_level": "warning"}] == logged
    assert [] == heard(manager)


@pytest.mark.usefixtures("is_full")
def test_that_it_has_started_is_said_once_there_is_room_and_all_else_by_what_is_true_then(manager):
    with capture_logs():
        teller = ServiceManager(structlog.get_logger())
        teller.tell(READY)
        teller.tell("STATUS=60 rules")
        assert [] == heard(manager)
        teller.tell("STATUS=61 rules")
        teller.tell("WATCHDOG=1")

    assert [f"{READY}\nSTATUS=61 rules", "WATCHDOG=1"] == heard(manager)


@pytest.mark.usefixtures("is_full")
def test_what_has_to_be_known_waits_for_room_while_all_else_goes_on(manager):
    """Nobody but the loop that waits makes room: if it stood still, there would never be any."""

    async def told():
        waiting = asyncio.create_task(ServiceManager(structlog.get_logger()).tell_in_time("STOPPING=1"))
        await asyncio.sleep(0)
        assert [] == heard(manager)
        await waiting
        return heard(manager)

    with capture_logs() as logged:
        assert ["STOPPING=1"] == asyncio.run(told())
    assert [] == logged


@pytest.mark.usefixtures("is_full")
def test_what_has_to_be_known_is_dropped_where_there_is_never_room(manager, monkeypatch):
    monkeypatch.setattr(surroundings, "MANAGER_S", 0.01)
    with capture_logs() as logged:
        teller = ServiceManager(structlog.get_logger())
        asyncio.run(teller.tell_in_time(READY))
        assert [] == heard(manager)
        teller.tell("WATCHDOG=1")

    assert [READY] == [one["dropped"] for one in logged]
    assert [f"{READY}\nWATCHDOG=1"] == heard(manager)


@pytest.mark.parametrize("address", ["", "@nobody-listens-here", "/nowhere/notify"])
def test_where_nobody_listens_nothing_is_said_and_nothing_logged(monkeypatch, address):
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    with capture_logs() as logged:
        ServiceManager(structlog.get_logger()).tell(READY)
        asyncio.run(ServiceManager(structlog.get_logger()).tell_in_time(READY))

    assert [] == logged
