"""The body of a mail as it goes over the line: text, HTML and pictures, encoded.

The e-mail package makes the same in ten times as long, line by line.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence

from alerting.domain.notify.notice import AnyPicture, Enclosure

#: What the identity of a picture may be, since it stands in a header.
PICTURE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9.-]+")
#: What the name of an enclosure may be.
ENCLOSURE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\.pdf")
_LINE_END = re.compile(r"\r\n|\r|\n")
_LINE = re.compile(r".{1,76}")


def alternatives(text: str, html: str, pictures: Sequence[AnyPicture], *, boundary: str, within: str) -> str:
    """Return the parts of a multipart/alternative: the text, then the HTML with its pictures beside it.

    Args:
        within: the boundary of the pictures' own multipart, so that no program lists them as attachments.
    """
    shown = _words(html, "html")
    if pictures:
        beside = _multipart([shown, *(_picture(one) for one in pictures)], within)
        shown = f'Content-Type: multipart/related; boundary="{within}"\r\n\r\n{beside}'
    return _multipart([_words(text, "plain"), shown], boundary)


def with_enclosures(shown: str, enclosures: Sequence[Enclosure], *, boundary: str, within: str) -> str:
    """Return the parts of a multipart/mixed: what is shown, as `alternatives` gives it, then each enclosure.

    Args:
        within: the boundary of what is shown.
    """
    first = f'Content-Type: multipart/alternative; boundary="{within}"\r\n\r\n{shown}'
    return _multipart([first, *(_enclosure(one) for one in enclosures)], boundary)


def _enclosure(enclosure: Enclosure) -> str:
    return (
        "Content-Type: application/pdf\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{enclosure.name}"\r\n\r\n{_base64(enclosure.pdf)}\r\n'
    )


def _base64(content: bytes) -> str:
    return "\r\n".join(_LINE.findall(base64.b64encode(content).decode("ascii")))


def _multipart(parts: Iterable[str], boundary: str) -> str:
    return "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"


def _words(text: str, subtype: str) -> str:
    lines = _LINE_END.sub("\r\n", text) if "\r" in text else text.replace("\n", "\r\n")
    whole = lines if lines.endswith("\r\n") else f"{lines}\r\n"
    encoded = binascii.b2a_qp(whole.encode(), istext=True).decode("ascii")
    return (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{encoded}'
    )


def _picture(picture: AnyPicture) -> str:
    return (
        "Content-Type: image/png\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: inline; filename="{picture.id[:16]}.png"\r\n'
        f"Content-ID: <{picture.id}>\r\n\r\n{_base64(picture.png)}\r\n"
    )
