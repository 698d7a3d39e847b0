"""Git repositories for tests: a folder of files, committed one state after the other."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from samples.rule_folders import written

_AS = ("-c", "user.name=A post", "-c", "user.email=post@example.org", "-c", "commit.gpgsign=false")


def git(repository: Path, *words: str) -> str:
    """Run git in a repository and return what it says."""
    done = subprocess.run(["git", *_AS, *words], cwd=repository, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def a_repository(place: Path) -> Path:
    """Make an empty repository whose branch is `main`."""
    place.mkdir(parents=True, exist_ok=True)
    git(place, "init", "-q", "-b", "main")
    return place


def committed(repository: Path, files: Mapping[str, str]) -> str:
    """Write files, commit all, and return the commit's hash."""
    written(repository, files)
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "a state", "--allow-empty")
    return git(repository, "rev-parse", "HEAD")
