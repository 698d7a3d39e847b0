"""Posts that say a source's load is there: who may post, what a post may say, how often, and what is answered."""

import asyncio
import json
from collections.abc import Callable, Container, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
from math import ceil
from typing import Any, Final
from urllib.parse import unquote

from alerting.errors import AlertingError
from alerting.service.listener import Answer, Head

#: A source may be posted so often at once, and then again every so many seconds.
AT_ONCE: Final = 10
EVERY_S: Final = 1.0
#: How long a post waits to be written down, and when one that was not may come again, in seconds.
NOTED_WITHIN_S: Final = 10.0
COME_AGAIN_S: Final = 30
#: No name of a load is longer.
LONGEST_LOAD: Final = 200
_FOLDER: Final = "/loaded/"
_WANTED: Final = 'write nothing, or {"load": "a name of this load"}'


class NotNoted(AlertingError):
    """A post cannot be taken now; whoever posted it is to come again."""


@dataclass(eq=False)
class Paces:
    """How often each source is posted: at most so many at once, one more with each interval that goes by.

    Args:
        clock_s: a clock that nobody sets, in seconds.

    Source: the generic cell rate algorithm, ITU-T I.371 (2004), annex A.
    """

    clock_s: Callable[[], float]
    #: By source: until when its posts would have taken, one an interval.
    _until_s: dict[str, float] = field(default_factory=dict)

    def wait_s(self, source: str) -> int:
        """Return how long to wait before the next post of a source, in whole seconds; 0: this one counts."""
        now = self.clock_s()
        until = max(self._until_s.get(source, now), now)
        if (over := until - now - (AT_ONCE - 1) * EVERY_S) > 0:
            return ceil(over)
        self._until_s[source] = until + EVERY_S
        return 0


@dataclass(eq=False, kw_only=True)
class Posts:
    """Answers `POST /loaded/SOURCE`.

    Args:
        sources: those that the rules in force have.
        note: writes down, in a thread of its own, that a load of a source (and its name, where it has one) was posted;
            False: one of that name was already.
        clock_s: a clock that nobody sets, in seconds.
    """

    sources: Callable[[], Container[str]]
    note: Callable[[str, str | None], bool]
    clock_s: Callable[[], float]
    log: Any
    noted_within_s: float = NOTED_WITHIN_S
    _digests: tuple[bytes, ...] = ()
    _paces: Paces = field(init=False)
    #: One thread: a database that hangs keeps one post waiting and none of the service's other work.
    _writer: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no post."""
        self._paces = Paces(self.clock_s)
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="posts")

    def believe(self, tokens: tuple[str, ...]) -> None:
        """Believe these tokens from now on, and no others."""
        self._digests = tuple(sha256(token.encode()).digest() for token in tokens)

    def close(self) -> None:
        """Begin to write nothing any more."""
        self._writer.shutdown(wait=False, cancel_futures=True)

    def refuse(self, head: Head) -> Answer | None:
        """Refuse what is no post of a source by somebody who may; who shows no token learns of no source."""
        if (source := _source_of(head)) is None:
            return Answer.refusal(HTTPStatus.NOT_FOUND, "there is nothing here; post to /loaded/SOURCE")
        if head.method != "POST":
            return Answer.refusal(HTTPStatus.METHOD_NOT_ALLOWED, "POST alone", Allow="POST")
        if not self._is_believed(head.only("authorization") or ""):
            why = "show a token: Authorization: Bearer TOKEN"
            return Answer.refusal(HTTPStatus.UNAUTHORIZED, why, WWW_Authenticate="Bearer")
        if source not in self.sources():
            return Answer.refusal(HTTPStatus.NOT_FOUND, "the rules have no source of this name")
        if wait_s := self._paces.wait_s(source):
            return Answer.refusal(HTTPStatus.TOO_MANY_REQUESTS, "too often; post again later", Retry_After=str(wait_s))
        return None

    def _is_believed(self, shown: str) -> bool:
        """Compare what is shown with each token, by digests and to the end, so that time tells nothing of a token."""
        scheme, _, token = shown.partition(" ")
        digest = sha256(token.strip().encode()).digest()
        fitting = [compare_digest(digest, one) for one in self._digests]
        return any(fitting) and scheme.lower() == "bearer"

    async def take(self, head: Head, body: bytes) -> Answer:
        """Write down that a load is there, and answer once that is done."""
        source = _source_of(head)
        assert source is not None
        try:
            load = load_named(head, body)
        except ValueError as error:
            return Answer.refusal(HTTPStatus.BAD_REQUEST, str(error))
        written = asyncio.get_running_loop().run_in_executor(self._writer, self.note, source, load)
        try:
            is_new = await asyncio.wait_for(written, self.noted_within_s)
        except (AlertingError, TimeoutError) as error:
            why = str(error) or f"the state took more than {self.noted_within_s:g} seconds"
            self.log.error("load.failed", source=source, error=why)  # noqa: TRY400  # one clear line
        except Exception:
            self.log.exception("load.failed", source=source)
        else:
            self.log.info("load.posted", source=source, again=not is_new)
            said = {"source": source, "accepted": True, "again": not is_new}
            return Answer(status=HTTPStatus.ACCEPTED, said=said)
        later = "the load could not be written down; post it again later"
        return Answer.refusal(HTTPStatus.SERVICE_UNAVAILABLE, later, Retry_After=str(COME_AGAIN_S))


def _source_of(head: Head) -> str | None:
    """Return the source that a request names, which may hold a slash; None: it is for something else."""
    path = head.target.partition("?")[0]
    folder, name = path[: len(_FOLDER)], path[len(_FOLDER) :]
    return unquote(name) if folder == _FOLDER and name else None


def load_named(head: Head, body: bytes) -> str | None:
    """Return the name of the load that a post is about; None: it has none.

    Raises:
        ValueError: it is none, or two names are given; says what to write.
    """
    named = set(_names(head, body))
    if len(named) > 1:
        raise ValueError("the body and the header Idempotency-Key name two loads; name one")
    for name in named:
        if not 0 < len(name) <= LONGEST_LOAD or not name.isprintable():
            raise ValueError(f"a load's name has 1 to {LONGEST_LOAD} characters that can be printed")
        return name
    return None


def _names(head: Head, body: bytes) -> Iterator[str]:
    """Yield each name that a post gives."""
    if (key := head.only("idempotency-key")) is not None:
        # RFC 8941 has strings in quotes, many senders have none.
        yield key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    if not body.strip():
        return
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError(f"the body is no JSON; {_WANTED}") from None
    if not isinstance(said, dict) or set(said) - {"load"} or not isinstance(said.get("load", ""), str):
        raise ValueError(f"the body says something else; {_WANTED}")
    if "load" in said:
        yield said["load"]
