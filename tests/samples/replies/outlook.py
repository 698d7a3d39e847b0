"""Outlook and Exchange: quotes without marks, in four languages, above, below and between."""

from alerting.replies.incoming import Why
from samples.replies.cases import (
    ALERTS,
    NOTICE,
    NOTICE_HTML,
    SUBJECT,
    Case,
    acknowledged,
    both,
    commented,
    head,
    not_mine,
    nothing,
    part,
    plain,
)

ENGLISH = f"""
From: Performance alerts <{ALERTS}>
Sent: 15 October 2020 07:00
To: Commander <commander.telford@example.org>
Subject: {SUBJECT}

"""
GERMAN = f"""
Von: Performance alerts <{ALERTS}>
Gesendet: Donnerstag, 15. Oktober 2020 07:00
An: Commander <commander.telford@example.org>
Betreff: {SUBJECT}

"""
FRENCH = f"""
De : Performance alerts <{ALERTS}>
Envoyé : jeudi 15 octobre 2020 07:00
À : Commander <commander.telford@example.org>
Objet : {SUBJECT}

"""
WELSH = f"""
Oddi wrth: Performance alerts <{ALERTS}>
Anfonwyd: 15 Hydref 2020 07:00
At: Commander <commander.telford@example.org>
Pwnc: {SUBJECT}

"""
#: The notice as Outlook turns HTML into text: its links written out, its tables in lines.
AS_TEXT = NOTICE.replace(
    "What now.",
    "OK <mailto:alerts@example.org?subject=Re&body=ok> \tNot mine "
    "<mailto:alerts@example.org?body=not%20mine> \n\nWhat now.",
)
_WORD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {{ margin: '
    "0 }}</style></head><body>{}</body></html>"
)
_BORDERED = (
    '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p '
    'class="MsoNormal"><b><span lang="EN-US">'
    f"From:</span></b> Performance alerts &lt;{ALERTS}&gt; <br><b>Sent:</b> 15 October 2020 "
    "07:00<br><b>To:</b> Commander<br>"
    f"<b>Subject:</b> {SUBJECT}<o:p></o:p></p></div></div>{NOTICE_HTML}"
)


def html_only(number: int, said: str) -> bytes:
    return head(number).encode() + part(_WORD.format(said + _BORDERED), "text/html", "us-ascii", "quoted-printable")


OUTLOOK: tuple[Case, ...] = (
    acknowledged(
        1,
        "Outlook, ok above",
        both(1, f"ok\n{ENGLISH}{AS_TEXT}", _WORD.format(f"<p class=MsoNormal>ok</p>{_BORDERED}")),
    ),
    commented(
        2,
        "Outlook in German, a comment",
        plain(
            2,
            f"Wir prüfen das, Rückmeldung bis Freitag.\n{GERMAN}{AS_TEXT}",
            charset="iso-8859-1",
            encoding="quoted-printable",
        ),
        "Wir prüfen das, Rückmeldung bis Freitag.",
    ),
    acknowledged(
        3,
        "Outlook in French, ok with thanks",
        plain(3, f"Ok, merci\n{FRENCH}{AS_TEXT}", charset="windows-1252", encoding="quoted-printable"),
    ),
    not_mine(4, "Outlook in Welsh, not mine", plain(4, f"Not mine, diolch.\n{WELSH}{AS_TEXT}", encoding="base64")),
    not_mine(5, "Outlook, HTML only, a bordered head", html_only(5, "<p class=MsoNormal>Not mine!<o:p></o:p></p>")),
    acknowledged(
        6,
        "Outlook, ok below an unmarked quote",
        plain(6, f"{ENGLISH}{AS_TEXT}\nok\nTwo patrols were moved to Wellington.\n"),
        comment="Two patrols were moved to Wellington.",
    ),
    commented(
        7,
        "Outlook, comments between the lines of an unmarked quote",
        plain(
            7,
            "Please see below.\n"
            + ENGLISH
            + AS_TEXT.replace("2! Bicycle", "A series at one estate; two people are charged.\n2! Bicycle").replace(
                "3~ Cyber", "We mark bicycles at the station on Saturday.\n3~ Cyber"
            ),
        ),
        "Please see below.\n\nA series at one estate; two people are charged.\n\nWe mark bicycles at "
        "the station on Saturday.",
    ),
    acknowledged(
        8,
        "Outlook on the web, a rule above the head",
        plain(8, f"Ok 2 5\n\n________________________________{ENGLISH}{AS_TEXT}"),
        2,
        5,
    ),
    acknowledged(
        9,
        "Outlook for iOS with its advertisement",
        plain(
            9,
            f"Noted\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________{ENGLISH}{AS_TEXT}",
        ),
    ),
    not_mine(
        10,
        "Outlook for Android in German",
        plain(
            10,
            "4 not mine\n\nHolen Sie sich Outlook für Android<https://aka.ms/AAb9ysg>\n"
            f"________________________________{GERMAN}{AS_TEXT}",
        ),
        4,
    ),
    acknowledged(
        11,
        "Outlook, plain text, -----Original Message-----",
        plain(11, f"Acknowledged.\n\n-----Original Message-----{ENGLISH}{NOTICE}", encoding="7bit"),
    ),
    acknowledged(
        12,
        "Outlook with markings above and below",
        plain(12, f"OFFICIAL\n\n2 5 ok\n\nStaff are briefed.\n\nOFFICIAL\n{ENGLISH}{AS_TEXT}"),
        2,
        5,
        comment="Staff are briefed.",
    ),
    acknowledged(
        13,
        "a gateway's banner and Microsoft's hint above",
        plain(
            13,
            "You don't often get email from commander.telford@example.org. Learn why this is important"
            "<https://aka.ms/LearnAboutSenderIdentification>\n\nCAUTION: This email originated from "
            "outside of the organisation. Do not"
            " click links or open\nattachments unless you recognise the sender and know the content is "
            f"safe.\n\nok\n{ENGLISH}{AS_TEXT}",
        ),
    ),
    commented(
        14,
        "Outlook with a signature that nothing marks, and small print",
        plain(
            14,
            "The new rota starts on 2 November.\n\nKind regards\n\nCommander, Telford & Wrekin\nWest "
            "Mercia Police | Malinsgate\nTel. 01632"
            " 960123\n\nThis email and any attachments are confidential and intended for the addressee "
            "only. If you have\nreceived it in"
            f" error, tell the sender.\n{ENGLISH}{AS_TEXT}",
        ),
        "The new rota starts on 2 November.",
    ),
    nothing(15, "Outlook, the answer in the subject alone", plain(15, f"{ENGLISH}{AS_TEXT}"), Why.NOTHING_WRITTEN),
    commented(
        16,
        "Outlook, a long line of words that only begins with OK",
        plain(16, f"OK but the March figure counts one series of 31 offences twice.\n{ENGLISH}{AS_TEXT}"),
        "OK but the March figure counts one series of 31 offences twice.",
    ),
    commented(
        17,
        "Outlook, an earlier answer of one's own in the quote does not act again",
        plain(
            17,
            "Still being looked into.\n\nFrom: Commander\nSent: 15 October 2020 08:00\nTo: Performance "
            "alerts\nSubject: Re: Telford\n\nok\n"
            f"We look into it.\n{ENGLISH}{AS_TEXT}",
        ),
        "Still being looked into.",
    ),
)
