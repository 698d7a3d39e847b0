"""What web servers answered, kept so that what has not changed is not sent again.

An answer is kept with its digest: one that was damaged, or half written, is asked for anew. Anybody may delete the folder.
"""

import hashlib
import json
import os
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

#: Answers that nobody has asked for so long are deleted.
_KEPT_S = 40 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered, and by what it knows it again."""

    body: bytes
    #: Its type, as the server calls it; empty: it says none.
    kind: str = ""
    #: Whether something said how long it is, so that what came is all of it.
    said_its_length: bool = True
    etag: str | None = None
    last_modified: str | None = None

    @property
    def can_be_asked_about(self) -> bool:
        """Whether the server can say that it has not changed; of half an answer it would say so as well."""
        return self.said_its_length and (self.etag is not None or self.last_modified is not None)


class KeptAnswers:
    """Answers by what was asked, in a folder; without one none is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def of(self, *asked: str) -> Answer | None:
        """Return what was answered last to a question, all that belongs to it together; None: nothing is kept."""
        path = self._path(asked)
        if path is None:
            return None
        try:
            head, _, body = path.read_bytes().partition(b"\n")
            facts = json.loads(head)
            if facts.pop("digest") != hashlib.sha256(body).hexdigest():
                return None
            return Answer(body=body, **facts)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def keep(self, answer: Answer, *asked: str) -> None:
        """Keep an answer that the server can be asked about again; where that cannot be, it is sent again."""
        path = self._path(asked)
        if path is None or not answer.can_be_asked_about:
            return
        facts = asdict(answer)
        body = facts.pop("body")
        head = json.dumps(facts | {"digest": hashlib.sha256(body).hexdigest()})
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._clear(path.parent)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")  # for its owner alone
            with os.fdopen(handle, "wb") as file:
                file.write(head.encode() + b"\n" + body)
            Path(name).replace(path)

    def used(self, *asked: str) -> None:
        """Note that an answer is still needed."""
        if (path := self._path(asked)) is not None:
            with suppress(OSError):
                path.touch()

    def _clear(self, folder: Path) -> None:
        now = time.time()
        for path in folder.iterdir():
            with suppress(OSError):
                if now - path.stat().st_mtime > _KEPT_S:
                    path.unlink()

    def _path(self, asked: tuple[str, ...]) -> Path | None:
        """Return where an answer is kept: under a digest, since a question may hold secrets."""
        if self._folder is None:
            return None
        return self._folder / hashlib.sha256("\0".join(asked).encode()).hexdigest()
