"""What nobody may read: passwords are taken out of every log entry, error and traceback, in whatever form they stand there."""

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, unquote, unquote_plus

#: What stands in a secret's place.
HIDDEN = "***"
#: What of a database address's query may be printed; anything else may hold a password, whatever it is called.
PRINTED = frozenset(
    (
        "application_name",
        "connect_timeout",
        "dbname",
        "host",
        "hostaddr",
        "network",
        "port",
        "sslmode",
        "target_session_attrs",
        "user",
    )
)
#: Shorter ones are left to the forms below; those a little longer count where they stand alone: they may be in other words.
_SHORTEST, _ALONE = 4, 6
#: scheme://user:password@, up to the last @: who does not percent-encode one may have several.
_USERINFO = re.compile(r"\b([a-z][a-z0-9+.-]*:/{1,3}[^\s/:@?#]*):\S*@", re.IGNORECASE)
#: name=value, as in a query and in a database driver's words.
_NAMED = re.compile(r"""([\w%.+-]+)(\s?=\s?)('[^']*'|"[^"]*"|[^\s&]+)""")
_SECRET_NAME = re.compile(r"passw|passphrase|passwd|pwd|secret|token|api_?key", re.IGNORECASE)


class _KnownSecrets:
    """The forms of every secret that the settings hold."""

    def __init__(self) -> None:
        self.forms: set[str] = set()
        self.pattern: re.Pattern[str] | None = None


_kept = _KnownSecrets()


def keep_secret(secrets: Iterable[str]) -> None:
    """Remember what must never be read from here on."""
    _kept.forms |= {form for secret in secrets for form in _forms(secret) if len(form) >= _SHORTEST}
    longest_first = sorted(_kept.forms, key=len, reverse=True)
    _kept.pattern = re.compile("|".join(map(_searched, longest_first))) if longest_first else None


def forget() -> None:
    """Forget what was to be kept secret: for tests that share a process."""
    _kept.forms, _kept.pattern = set(), None


def _searched(form: str) -> str:
    return re.escape(form) if len(form) >= _ALONE else rf"(?<!\w){re.escape(form)}(?!\w)"


def hushed(text: str) -> str:
    """Return a text without the secrets that are known, and without what looks like one."""
    if _kept.pattern is not None:
        text = _kept.pattern.sub(HIDDEN, text)
    if "=" in text:
        text = _NAMED.sub(_named, text)
    return _USERINFO.sub(rf"\1:{HIDDEN}@", text) if ":/" in text else text


def hushed_in(value: object) -> object:
    """Return a value of a log entry without secrets, lists and mappings included."""
    if isinstance(value, str):
        return hushed(value)
    if isinstance(value, dict):
        return {key: hushed_in(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [hushed_in(one) for one in value]
    return value


def _named(found: re.Match[str]) -> str:
    name, equals, _ = found.groups()
    return f"{name}{equals}{HIDDEN}" if _SECRET_NAME.search(unquote_plus(name)) else found[0]


def _forms(secret: str) -> set[str]:
    """Return a secret as it may stand somewhere: encoded for an address or a server, decoded, or as Python shows it."""
    plain = {secret, unquote(secret), unquote_plus(secret)}
    encoded = {form(one) for one in plain for form in (lambda one: quote(one, safe=""), quote, quote_plus)}
    shown = {repr(one)[1:-1] for one in plain}
    sent = {base64.b64encode(one.encode()).decode() for one in plain if one}
    return plain | encoded | shown | sent
