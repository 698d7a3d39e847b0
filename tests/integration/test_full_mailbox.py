"""One mailbox with mails of every program, and monsters in the middle: all of them are taken in, each once, as it must be."""

import pytest
from samples.answers import Correspondence
from samples.replies import MATRIX
from samples.replies.cases import KEY, MESSAGE, NOTICE, NOTICE_HTML, READER, SERVER

from alerting.app.answers.intake import Intake, Mailroom
from alerting.domain.inbox import Standing
from alerting.domain.notify.notice import Delivery, DeliveryState, Message, Notice, NoticeKind
from alerting.mailboxes.imap import FOLDERS, ImapMailbox
from alerting.ports.mailbox import MailFolder
from alerting.replies.incoming import Act, MailKind

ALERT = "r/m/force/2020-05"
ACTS = {Act.ACKNOWLEDGE, Act.NOT_MINE, Act.COMMENT}


def deep(levels: int) -> bytes:
    """A mail whose parts are nested so deep."""
    head = b"From: a@example.net\r\nMessage-ID: <deep@example.net>\r\n"
    begins = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(levels))
    return head + begins + b"Content-Type: text/plain\r\n\r\nok\r\n"


MONSTERS = (
    deep(1500),
    b"From: a@example.net\r\nMessage-ID: <large@example.net>\r\n\r\n"
    + b"x" * 76
    + b"\r\n"
    + b"large line\r\n" * 800_000,
    b'From: a@example.net\r\nMessage-ID: <many@example.net>\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    + b"--b\r\nContent-Type: text/plain\r\n\r\nok\r\n" * 5000,
    b"this is no mail\r\n",
)


@pytest.fixture
def life(tmp_path, dovecot):
    with Correspondence(tmp_path, dovecot, "fullmailbox") as found:
        found.tick("2020-06-02", "2020-05 14")
        yield found


def told(store, items):
    """Let the message of the matrix be one that told its reader of the alert."""
    delivery = next(one for one in store.deliveries() if one.owner == "head")
    with store.begin() as state:
        events = tuple(chapter.event for chapter in state.alerts.history(ALERT))
        notice = Notice(id="n", kind=NoticeKind.EXCEPTIONS, owner="head", at=events[0].at, events=events)
        message = Message(subject="!", text=NOTICE, html=NOTICE_HTML, items=((ALERT,),) * items)
        sent = Delivery(
            id=MESSAGE, notice_id="n", owner="head", channel="email", address=READER, message_id=f"{MESSAGE}@example.org",
            message=message, state=DeliveryState.ACCEPTED, accepted_at=delivery.accepted_at,
        )  # fmt: skip
        state.outbox.save([notice], [sent])


def test_all_are_taken_in_as_they_must_be(life):
    half = len(MATRIX) // 2
    first, second = ([case.raw for case in some if case.raw] for some in (MATRIX[:half], MATRIX[half:]))
    raws = [*first, *MONSTERS, *second]
    life.arrives(*raws)
    with life.opened("2020-06-02") as (engine, store):
        told(store, 5)
        own = engine.installation
        intake = Intake(
            rules=engine.rules, store=store, defaults=own.message_defaults, mailbox="here", now_in=engine.now_in,
            room=Mailroom(keys=(KEY.decode(),), own=own.mailroom.own, server=SERVER, in_text=False),
        )  # fmt: skip
        emptied = ImapMailbox(life.server.url(life.user)).empty(intake, since=engine.clock.now().date())
        entries = {entry.key: entry for entry in intake.entries}

    assert (len(raws), None) == (emptied.read, emptied.trouble)
    assert [] == life.server.holds(life.user)
    assert 2 <= len(life.server.holds(life.user, FOLDERS[MailFolder.ASIDE])) < 10
    by_key = {_key(case.raw): case for case in MATRIX}
    wrong = [
        (case.number, case.name, entries[key].standing.value, entries[key].outcome)
        for key, case in by_key.items()
        if key in entries and (entries[key].standing is Standing.ACTED) is not _acts(case)
    ]
    assert [] == wrong
    assert {recipient for _, recipient, _ in life.post.mails} <= {
        f"{one}@example.org" for one in ("head", "chief", "duty")
    }


def _acts(case) -> bool:
    return case.kind is MailKind.PERSON and case.act in ACTS and case.opens


def _key(raw: bytes) -> str:
    from alerting.replies.reading import read_mail

    return read_mail(raw).key
