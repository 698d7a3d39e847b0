"""Names of settings: which there are, and which are a slip of the pen for one; others are people's own."""

import re
from collections.abc import Collection, Iterable
from typing import Final

PREFIX: Final = "ALERTING_"
#: Names the folder with one file per setting (Kubernetes, Docker); systemd names its own in CREDENTIALS_DIRECTORY.
SECRETS_DIR: Final = "secrets_dir"
#: For tests of this program only; see `failpoints`.
_FOR_TESTS: Final = "failpoints"
#: What settings were called before, and are now.
OLD: Final = {"bell_s": "poll_s"}

#: Words that people say for those in a setting's name.
_SAME: Final = {
    "db": "database", "postgres": "database", "postgresql": "database", "sqlite": "database", "dsn": "database",
    "uri": "url", "link": "url", "host": "url", "server": "url", "endpoint": "url", "hostname": "url",
    "folder": "dir", "directory": "dir", "path": "dir",
    "email": "mail", "emails": "mail", "mails": "mail", "messages": "mail", "smtps": "smtp", "smarthost": "smtp", "relay": "smtp",
    "sender": "from", "answer": "reply", "answers": "reply", "respond": "reply",
    "divert": "redirect", "forward": "redirect", "reroute": "redirect", "send": "redirect", "deliver": "redirect",
    "everything": "all", "every": "all", "everybody": "all", "everyone": "all",
    "healthcheck": "heartbeat", "healthchecks": "heartbeat", "health": "heartbeat", "ping": "heartbeat", "deadman": "heartbeat",
    "alive": "heartbeat", "polling": "poll", "bell": "poll", "interval": "s", "seconds": "s", "second": "s", "secs": "s",
    "sec": "s", "ms": "s", "classification": "marking", "label": "marking", "public": "base", "root": "base", "external": "base",
    "mark": "marking", "chrome": "chromium", "browser": "chromium", "ehlo": "helo", "credentials": "secrets",
    "rule": "rules", "figure": "figures", "listener": "listen", "listening": "listen", "bind": "listen",
}  # fmt: skip
#: Words that say nothing by themselves: a name with no other word in common is no slip.
_PLAIN: Final = frozenset(
    ("url", "dir", "to", "name", "key", "s", "token", "all", "secret", "secrets", "base", "state", "mail")
)
#: Words that people add.
_ADDED: Final = frozenset(("file", "dir", "address", "value", "mail", "setting", "txt", "conf", "env", "the"))
#: Words like one of ours, which are others all the same.
_OTHERS: Final = frozenset(("sftp", "snmp", "case", "cases", "map", "roles", "sales"))
#: What a name is that lacks a word of the setting's, where the rest would say too little.
_SHORT: Final = {
    "mail": "smtp_url", "mail_url": "smtp_url", "state": "state_dir", "base": "base_url", "secrets": SECRETS_DIR,
    "send_to": "redirect_all_to", "all_to": "redirect_all_to", "test_to": "redirect_all_to",
    "dburl": "database_url", "reply_address": "reply_to",
    "redirect_all_mail": "redirect_all_to",
}  # fmt: skip


def near(name: str, settings: Collection[str]) -> str | None:
    """Return the setting that a name, without our prefix, looks like; None: it is somebody's own.

    Letters or words may be changed, swapped, left out, or others of the same meaning.
    """
    words = _words(name)
    if not words or _OTHERS & set(words):
        return None
    known = sorted({*settings, SECRETS_DIR})
    said = "_".join(_SAME.get(word, word) for word in words)
    if (short := _SHORT.get("_".join(words), _SHORT.get(said))) is not None:
        return short
    if (same := [one for one in known if set(said.split("_")) == set(one.split("_"))]) != []:
        return same[0]
    by_letters = [(_steps("".join(words), one.replace("_", "")), one) for one in known]
    steps, found = min(by_letters)
    if steps <= _allowed("".join(words)):
        return found
    by_words = [(_distance(words, one), one) for one in known if _is_said_by(words, one)]
    return min(by_words)[1] if by_words else None


def prefix_slip(variable: str, settings: Iterable[str]) -> str | None:
    """Return the setting whose name follows a prefix that is nearly ours (ALERTNG_SMTP_URL); None: nothing of ours."""
    for setting in settings:
        prefix, end = variable[: -len(setting)], variable[-len(setting) :]
        if end.lower() == setting and "_" in setting and prefix.upper() != PREFIX:
            bare = re.sub(r"[^A-Z]", "", prefix.upper())
            if _steps(bare, "ALERTING") <= 2:
                return setting
    return None


def is_for_tests(name: str) -> bool:
    """Whether a name belongs to the tests of this program."""
    return name == _FOR_TESTS


def _words(name: str) -> list[str]:
    """Return a name's words as people mean them: `redirect_all_t0` ends with `to`."""
    return [word.translate(_LOOKALIKES) for word in re.split(r"[^a-z0-9]+", name.lower()) if word]


_LOOKALIKES = str.maketrans("0135", "oles")


def _is_said_by(words: list[str], setting: str) -> bool:
    """Whether words say a setting's name: nothing but its words and what people add, among them one that is its own."""
    meant = [_SAME.get(word, word) for word in words]
    wanted = setting.split("_")
    own = [one for one in wanted if any(_alike(word, one) for word in meant)]
    others = [word for word in meant if word not in _ADDED and not any(_alike(word, one) for one in wanted)]
    return not others and bool(set(own) - _PLAIN)


def _distance(words: list[str], setting: str) -> tuple[int, int]:
    """Return how many words of a setting's name are missing, then how far the letters are apart."""
    meant, wanted = [_SAME.get(word, word) for word in words], setting.split("_")
    missing = sum(not any(_alike(word, one) for word in meant) for one in wanted)
    return missing, _steps("".join(meant), setting.replace("_", ""))


def _alike(word: str, wanted: str) -> bool:
    return word == wanted or (min(len(word), len(wanted)) > 2 and _steps(word, wanted) <= _allowed(word))


def _allowed(word: str) -> int:
    """Return how many letters may be wrong in so long a word."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def _steps(one: str, other: str) -> int:
    """Count the letters to be changed, added, left out or swapped with their neighbour.

    Source: the optimal string alignment distance, G. Navarro, A guided tour to approximate string matching,
    ACM Computing Surveys 33 (2001) 31-88.
    """
    before, last = list[int](), list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]
