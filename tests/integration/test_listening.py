"""The service as it hears of loads: over a socket, beside work that hangs, without its database, and told to stop."""

import asyncio
import itertools
import json
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
from samples.posting import BEARER, TOKEN, post, request, say
from samples.sampling import few
from samples.services import THURSDAY, Running, World

from alerting.demo.sink import _free_port
from alerting.errors import UsageError
from alerting.service.clock_guard import ClockFault, Doubt
from alerting.service.process import Loops
from alerting.settings import Secret

SOURCE = "/loaded/figures/calls.csv"
NO_RELAY = "smtp://127.0.0.1:9?tls=none"
#: The next bell comes after the test: what happens before is a post's doing.
RARELY_S, OFTEN_S = 300, 0.05


@pytest.fixture
def secrets(tmp_path, monkeypatch):
    """A folder with the token, which the service reads anew."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "listen_token").write_text(TOKEN)
    monkeypatch.setenv("ALERTING_SECRETS_DIR", str(folder))
    return folder


@pytest.fixture
def listener(tmp_path, secrets):
    """A service that listens, not started yet."""
    assert secrets.is_dir()
    made = World(tmp_path, relay=NO_RELAY, listen=f"127.0.0.1:{_free_port()}", listen_token=Secret(TOKEN))
    made.start(THURSDAY)
    yield made
    made.close()


def served(world, story, bell_s=RARELY_S):
    """Run the service as long as a story takes, which is told the port."""

    before = events(world).count("service.started")

    async def run():
        loops = asyncio.create_task(Loops(world.service).run(bell_s))
        try:
            assert await asyncio.to_thread(eventually, lambda: events(world).count("service.started") > before)
            return await asyncio.to_thread(story, int(world.settings.listen.rpartition(":")[2]))
        finally:
            world.service.stopping.set()
            await loops

    return asyncio.run(run())


def events(world):
    return [entry["event"] for entry in world.captured.entries]


def eventually(holds):
    for _ in range(600):
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_a_load_survives_a_restart_and_a_replay_is_told_so(listener):
    first = served(listener, lambda port: post(port, "one", path=SOURCE))
    listener.start(THURSDAY)
    second = served(listener, lambda port: [post(port, load, path=SOURCE) for load in ("one", "two")])

    assert {"source": "figures/calls.csv", "accepted": True, "again": False} == first.said
    assert [True, False] == [answer.said["again"] for answer in second]
    assert [False, True, False] == [entry["again"] for entry in listener.captured.entries if "again" in entry]


def test_the_service_says_where_it_listens(listener):
    served(listener, lambda _: None)

    (started,) = [entry for entry in listener.captured.entries if entry["event"] == "service.started"]
    assert listener.settings.listen == started["listens"]
    assert Loops(listener.service)._status().endswith(f"; listens on {listener.settings.listen}")
    assert "listener.exposed" not in events(listener)


def test_without_the_setting_nothing_listens(world):
    assert world.start(THURSDAY).service.listening is None


@pytest.mark.usefixtures("secrets")
def test_one_that_is_heard_beyond_this_machine_is_warned_of(tmp_path):
    world = World(tmp_path, relay=NO_RELAY, listen=f"0.0.0.0:{_free_port()}", listen_token=Secret(TOKEN))
    served(world.start(THURSDAY), lambda _: None)
    world.close()

    assert "listener.exposed" in events(world)


def test_a_port_that_is_taken_ends_the_start(listener):
    words = r"^ALERTING_LISTEN: cannot listen on 127.0.0.1 port \d+: address already in use; "
    port = int(listener.settings.listen.rpartition(":")[2])

    with socket.create_server(("127.0.0.1", port)), pytest.raises(UsageError, match=words):
        asyncio.run(Loops(listener.service).run(RARELY_S))


def test_many_posts_while_it_judges_wake_it_once(listener):
    """They are answered at once, however long that takes."""
    looks, free = [], threading.Event()

    async def judge():
        looks.append(len(looks))
        await asyncio.to_thread(free.wait, 60)
        return True

    def story(port):
        assert eventually(lambda: looks == [0])
        answers = [post(port, str(n), path=SOURCE).status for n in range(8)]
        assert looks == [0]
        free.set()
        assert eventually(lambda: looks == [0, 1])
        assert post(port, "0", path=SOURCE).said["again"]
        return answers

    listener.service.judge = judge

    assert [202] * 8 == served(listener, story)
    assert [0, 1] == looks


def test_without_its_database_it_takes_nothing_and_with_it_again_what_comes(listener):
    database, aside = listener.settings.state_dir / "alerting.db", listener.settings.state_dir / "aside.db"

    def story(port):
        database.rename(aside)
        refused = post(port, "one", path=SOURCE)
        aside.rename(database)
        return refused, post(port, "one", path=SOURCE)

    refused, taken = served(listener, story)

    assert (503, "30") == (refused.status, refused.headers["Retry-After"])
    assert (202, False) == (taken.status, taken.said["again"])


def test_while_the_clock_is_in_doubt_nothing_is_written_down(listener):
    listener.service._guard.doubt = lambda *_: Doubt(fault=ClockFault.JUMPED, text="it was set back")

    def story(port):
        assert eventually(lambda: listener.service.doubt is not None)
        return post(port, "one", path=SOURCE)

    assert 503 == served(listener, story).status


def test_a_token_that_is_written_anew_counts_without_a_restart(listener, secrets, tmp_path):
    other = "another-token-of-ours"

    def write(tokens):
        (tmp_path / "aside").write_text(tokens)
        (tmp_path / "aside").replace(secrets / "listen_token")

    def story(port):
        def seen(token):
            return post(port, token=token, path="/loaded/none").status  # 404: it is believed

        write(f"{other}\n{TOKEN}")
        assert eventually(lambda: seen(other) == 404)
        assert seen(TOKEN) == 404
        write(other)
        assert eventually(lambda: seen(TOKEN) == 401)
        write("")
        assert eventually(lambda: "listener.failed" in events(listener))
        assert seen(other) == 404
        assert listener.service._ailments  # no signs of life
        write(TOKEN)
        assert eventually(lambda: "listener.works" in events(listener))
        assert seen(TOKEN) == 404

    served(listener, story, OFTEN_S)

    assert 1 == events(listener).count("listener.failed")
    assert other not in json.dumps(listener.captured.entries, default=str)


def test_what_is_refused_is_said_once_a_minute(listener):
    def story(port):
        for _ in range(5):
            post(port, token="x" * 32)
        assert eventually(lambda: "listener.refused" in events(listener))
        post(port, token="x" * 32)
        time.sleep(4 * OFTEN_S)

    served(listener, story, OFTEN_S)

    said = [entry for entry in listener.captured.entries if entry["event"] == "listener.refused"]
    assert 1 == len(said)
    assert 1 <= said[0]["unauthorized"] <= 5


@pytest.mark.sampled
@pytest.mark.usefixtures("secrets")
def test_thousands_of_posts_are_answered_and_leave_nothing_behind(world, tmp_path):
    """Of all kinds at once, by several clients: no line, thread or memory is left, and it still ends cleanly."""
    port, answers, count, numbers = _free_port(), [], few(100, 5_000), itertools.count()
    kinds = [
        lambda: post(port, f"load {next(numbers)}", path=SOURCE),
        lambda: post(port, token="x" * 32, path=SOURCE),
        lambda: post(port, "the same", path=SOURCE),
        lambda: say(port, request(BEARER, path=SOURCE, body=b"x" * 50_000)),
        lambda: say(port, b"\x00" * 100 + b"\r\n\r\n"),
    ]

    def client(first):
        answers.extend([kinds[n % len(kinds)]().status for n in range(first, count, 4)])

    with Running(world, tmp_path, ALERTING_LISTEN=str(port), ALERTING_POLL_S="60") as running:
        running.wait_for("READY=1")
        pid = running.process.pid
        all_at_once(client)  # what is loaded once and kept is no leak
        assert eventually(lambda: is_at_rest(pid))
        before = held_by(pid)
        all_at_once(client)
        assert eventually(lambda: held_by(pid)[0] <= before[0] and is_at_rest(pid))
        after = held_by(pid)
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(5)]
        silent[0].sendall(request(BEARER, "Content-Length: 100", path=SOURCE))
        running.process.send_signal(signal.SIGTERM)
        assert 0 == running.process.wait(60)
        for line in silent:
            line.close()
    print(f"{2 * count} posts: sockets, threads, kB before {before}, after {after}; answers {sorted(set(answers))}")

    assert 2 * count == len(answers)
    assert {202, 400, 401} <= set(answers) <= {202, 400, 401, 413, 429}
    assert after[1] <= before[1] + 4
    assert after[2] - before[2] < 16 * 1024
    assert answers.count(202) == running.events().count("load.posted")
    assert "service.stopped" == running.events()[-1]


def all_at_once(client):
    """Let four clients post side by side."""
    clients = [threading.Thread(target=client, args=(first,)) for first in range(4)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()


def is_socket(file):
    try:
        return str(file.readlink()).startswith("socket:")
    except FileNotFoundError:  # closed meanwhile
        return False


def is_at_rest(pid):
    """Whether a process takes nothing more for a while: what begins with its start may go on beside the first posts."""
    before = held_by(pid)
    time.sleep(0.5)
    return held_by(pid) == before


def held_by(pid):
    """Return how many sockets and threads a process has, and how much memory, in kB."""
    sockets = sum(map(is_socket, Path(f"/proc/{pid}/fd").iterdir()))
    threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return sockets, threads, next(int(line.split()[1]) for line in lines if line.split(":")[0] == "VmRSS")
