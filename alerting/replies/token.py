"""Tokens: what an address or a text carries, so that an answer or a report finds the one message and reader it belongs to.

A token is 28 letters and digits of base 32 (a to z, 2 to 7), the same in capitals: twelve that the state looks a message up
by, sixteen (80 bits of an HMAC-SHA-256) that only a holder of a key can make. It says which message, never who writes.
"""

import hmac
from base64 import b32encode
from collections.abc import Iterable
from enum import Enum
from hashlib import sha256

REFERENCE_LENGTH, SEAL_LENGTH = 12, 16
TOKEN_LENGTH = REFERENCE_LENGTH + SEAL_LENGTH
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
#: The header of our mails that carries the token of the way back where the envelope's sender cannot.
RETURN_HEADER = "X-Return-Token"


class Purpose(Enum):
    """What a token is good for: one kind cannot stand for the other."""

    ANSWER = "answer"  #: in Reply-To or the text: everybody sees it to whom a notice is forwarded
    RETURN = "return"  #: in the envelope's sender: reports come to it


def sign(key: bytes, message: str, recipient: str, purpose: Purpose = Purpose.ANSWER) -> str:
    """Return the token of one message to one reader.

    Args:
        key: the newest of the installation's keys; at least 16 octets.
        message: the message's id in the state.
        recipient: the address it went to; capitals make no difference.

    Raises:
        ValueError: the key is too short to keep a secret.
    """
    if len(key) < 16:
        raise ValueError("a key for tokens has at least 16 octets")
    signed = _facts(message, recipient, purpose)
    seal = hmac.digest(key, b"alerting token 1 " + signed, sha256)
    return reference(message, recipient, purpose) + _letters(seal, SEAL_LENGTH)


def reference(message: str, recipient: str, purpose: Purpose = Purpose.ANSWER) -> str:
    """Return the part of a token that no key goes into: what the state keeps beside a message to find it by."""
    return _letters(sha256(b"alerting reference 1 " + _facts(message, recipient, purpose)).digest(), REFERENCE_LENGTH)


def reference_of(token: str) -> str:
    """Return the part of a token to look its message up by, in small letters; "" where it has not a token's form."""
    return token[:REFERENCE_LENGTH].lower() if looks_like_token(token) else ""


def looks_like_token(text: str) -> bool:
    """Whether a text has the length and letters of a token, in capitals or not."""
    return len(text) == TOKEN_LENGTH and _LETTERS.issuperset(text)


def opened(keys: Iterable[bytes], token: str, message: str, recipient: str) -> Purpose | None:
    """Return what a token of this message to this reader is good for; None where no key made it so.

    Every key and purpose is tried and compared in constant time, so that how long it takes says nothing.

    Args:
        keys: all that are in force, old ones too.
    """
    found = None
    shown = token.lower().encode("ascii") if token.isascii() else b""
    for key in keys:
        for purpose in Purpose:
            if hmac.compare_digest(sign(key, message, recipient, purpose).encode("ascii"), shown):
                found = purpose
    return found


def _facts(message: str, recipient: str, purpose: Purpose) -> bytes:
    return f"{purpose.value} {len(message)} {message} {recipient.lower()}".encode()


def _letters(octets: bytes, length: int) -> str:
    return b32encode(octets).decode("ascii").lower()[:length]
