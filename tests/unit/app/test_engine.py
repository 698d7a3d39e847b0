"""The engine knows the world by its ports alone: here none of them is an adapter."""

import asyncio
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from samples.outbox import Relay, takes
from samples.worlds import CALLS, a_folder

from alerting.app.engine import Engine
from alerting.app.installation import Installation, Ports
from alerting.demo.story import FixedClock
from alerting.errors import UsageError
from alerting.opening import memory_store, open_store
from alerting.ports import SourceTable
from alerting.ports.mailbox import Mailbox
from alerting.settings import Settings
from notifiers.email import EmailSettings

DAY = date(2020, 7, 5)


class Typed:
    """A source whose figures stand in the test."""

    kind = "csv"

    def read(self, source, folders, wanted=None):
        return SourceTable(
            source=source.id, file="typed",
            columns={
                "measure": pl.Series(["answered"]), "area": pl.Series(["force"]), "period": pl.Series(["2020-06"]),
                "value": pl.Series(["80"]),
            },
        )  # fmt: skip


@dataclass(eq=False)
class World:
    """What the engine reaches, and in which order it did."""

    relay: Relay = field(default_factory=lambda: Relay(takes))
    did: list[str] = field(default_factory=list)

    @contextmanager
    def turn(self, what: str, say: Callable[[str], object]):
        self.did.append(f"{what} begins")
        say(f"told of {what}")
        yield
        self.did.append(f"{what} ends")

    def ports(self, elsewhere: Path) -> Ports:
        return Ports(
            open_store=lambda _: open_store(Settings(state_dir=elsewhere)),
            memory_store=memory_store, sources=lambda: {"csv": Typed()},
            notifiers=lambda: {"email": _Kind(self.relay)},
            lock_to_judge=lambda _, say: self.turn("judging", say),
            lock_to_send=lambda _, say: self.turn("sending", say),
            as_mail=lambda _, sender, reply_to, at: f"{sender} {reply_to} {at:%Y-%m-%d}".encode(),
            mailbox=_no_mailbox,
        )  # fmt: skip


@dataclass(frozen=True)
class _Kind:
    """A kind of notifier that needs no settings and gives the test's own."""

    relay: Relay
    kind = "email"
    Settings = EmailSettings

    def __call__(self, _: object) -> Relay:
        return self.relay


def _no_mailbox(url: str) -> Mailbox:
    raise AssertionError(f"{url} is opened though no setting names a mailbox")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def engine(tmp_path: Path, world: World) -> Engine:
    folder = a_folder(tmp_path / "rules", {"r.yaml": CALLS, "figures/calls.csv": "measure,area,period,value\n"})
    settings = Settings(state_dir=tmp_path / "state", mail_from="alerts@example.org", reply_to="desk@example.org")
    clock = FixedClock(datetime(2020, 7, 5, 7, tzinfo=UTC))
    return Engine(Installation.of(folder, settings, clock), world.ports(tmp_path / "elsewhere"))


def test_a_tick_and_its_messages_go_through_the_ports_alone(engine, world, tmp_path):
    said: list[str] = []
    engine.waits = said.append
    with engine.state() as store:
        report = engine.tick(store)
        delivered = asyncio.run(engine.deliver(store))
    assert ["slow/answered/force/2020-06"] == [event.alert.id for notice in report.notices for event in notice.events]
    assert (len(report.deliveries), 0) == (delivered.accepted, delivered.waiting)
    assert sorted(one.address for one in report.deliveries) == sorted(address for address, _ in world.relay.taken)
    assert ["judging begins", "judging ends", "sending begins", "sending ends"] == world.did
    assert ["told of judging", "told of sending"] == said
    assert not (tmp_path / "state" / "alerting.db").exists()


def test_what_is_asked_changes_nothing_and_waits_for_nobody(engine, world):
    found = engine.enquiries.evaluate(DAY).found
    assert [80.0] == [one.finding.value for one in found if one.finding.rule == "slow"]
    assert [] == world.did
    with engine.state() as store, store.begin() as state:
        assert (None, []) == (state.ticks.newest(), state.alerts.open())


def test_a_digest_into_files_before_any_tick_is_as_after_a_first_one_and_leaves_no_state(engine):
    opened: list[Path] = []
    own = engine.settings.state_dir

    def opens(settings: Settings):
        opened.append(settings.state_dir)
        return open_store(settings)

    engine.ports = replace(engine.ports, open_store=opens)
    with engine.digest_pages() as (reading, pages):
        messages = {page.owner: page.message for page in pages}
    assert not reading.has_errors
    assert "80%" in messages["contact"].text
    assert own not in opened
    assert [False, False] == [(folder / "alerting.db").exists() for folder in (own, opened[0])]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        pytest.param(
            lambda engine: engine.digest_pages(None, ["tuesday"]).__enter__(),
            'no digest "tuesday"; there are monday',
            id="digest",
        ),
        pytest.param(lambda engine: engine.accept(["none"]), 'no source "none"', id="source"),
        pytest.param(lambda engine: asyncio.run(engine.try_out("nobody")), 'no owner "nobody"', id="owner"),
    ],
)
def test_what_there_is_not_is_named_with_what_there_is(engine, ask, said):
    with pytest.raises(UsageError, match=said):
        ask(engine)


def test_a_delivery_as_a_mail_is_from_the_installations_sender(engine):
    assert b"alerts@example.org desk@example.org 2020-07-05" == engine.enquiries.as_mail(None)
