"""Telephones: their advertisements, their marks, and the prepared answers of the notice's buttons."""

from samples.replies.cases import (
    ALERTS,
    NOTICE,
    NOTICE_HTML,
    SUBJECT,
    Case,
    acknowledged,
    commented,
    head,
    not_mine,
    part,
    plain,
    quoted,
    several,
)

_PDF = (
    b'Content-Type: application/pdf; name="rota.pdf"\r\nContent-Disposition: inline; filename=rota.pdf\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n"
)
_NOTES = (
    b'Content-Type: text/plain; name="notes.txt"\r\nContent-Disposition: attachment; '
    b'filename="notes.txt"\r\n\r\nok\r\nnot mine\r\n'
)

MOBILE: tuple[Case, ...] = (
    acknowledged(
        31,
        "iPhone, the attribution inside the quote",
        plain(
            31,
            f"Ok\n\nSent from my iPhone\n\n> On 15 Oct 2020, at 07:00, Performance alerts <{ALERTS}> "
            f"wrote:\n> \n> \ufeff\n{quoted()}",
        ),
    ),
    acknowledged(
        32,
        "iPhone in German",
        plain(
            32,
            "Noted\n\nVon meinem iPhone gesendet\n\n> Am 15.10.2020 um 07:00 schrieb Performance alerts "
            f"<{ALERTS}>:\n> \n{quoted()}",
        ),
    ),
    not_mine(
        33,
        "iPad in French",
        plain(
            33,
            f"2 not mine\n\nEnvoyé de mon iPad\n\n> Le 15 oct. 2020 à 07:00, Performance alerts <{ALERTS}> "
            f"a écrit :\n> \n{quoted()}",
        ),
        2,
    ),
    commented(
        34,
        "Apple Mail, flowed with DelSp, a long comment",
        plain(
            34,
            "Three officers moved to Wellington on 1 October, so the fall should sh \now in November.\n\n"
            "On 15 Oct 2020, at 07:00, Performance"
            f" alerts  \n<{ALERTS}> wrote:\n\n{quoted()}",
            more="; format=flowed; delsp=yes",
        ),
        "Three officers moved to Wellington on 1 October, so the fall should show in November.",
    ),
    commented(
        35,
        "Apple Mail, forwarded with a word above",
        plain(
            35,
            f"For you?\n\nBegin forwarded message:\n\nFrom: Performance alerts <{ALERTS}>\nSubject: "
            f"{SUBJECT}\nDate: 15 October 2020 at 07:00:00"
            f" BST\nTo: Commander <commander.telford@example.org>\n\n{NOTICE}",
        ),
        "For you?",
    ),
    acknowledged(
        36,
        "Apple Mail, words around a picture and an attached text",
        head(36).encode()
        + several("mixed", part("ok\n\nThe rota is attached:\n"), _PDF, part("It holds until 30 November.\n"), _NOTES),
        comment="The rota is attached:\n\nIt holds until 30 November.",
    ),
    acknowledged(
        37,
        "Samsung, -------- Original message --------",
        plain(
            37,
            "ok\n\n\nSent from my Galaxy\n\n\n-------- Original message --------\nFrom: Performance "
            "alerts <alerts@example.org> \nDate: 15/10/2020"
            f"  07:00  (GMT+00:00) \nTo: Commander <commander.telford@example.org> \nSubject: {SUBJECT} \n\n{NOTICE}",
            encoding="base64",
        ),
    ),
    acknowledged(
        38,
        "K-9 in German, its advertisement below",
        plain(
            38,
            f"ok 2-4\n\nAm 15. Oktober 2020 07:00:00 MESZ schrieb Performance alerts <{ALERTS}>:\n"
            f"{quoted(mark='>')}\n-- \nDiese Nachricht wurde"
            " von meinem Android-Gerät mit K-9 Mail gesendet.\n",
        ),
        2,
        3,
        4,
    ),
    acknowledged(
        39,
        "FairEmail, HTML only, the quote in a block",
        head(39).encode()
        + part(
            "<!DOCTYPE html><html><body><p>okay</p><p dir=ltr>Wir kümmern uns.</p><div "
            "fairemail=reference><p>On 15 October 2020 07:00:00 BST,"
            f" Performance alerts &lt;{ALERTS}&gt; "
            f"wrote:</p><blockquote>{NOTICE_HTML}</blockquote></div></body></html>",
            "text/html",
            encoding="base64",
        ),
        comment="Wir kümmern uns.",
    ),
    not_mine(40, "a button's prepared answer, with nothing quoted", plain(40, "not mine\n")),
    acknowledged(
        41,
        "a button's prepared answer, a comment added, a telephone's advertisement",
        plain(41, "ok\nCounted twice; the force records office knows.\n\nSent from my Samsung Galaxy smartphone.\n"),
        comment="Counted twice; the force records office knows.",
    ),
    acknowledged(
        42,
        "Outlook for iOS in Welsh",
        plain(
            42,
            "ok\n\nCael Outlook ar gyfer iOS<https://aka.ms/o0ukef>\n\nOddi wrth: Performance alerts\n"
            f"Anfonwyd: Iau\nAt: Ni\nPwnc: x\n\n{NOTICE}",
        ),
    ),
)
