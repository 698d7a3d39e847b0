"""Mails as pages that stand alone: their pictures inside the HTML."""

from base64 import b64encode
from collections.abc import Iterable

from alerting.domain.notify.notice import AnyPicture


def self_contained(html: str, pictures: Iterable[AnyPicture]) -> str:
    """Return a mail's HTML with the pictures in place of their names, so that a browser shows it as a mail program does."""
    for picture in pictures:
        html = html.replace(f"cid:{picture.id}", f"data:image/png;base64,{b64encode(picture.png).decode('ascii')}")
    return html
