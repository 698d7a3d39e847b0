"""Programs that answer, list and loop: they change nothing."""

from alerting.replies.incoming import Why
from samples.replies.cases import ALERTS, BOUNCES, READER, Case, head, machine, part, plain, quoted, several

AWAY = "I am away until 2 November. In urgent cases write to the duty officer.\n\nok\n"
_INVITATION = part("BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n", "text/calendar", more="; method=REPLY")


def empty_path(number: int, *headers: str, to: str = BOUNCES, subject: str = "Re: Telford") -> str:
    return head(number, *headers, to=to, subject=subject).replace(f"Return-Path: <{READER}>", "Return-Path: <>")


MACHINES: tuple[Case, ...] = (
    machine(
        81,
        "Exchange, out of office",
        empty_path(
            81, "X-Auto-Response-Suppress: All", "auto-submitted: auto-generated", subject="Automatic reply: Telford"
        ).encode()
        + part(AWAY),
        Why.AUTO_SUBMITTED,
    ),
    machine(
        82,
        "Sieve, vacation, to the envelope's sender",
        head(82, "Auto-Submitted: auto-replied (vacation)", "Precedence: bulk", to=BOUNCES).encode() + part(AWAY),
        Why.AUTO_SUBMITTED,
    ),
    machine(
        83,
        "Exim's vacation, to Reply-To",
        plain(83, AWAY, "Auto-Submitted: Auto-Replied; owner-email=x"),
        Why.AUTO_SUBMITTED,
    ),
    machine(84, "Gmail's vacation", plain(84, AWAY, "Precedence: Bulk", "X-Autoreply: yes"), Why.PRECEDENCE),
    machine(85, "an old autoresponder", plain(85, AWAY, f"X-Auto-Reply-From: {READER}"), Why.AUTO_SUBMITTED),
    machine(
        86,
        "an automatic answer whose subject alone says so",
        plain(86, AWAY).replace(b"Subject: Re: !", b"Subject: Abwesenheitsnotiz: !"),
        Why.AUTO_SUBMITTED,
    ),
    machine(
        87, "a ticket system", plain(87, "[Ticket 4711] ok\n", "X-OTRS-Loop: yes", "Precedence: junk"), Why.PRECEDENCE
    ),
    machine(
        88,
        "a mailing list's copy",
        plain(88, f"ok\n\n{quoted()}", "List-Id: Command team <command.lists.example.org>"),
        Why.LIST,
    ),
    machine(
        89,
        "our own notice come back",
        head(89, sender="Performance alerts <alerts@example.org>").encode() + part("ok\n"),
        Why.OURS,
    ),
    machine(
        90,
        "another engine's polite answer",
        empty_path(90, "Auto-Submitted: auto-replied", to=ALERTS).encode()
        + part("Your mail could not be understood.\n"),
        Why.AUTO_SUBMITTED,
    ),
    machine(
        91,
        "an answer to an appointment",
        head(91).encode() + several("alternative", part("ok\n"), _INVITATION),
        Why.CALENDAR,
    ),
    machine(
        92,
        "a read receipt",
        head(92).encode()
        + several(
            "report",
            part("Your message was read.\n"),
            b"Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: "
            b"rfc822;commander.telford@example.org\r\n"
            b"Disposition: manual-action/MDN-sent-manually; displayed\r\n",
            more="; report-type=disposition-notification",
        ),
        Why.RECEIPT,
    ),
    machine(
        93,
        "deleted without being read, as Exchange reports it, with an empty return path",
        empty_path(93).encode()
        + several(
            "report",
            part("Not read.\n"),
            b"Content-Type: message/disposition-notification\r\n\r\nDisposition: "
            b"automatic-action/MDN-sent-automatically; deleted\r\n",
            more='; report-type="disposition-notification"',
        ),
        Why.RECEIPT,
    ),
    machine(
        94,
        "a complaint in the form of providers",
        head(94).encode()
        + several(
            "report",
            part("This is an abuse report.\n"),
            b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n",
            more="; report-type=feedback-report",
        ),
        Why.REPORT,
    ),
    machine(95, "passed on unread", plain(95, "ok\n", "Resent-From: other@example.org"), Why.RESENT),
    machine(96, "an empty return path and no report", empty_path(96).encode() + part("ok\n"), Why.EMPTY_RETURN_PATH),
)
