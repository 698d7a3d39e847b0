"""The process is killed at every named place, and at random times: nothing is lost, and no copy goes unmarked.

`KILLS=1000` in the environment sets how many random kills there are; a few by default.
"""

import json
import os
import random
import signal
import subprocess
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from time import monotonic, sleep

import pytest
from samples.lives import Life
from samples.postgres import name_of

from alerting.demo.sink import MailSink
from alerting.failpoints import NAMES, VARIABLE

KILLS = int(os.environ.get("KILLS", "12"))
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
        self.life = life
        self.env = {
            "ALERTING_STATE_DIR": str(folder / "state"), "ALERTING_SMTP_URL": sink.url,
            "ALERTING_MAIL_FROM": "alerts@example.org", VARIABLE: "", **more,
        }  # fmt: skip

    def run(self, failpoint="", kill_after=None, command="run", kill_when=None):
        args = [command, str(self.life.folder), "--as-of", "2020-06-03"]
        env = {**self.env, VARIABLE: failpoint}
        return self.zygote.run(args, env, self.folder / "log", kill_after, kill_when)

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
#: The place of each crash point of the matrix (RELIABILITY, C.1); 12 and 13 are hit by kills at random times, 25.
CASES = {
    "tick_pre": "1", "figures_read": "3", "tick_judged": "4", "tick_alerts": "5", "tick_events": "5-events",
    "tick_notices": "6", "tick_commit_pre": "7", "tick_commit_post": "8", "claim_pre": "9-before", "claim_post": "9-after",
    "hand_over_pre": "10", "hand_over_post": "11", "taken_pre": "14", "taken_post": "15",
}  # fmt: skip


@pytest.mark.parametrize(
    "name", [pytest.param(name, id=CASES[name]) for name in NAMES if name not in (*IN_A_DIGEST, AFTER_A_REFUSAL)]
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


@pytest.mark.parametrize("name", ["claim_post", "hand_over_post", "taken_pre"])
def test_17_killed_at_one_place_three_times_in_a_row_it_still_ends_well(name, tmp_path, sink, zygote):
    force = Force(tmp_path, sink, zygote)
    for _ in range(2):
        assert force.run(f"{name}=kill") == KILLED
    assert force.run() == 0
    assert force.judge()[:2] == (0, 0)


@pytest.mark.parametrize(
    ("name", "marked"),
    [("tick_commit_pre", 0), ("claim_post", 0), ("hand_over_post", 1), ("taken_pre", 1)],
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


@pytest.mark.timeout(60 + 3 * KILLS)
def test_25_random_kills(tmp_path, sink, zygote, record_property):
    """Kill at a random time within a run, again and again; each round is a force of its own."""
    chance = random.Random(20201015)
    inside = lost = unmarked = marked = killed = 0
    for number in range(KILLS):
        force = Force(tmp_path / str(number), sink, zygote)
        sink.kept.clear()
        if number % 4 == 0:
            ended = force.run(kill_after=chance.uniform(0.02, 0.5))
        else:  # while mails go out: when the server has taken so many
            most = chance.randrange(1, OWNERS)
            ended = force.run(kill_when=lambda most=most: len(sink.kept) >= most)
        killed += ended == KILLED
        inside += 0 < len(sink.kept) < OWNERS
        assert force.run() == 0
        found = force.judge()
        lost, unmarked, marked = lost + found[0], unmarked + found[1], marked + found[2]
    for name, value in {"kills": killed, "inside": inside, "marked": marked}.items():
        record_property(name, value)
    print(f"{killed} kills, {inside} while mails went out, {marked} copies, all marked")
    assert (lost, unmarked) == (0, 0)


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
