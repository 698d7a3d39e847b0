"""A case of the matrix, the notice that its mails answer, and how mails are put together."""

import base64
import quopri
from dataclasses import dataclass

from alerting.replies.incoming import Act, DeliveryStatus, MailKind, Why
from alerting.replies.token import Purpose, sign
from alerting.replies.told import forms

KEY = b"a key of tests, of 32 characters"
MESSAGE, READER = "n-20201015-1", "commander.telford@example.org"
TOKEN = sign(KEY, MESSAGE, READER)
RETURN = sign(KEY, MESSAGE, READER, Purpose.RETURN)
ALERTS = f"alerts+{TOKEN}@example.org"
BOUNCES = f"alerts+{RETURN}@example.org"
SERVER = "mx.example.org"
ITEMS = 5
SUBJECT = "! Telford: burglary 941, upper limit 919 and 4 more"

#: The notice as text: five items, and how to answer at the beginning of lines, as in a quote that nothing marks.
NOTICE = """\
OFFICIAL

5 EXCEPTIONAL FIGURES IN CRIME: 2 CONCERNS, 1 CHANGE, 2 IMPROVEMENTS
Telford & Wrekin, September 2020

To you, Commander, Telford & Wrekin. Also told: Head of Crime.

What now. Answer by replying to this mail:
ok
if you look into all of them, ok 2 3 for some
not mine
where somebody else answers for it; anything else is kept as your comment.

1! Residential burglary: 941
   22 above the upper limit of 919; usual 690 to 919.
   Clears at 919 or fewer. crime.yaml:64
2! Bicycle theft: 281
   7 above the upper limit of 274.
3~ Cyber crime: 1,162
   92 above the upper limit of 1,070. Neither more nor fewer is better here.
4+ Shoplifting: 1,418
   lower limit 1,633, last year 1,989
5+ Vehicle offences: 872
   lower limit 1,252, last year 1,339

Figures as known on 15 October 2020.
"""
NOTICE_HTML = """\
<html><head><style>p { margin: 0 }</style></head><body><div style="display:none">Telford: burglary 941</div>
<p>OFFICIAL</p><h1>5 exceptional figures in crime: 2 concerns, 1 change, 2 improvements</h1><p>Telford &amp;
Wrekin, September 2020</p>
<p>To you, Commander, Telford &amp; Wrekin. Also told: Head of Crime.</p>
<table><tr><td><a href="mailto:alerts@example.org?body=ok">OK</a></td><td><a
href="mailto:alerts@example.org?body=not%20mine">Not mine</a>
</td></tr></table><p>What now. Answer by replying to this mail:<br>ok<br>if you look into all of them, ok 2 3
for some<br>not mine<br>where
somebody else answers for it; anything else is kept as your comment.</p>
<p>1! Residential burglary: 941<br>22 above the upper limit of 919; usual 690 to 919.<br>Clears at 919 or
fewer. crime.yaml:64</p>
<p>2! Bicycle theft: 281<br>7 above the upper limit of 274.</p><p>3~ Cyber crime: 1,162<br>92 above the upper
limit of 1,070. Neither more
nor fewer is better here.</p><p>4+ Shoplifting: 1,418<br>lower limit 1,633, last year 1,989</p><p>5+ Vehicle
offences: 872<br>lower limit
1,252, last year 1,339</p><p>Figures as known on 15 October 2020.</p></body></html>

"""
TOLD = forms(NOTICE, NOTICE_HTML)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One mail, and what must happen.

    Args:
        number: its number in the matrix.
        name: the program, and what is special.
        raw: the mail.
        kind: who speaks in it.
        act: what it asks for; items: the numbers it chose; comment: the exact text kept; cut: it was longer.
        why: what is said of it where nothing acts, or less than was meant.
        reports: what servers say in it.
        opens: its tokens lead to the message.
    """

    number: int
    name: str
    raw: bytes
    kind: MailKind = MailKind.PERSON
    act: Act = Act.NONE
    items: tuple[int, ...] = ()
    comment: str = ""
    cut: bool = False
    why: Why | None = None
    reports: tuple[DeliveryStatus, ...] = ()
    opens: bool = True


def acknowledged(number: int, name: str, raw: bytes, *items: int, comment: str = "") -> Case:
    return Case(number=number, name=name, raw=raw, act=Act.ACKNOWLEDGE, items=items, comment=comment)


def not_mine(number: int, name: str, raw: bytes, *items: int, comment: str = "") -> Case:
    return Case(number=number, name=name, raw=raw, act=Act.NOT_MINE, items=items, comment=comment)


def commented(number: int, name: str, raw: bytes, comment: str, *, why: Why | None = None, cut: bool = False) -> Case:
    return Case(number=number, name=name, raw=raw, act=Act.COMMENT, comment=comment, why=why, cut=cut)


def nothing(number: int, name: str, raw: bytes, why: Why) -> Case:
    return Case(number=number, name=name, raw=raw, why=why)


def machine(number: int, name: str, raw: bytes, why: Why, *, opens: bool = True) -> Case:
    return Case(number=number, name=name, raw=raw, kind=MailKind.MACHINE, why=why, opens=opens)


def report(number: int, name: str, raw: bytes, *reports: DeliveryStatus, opens: bool = True) -> Case:
    return Case(number=number, name=name, raw=raw, kind=MailKind.REPORT, why=Why.REPORT, reports=reports, opens=opens)


def head(
    number: int, *headers: str, to: str = ALERTS, sender: str = f"Commander <{READER}>", subject: str = f"Re: {SUBJECT}"
) -> str:
    """Write the head of a reply; *headers* come first, as servers put theirs."""
    lines = [
        *headers,
        f"Return-Path: <{READER}>",
        f"Delivered-To: {to.lower()}",
        f"From: {sender}",
        f"To: Performance alerts <{to}>",
        f"Subject: {subject}",
        "Date: Thu, 15 Oct 2020 09:12:00 +0100",
        f"Message-ID: <reply-{number}@mail.example.org>",
        "In-Reply-To: <notice-1@example.org>",
        "References: <notice-1@example.org>",
        "MIME-Version: 1.0",
    ]
    return "".join(f"{line}\r\n" for line in lines)


def part(text: str, kind: str = "text/plain", charset: str = "utf-8", encoding: str = "8bit", more: str = "") -> bytes:
    """Write one part, its own headers included."""
    octets = text.replace("\n", "\r\n").encode(charset)
    if encoding == "quoted-printable":
        octets = quopri.encodestring(text.encode(charset)).replace(b"\n", b"\r\n")
    elif encoding == "base64":
        octets = base64.encodebytes(octets).replace(b"\n", b"\r\n")
    lines = f"Content-Type: {kind}; charset={charset}{more}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return lines.encode() + octets


def several(kind: str, *parts: bytes, boundary: str = "=_edge", more: str = "") -> bytes:
    """Write a multipart with its headers."""
    inside = b"".join(b"--" + boundary.encode() + b"\r\n" + one + b"\r\n" for one in parts)
    lines = f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}\r\n\r\n'
    return lines.encode() + inside + f"--{boundary}--\r\n".encode()


def plain(number: int, text: str, *headers: str, **how: str) -> bytes:
    """Write a reply of one plain text."""
    return head(number, *headers).encode() + part(text, **how)


def both(
    number: int, text: str, html: str, *headers: str, charset: str = "utf-8", encoding: str = "quoted-printable"
) -> bytes:
    """Write a reply as text and as HTML."""
    parts = (part(text, "text/plain", charset, encoding), part(html, "text/html", charset, encoding))
    return head(number, *headers).encode() + several("alternative", *parts)


def quoted(text: str = NOTICE, mark: str = "> ") -> str:
    return "".join(f"{mark}{line}".rstrip() + "\n" for line in text.splitlines())
