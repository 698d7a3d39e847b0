"""Asking web servers: patiently, within bounds of time and size, and never another server than the one that is named."""

import logging
import ssl
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

from alerting.errors import SourceUnavailable
from alerting.sources.web.kept_answers import Answer, KeptAnswers
from alerting.sources.web.web_address import WebAddress, machines_of

if TYPE_CHECKING:  # loaded where figures are read: checking a rules folder looks at every source and reads none
    import httpx2

#: All that one source is asked, pauses included, takes no longer.
PATIENCE_S = 120.0
#: How long a server may take to take a call, and between two pieces of an answer.
CONNECT_S, READ_S = 10.0, 30.0
#: The pause after a first failure; each further one is twice as long.
FIRST_PAUSE_S = 0.5
#: So often one page is asked for at most.
MOST_TRIES = 5
#: All answers of one source together, unpacked, are no larger.
LARGEST_BYTES = 256 * 1024**2
MOST_REDIRECTS = 5
_PIECE_BYTES = 256 * 1024
#: Answers after which the same question may go better.
_TRY_AGAIN = frozenset((408, 425, 429, 500, 502, 503, 504))
_MOVED = frozenset((301, 302, 303, 307, 308))
_REFUSED = frozenset((401, 403, 407))
_GONE = frozenset((404, 410))
#: Ways of packing that are asked for and unpacked: what zlib takes them for.
_PACKED = {"gzip": 31, "x-gzip": 31, "deflate": 47}


#: They tell each address that is asked, its secrets with it.
for _talkative in ("httpx2", "httpcore2"):
    logging.getLogger(_talkative).setLevel(logging.WARNING)


class _Failed(Exception):
    """It may go better another time; `after_s`: when the server says so."""

    def __init__(self, said: str, after_s: float | None = None) -> None:
        super().__init__(said)
        self.said, self.after_s = said, after_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks: what goes along with each question, and whether machines inside the network may be asked."""

    headers: dict[str, str] = field(default_factory=dict, repr=False)
    private: bool = False
    #: What the token is called in messages; None: there is none.
    token_name: str | None = None


class WebPages:
    """Pages of one server. Used as a context manager around all that one source is asked."""

    def __init__(self, address: WebAddress, asking: Asking, kept: KeptAnswers) -> None:
        self._address, self._asking, self._kept = address, asking, kept
        self._until = time.monotonic() + PATIENCE_S
        self._left = LARGEST_BYTES

    def __enter__(self) -> Self:
        import httpx2

        timeout = httpx2.Timeout(READ_S, connect=CONNECT_S)
        # No proxies and passwords from the environment: what is asked, and as whom, stands in the rules.
        self._client = httpx2.Client(
            verify=httpx2.create_ssl_context(), trust_env=False, follow_redirects=False, timeout=timeout
        )
        return self

    def __exit__(self, *exc: object) -> None:
        self._client.close()

    def page(self, url: "httpx2.URL") -> Answer:
        """Return what the server answers; where it has not changed, what was kept.

        Raises:
            SourceUnavailable: it cannot be had; with what to do.
        """
        pause = FIRST_PAUSE_S
        for tried in range(1, MOST_TRIES + 1):
            try:
                return self._follow(url)
            except _Failed as failed:
                wait = pause if failed.after_s is None else max(failed.after_s, pause)
                if tried == MOST_TRIES or time.monotonic() + wait > self._until:
                    raise SourceUnavailable(
                        f"{self._address.shown}: {failed.said}; asked {tried} time{'s' * (tried != 1)}, and again at the next"
                        " reading"
                    ) from failed
            time.sleep(wait)
            pause *= 2
        raise AssertionError(url)

    def _follow(self, url: "httpx2.URL") -> Answer:
        """Ask, and follow where the same server says that it has moved to."""
        for _ in range(MOST_REDIRECTS + 1):
            found = self._ask(url)
            if isinstance(found, Answer):
                return found
            url = self.on_this_server(url, found)
        raise self._trouble(f"leads on more than {MOST_REDIRECTS} times; name the address that has the figures")

    def on_this_server(self, url: "httpx2.URL", text: str, what: str = "leads to") -> "httpx2.URL":
        """Return an address that a page names.

        Raises:
            SourceUnavailable: it is of another server: nobody but who writes the rules decides who is asked.
        """
        import httpx2

        try:
            target = url.join(text).copy_with(fragment=None)
        except httpx2.InvalidURL as error:
            raise self._trouble(f"{what} something that is no address") from error
        if not self._address.is_on_the_same_server(target):
            server = f"{target.scheme}://{target.netloc.decode('ascii', 'replace')}"
            raise self._trouble(f"{what} another server, {server}, which is not asked; if it has the figures, name it")
        return target.copy_with(username=None, password=None)

    def _ask(self, url: "httpx2.URL") -> Answer | str:
        """Return an answer, or where it has moved to."""
        import httpx2

        try:
            machines = machines_of(self._address, private=self._asking.private)
        except OSError as error:
            raise _Failed(f"nobody knows a machine called {self._address.url.host}") from error
        failed: Exception | None = None
        for machine in machines:
            try:
                return self._ask_machine(url, machine)
            except httpx2.ConnectError as error:
                failed = error
                if (why := _certificate_trouble(error)) is not None:
                    raise self._trouble(why) from error
            except httpx2.TimeoutException as error:
                failed = error
            except (httpx2.TransportError, httpx2.DecodingError, zlib.error) as error:
                raise _Failed("the line broke before all of the answer had come") from error
        late = isinstance(failed, httpx2.TimeoutException)
        raise _Failed("does not answer in time" if late else "takes no call") from failed

    def _ask_machine(self, url: "httpx2.URL", machine: str) -> Answer | str:
        question = (str(url), *self._asking.headers.values(), *(self._address.sign_in or ()))
        kept = self._kept.of(*question)
        known = {}
        if kept is not None:
            known = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified}
        headers = {"Host": url.netloc.decode("ascii"), "Accept-Encoding": "gzip, deflate", "User-Agent": "alerting"}
        headers |= self._asking.headers | {name: value for name, value in known.items() if value is not None}
        request = self._client.build_request(
            "GET", url.copy_with(host=machine), headers=headers, extensions={"sni_hostname": url.host}
        )
        response = self._client.send(request, stream=True, auth=self._address.sign_in)
        try:
            if response.status_code == HTTPStatus.NOT_MODIFIED and kept is not None:
                self._spend(len(kept.body))
                self._kept.used(*question)
                return kept
            if response.status_code in _MOVED:
                return response.headers.get("location", "")
            self._check_status(response)
            answer = Answer(
                body=self._body(response), kind=response.headers.get("content-type", "").partition(";")[0].strip().lower(),
                said_its_length=bool({"content-length", "transfer-encoding", "content-encoding"} & response.headers.keys()),
                etag=response.headers.get("etag"), last_modified=response.headers.get("last-modified"),
            )  # fmt: skip
        finally:
            response.close()
        self._kept.keep(answer, *question)
        return answer

    def _check_status(self, response: "httpx2.Response") -> None:
        status = response.status_code
        if status == HTTPStatus.OK:
            return
        token = self._asking.token_name
        if status in _TRY_AGAIN:
            what = "asks for fewer questions" if status == HTTPStatus.TOO_MANY_REQUESTS else "has trouble of its own"
            raise _Failed(f"{what} (status {status})", _retry_after_s(response.headers))
        if status in _REFUSED:
            fix = f"see whether the token in {token} is right and still holds" if token else "it may want `token_from`"
            raise self._trouble(f"does not let us in (status {status}); {fix}")
        if status in _GONE:
            raise self._trouble(f"has nothing there (status {status}); mend the address")
        raise self._trouble(f"answers with status {status}; ask who runs it what that means")

    def _body(self, response: "httpx2.Response") -> bytes:
        """Return an answer unpacked, piece by piece: a small one may be made to unpack to a very large one."""
        packed = response.headers.get("content-encoding", "identity").strip().lower()
        if packed not in (*_PACKED, "identity", ""):
            raise self._trouble(f"packs its answer as {packed}, which is not unpacked here; ask for gzip or none")
        unpack = zlib.decompressobj(_PACKED[packed]) if packed in _PACKED else None
        pieces: list[bytes] = []
        for raw in response.iter_raw():
            if time.monotonic() > self._until:
                raise self._trouble(f"has not sent all after {PATIENCE_S:g} seconds; ask for less at once")
            for piece in [raw] if unpack is None else _unpacked(unpack, raw):
                self._spend(len(piece))
                pieces.append(piece)
        if unpack is not None:
            pieces.append(unpack.flush())
            self._spend(len(pieces[-1]))
            if not unpack.eof or unpack.unused_data:
                raise _Failed("the answer is cut off, or something follows its end")
        return b"".join(pieces)

    def _spend(self, n_bytes: int) -> None:
        self._left -= n_bytes
        if self._left < 0:
            raise self._trouble(f"sends more than {LARGEST_BYTES // 1024**2} MiB; ask for less at once")

    def _trouble(self, said: str) -> SourceUnavailable:
        return SourceUnavailable(f"{self._address.shown}: {said}")


def _unpacked(unpack: "zlib._Decompress", raw: bytes) -> Iterator[bytes]:
    while raw:
        yield unpack.decompress(raw, _PIECE_BYTES)
        raw = unpack.unconsumed_tail


def _certificate_trouble(error: BaseException) -> str | None:
    """Return what is wrong with a server's certificate or its encryption, where that is why there is no line."""
    at: BaseException | None = error
    while at is not None:
        if isinstance(at, ssl.SSLCertVerificationError):
            return (
                f"its certificate is not believed: {at.verify_message}; where your organisation signs its own, name its file"
                " in SSL_CERT_FILE"
            )
        if isinstance(at, ssl.SSLError):
            return "no encrypted line comes about; see whether it is https at all"
        at = at.__cause__ or at.__context__
    return None


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds after which a server wants to be asked again: it says so, or at which time by its own clock."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    at = _instant(text)
    now = _instant(headers.get("date", "")) or datetime.now(UTC)
    return None if at is None else max((at - now).total_seconds(), 0.0)


def _instant(text: str) -> datetime | None:
    """Return the instant that a header names; None: it names none."""
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
