"""Signs of life to somebody else's watch: when they stop, it tells people what this service no longer can."""

import threading
from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

#: The least time between two signs, and how long an answer is waited for.
EVERY_S: Final = 60.0
TIMEOUT_S: Final = 5.0


class _StayHere(HTTPRedirectHandler):
    """Follows no redirect: the address is a secret of the host that it names."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


class Heartbeat:
    """Asks for one address, at most once a minute, and never keeps its caller waiting.

    Args:
        url: whoever knows it can feign life; so neither it nor what a failed request says of it is shown.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        parts = urlsplit(url)
        #: What may be shown of the address.
        self.place = f"{parts.scheme}://{parts.hostname}"
        #: Why the newest sign did not arrive; None: it did, or there was none yet.
        self.trouble: str | None = None
        self._newest_s: float | None = None
        self._under_way: threading.Thread | None = None
        # Proxies that the environment names are for other programs.
        self._opener = build_opener(ProxyHandler({}), _StayHere)

    def beat(self, now_s: float) -> None:
        """Give a sign unless the newest is less than a minute old or still under way.

        Args:
            now_s: what a clock that nobody sets shows.
        """
        if self._newest_s is not None and now_s - self._newest_s < EVERY_S:
            return
        if self._under_way is not None and self._under_way.is_alive():
            return
        self._newest_s = now_s
        # A daemon, unlike the threads of an executor, holds up no end of the process: names are looked up without a time-out.
        self._under_way = threading.Thread(target=self._ask, name="heartbeat", daemon=True)
        self._under_way.start()

    def _ask(self) -> None:
        request = Request(self._url, headers={"User-Agent": "alerting"})  # noqa: S310  # the settings take http and https only
        try:
            with self._opener.open(request, timeout=TIMEOUT_S):
                self.trouble = None
        except HTTPError as error:
            error.close()
            self.trouble = f"answered {error.code}"
        except URLError as error:
            self.trouble = str(error.reason)
        except (OSError, HTTPException) as error:
            self.trouble = type(error).__name__  # its text may hold the address
