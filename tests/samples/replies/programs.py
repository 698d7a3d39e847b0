"""Thunderbird, mutt, mailx and others that mark what they quote."""

from alerting.replies.incoming import Why
from samples.replies.cases import (
    ALERTS,
    NOTICE,
    SUBJECT,
    Case,
    acknowledged,
    commented,
    head,
    not_mine,
    nothing,
    part,
    plain,
    quoted,
    several,
)

FLOWED = "; format=flowed"
ON = "On 15/10/2020 07:00, Performance alerts wrote:\n"
MUTT = f"On Thu, Oct 15, 2020 at 07:00:00AM +0100, Performance alerts wrote:\n{quoted()}"
_PGP = (
    b'Content-Type: application/pgp-signature; name="signature.asc"\r\n\r\n-----BEGIN PGP '
    b"SIGNATURE-----\r\n\r\niQ==\r\n-----END PGP SIGNATURE-----\r\n"
)

PROGRAMS: tuple[Case, ...] = (
    acknowledged(43, "Thunderbird, ok below the quote", plain(43, f"{ON}{quoted(NOTICE)}\nok\n", more=FLOWED)),
    commented(
        44,
        "Thunderbird, between the lines, flowed paragraphs joined",
        plain(
            44,
            ON
            + quoted(NOTICE).replace(
                "> 2! Bicycle", "Two patrols were moved to \nWellington on 1 October, \none more follows.\n> 2! Bicycle"
            ),
            more=FLOWED,
        ),
        "Two patrols were moved to Wellington on 1 October, one more follows.",
    ),
    acknowledged(
        45,
        "Thunderbird, a signature above the quote",
        plain(45, f"noted\n\n-- \nCommander, Telford & Wrekin\nok\n\n{ON}{quoted()}", more=FLOWED),
    ),
    commented(
        46,
        "Thunderbird, forwarded",
        plain(
            46,
            "Please look at item 2.\n\n\n-------- Forwarded Message --------\nSubject: \t"
            f"{SUBJECT}\nDate: \tThu, 15 Oct 2020 07:00:00 +0100\nFrom: \tPerformance alerts <{ALERTS}>\n"
            f"Reply-To: \tPerformance alerts <{ALERTS}>\n"
            f"To: \tcommander.telford@example.org\n\n\n\n{NOTICE}",
        ),
        "Please look at item 2.",
    ),
    commented(
        47,
        "Thunderbird in Welsh, the attribution's form",
        plain(
            47,
            "Mae'r ffigur yn anghywir; gweler yr adroddiad.\n\nAr 15/10/2020 07:00, ysgrifennodd "
            f"Performance alerts:\n{quoted()}",
        ),
        "Mae'r ffigur yn anghywir; gweler yr adroddiad.",
    ),
    acknowledged(
        48,
        "Thunderbird, signed with OpenPGP",
        head(48).encode()
        + several(
            "signed",
            part(f"ok\n\n{ON}{quoted()}"),
            _PGP,
            more='; micalg=pgp-sha256; protocol="application/pgp-signature"',
        ),
    ),
    acknowledged(
        49,
        "mutt, ok above, with a signature below the quote",
        plain(49, f"ok\n\n{MUTT}\n-- \nCommander, Telford & Wrekin\n"),
    ),
    acknowledged(
        50,
        "mutt, below a part of the quote",
        plain(
            50,
            f"{MUTT.partition('> 2!')[0]}\nacknowledged\n\nThe station's van is back.\n",
            encoding="quoted-printable",
        ),
        comment="The station's van is back.",
    ),
    acknowledged(
        51,
        "neomutt, clear-signed",
        plain(
            51,
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nok 1\n\n- - briefed on Monday\n"
            "-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCgAdFiEE\n"
            "-----END PGP SIGNATURE-----\n",
        ),
        1,
        comment="- briefed on Monday",
    ),
    commented(
        52,
        "mutt, forwarded and gone on below the end",
        plain(
            52,
            f"See the last item.\n\n----- Forwarded message from Performance alerts <{ALERTS}> -----\n\n"
            "Date: Thu, 15 Oct 2020 07:00:00 +0100\n"
            f"From: Performance alerts\nTo: Commander\nSubject: {SUBJECT}\n\n{NOTICE}\n----- End forwarded "
            "message -----\n\nIt was never mine.\n",
        ),
        "See the last item.\n\nIt was never mine.",
    ),
    acknowledged(
        53,
        "mailx, no MIME, nothing quoted",
        head(53).replace("MIME-Version: 1.0\r\n", "").encode() + b"\r\nok 2\r\n",
        2,
    ),
    not_mine(
        54,
        "mailutils, words and a date before the id it answers",
        head(54)
        .replace("<notice-1@example.org>", "Performance alerts's message of Thu, 15 Oct 2020 <notice-1@example.org>")
        .encode()
        + part("not mine 3\n\nPerformance alerts <alerts@example.org> writes:\n\n" + quoted()),
        3,
    ),
    acknowledged(
        55,
        "Horde, Quoting somebody:",
        plain(55, f"Noted.\n\nQuoting Performance alerts <{ALERTS}>:\n\n{quoted()}\n"),
    ),
    commented(
        56,
        "a wrapped quote whose ends lost their marks",
        plain(
            56,
            "Wrapped at the gateway.\n\nOn 15 October Performance alerts <alerts@example.org> wrote:\n> "
            "What now. Answer by replying to this\n"
            "mail:\n> ok\n> 92 above the upper limit of 1,070. Neither more nor fewer\nis better here.\n",
        ),
        "Wrapped at the gateway.",
    ),
    nothing(57, "a copy of the notice that nothing marks at all", plain(57, NOTICE), Why.NOTHING_WRITTEN),
    commented(
        58,
        "a list in a comment, and a figure that looks like a head",
        plain(58, f"From: 941\nTo: 919 by December\n* patrols\n* marking\n\n{MUTT}"),
        "From: 941\nTo: 919 by December\n* patrols\n* marking",
    ),
    commented(
        59,
        "a comment of 5,000 characters is cut, and said so",
        plain(59, "burglary " * 555 + f"burgl\n\n{MUTT}", encoding="base64"),
        ("burglary " * 555)[:4000].rstrip(),
        cut=True,
    ),
    commented(60, "a number beyond the last item", plain(60, f"ok 2 9\n\n{MUTT}"), "ok 2 9", why=Why.NO_SUCH_ITEM),
    commented(
        61,
        "an answer to each item between the quotes is no answer to all",
        plain(61, ON + quoted(NOTICE).replace("> 2!", "ok\n> 2!").replace("> 3~", "not mine\n> 3~")),
        "ok\n\nnot mine",
        why=Why.SEVERAL,
    ),
)
