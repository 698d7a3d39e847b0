"""A reader of the mailbox that is killed at any moment: what came acts once, and nothing stays unread."""

import os
import random
import subprocess
import sys
import time

import pytest
from samples.answers import KEY, Correspondence, reply
from samples.dovecot import Dovecot
from samples.sampling import few

from alerting.failpoints import OF_A_MAIL, VARIABLE
from alerting.mailboxes.imap import FOLDERS
from alerting.ports.mailbox import MailFolder

ALERT = "r/m/force/2020-05"
MAILS = 6
#: Reads the mailbox as a command does, after saying that it is about to.
PROGRAM = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from alerting.demo.story import FixedClock
from alerting.settings import load_settings
from alerting.wiring import engine_of
engine = engine_of(Path(sys.argv[1]), load_settings(), FixedClock(datetime(2020, 6, 2, 9, int(sys.argv[2]), tzinfo=UTC)))
with engine.state() as store:
    print("ready", flush=True)
    engine.read_mailbox(store)
"""


@pytest.fixture
def life(tmp_path, dovecot: Dovecot, request):
    name = "".join(letter for letter in request.node.name if letter.isalnum())[:60]
    with Correspondence(tmp_path, dovecot, name) as found:
        found.tick("2020-06-02", "2020-05 14")
        (told,) = found.post.mails
        found.arrives(reply(told[2], "ok"), *(reply(told[2], f"Comment {n}.") for n in range(1, MAILS)))
        yield found


def reading(life, minute, **more):
    environment = {
        "ALERTING_STATE_DIR": str(life.state), "ALERTING_IMAP_URL": life.server.url(life.user),
        "ALERTING_SECRET_KEY": KEY, "ALERTING_MAIL_FROM": "alerts@example.org",
    }  # fmt: skip
    command = [sys.executable, "-c", PROGRAM, str(life.folder), str(minute)]
    return subprocess.Popen(
        command, env=os.environ | environment | more, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def assert_all_acted_once(life):
    said = sorted(f"{kind} {words or ''}".strip() for kind, _, _, words in life.events(ALERT))
    assert ["acknowledged", *(f"commented Comment {n}." for n in range(1, MAILS))] == said
    assert [] == life.server.holds(life.user)
    assert MAILS == len(life.server.holds(life.user, FOLDERS[MailFolder.DONE]))


@pytest.mark.sampled(2, each=False)
@pytest.mark.parametrize("place", OF_A_MAIL)
def test_at_every_step_of_a_mail(life, place):
    for n, times in enumerate(few((2,), (1, 3))):
        with reading(life, n, **{VARIABLE: f"{place}@{times}=kill"}) as process:
            process.communicate()
        assert -9 == process.returncode
    with reading(life, 9) as process:
        _, errors = process.communicate()

    assert (0, b"") == (process.returncode, errors)
    assert_all_acted_once(life)


@pytest.mark.sampled
@pytest.mark.parametrize("seed", range(few(1, 40)))
def test_at_random_moments(life, seed):
    moments = random.Random(seed)
    for n in range(few(3, 5)):
        with reading(life, n) as process:
            process.stdout.readline()
            time.sleep(moments.uniform(0, 0.25))
            process.kill()
    with reading(life, 9) as process:
        _, errors = process.communicate()

    assert (0, b"") == (process.returncode, errors)
    assert_all_acted_once(life)
