"""Write a file into the one comment of a GitLab merge request: a new one, or that of an earlier push.

    python deploy/comment_on_merge_request.py diff.md

Of the environment: CI_API_V4_URL, CI_PROJECT_ID and CI_MERGE_REQUEST_IID, which GitLab sets, and ALERTING_COMMENT_TOKEN.
"""

import json
import os
import sys
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

#: The first line of what `alerting diff --format markdown` writes.
MARKER = "<!-- alerting diff -->"
TIMEOUT_S = 30


def main(file: Path) -> None:
    """Write the file's text into the comment."""
    body = file.read_text(encoding="utf-8")
    found = next((note for note in _notes() if note["body"].startswith(MARKER) and _is_ours(note)), None)
    if found is None:
        _asked("POST", "", {"body": body})
    else:
        _asked("PUT", f"/{found['id']}", {"body": body})


def _notes() -> Iterator[dict[str, Any]]:
    """Yield the comments, page by page."""
    page = "1"
    while page:
        with _opened("GET", f"?per_page=100&page={page}") as answer:
            yield from json.load(answer)
            page = answer.headers.get("X-Next-Page", "")


def _is_ours(note: dict[str, Any]) -> bool:
    """Say whether whoever the token is of wrote a comment: only theirs can be written anew."""
    return bool(note["author"]["id"] == _asked("GET", None)["id"])


def _asked(method: str, path: str | None, sent: dict[str, Any] | None = None) -> dict[str, Any]:
    with _opened(method, path, sent) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def _opened(method: str, path: str | None, sent: dict[str, Any] | None = None) -> HTTPResponse:
    """Ask GitLab about the comments of this merge request; without a path, who the token is of."""
    own = os.environ
    comments = f"/projects/{own['CI_PROJECT_ID']}/merge_requests/{own['CI_MERGE_REQUEST_IID']}/notes"
    url = f"{own['CI_API_V4_URL']}{'/user' if path is None else comments + path}"
    headers = {"PRIVATE-TOKEN": own["ALERTING_COMMENT_TOKEN"], "Content-Type": "application/json"}
    request = Request(url, json.dumps(sent).encode() if sent else None, headers, method=method)  # noqa: S310  # GitLab's own
    answer: HTTPResponse = urlopen(request, timeout=TIMEOUT_S)  # noqa: S310  # the same
    return answer


if __name__ == "__main__":
    main(Path(sys.argv[1]))
