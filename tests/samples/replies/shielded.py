"""Signed, encrypted and forged mails, and letters of all kinds."""

from alerting.replies.incoming import Why
from samples.replies.cases import (
    NOTICE,
    SERVER,
    Case,
    acknowledged,
    commented,
    head,
    nothing,
    part,
    plain,
    quoted,
    several,
)

_P7S = (
    b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIG\r\n'
)
_P7M = (
    b'Content-Type: application/pkcs7-mime; smime-type={}; name="smime.p7m"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\nMIIGb2s=\r\n"
)
_ON = "On 15/10/2020 07:00, Performance alerts wrote:\n" + quoted()

SHIELDED: tuple[Case, ...] = (
    acknowledged(
        62,
        "S/MIME, signed in the clear",
        head(62).encode() + several("signed", several("mixed", part(f"ok\n\n{_ON}"), boundary="=_inner"), _P7S),
    ),
    nothing(63, "S/MIME, signed and wrapped", head(63).encode() + _P7M.replace(b"{}", b"signed-data"), Why.ENCRYPTED),
    nothing(64, "S/MIME, encrypted", head(64).encode() + _P7M.replace(b"{}", b"enveloped-data"), Why.ENCRYPTED),
    nothing(
        65,
        "OpenPGP, encrypted",
        head(65).encode()
        + several(
            "encrypted",
            b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n",
            b"Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQ==\r\n"
            b"-----END PGP MESSAGE-----\r\n",
        ),
        Why.ENCRYPTED,
    ),
    nothing(
        66,
        "OpenPGP, an encrypted block in the text",
        plain(66, f"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n\n{_ON}"),
        Why.ENCRYPTED,
    ),
    nothing(
        67,
        "a forged sender, as the mailbox's server says",
        plain(
            67,
            "ok\n",
            f"Authentication-Results: {SERVER}; spf=pass smtp.mailfrom=example.net; dmarc=fail (p=reject) "
            "header.from=example.org",
        ),
        Why.FORGED,
    ),
    acknowledged(
        68,
        "a stranger's word on the sender, below the server's own",
        plain(
            68,
            "ok\n",
            f"Authentication-Results: {SERVER}; dkim=pass header.d=example.org; dmarc=pass header.from=example.org",
            f"Authentication-Results: {SERVER}; dmarc=fail header.from=example.org",
        ),
    ),
    nothing(
        69,
        "two mailboxes in From",
        head(69, sender="Commander <commander.telford@example.org>, Other <other@example.net>").encode() + part("ok\n"),
        Why.NO_SENDER,
    ),
    nothing(
        70,
        "two From headers",
        head(70, "From: Other <other@example.net>").encode() + part("ok\n"),
        Why.NO_SENDER,
    ),
    commented(
        71,
        "Arabic with marks of direction",
        plain(71, f"\u200fتم نقل دوريتين إلى ويلينغتون.\u200f\n\n{_ON}"),
        "تم نقل دوريتين إلى ويلينغتون.",
    ),
    commented(
        72,
        "emoji, also joined ones",
        plain(72, f"👮🏽\u200d♀️ on it 🚲\n\n{_ON}", encoding="base64"),
        "👮🏽\u200d♀️ on it 🚲",
    ),
    commented(73, "a thumb and nothing else", plain(73, f"👍\n\n{_ON}"), "👍"),
    commented(
        74,
        "UTF-16 in base64",
        plain(74, "Zwei Streifen verlegt.\n", charset="utf-16", encoding="base64"),
        "Zwei Streifen verlegt.",
    ),
    commented(
        75,
        "a character set that nobody knows",
        head(75).encode() + b"Content-Type: text/plain; charset=x-unknown-1\r\n\r\nStra\xdfe gesperrt.\r\n",
        "Straße gesperrt.",
    ),
    acknowledged(
        76,
        "an empty text part beside the HTML",
        head(76).encode()
        + several("alternative", part(" \n"), part(f"<p>noted</p><pre>{quoted(NOTICE, '&gt; ')}</pre>", "text/html")),
    ),
    commented(
        77,
        "an attached mail is nobody's words",
        head(77).encode()
        + several(
            "mixed", part("See attached.\n"), b"Content-Type: message/rfc822\r\n\r\nFrom: a@example.org\r\n\r\nok\r\n"
        ),
        "See attached.",
    ),
    commented(78, "a question is no answer", plain(78, f"ok?\n\n{_ON}"), "ok?"),
    acknowledged(
        79,
        "an encrypted file beside words is a file",
        head(79).encode() + several("mixed", part("ok\n"), _P7M.replace(b"{}", b"enveloped-data")),
    ),
    commented(
        80,
        "a bounce and a receipt that a person attached are no report of theirs",
        head(80).encode()
        + several(
            "mixed",
            part("These came to my mailbox.\n"),
            b"Content-Type: message/rfc822\r\n\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n",
            b"Content-Type: message/rfc822\r\n\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: x\r\n",
        ),
        "These came to my mailbox.",
    ),
)
