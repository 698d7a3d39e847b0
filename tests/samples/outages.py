"""A mail server that fails as real ones do, by a clock that a test holds; and what it took, and when."""

import re
import socketserver
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import Enum
from typing import Any

GREYLISTED_FOR = timedelta(minutes=5)
MOST_A_SESSION = 3


class Ends(Enum):
    """How a conversation ends without an answer."""

    CUT = "the line is cut"
    KEPT_AND_CUT = "the message is kept, and the line is cut"
    HANGS = "nothing more is said"


#: What is said at a step of a conversation instead of the usual: an answer, an end, or nothing.
Fails = Callable[[str, "Conversation"], str | Ends | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A message that the server took, whether or not it said so."""

    at: datetime
    recipient: str
    mail: EmailMessage

    @property
    def subject(self) -> str:
        return " ".join(str(self.mail["Subject"]).split())

    @property
    def text(self) -> str:
        return self.mail.get_body(preferencelist=("plain",)).get_content()

    @property
    def is_marked(self) -> bool:
        """Whether it says that it may be there already."""
        return self.mail["X-Possible-Duplicate"] == "yes" and "(possibly repeated)" in self.subject


class Relay:
    """Listens on a free port of this machine while entered, and there again after having been away.

    Args:
        now: shows the time of the test's clock.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.fails: Fails = works
        self.taken: list[Accepted] = []
        self.port = 0
        self._server: _Server | None = None

    def __enter__(self) -> "Relay":
        self.listen()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def listen(self) -> None:
        """Be there."""
        if self._server is None:
            self._server = _Server(self)
            self.port = self._server.server_address[1]
            threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def leave(self) -> None:
        """Be away: nobody answers at the port."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def url(self) -> str:
        return f"smtp://user:s3cret@127.0.0.1:{self.port}?tls=none"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads, block_on_close, allow_reuse_address = True, False, True
    request_queue_size = 20

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        super().__init__(("127.0.0.1", relay.port), Conversation)

    def handle_error(self, *_: Any) -> None:
        """Say nothing: whoever hung up had a reason."""


class _Over(Exception):
    """The conversation is over."""


class Conversation(socketserver.StreamRequestHandler):
    """One connection: says the usual at each step, unless its server fails there."""

    server: _Server

    def handle(self) -> None:
        self.relay = self.server.relay
        self.recipient, self.count = "", 0
        with suppress(_Over, OSError):
            self.say("greeting", "220 ready")
            while line := self.rfile.readline().decode("latin-1").strip():
                self.answer(line)

    def answer(self, line: str) -> None:
        verb = re.split("[ :]", line, maxsplit=1)[0].upper()
        if verb == "RCPT":
            self.recipient = line.partition("<")[2].partition(">")[0]
        usual = {"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "235 welcome", "DATA": "354 go on", "QUIT": "221 bye"}
        said = self.say(verb, usual.get(verb, "250 ok"))
        if verb == "DATA" and said.startswith("354"):
            self.take()
        elif verb == "QUIT":
            raise _Over

    def take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise _Over
            lines.append(line.removeprefix(b".") if line.startswith(b".") else line)
        self.content = b"".join(lines)
        if self.say("dot", "250 taken").startswith("250"):
            self.keep()

    def keep(self) -> None:
        self.count += 1
        mail = message_from_bytes(self.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.relay.taken.append(Accepted(at=self.relay.now(), recipient=self.recipient.split("@")[0], mail=mail))

    def say(self, step: str, usual: str) -> str:
        said = self.relay.fails(step, self) or usual
        if isinstance(said, Ends):
            if said is Ends.KEPT_AND_CUT:
                self.keep()
            if said is Ends.HANGS:
                self.rfile.read()
            raise _Over
        self.wfile.write(f"{said}\r\n".encode("latin-1"))
        if said.startswith("421"):
            raise _Over
        return said


def works(_step: str, _talk: Conversation) -> None:
    """Take everything."""


def at_step(step: str, says: str | Ends) -> Fails:
    """Say the same to everybody at one step."""
    return lambda at, _: says if at == step else None


def greylists() -> Fails:
    """Put every recipient off who is new, and take their messages some minutes later."""
    first: dict[str, datetime] = {}

    def fails(step: str, talk: Conversation) -> str | None:
        now = talk.relay.now()
        if step != "RCPT" or now >= first.setdefault(talk.recipient, now) + GREYLISTED_FOR:
            return None
        return "451 4.7.1 greylisted, try again later"

    return fails


def puts_off(recipient: str) -> Fails:
    """Say goodbye to whoever names one recipient."""
    return lambda step, talk: "421 4.3.2 not now" if step == "RCPT" and talk.recipient.startswith(recipient) else None


def hangs_here_and_there(recipient: str) -> Fails:
    """Say nothing more when one recipient is named, and to the others when their message is there."""
    return lambda step, talk: (
        Ends.HANGS if step == ("RCPT" if talk.recipient.startswith(recipient) else "dot") else None
    )


def takes_few(step: str, talk: Conversation) -> str | None:
    """Take no more than a few messages over one connection."""
    return "421 4.7.0 too many messages" if step == "MAIL" and talk.count >= MOST_A_SESSION else None
