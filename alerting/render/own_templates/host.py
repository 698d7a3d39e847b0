"""Renders an organisation's own templates in a process of its own, which is ended where it does not behave."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alerting.render.own_templates.protocol import encoded, receive, wait_until

#: Seconds that one template may take, all in all.
WALL_S: Final = 2.0
#: Seconds that all templates of one pass may take together: messages wait for them, and the database with them.
PASS_S: Final = 60.0
#: Starting Python on a busy machine takes a while; no template has a part in it.
_START_S: Final = 30.0
#: An answer's JSON: 200 kB of output, its words, and what is wrong with it, each byte at most six in ASCII.
_LONGEST_ANSWER: Final = 5_000_000
#: Python finds its own library by these; nothing else of the environment is for templates, secrets least of all.
_PASSED_ON: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_PROGRAM: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    " from alerting.render.own_templates.child import main; main()"
)


class TemplateFailed(Exception):
    """A template could not be rendered: which file, where in it, and why."""

    def __init__(self, *, file: str, line: int | None, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file, self.line, self.reason = file, line, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a template wrote, clean of control characters; of HTML also the words that a reader sees."""

    text: str
    words: str = ""
    #: What has no place in a mail; looked for where asked.
    unwanted: tuple[str, ...] = ()


class TemplateHost:
    """One process for many renderings; started at the first, anew after one that it had to be ended for.

    Args:
        sources: every template by name; a template can include no other.
        together_s: seconds that all renderings may take; then each fails at once.
    """

    def __init__(self, sources: Mapping[str, str], together_s: float = PASS_S) -> None:
        self._sources = sources
        self._together_s, self._left_s = together_s, together_s
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        #: Templates that had the process ended: each would take its two seconds again for every message.
        self._given_up: dict[str, TemplateFailed] = {}
        self._does_not_start = ""
        #: Processes started so far.
        self.starts = 0

    def rendered(self, name: str, context: Mapping[str, Any], *, mail: bool = False, inspect: bool = False) -> Rendered:
        """Render a template with plain values.

        Args:
            mail: the output is a mail's HTML, whose styles go inline.
            inspect: look for what has no place in a mail.

        Raises:
            TemplateFailed: where and why.
        """
        if name in self._given_up:
            raise self._given_up[name]
        if self._left_s <= 0:
            reason = f"all templates together take more than {self._together_s:g} seconds"
            raise TemplateFailed(file=name, line=None, reason=reason)
        began = time.monotonic()
        answer = self._answer({"template": name, "context": context, "mail": mail, "inspect": inspect})
        self._left_s -= time.monotonic() - began
        if "text" in answer:
            return Rendered(text=answer["text"], words=answer["words"], unwanted=tuple(answer["unwanted"]))
        failed = TemplateFailed(file=answer["file"] or name, line=answer["line"], reason=answer["error"])
        if answer["fatal"]:
            self.close()
            self._given_up[name] = failed
        raise failed

    def close(self) -> None:
        """End the process."""
        line, process = self._line, self._process
        self._line = self._process = None
        if line is not None:
            line.close()
        if process is not None:
            process.kill()
            process.wait()

    def _answer(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """Return the process's answer, or one in its place where it gives none."""
        if self._process is not None and self._process.poll() is not None:
            self.close()  # somebody else ended it, while nothing was being rendered
        try:
            if self._line is None:
                self._line = self._start()
            until = time.monotonic() + WALL_S
            raw = encoded(job)
            wait_until(self._line, until)
            self._line.sendall(raw)
            answer = receive(self._line, most=_LONGEST_ANSWER, until=until)
        except TimeoutError:
            return _no_answer(f"it takes too long: more than {WALL_S:g} seconds")
        except (OSError, ValueError) as error:  # an answer that is no JSON is a ValueError
            words = (error.strerror if isinstance(error, OSError) else None) or error
            return _no_answer(f"the process for templates failed: {words}")
        return _no_answer(self._reason_of_end()) if answer is None else answer

    def _start(self) -> socket.socket:
        """Start the process and hand it the templates.

        Raises:
            OSError: it does not start; it is not tried again.
        """
        if self._does_not_start:
            raise OSError(self._does_not_start)
        self.starts += 1
        ours, theirs = socket.socketpair()
        try:
            self._run(theirs)
            until = time.monotonic() + _START_S
            wait_until(ours, until)
            ours.sendall(encoded(self._sources))
            ready = receive(ours, most=_LONGEST_ANSWER, until=until)
            words = "" if ready is not None else "it ends at once"
        except OSError as error:  # a time that ran out is one too
            words = error.strerror or "it gives no answer"
        if words:
            ours.close()
            self._does_not_start = f"it does not start: {words}"
            raise OSError(self._does_not_start)
        return ours

    def _run(self, theirs: socket.socket) -> None:
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # Python itself, with our own program
                [sys.executable, "-I", "-c", _PROGRAM, json.dumps([str(Path(path).absolute()) for path in sys.path])],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                start_new_session=True,
            )

    def _reason_of_end(self) -> str:
        """Say why the process is gone."""
        assert self._process is not None
        status: int | None = None
        with suppress(subprocess.TimeoutExpired):
            status = self._process.wait(timeout=WALL_S)
        if status == -signal.SIGPROF:
            return "it takes too long: more than 1 second of the processor"
        if status is not None and status < 0:
            return f"it needs too much memory or goes too deep ({signal.Signals(-status).name})"
        return "the process for templates ended"


def _no_answer(reason: str) -> dict[str, Any]:
    return {"error": reason, "file": None, "line": None, "fatal": True}
