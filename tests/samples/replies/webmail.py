"""Gmail and other mail in the browser."""

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
    quoted,
)

ON = f"On Thu, 15 Oct 2020 at 07:00, Performance alerts <\n{ALERTS}> wrote:\n\n"
AM = f"Am Do., 15. Okt. 2020 um 07:00 Uhr schrieb Performance alerts <\n{ALERTS}>:\n\n"
LE = f"Le jeu. 15 oct. 2020 à 07:00, Performance alerts <{ALERTS}> a\u00a0écrit\u00a0:\n\n"
AR = f"Ar Iau, 15 Hyd 2020 am 07:00, Performance alerts <{ALERTS}> ysgrifennodd:\n\n"
GMAIL_HTML = (
    '<div dir="ltr">{}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On '
    "Thu, 15 Oct 2020 at 07:00, Performance alerts"
    f' &lt;<a href="mailto:{ALERTS}">{ALERTS}</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0">'
    + NOTICE_HTML.replace("{", "{{").replace("}", "}}")
    + "</blockquote></div>"
)

WEBMAIL: tuple[Case, ...] = (
    acknowledged(
        18, "Gmail, OK with thanks", both(18, f"OK, thanks\n\n{ON}{quoted()}", GMAIL_HTML.format("OK, thanks"))
    ),
    acknowledged(
        19,
        "Gmail, HTML only, with no-break spaces",
        head(19).encode() + part(GMAIL_HTML.format("ok&nbsp;2&nbsp;5<div>One car is off the road.</div>"), "text/html"),
        2,
        5,
        comment="One car is off the road.",
    ),
    commented(
        20,
        "Gmail, comments between the lines of the quote",
        plain(
            20,
            ON
            + quoted(NOTICE)
            .replace("> 2! Bicycle", "\nOne series, solved.\n\n> 2! Bicycle")
            .replace("> 3~ Cyber", "\nMarking on Saturday.\n\n> 3~ Cyber"),
        ),
        "One series, solved.\n\nMarking on Saturday.",
    ),
    acknowledged(21, "Gmail in German", plain(21, f"noted – danke\n\n{AM}{quoted()}")),
    acknowledged(22, "Gmail in French", plain(22, f"Okay. Merci beaucoup !\n\n{LE}{quoted()}")),
    acknowledged(23, "Gmail in Welsh", plain(23, f"ok, diolch\n\n{AR}{quoted()}", encoding="base64")),
    commented(
        24,
        "Gmail, forwarded with a word above",
        plain(
            24,
            "Is this yours?\n\n---------- Forwarded message ---------\nFrom: Performance alerts "
            f"<{ALERTS}>\nDate: Thu, 15 Oct 2020 at 07:00\n"
            f"Subject: {SUBJECT}\nTo: Commander <commander.telford@example.org>\n\n\n{NOTICE}",
        ),
        "Is this yours?",
    ),
    acknowledged(
        25,
        "Yahoo, an attribution and no marks",
        plain(
            25,
            "ok \n\n    On Thursday, 15 October 2020, 07:00:00 BST, Performance alerts "
            "<alerts@example.org> wrote:  \n \n " + NOTICE.replace("\n", "\n "),
        ),
    ),
    not_mine(
        26,
        "Proton, its own rules and its advertisement",
        plain(
            26,
            "not mine\n\nSent with [Proton Mail](https://proton.me/mail/home) secure email.\n\n------- "
            "Original Message -------\n"
            f"On Thursday, October 15th, 2020 at 07:00, Performance alerts <{ALERTS}> wrote:\n\n\n{quoted()}",
        ),
    ),
    acknowledged(
        27,
        "Zoho, ---- On … wrote ----",
        plain(
            27,
            f"acknowledge\n\n\n\n---- On Thu, 15 Oct 2020 07:00:00 +0100 Performance alerts <{ALERTS}> "
            f"wrote ----\n\n\n{NOTICE}",
        ),
    ),
    commented(
        28,
        "Notes, a head of three lines and a quote without marks",
        plain(
            28,
            "Held over to the November meeting.\n\n\n\nFrom:        Performance alerts\nTo:        "
            "Commander\nDate:        15/10/2020 07:00\n"
            f"Subject:        {SUBJECT}\n\n\n\n{NOTICE}",
        ),
        "Held over to the November meeting.",
    ),
    commented(
        29,
        "Gmail, a comment that says thanks inside",
        plain(29, f"Thanks, noted that the August figure was wrong too\n\n{ON}{quoted()}"),
        "Thanks, noted that the August figure was wrong too",
    ),
    nothing(30, "Gmail, nothing above the quote", plain(30, f"{ON}{quoted()}"), Why.NOTHING_WRITTEN),
)
