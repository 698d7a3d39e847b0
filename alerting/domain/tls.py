"""How a line to a mail server or mailbox is encrypted."""

from enum import StrEnum


class Tls(StrEnum):
    """By STARTTLS after the greeting, from the first byte on, or not at all."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"
