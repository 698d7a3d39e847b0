"""Whether mails built here, on this Python, hold the headers they were given and no others."""

from datetime import UTC, datetime
from functools import cache

from alerting.domain.notify.notice import Delivery, Message
from notifiers.mime import Sender, mail

#: What figures and names could hold to make a header of their own: line breaks of every kind, plain and in encoded words.
HOSTILE = (
    "x\r\nBcc: probe@example.org\rBcc: probe@example.org\nBcc: probe@example.org\x0bBcc: a\x85Bcc: b\u2028Bcc: c\0"
    " =?utf-8?q?x=0ABcc:_probe=40example.org?= =?utf-8?b?eApCY2M6IHByb2JlQGV4YW1wbGUub3Jn?= é"
)
_AT = datetime(2020, 10, 15, 7, tzinfo=UTC)


@cache
def header_fault() -> str | None:
    """Say what is wrong with this Python's e-mail package; None where hostile values change no header's name or number.

    Looks at what it does, not at its version: distributions mend old versions and forget to mend others. Once in a process,
    for such a mail takes as long to write as a morning's other work.
    """
    try:
        wanted, found = _header_names("x"), _header_names(HOSTILE)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        return f"this Python's e-mail package cannot write a mail ({error}); install a current release of Python"
    if wanted == found:
        return None
    added = ", ".join(name for name in found if name not in wanted) or "a line that is none"
    return (
        f"this Python's e-mail package lets a text put headers into a mail (found {added});"
        " install a current release of Python"
    )


def _header_names(text: str) -> list[str]:
    """Return the names of the headers of a mail that has *text* wherever a text can be, as its bytes spell them."""
    message = Message(subject=text, text=text, html=text, headers=(("X-Alerting-Probe", text),))
    delivery = Delivery(
        id="probe",
        notice_id="probe",
        owner="probe",
        channel="email",
        address="probe@example.org",
        message_id="probe@example.org",
        message=message,
    )
    sender = Sender.named(text, "probe@example.org")
    head = mail(delivery, message, sender, at=_AT).partition(b"\r\n\r\n")[0]
    lines = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return [line.partition(b":")[0].decode("ascii", "replace") for line in lines if line[:1] not in (b" ", b"\t")]
