"""Signs of life: given while all is well, not given where something is wrong, and no secret told on the way."""

import socket
import threading
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from aiosmtpd.controller import Controller
from samples.services import BELL, JUNE, MONDAY, THURSDAY, World

from alerting.demo.sink import _free_port
from alerting.errors import UsageError
from alerting.service.heartbeat import Heartbeat
from alerting.settings import Secret, load_settings

SEVEN = THURSDAY + timedelta(seconds=3)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SECRET = "5f1c0c6e-s3cret"


class Watch(HTTPServer):
    """Somebody else's watch, on this machine: writes down who asks for what, and answers as it is told."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked, self.answer = [], 200

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/{SECRET}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.thread.join(10)
        self.server_close()


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, self.headers["User-Agent"]))
        self.send_response(self.server.answer)
        self.send_header("Location", f"{self.server.url}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def watch():
    with Watch() as watch:
        yield watch


@pytest.fixture
def world(tmp_path, watch):
    world = World(tmp_path, heartbeat_url=Secret(watch.url))
    with world.sink:
        yield world
    world.close()


def signs(world, watch, *instants):
    """Ring at each instant; return after which of them there was a sign."""
    found = []
    for at in instants:
        before = len(watch.asked)
        world.ring(at)
        if (thread := world.service._heartbeat._under_way) is not None:
            thread.join(30)
        found += [at] * (len(watch.asked) - before)
    return found


def every_bell(start, minutes):
    return [start + bell * BELL for bell in range(minutes * 12 + 1)]


def test_there_is_a_sign_once_a_minute_while_all_is_well(world, watch):
    world.start(THURSDAY)

    assert [THURSDAY + n * MINUTE for n in range(3)] == signs(world, watch, *every_bell(THURSDAY, 2))
    assert {(f"/{SECRET}", "alerting")} == set(watch.asked)


def test_without_an_address_there_is_none(tmp_path, watch):
    world = World(tmp_path)
    with world.sink:
        world.start(THURSDAY).ring(SEVEN)
    world.close()

    assert [] == watch.asked


def test_a_tick_that_is_due_and_fails_stops_the_signs_until_it_is_done(world, watch):
    def broken(*_, **__):
        raise ZeroDivisionError

    world.start(THURSDAY)
    tick, world.service.engine.tick = world.service.engine.tick, broken
    assert [] == signs(world, watch, SEVEN, SEVEN + MINUTE, SEVEN + 5 * MINUTE)
    world.service.engine.tick = tick

    assert [SEVEN + HOUR] == signs(world, watch, SEVEN + HOUR)


def test_a_digest_that_fails_stops_the_signs(world, watch):
    def broken(*_, **__):
        raise ZeroDivisionError

    assert [SEVEN] == signs(world.start(THURSDAY), watch, SEVEN)
    world.service.engine.digest = broken

    assert [] == signs(world, watch, MONDAY + HOUR, MONDAY + 2 * HOUR)


def test_a_relay_that_takes_nothing_stops_the_signs_until_it_does(tmp_path, watch):
    world = World(tmp_path, heartbeat_url=Secret(watch.url))
    world.start(THURSDAY)

    assert [] == signs(world, watch, *[SEVEN + n * HOUR / 2 for n in range(5)])
    assert [] == signs(world.start(SEVEN + 3 * HOUR), watch, SEVEN + 3 * HOUR)  # a restart forgets nothing
    with world.sink:
        assert [SEVEN + 5 * HOUR] == signs(world, watch, SEVEN + 5 * HOUR)
    world.close()


class Picky:
    """A relay that refuses some recipients, or all, with one answer."""

    def __init__(self, answer):
        self.answer, self.only, self.taken = answer, "", []

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802  # aiosmtpd's name
        if self.answer and self.only in address:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        self.taken += envelope.rcpt_tos
        return "250 taken"


@pytest.fixture
def picky(tmp_path, watch):
    relay = Picky("550 5.1.1 no such user")
    controller = Controller(relay, hostname="127.0.0.1", port=_free_port())
    controller.start()
    world = World(tmp_path, heartbeat_url=Secret(watch.url))
    world.settings = replace(world.settings, smtp_url=Secret(f"smtp://127.0.0.1:{controller.port}?tls=none"))
    world.start(THURSDAY)
    with world.sink:
        yield world, relay
    world.close()
    controller.stop()


def test_one_refused_mailbox_stops_no_signs(picky, watch):
    world, relay = picky
    relay.only = "north"

    assert [SEVEN, SEVEN + HOUR] == signs(world, watch, SEVEN, SEVEN + HOUR)
    assert "north@example.org" not in relay.taken


@pytest.mark.parametrize("answer", ["550 5.7.1 unable to relay", "554 no", "504 5.5.2 <a>: Helo"])
def test_a_relay_that_refuses_everybody_stops_the_signs_and_nothing_is_lost(picky, watch, answer):
    world, relay = picky
    relay.answer = answer

    assert [] == signs(world, watch, SEVEN, SEVEN + HOUR)
    assert {"pending", "cancelled"} >= {one.state.value for one in world.store.deliveries()}
    relay.answer = ""
    assert [SEVEN + 3 * HOUR] == signs(world, watch, SEVEN + 3 * HOUR)
    assert ["contact@example.org", "north@example.org"] == sorted(relay.taken)


def test_a_relay_that_works_again_with_nothing_to_send_is_found_out(tmp_path, watch):
    world = World(tmp_path, heartbeat_url=Secret(watch.url))
    world.start(THURSDAY)
    assert [] == signs(world, watch, SEVEN)
    with world.store.begin() as state:
        state.outbox.cancel([one.id for one in world.store.deliveries()], "over", SEVEN)
    assert [] == signs(world, watch, SEVEN + HOUR), "that nobody writes is no sign of health"
    with world.sink:
        assert [SEVEN + 3 * HOUR] == signs(world, watch, SEVEN + 3 * HOUR)
    world.close()


def test_a_source_that_fails_stops_the_signs_until_it_is_read(world, watch):
    (world.folder / "figures/calls.csv").rename(world.folder / "figures/away.csv")
    assert [] == signs(world.start(THURSDAY), watch, SEVEN, SEVEN + HOUR)
    (world.folder / "figures/away.csv").rename(world.folder / "figures/calls.csv")

    assert [MONDAY] == signs(world, watch, MONDAY)


def test_a_source_that_failed_is_not_forgotten_at_a_restart(world, watch):
    (world.folder / "figures/calls.csv").rename(world.folder / "figures/away.csv")
    assert [] == signs(world.start(THURSDAY), watch, SEVEN)
    (world.folder / "figures/away.csv").rename(world.folder / "figures/calls.csv")

    assert [] == signs(world.start(SEVEN + HOUR), watch, SEVEN + HOUR, SEVEN + 2 * HOUR)
    assert [MONDAY] == signs(world, watch, MONDAY)
    assert [MONDAY + HOUR] == signs(world.start(MONDAY + HOUR), watch, MONDAY + HOUR)


def test_one_bad_cell_stops_no_signs(tmp_path, watch):
    world = World(tmp_path, figures=JUNE + "answered,south,2020-06,what,2020-07-02\n", heartbeat_url=Secret(watch.url))
    with world.sink:
        assert [SEVEN] == signs(world.start(THURSDAY), watch, SEVEN)
    world.close()


def test_rules_that_are_refused_stop_the_signs_until_they_are_mended(world, watch):
    assert [THURSDAY] == signs(world.start(THURSDAY), watch, THURSDAY)
    sound = (world.folder / "rules.yaml").read_text(encoding="utf-8")
    world.write("rules.yaml", sound + "oops: 1\n")
    assert [THURSDAY + MINUTE] == signs(world, watch, THURSDAY + MINUTE), "somebody may still be writing"
    assert [] == signs(world, watch, THURSDAY + 2 * MINUTE, THURSDAY + 4 * MINUTE)
    world.write("rules.yaml", sound + "\n")

    assert [THURSDAY + 8 * MINUTE] == signs(world, watch, THURSDAY + 6 * MINUTE, THURSDAY + 8 * MINUTE)


def test_a_clock_that_is_not_believed_stops_the_signs(world, watch):
    assert [THURSDAY] == signs(world.start(THURSDAY), watch, THURSDAY)
    world.set_ahead = HOUR

    assert [] == signs(world, watch, *every_bell(SEVEN + HOUR, 9))


def test_a_sign_that_does_not_arrive_is_logged_once_and_without_the_secret(world, watch):
    watch.answer = 500
    world.start(THURSDAY)
    signs(world, watch, *every_bell(THURSDAY, 3))
    logged = [entry for entry in world.captured.entries if entry["event"] == "heartbeat.failed"]

    assert [("http://127.0.0.1", "answered 500")] == [(entry["place"], entry["error"]) for entry in logged]
    assert SECRET not in str(world.captured.entries)


@pytest.mark.parametrize("answer", [301, 302, 307, 404, 503])
def test_every_answer_but_yes_is_a_sign_that_did_not_arrive(watch, answer):
    """A redirect is not followed: the address is meant for this host alone."""
    watch.answer = answer

    assert f"answered {answer}" == trouble(watch.url)
    assert 1 == len(watch.asked)


def test_a_host_that_is_away_is_named_by_reason_alone():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = trouble(f"http://127.0.0.1:{free.getsockname()[1]}/{SECRET}")

    assert "Connection refused" in found
    assert SECRET not in found


def test_a_host_that_answers_nonsense_is_named_by_kind_alone():
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answer_once, args=(server, f"{SECRET} nonsense\r\n\r\n"), daemon=True).start()

        assert "BadStatusLine" == trouble(f"http://127.0.0.1:{server.getsockname()[1]}/{SECRET}")


def test_a_host_that_says_nothing_keeps_nobody_waiting():
    """Nor is there a second call while the first is under way."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute.settimeout(0.2)
        heartbeat = Heartbeat(f"http://127.0.0.1:{mute.getsockname()[1]}/")
        heartbeat.beat(0.0)
        call, _ = mute.accept()
        heartbeat.beat(100.0)
        with pytest.raises(TimeoutError):
            mute.accept()
        assert heartbeat._under_way.is_alive()
        call.close()
        heartbeat._under_way.join(10)

        assert heartbeat.trouble is not None


def test_proxies_that_the_environment_names_are_not_asked(monkeypatch, watch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{nobody.getsockname()[1]}")

        assert trouble(watch.url) is None
    assert [f"/{SECRET}"] == [path for path, _ in watch.asked]


def trouble(url):
    heartbeat = Heartbeat(url)
    heartbeat.beat(0.0)
    heartbeat._under_way.join(30)
    return heartbeat.trouble


def answer_once(server, text):
    call, _ = server.accept()
    with call:
        call.recv(1000)
        call.sendall(text.encode())


@pytest.mark.parametrize(
    "url",
    [
        "watch.example.org/s3cret", "ftp://watch.example.org/s3cret", "https:///s3cret", "https://host:x/s3cret",
        "https://user:s3cret@watch.example.org/", "https://watch.example.org/s3cret spaced", "https://watch/s3cret\nX: y",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_asked_is_refused_without_showing_it(monkeypatch, url):
    monkeypatch.setenv("ALERTING_HEARTBEAT_URL", url)

    with pytest.raises(UsageError) as refused:
        load_settings()

    assert "ALERTING_HEARTBEAT_URL must be an address like https://host/path" == str(refused.value)
