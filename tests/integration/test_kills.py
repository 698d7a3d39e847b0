"""The process is killed at named places, and at random times: nothing is lost, and no copy goes unmarked.

Every run kills at each second place; `./run pytest -m exhaustive` on this file at every one, and a thousand times at random,
from another seed with KILLS_FROM; `KILLS=100` in the environment sets how many random kills the ordinary suite has.
"""

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from time import monotonic, sleep

import pytest
from alembic import command
from samples.lives import Life
from samples.old_databases import REVISIONS, config, fill
from samples.postgres import name_of
from samples.sampling import first, one_in
from sqlalchemy import create_engine, inspect, text

from alerting.demo.sink import MailSink
from alerting.failpoints import NAMES, VARIABLE

KILLS = int(os.environ.get("KILLS", "7"))
KILLS_FROM = int(os.environ.get("KILLS_FROM", "20201015"))
OWNERS = 5
ZYGOTE = Path(__file__).parent.parent / "samples/zygote.py"
KILLED = -9


class Zygote:
    """Runs commands in forks of one warm process."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, str(ZYGOTE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout.readline() == "ready\n"

    def run(self, args, env, log, kill_after=None, kill_when=None):
        """Run a command; kill it after so many seconds, or as soon as *kill_when* says so."""
        request = {"args": args, "env": env, "kill_after": kill_after, "log": str(log)}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        if kill_when is not None:
            until = monotonic() + 20
            while not kill_when() and monotonic() < until:
                sleep(0.0002)
            os.kill(pid, signal.SIGKILL)
        return int(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def zygote():
    found = Zygote()
    yield found
    found.end()


class Force:
    """Five owners with an exception each, told over one mail server."""

    def __init__(self, folder, sink, zygote, **more):
        self.folder, self.sink, self.zygote = folder, sink, zygote
        life = Life(folder)
        owners = "".join(f"  - {{id: o{n}, name: Owner {n}, email: o{n}@example.org}}\n" for n in range(OWNERS))
        areas = "".join(f"  - {{id: a{n}, title: Area {n}, owner: o{n}}}\n" for n in range(OWNERS))
        life.rules = life.rules.replace("owners:\n", f"owners:\n{owners}", 1).replace("areas:\n", f"areas:\n{areas}", 1)
        life.set(more='digests: [{id: monday, every: "monday 07:30", to: [each_owner]}]')
        life.figures = {(f"a{n}", "2020-05"): "12" for n in range(OWNERS)}
        life.write()
        self.life, self.days = life, ["--as-of", "2020-06-03"]
        self.env = {
            "ALERTING_STATE_DIR": str(folder / "state"), "ALERTING_SMTP_URL": sink.url,
            "ALERTING_MAIL_FROM": "alerts@example.org", VARIABLE: "", **more,
        }  # fmt: skip

    def run(self, failpoint="", kill_after=None, command="run", kill_when=None):
        days = [] if command == "serve" else self.days
        return self.call([command, "{rules}", *days], failpoint, kill_after, kill_when)

    def call(self, arguments, failpoint="", kill_after=None, kill_when=None):
        args = [one.format(rules=self.life.folder) for one in arguments]
        return self.zygote.run(args, {**self.env, VARIABLE: failpoint}, self.folder / "log", kill_after, kill_when)

    def told(self):
        """(address, Message-ID, whether it is marked) of each mail the server took, in order."""
        found = []
        for path in self.sink.kept:
            mail = message_from_bytes(path.read_bytes(), policy=default)
            marked = mail["X-Possible-Duplicate"] == "yes" and "(possibly repeated)" in mail["Subject"]
            found.append((mail["To"].addresses[0].addr_spec, mail["Message-ID"], marked))
        return found

    def judge(self):
        """Return (lost, unmarked copies, marked copies)."""
        told = self.told()
        seen, unmarked, marked = {}, 0, 0
        for _, message_id, is_marked in told:
            if message_id in seen:
                unmarked += not is_marked
                marked += is_marked
            seen[message_id] = True
        lost = OWNERS - len({address for address, _, _ in told if address.startswith("o")})
        return lost, unmarked, marked


@pytest.fixture
def sink(tmp_path):
    with MailSink(tmp_path / "mails") as server:
        yield server


IN_A_DIGEST = ("digest_half", "digest_commit_post")
AFTER_A_REFUSAL = "not_taken_pre"
BY_NIGHT = "fold_commit_pre"
#: The place of each crash point of the matrix (RELIABILITY, C.1); 12 and 13 are hit by kills at random times, 25.
CASES = {
    "tick_pre": "1", "figures_read": "3", "tick_judged": "4", "tick_alerts": "5", "tick_events": "5-events",
    "tick_notices": "6", "tick_commit_pre": "7", "tick_commit_post": "8", "claim_pre": "9-before", "claim_post": "9-after",
    "hand_over_pre": "10", "hand_over_post": "11", "taken_pre": "14", "taken_post": "15",
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    one_in(
        2,
        [pytest.param(name, id=CASES[name]) for name in NAMES if name not in (*IN_A_DIGEST, AFTER_A_REFUSAL, BY_NIGHT)],
    ),
)
def test_a_kill_at_any_place_loses_nothing_and_doubles_nothing_unmarked(name, tmp_path, sink, zygote):
    force = Force(tmp_path, sink, zygote)
    assert force.run(f"{name}=kill") == KILLED
    assert force.run() == 0
    assert force.judge()[:2] == (0, 0)
    assert len(force.told()) <= OWNERS + 4  # at most those that were under way, one a connection, are repeated
    before = len(sink.kept)
    assert force.run() == 0
    assert len(sink.kept) == before, "a third run repeated something"


class PutsOff(MailSink):
    """Refuses every recipient for the time being while it is told to."""

    busy = True

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  # aiosmtpd's name
        if self.busy:
            return "451 4.7.1 later"
        envelope.rcpt_tos.append(address)
        return "250 yes"


def test_16_a_kill_while_a_refusal_is_noted_costs_nobody_a_message(tmp_path, zygote):
    with PutsOff(tmp_path / "mails") as sink:
        force = Force(tmp_path, sink, zygote)
        assert force.run(f"{AFTER_A_REFUSAL}=kill") == KILLED
        assert force.run() == 1
        sink.busy = False
        assert force.run() == 0
        assert force.judge() == (0, 0, 0)
        assert [marked for _, _, marked in force.told()] == [False] * OWNERS


@pytest.mark.parametrize("name", [pytest.param(name, id=f"18-{name}") for name in IN_A_DIGEST])
def test_a_kill_in_a_digest_makes_one_digest_an_owner(name, tmp_path, sink, zygote):
    force = Force(tmp_path, sink, zygote)
    assert force.run() == 0
    before = len(sink.kept)
    assert force.run(f"{name}=kill", command="digest") == KILLED
    assert force.run(command="digest") == 0
    assert sorted(address for address, _, _ in force.told()[before:]) == [f"o{n}@example.org" for n in range(OWNERS)]


@pytest.mark.parametrize("name", first(1, ["hand_over_post", "claim_post", "taken_pre"]))
def test_17_killed_at_one_place_three_times_in_a_row_it_still_ends_well(name, tmp_path, sink, zygote):
    force = Force(tmp_path, sink, zygote)
    for _ in range(2):
        assert force.run(f"{name}=kill") == KILLED
    assert force.run() == 0
    assert force.judge()[:2] == (0, 0)


@pytest.mark.parametrize(
    ("name", "marked"),
    one_in(2, [("claim_post", 0), ("tick_commit_pre", 0), ("taken_pre", 1), ("hand_over_post", 1)]),
)
def test_on_postgresql_what_a_killed_process_had_claimed_is_free_when_its_lease_is_over(
    name, marked, tmp_path, sink, zygote, postgres, postgres_url
):
    force = Force(tmp_path, sink, zygote, ALERTING_DATABASE_URL=postgres_url)
    assert force.run(f"{name}=kill") == KILLED
    taken = len(sink.kept)
    assert force.run() in (0, 1)  # 1: what is claimed still waits
    claimed = "UPDATE delivery SET lease_until = lease_until - interval '1 hour' WHERE token IS NOT NULL RETURNING id"
    freed = postgres.run(claimed, name_of(postgres_url))
    assert (len(freed) > 0) == name.startswith(("claim", "hand", "taken"))
    assert force.run() == 0
    assert force.judge()[:2] == (0, 0)
    told = [is_marked for _, _, is_marked in force.told()[taken:]]
    assert (sum(told) > 0) == (marked > 0)
    before = len(sink.kept)
    assert force.run() == 0
    assert len(sink.kept) == before


#: Where random kills come, in turn, each way among the first seven: two thirds between the claim of a message and its outcome.
TURNS = (
    "sending", "claimed", "serve", "prune", "accept", "upgrade", "anywhere", "sending", "claimed", "sending", "claimed", "serve",
)  # fmt: skip
FROM_CLAIM_TO_OUTCOME = ("claim_post", "hand_over_pre", "hand_over_post", "taken_pre", "taken_post")

#: What the message of an older version has, where it has such columns: it may be sent at once.
WAITING = {
    "state": "pending", "channel": "email", "address": "waiting@example.org", "token": None, "not_before": None, "unknown": 0,
    "expires_at": None, "lease_until": None,
}  # fmt: skip


class Killing:
    """Kills at random times, each in a force of its own; counts what comes of it."""

    def __init__(self, folder, sink, zygote, seed):
        self.folder, self.sink, self.zygote, self.chance = folder, sink, zygote, random.Random(seed)
        self.found = Counter()

    def rounds(self, count):
        for number in range(count):
            where = TURNS[number % len(TURNS)]
            self.sink.kept.clear()
            self.force = Force(self.folder / str(number), self.sink, self.zygote)
            status = getattr(self, where)()
            self.found += Counter({"kills": status == KILLED, where: status == KILLED})
            lost, unmarked, marked = self.force.judge() if where != "upgrade" else self.judged_alone()
            self.found += Counter(lost=lost, unmarked=unmarked, marked=marked)
            assert (lost, unmarked) == (0, 0), f"round {number}, {where}: {self.force.folder}"

    def soon(self):
        return self.chance.uniform(0.0, 0.15)

    def anywhere(self):
        """In a run."""
        ended = self.force.run(kill_after=self.chance.uniform(0.02, 0.5))
        assert self.force.run() == 0
        return ended

    def sending(self):
        """When the server has taken so many."""
        most = self.chance.randrange(1, OWNERS)
        ended = self.force.run(kill_when=lambda: len(self.sink.kept) >= most)
        assert self.force.run() == 0
        return ended

    def claimed(self):
        """At a place between claim and outcome, at any of the messages."""
        place = self.chance.choice(FROM_CLAIM_TO_OUTCOME)
        most = 1 if place == "claim_post" else OWNERS
        ended = self.force.run(f"{place}@{self.chance.randint(1, most)}=kill")
        assert self.force.run() == 0
        return ended

    def serve(self):
        """In the service, that hands over what a run has left."""
        month = date.today().replace(day=1) - timedelta(days=1)  # noqa: DTZ011  # the service has the machine's clock
        self.force.life.figures = {(f"a{n}", f"{month:%Y-%m}"): "12" for n in range(OWNERS)}
        self.force.life.write()
        self.force.days = []
        assert self.force.run("tick_commit_post=kill") == KILLED
        most, pause_s = self.chance.randrange(1, OWNERS), self.soon() / 10
        ended = self.force.run(command="serve", kill_when=lambda: len(self.sink.kept) >= most and not sleep(pause_s))
        assert self.force.run() == 0
        return ended

    def prune(self):
        """While bodies of what was told are taken out, and some are still to be sent."""
        most = self.chance.randrange(1, OWNERS)
        self.force.run(kill_when=lambda: len(self.sink.kept) >= most)
        ended = self.force.call(["db", "prune", "--rules", "{rules}", "--as-of", "2023-01-01"], kill_after=self.soon())
        if self.chance.random() < 0.5:
            assert self.force.call(["db", "prune", "--rules", "{rules}", "--as-of", "2023-01-01"]) == 0
        assert self.force.run() == 0
        return ended

    def accept(self):
        """While somebody accepts figures that shrank, before anything is sent."""
        kept = dict(self.force.life.figures)
        self.force.life.figures |= {("a0", f"{2000 + n // 12}-{n % 12 + 1:02}"): "8" for n in range(60)}
        self.force.life.write()
        assert self.force.run("tick_commit_post=kill") == KILLED
        self.force.life.figures = kept
        self.force.life.write()
        assert self.force.run("claim_pre=kill") == KILLED
        ended = self.force.call(["accept", "{rules}"], kill_after=self.soon())
        assert self.force.call(["accept", "{rules}"]) == 0
        assert self.force.run() == 0
        return ended

    def upgrade(self):
        """While the database of an older version, with a message that waits, is brought to this one."""
        path = self.force.folder / "state/alerting.db"
        path.parent.mkdir(parents=True)
        engine = create_engine(f"sqlite:///{path}")
        with engine.begin() as connection:
            command.upgrade(config(connection), self.chance.choice(REVISIONS[:-1]))
        with engine.begin() as connection:
            fill(connection)
            if inspect(connection).has_table("channel"):
                connection.execute(text("DELETE FROM channel"))  # made-up words say nothing of how one does
            there = {column["name"] for column in inspect(connection).get_columns("delivery")}
            for name, value in WAITING.items():
                if name in there:
                    connection.execute(text(f"UPDATE delivery SET {name} = :value"), {"value": value})
        engine.dispose()
        ended = self.force.call(["db", "upgrade"], kill_after=self.soon())
        assert self.force.call(["db", "upgrade"]) == 0
        assert self.force.call(["accept", "{rules}"]) == 0  # it was made by quite other rules
        self.force.days = ["--as-of", "2020-07-03"]  # its last tick was the day before
        assert self.force.run() in (0, 1)
        return ended

    def judged_alone(self):
        """As a force is judged; and the message of the older version came, once."""
        lost, unmarked, marked = self.force.judge()
        old = sum(address == "waiting@example.org" for address, _, _ in self.force.told())
        return lost + (old == 0), unmarked + (old > 1), marked


@pytest.mark.timeout(60 + 3 * KILLS)
def test_25_random_kills(tmp_path, sink, zygote):
    killing = Killing(tmp_path, sink, zygote, KILLS_FROM)
    killing.rounds(KILLS)
    assert killing.found["kills"] >= KILLS / 2


@pytest.mark.exhaustive
@pytest.mark.timeout(600)
@pytest.mark.parametrize("hundred", range(10))
def test_a_thousand_random_kills(tmp_path, sink, zygote, hundred):
    killing = Killing(tmp_path, sink, zygote, KILLS_FROM + hundred)
    killing.rounds(100)
    print(dict(killing.found))
    assert killing.found["kills"] >= 80


def test_every_place_is_reached_somewhere():
    """The list of places and the calls in the code are the same."""
    top = Path(__file__).parents[2]
    sources = [
        path.read_text(encoding="utf-8")
        for folder in ("alerting", "notifiers")
        for path in (top / folder).rglob("*.py")
    ]
    called = {name for name in NAMES if any(f'reached("{name}")' in source for source in sources)}
    assert called == set(NAMES)
