"""A service in a test's hands: its clock, its bell and all around it are real or the test's own."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import structlog
from structlog.testing import LogCapture

from alerting.demo.sink import MailSink, parts_of
from alerting.opening import open_store
from alerting.service.loop import Service
from alerting.settings import Secret, Settings
from alerting.wiring import engine_of
from samples.worlds import CALLS, a_folder

HEAD = "measure,area,period,value,published\n"
JUNE = "answered,force,2020-06,88,2020-07-02\nanswered,north,2020-06,83,2020-07-02\n"
SOUTH = "answered,south,2020-06,85,2020-07-02\n"
THURSDAY = datetime(2020, 7, 2, 5, 59, 57, tzinfo=UTC)  # three seconds before seven in London
MONDAY = THURSDAY + timedelta(days=4)
BELL = timedelta(seconds=5)


class Clock:
    """A clock that the test moves."""

    def __init__(self, at):
        self.at = at

    def now(self):
        return self.at


async def rung(service):
    """Do what is due, one after the other; the loops of a process judge and send side by side."""
    if await service.judge():
        await service.send()
        service.give_a_sign()


class World:
    """A service on a real folder, a real database and a real mail server; the test holds the clock and pulls the bell.

    Args:
        relay: the address of another mail server than its own.
    """

    def __init__(self, tmp_path, rules=CALLS, figures=JUNE, relay=None, **settings):
        self.sink = MailSink(tmp_path / "mails") if relay is None else None
        self.folder = a_folder(tmp_path / "rules", {"rules.yaml": rules, "figures/calls.csv": HEAD + figures})
        smtp = Secret(relay or self.sink.url)
        self.settings = Settings(
            state_dir=tmp_path / "state", smtp_url=smtp, mail_from="alerts@example.org", **settings
        )  # fmt: skip
        self.captured = LogCapture()
        self.log = structlog.wrap_logger(None, processors=[self.captured], wrapper_class=structlog.BoundLogger)
        self.store = None

    def start(self, at):
        """Start the service, after ending the one before."""
        self.close()
        self.clock = Clock(at)
        self.store = open_store(self.settings)
        self.set_ahead = timedelta()
        self.service = Service(self._engine(), self.store, self._engine, self.log, self.boot_s)
        return self

    def boot_s(self):
        """What a clock shows that runs beside the one on the wall, wherever somebody set that to."""
        return (self.clock.at - self.set_ahead).timestamp()

    def _engine(self):
        return engine_of(self.folder, self.settings, self.clock)

    def ring(self, at):
        """Ring the bell; return what is logged, less what each message says of itself."""
        self.clock.at = at
        before = len(self.captured.entries)
        asyncio.run(rung(self.service))
        return [entry["event"] for entry in self.captured.entries[before:]]

    def told(self):
        return [parts_of(path)[0] for path in self.sink.kept]

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def close(self):
        if self.store is not None:
            self.store.close()


class Running:
    """`alerting serve` as a process of its own, with a service manager's socket to talk to.

    Args:
        before: what the process does first, in Python: how a test breaks it.
    """

    def __init__(self, world, tmp_path, before="", **settings):
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(tmp_path / "notify"))
        self.manager.settimeout(30)
        self.environment = os.environ | {
            "ALERTING_STATE_DIR": str(world.settings.state_dir), "ALERTING_POLL_S": "0.1",
            "NOTIFY_SOCKET": str(tmp_path / "notify"), **settings,
        }  # fmt: skip
        self.log = tmp_path / "log"
        with self.log.open("wb") as log:
            program = f"{before}\nimport sys; from alerting.cli import main; sys.exit(main())"
            command = [sys.executable, "-c", program, "serve"]
            self.process = subprocess.Popen([*command, str(world.folder)], env=self.environment, stderr=log)

    def wait_for(self, message):
        """Read what it tells the service manager until it says *message*."""
        while not self.manager.recv(1000).decode().startswith(message):
            pass

    def events(self):
        return [json.loads(line)["event"] for line in self.log.read_text(encoding="utf-8").splitlines()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.manager.close()
