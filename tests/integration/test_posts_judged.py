"""Posts from the line to the mail: a service of its own, whose source is judged when its loads are posted."""

import itertools
import json
import signal
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from samples.posting import TOKEN, post
from samples.sampling import few
from samples.services import HEAD, Running, World
from samples.worlds import CALLS

from alerting.demo.sink import _free_port, parts_of

RULES = CALLS.replace("source: figures/calls.csv", "source: calls") + (
    "sources: {calls: {csv: figures/calls.csv, owner: contact, complete: {posted: true}, evaluate: on_load}}\n"
)
PATH, MARK = "/loaded/calls", "a mark of ours in the body"
FORGED = ("x" * 32, TOKEN[:-1], f"{TOKEN}0", TOKEN.upper(), "")
#: Files are read at each bell, and no post comes too often: what is told is told by posts, however many.
EAGER = """
from datetime import timedelta
import alerting.service.load_watch as watch, alerting.service.posts as posts
watch.FILES_EVERY, posts.EVERY_S = timedelta(0), 0.0
"""
SOME_BELLS_S = 1.0


def months():
    """The two newest months that are over; figures of both were published on the first of this one."""
    first = datetime.now(UTC).date().replace(day=1)
    last = first - timedelta(days=1)
    before = last.replace(day=1) - timedelta(days=1)
    return f"{before:%Y-%m}", f"{last:%Y-%m}", first


def figures(**by_area):
    """The file's text: all reached the standard in the month before, and *by_area* in the last."""
    before, last, published = months()
    rows = [*((area, before, 95) for area in ("force", "north", "south")), *((a, last, v) for a, v in by_area.items())]
    return HEAD + "".join(f"answered,{area},{month},{value},{published}\n" for area, month, value in rows)


def ticks(running):
    """The sources that each tick on load was for."""
    lines = running.log.read_text(encoding="utf-8").splitlines(keepends=True)
    said = [json.loads(line) for line in lines if line.endswith("\n")]
    return [entry["loaded"] for entry in said if "loaded" in entry]


def eventually(holds):
    for _ in range(600):
        if holds():
            return True
        time.sleep(0.1)
    return False


def posted_many(port, count):
    """Let four clients post another load each time, and now and then one that is forged; return what they are answered."""
    answers, numbers = [], itertools.count()

    def client():
        while (number := next(numbers)) < count:
            token = TOKEN if number % 10 else FORGED[number // 10 % len(FORGED)]
            answers.append(post(port, f"{MARK} {number}", token=token, path=PATH).status)

    clients = [threading.Thread(target=client) for _ in range(4)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    return answers


@pytest.mark.sampled
@pytest.mark.timeout(900)
def test_a_load_is_judged_and_told_once_however_often_it_is_posted(tmp_path, monkeypatch):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "listen_token").write_text(TOKEN)
    monkeypatch.setenv("ALERTING_SECRETS_DIR", str(tmp_path / "secrets"))
    world, port, count = World(tmp_path, RULES, ""), _free_port(), few(200, 10_000)
    world.write("figures/calls.csv", figures())
    mail = {"ALERTING_SMTP_URL": world.sink.url, "ALERTING_MAIL_FROM": "alerts@example.org"}

    with world.sink, Running(world, tmp_path, EAGER, ALERTING_LISTEN=str(port), **mail) as running:
        running.wait_for("READY=1")
        threading.Thread(
            target=running.wait_for, args=("STOPPING=1",)
        ).start()  # a manager that hears nothing holds it up
        time.sleep(SOME_BELLS_S)
        assert ticks(running) == []
        assert post(port, f"{MARK} first", path=PATH).said["again"] is False
        assert eventually(lambda: ticks(running) == [["calls"]])

        world.write("figures/calls.csv", figures(force=95, north=83, south=95))
        assert [post(port, f"{MARK} forged", token=token, path=PATH).status for token in FORGED] == [401] * len(FORGED)
        assert post(port, f"{MARK} first", path=PATH).said["again"] is True
        time.sleep(SOME_BELLS_S)
        assert ticks(running) == [["calls"]]
        assert world.sink.kept == []

        answers = posted_many(port, count)
        assert eventually(lambda: world.sink.kept)
        assert post(port, f"{MARK} 1", path=PATH).said["again"] is True
        time.sleep(SOME_BELLS_S)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(60) == 0
        judged = ticks(running)

    (told,) = [parts_of(path)[0] for path in world.sink.kept]
    log = running.log.read_text(encoding="utf-8")
    assert judged == [["calls"], ["calls"]]
    assert told == "north@example.org"
    assert sorted(set(answers)) == [202, 401]
    assert answers.count(401) == count // 10
    assert running.events().count("load.posted") == 1 + 1 + answers.count(202) + 1
    assert not [secret for secret in (*filter(None, FORGED), TOKEN, MARK) if secret in log]
