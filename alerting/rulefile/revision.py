"""A rules folder as it stood at a git revision, written out in a folder of its own: the work tree is never touched."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from alerting.errors import UsageError
from alerting.rulefile.yaml.files import MOST_BYTES, MOST_FILES, NOT_RULES

#: A revision's files are read in milliseconds; git that takes longer than this waits for somebody.
TIMEOUT_S = 60
#: What is read of a revision: rule files, and templates of every name. Figures are those of today, tests are not run.
_RULE_FILES, _TEMPLATES = (".yaml", ".yml"), "templates"
#: A hook sets these for the repository that it runs in; they would lead git elsewhere.
_OF_HOOKS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")
_LINK = "120000"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One file of a tree: its mode, the name of its content, its size and its path below the folder."""

    mode: str
    content: str
    size: int
    path: PurePosixPath


@contextmanager
def folder_at(folder: Path, revision: str) -> Iterator[Path]:
    """Write out a rules folder as it stood at a revision of its repository; it is gone afterwards.

    Args:
        folder: the folder as it stands in the work tree.
        revision: what git calls a commit: a branch, a tag, `HEAD~3`, a hash.

    Raises:
        UsageError: no git, no repository, no such revision, or no such folder in it.
    """
    _refuse_hostile(revision)
    git = _Git(folder)
    entries = git.entries(revision)
    with TemporaryDirectory(prefix="alerting-revision-") as scratch:
        place = Path(scratch) / "rules"
        place.mkdir()
        for entry, content in zip(entries, git.contents(entries), strict=True):
            _write(place, entry, content)
        yield place


def _refuse_hostile(revision: str) -> None:
    """Refuse what git would take for an option, and what is no name at all."""
    if not revision or revision.startswith("-") or not revision.isprintable():
        raise UsageError(
            f"{revision!r} is no folder and no name of a revision; write a branch, a tag, a commit like `HEAD~1`, or a folder"
        )


def _write(place: Path, entry: _Entry, content: bytes) -> None:
    target = place / entry.path
    target.parent.mkdir(parents=True, exist_ok=True)
    if entry.mode == _LINK:  # where one leads out of the folder it is refused when it is read, as in the work tree
        target.symlink_to(os.fsdecode(content))
    else:
        target.write_bytes(content)


class _Git:
    """Asks git about the repository of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        program = shutil.which("git")
        if program is None:
            raise UsageError("git is not installed, so that no revision can be read; give a folder in place of it")
        self.program = program

    def entries(self, revision: str) -> list[_Entry]:
        """Return what a folder held at a revision, as far as it is read.

        Raises:
            UsageError: see `folder_at`.
        """
        prefix = self._said("rev-parse", "--show-prefix").removesuffix("/")
        commit = self._name_of(f"{revision}^{{commit}}")
        if commit is None:
            raise UsageError(
                f'no revision "{revision}" in the repository of {self.folder}; write a branch, a tag or a commit that is there'
                " (a shallow clone lacks most: `git fetch` brings them), or give a folder"
            )
        tree = self._name_of(f"{commit}:{prefix}")
        tree = tree and self._name_of(f"{tree}^{{tree}}")  # a file has none
        if tree is None:
            raise UsageError(
                f'at the revision "{revision}" there is no folder {prefix}; name one that has it, or give a folder'
            )
        listed = self._run("ls-tree", "--full-tree", "-r", "-z", "-l", tree).split(b"\0")
        entries = [entry for line in listed if line and (entry := _entry(line)) is not None]
        if len(entries) > MOST_FILES or any(entry.size > MOST_BYTES for entry in entries):
            raise UsageError(
                f'at the revision "{revision}" {prefix} holds more than {MOST_FILES:,} files, or one of more than'
                f" {MOST_BYTES // 2**20} MiB; name another revision"
            )
        return entries

    def contents(self, entries: Sequence[_Entry]) -> Iterator[bytes]:
        """Yield what files hold, as it was committed."""
        asked = "".join(f"{entry.content}\n" for entry in entries)
        answer = self._run("cat-file", "--batch", asked=asked.encode())
        at = 0
        for entry in entries:
            begins = answer.index(b"\n", at) + 1
            yield answer[begins : begins + entry.size]
            at = begins + entry.size + 1

    def _name_of(self, what: str) -> str | None:
        """Return the hash of what is named; None where there is none."""
        done = self._done("rev-parse", "--verify", "--quiet", what)
        return done.stdout.decode().strip() if done.returncode == 0 else None

    def _said(self, *words: str) -> str:
        return os.fsdecode(self._run(*words)).removesuffix("\n")

    def _run(self, *words: str, asked: bytes = b"") -> bytes:
        done = self._done(*words, asked=asked)
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip().splitlines()[:1]
            raise UsageError(
                f"{self.folder} is in no git repository that can be read ({said[0] if said else 'git says nothing'});"
                " give a folder in place of the revision"
            )
        return done.stdout

    def _done(self, *words: str, asked: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        own = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
        command = [self.program, "-C", str(self.folder), "--no-pager", "--no-replace-objects", *words]
        try:
            return subprocess.run(  # noqa: S603  # the program is git; a name that begins with a hyphen is refused before
                command,
                input=asked,
                capture_output=True,
                timeout=TIMEOUT_S,
                check=False,
                env={**own, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
            )
        except subprocess.TimeoutExpired:
            raise UsageError(
                f"git took more than {TIMEOUT_S} seconds to read the repository of {self.folder}"
            ) from None
        except OSError as error:
            raise UsageError(f"git could not be started: {error.strerror}") from None


def _entry(line: bytes) -> _Entry | None:
    """Read one line of a tree; None for what is not read of a rules folder."""
    head, _, name = line.partition(b"\t")
    mode, sort, content, size = head.decode().split()
    path = PurePosixPath(os.fsdecode(name))
    top = path.parts[0]
    is_read = path.suffix in _RULE_FILES or top == _TEMPLATES
    # git writes no tree with these; a repository that was made by hand may hold one.
    is_safe = not path.is_absolute() and ".." not in path.parts
    if sort != "blob" or top in NOT_RULES or not is_read or not is_safe:
        return None
    return _Entry(mode=mode, content=content, size=int(size), path=path)
