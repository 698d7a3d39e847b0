"""Who a mail is from and to: mailboxes, what the mailbox's own server says of the sender, and candidates for tokens."""

import re
from collections.abc import Iterator

from alerting.replies.heads import Head, less_comments
from alerting.replies.incoming import Candidate, Dmarc, TokenPlace
from alerting.replies.token import RETURN_HEADER, TOKEN_LENGTH

#: Mailboxes of a header and candidates of a mail that are looked at.
MOST_MAILBOXES, MOST_CANDIDATES = 50, 50
_HEADERS = (
    ("delivered-to", TokenPlace.DELIVERED_TO),
    ("x-original-to", TokenPlace.ORIGINAL_TO),
    ("envelope-to", TokenPlace.ENVELOPE_TO),
    ("to", TokenPlace.TO),
    ("cc", TokenPlace.CC),
)
_TOKEN = rf"[a-z2-7]{{{TOKEN_LENGTH}}}"
_AT_THE_END = re.compile(rf"(?:\A|[^a-z0-9])({_TOKEN})\Z")
_IN_TEXT = re.compile(rf"(?<![A-Za-z0-9]){_TOKEN}(?![A-Za-z0-9])", re.IGNORECASE)
_RETURNED = re.compile(rf"^[> \t]*{RETURN_HEADER}:[ \t]*({_TOKEN})\b".encode(), re.IGNORECASE | re.MULTILINE)
#: What servers write around an address that they rewrite: BATV (also Barracuda's), SRS0 and SRS1.
_REWRITTEN = (
    re.compile(r"(?:prvs|btv1)=+[^=]*=+(?P<local>.+)"),
    re.compile(r"srs0[=+-][^=]*=[^=]*=[^=]*=(?P<local>.+)"),
    re.compile(r"srs1[=+-][^=]*=[^=]*=[=+-][^=]*=[^=]*=[^=]*=(?P<local>.+)"),
)
_SPECIALS = re.compile(r'"(?:[^"\\]|\\.)*"|<[^<>]*>|[,;:]|[^",;:<]+|.')
_RESULT = re.compile(r"(?:\A|;)\s*dmarc\s*=\s*([a-z]+)")
_NO_ADDRESS = "?"
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def mailboxes(value: str) -> tuple[str, ...]:
    """Return the addresses of a header in small letters, names left out; encoded words are not decoded, so none can hide in one.

    What is no address between two commas counts as "" all the same: a name with a comma nobody quoted made two.
    """
    found = []
    address, loose = "", ""
    for piece in _SPECIALS.findall(less_comments(value)):
        if piece in {",", ";"}:
            found.append(address or loose.strip())
            address, loose = "", ""
        elif piece == ":":
            address, loose = "", ""  # the name of a group
        elif len(piece) > 1 and piece.startswith("<"):
            alone = not address and _agrees(loose, piece)
            address = piece.strip("<>").strip() if alone else _NO_ADDRESS
        else:
            loose += piece
    found.append(address or loose.strip())
    return tuple(_address(one) for one in found[:MOST_MAILBOXES] if one)


def sender_of(head: Head) -> str:
    """Return the one mailbox in From; "" where there are none or several, or several From headers."""
    headers = head.all("from")
    named = mailboxes(headers[0]) if len(headers) == 1 else ()
    return named[0] if len(named) == 1 else ""


def dmarc_of(head: Head, server: str) -> Dmarc:
    """Return what the mailbox's own server says in the topmost Authentication-Results.

    Several of its headers on top of one another count as one, the topmost word first; what others wrote below says nothing.

    Args:
        server: its name in these headers; "" where nobody named it: then it says nothing.
    """
    if not server:
        return Dmarc.UNKNOWN
    for value in head.all("authentication-results"):
        plain = less_comments(
            _QUOTED.sub(lambda quoted: quoted.group().strip('"') if quoted.start() == 0 else "", value)
        )
        first = plain.partition(";")[0].strip().lower()
        # Microsoft's header names no server and begins with a result.
        if "=" not in first and first.split(" ")[0] != server.lower():
            break
        said = _RESULT.search(plain.lower())
        if said:
            return {"pass": Dmarc.PASS, "fail": Dmarc.FAIL}.get(said.group(1), Dmarc.UNKNOWN)
    return Dmarc.UNKNOWN


def candidates(head: Head, text: str) -> tuple[Candidate, ...]:
    """Return what looks like a token in the addresses a mail went to, then in its text, each once."""
    found: dict[str, Candidate] = {}
    for candidate in _candidates(head, text):
        found.setdefault(candidate.text, candidate)
        if len(found) == MOST_CANDIDATES:
            break
    return tuple(found.values())


def returned_candidates(raw: bytes) -> Iterator[Candidate]:
    """Give the tokens in the head of our message that a report brings back, in whatever form."""
    for found in _RETURNED.finditer(raw):
        yield Candidate(found.group(1).decode("ascii").lower(), TokenPlace.RETURNED)


def less_rewriting(local: str) -> str:
    """Return what stood before the @ (in small letters) before servers rewrote it, a few times at most."""
    for _ in range(4):
        inner = next((found.group("local") for form in _REWRITTEN if (found := form.fullmatch(local))), None)
        if inner is None:
            break
        local = inner
    return local


def _candidates(head: Head, text: str) -> Iterator[Candidate]:
    for name, place in _HEADERS:
        for value in head.all(name):
            for mailbox in mailboxes(value):
                found = _AT_THE_END.search(less_rewriting(mailbox.rpartition("@")[0]))
                if found:
                    yield Candidate(found.group(1), place)
    for written in _IN_TEXT.finditer(text):
        yield Candidate(written.group().lower(), TokenPlace.TEXT)


def _address(text: str) -> str:
    """Return a text as an address in small letters; "" where it is none."""
    bare = text.strip().lower()
    local, _, domain = bare.rpartition("@")
    if local.startswith('"') and local.endswith('"') and len(local) > 2:
        local = local[1:-1]
    good = local and domain and not any(c.isspace() or not c.isprintable() or c in '@"<>,;:\\' for c in local + domain)
    return f"{local}@{domain}" if good else ""


def _agrees(name: str, address: str) -> bool:
    """Whether a name that nobody quoted holds no address, or the same one as its brackets."""
    bare = _QUOTED.sub("", name)
    return "@" not in bare or _address(bare) == _address(address.strip("<>"))
