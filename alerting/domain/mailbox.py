"""Mail addresses: what an address may look like wherever one is written, so that every program reads the same in it."""

import re
import unicodedata
from collections.abc import Iterable

#: RFC 5321, 4.5.3.1: octets before the @, and in a path less its angle brackets.
MOST_LOCAL, MOST_ADDRESS = 64, 254
MOST_LABEL = 63
_ATOM_MARKS = frozenset("!#$%&'*+/=?^_`{|}~-")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_TOP_LABEL = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")
#: Scripts that are written together.
_JAPANESE = frozenset(("CJK", "HIRAGANA", "KATAKANA"))


class InvalidAddress(ValueError):
    """A text is not one plain mail address.

    Args:
        why: what is wrong, to follow the address and a colon.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def tagged(address: str, tag: str) -> str:
    """Return a plus address: what comes to it comes to *address*, and shows the tag."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{tag}@{domain}"


def plain_address(text: str) -> str:
    """Return an address as it goes into an envelope: the part before the @ as written, the domain in lower case and ASCII.

    Stricter than the standards on purpose. No quoting, comment, route, group or address literal; a domain with a dot and
    without one at its end; letters of one script in a word, so that an address cannot pass for another.

    Raises:
        InvalidAddress: says why.
    """
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise InvalidAddress("something stands on both sides of one @")
    if "@" in local:
        raise InvalidAddress("there is more than one @")
    _check_local(local)
    address = f"{local}@{'.'.join(_ascii_labels(domain))}"
    if len(local.encode()) > MOST_LOCAL:
        raise InvalidAddress(f"{len(local.encode())} characters stand before the @, {MOST_LOCAL} are the most")
    if len(address.encode()) > MOST_ADDRESS:
        raise InvalidAddress(f"it has {len(address.encode())} characters, {MOST_ADDRESS} are the most")
    return address


def _check_local(local: str) -> None:
    for atom in local.split("."):
        if not atom:
            raise InvalidAddress("a dot stands first, last or beside another before the @")
        for character in atom:
            if not (character in _ATOM_MARKS or _is_letter_or_digit(character)):
                raise InvalidAddress(f"{_shown(character)} cannot stand before the @")
    if "=?" in local:
        raise InvalidAddress('"=?" before the @ begins what some programs decode')
    if not unicodedata.is_normalized("NFC", local) or _mixes_scripts(local):
        raise InvalidAddress("its letters are of several scripts or composed in an unusual way before the @")


def _ascii_labels(domain: str) -> Iterable[str]:
    if domain.startswith("["):
        raise InvalidAddress("a number stands for the mail server; name its domain")
    labels = domain.lower().split(".")
    if "" in labels:
        raise InvalidAddress("a dot stands first, last or beside another in the domain")
    if len(labels) == 1:
        raise InvalidAddress("the domain has no dot")
    found = [label if label.isascii() else _ascii_label(label) for label in labels]
    for label in found:
        if not _LABEL.fullmatch(label):
            wrong = next((c for c in label if not (c.isalnum() or c == "-")), "-")
            raise InvalidAddress(f"{_shown(wrong)} cannot stand there in the domain")
        if len(label) > MOST_LABEL:
            raise InvalidAddress(f"a part of the domain has {len(label)} characters, {MOST_LABEL} are the most")
    if not _TOP_LABEL.fullmatch(found[-1]):
        raise InvalidAddress(f'the domain ends in "{found[-1]}", which is none')
    return found


def _ascii_label(label: str) -> str:
    """Return the ASCII form of a part of a domain, where there is exactly one that reads back as what was written."""
    strange = next((c for c in label if not (c == "-" or _is_letter_or_digit(c))), None)
    if strange is not None:
        raise InvalidAddress(f"{_shown(strange)} cannot stand in the domain")
    if _mixes_scripts(label):
        raise InvalidAddress(f'"{label}" mixes letters of several scripts, as addresses do that pass for others')
    try:
        ascii_form = label.encode("idna")
        read_back = ascii_form.decode("idna")
    except UnicodeError:
        read_back, ascii_form = "", b""
    if read_back != label:
        raise InvalidAddress(f'"{label}" is understood differently by different programs; write its ASCII form, xn--…')
    return ascii_form.decode("ascii")


def _is_letter_or_digit(character: str) -> bool:
    if character.isascii():
        return character.isalnum()
    return unicodedata.category(character)[0] in "LM" or unicodedata.category(character) == "Nd"


def _mixes_scripts(text: str) -> bool:
    letters = (character for character in text if character.isalpha())
    scripts = {unicodedata.name(character, "?").split()[0] for character in letters}
    return len(scripts) > 1 and not scripts <= _JAPANESE


def _shown(character: str) -> str:
    return f'"{character}"' if character.isprintable() and character != " " else f"U+{ord(character):04X}"
