"""The mailbox on a real IMAP server: what is read once, moved, left alone, and said where something is wrong with it."""

import datetime as dt
import os
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme
from samples import dovecot as servers
from samples.dovecot import Dovecot
from samples.sampling import few

from alerting.errors import MailboxFailed
from alerting.mailboxes.imap import FOLDERS, MOST_BYTES, ImapMailbox
from alerting.ports.mailbox import Letter, MailFolder

LONG_AGO = dt.date(2020, 1, 1)
DONE, ASIDE = FOLDERS[MailFolder.DONE], FOLDERS[MailFolder.ASIDE]


def mail(n: int, text: str = "ok") -> bytes:
    return f"From: a@example.org\r\nSubject: {n}\r\nMessage-ID: <{n}@example.org>\r\n\r\n{text}\r\n".encode()


@dataclass
class Memory:
    """Takes mails in and remembers them as a state would."""

    shelf: Callable[[bytes], MailFolder] = lambda _: MailFolder.DONE
    taken: list[Letter] = field(default_factory=list)
    places: dict[int, dict[int, MailFolder]] = field(default_factory=dict)
    most: int = 10**9
    #: Done before each mail is taken in.
    meanwhile: Callable[[int], object] = lambda _: None

    def known(self, validity: int) -> Mapping[int, MailFolder]:
        return dict(self.places.get(validity, {}))

    def take(self, letter: Letter) -> MailFolder:
        self.meanwhile(len(self.taken))
        self.taken.append(letter)
        shelf = self.shelf(letter.raw)
        self.places.setdefault(letter.place.validity, {})[letter.place.uid] = shelf
        return shelf

    def goes_on(self) -> bool:
        return len(self.taken) < self.most


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    return "".join(letter for letter in request.node.name if letter.isalnum())[:60] + str(os.getpid())


def test_each_mail_is_read_once_and_moved_where_it_belongs(dovecot: Dovecot, user: str):
    dovecot.put(user, mail(1), mail(2, "broken"), mail(3))
    memory = Memory(shelf=lambda raw: MailFolder.ASIDE if b"broken" in raw else MailFolder.DONE)
    box = ImapMailbox(dovecot.url(user))
    first, second = box.empty(memory, since=LONG_AGO), box.empty(memory, since=LONG_AGO)

    assert (3, 0) == (first.read, second.read)
    assert (None, None) == (first.trouble, second.trouble)
    assert [mail(1), mail(2, "broken"), mail(3)] == [letter.raw for letter in memory.taken]
    assert [] == dovecot.holds(user)
    assert [mail(1), mail(3)] == dovecot.holds(user, DONE)
    assert [mail(2, "broken")] == dovecot.holds(user, ASIDE)


def test_a_mail_that_was_taken_in_and_not_moved_is_moved_and_not_read_again(dovecot: Dovecot, user: str):
    dovecot.put(user, mail(1), mail(2))
    memory = Memory()
    with dovecot.signed_in(user) as client:
        validity = client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"]
        memory.places[validity] = {client.search()[0]: MailFolder.ASIDE}
    ImapMailbox(dovecot.url(user)).empty(memory, since=LONG_AGO)

    assert [mail(2)] == [letter.raw for letter in memory.taken]
    assert [mail(1)] == dovecot.holds(user, ASIDE)


def test_nothing_is_marked_as_read_nor_removed_that_others_marked(dovecot: Dovecot, user: str):
    dovecot.put(user, mail(1), mail(2))
    with dovecot.signed_in(user) as client:
        client.add_flags(client.search()[:1], [rb"\Deleted"])
    memory = Memory(most=1)
    emptied = ImapMailbox(dovecot.url(user)).empty(memory, since=LONG_AGO)

    assert emptied.left
    with dovecot.signed_in(user) as client:
        flags = client.get_flags(client.search())
        assert [()] == [tuple(flag for flag in some if flag != rb"\Recent") for some in flags.values()]
        client.select_folder(DONE)
        assert [(rb"\Deleted",)] == [
            tuple(flag for flag in some if flag != rb"\Recent") for some in client.get_flags(client.search()).values()
        ]


def test_others_may_remove_mails_while_they_are_read(dovecot: Dovecot, user: str):
    dovecot.put(user, mail(1), mail(2), mail(3))

    def remove_the_next(n: int) -> None:
        if n == 0:
            with dovecot.signed_in(user) as client:
                client.delete_messages(client.search(["SUBJECT", "2"]))
                client.expunge()

    memory = Memory(meanwhile=remove_the_next)
    emptied = ImapMailbox(dovecot.url(user)).empty(memory, since=LONG_AGO)

    assert emptied.trouble is None
    assert [mail(1), mail(3)] == [letter.raw for letter in memory.taken]


def test_a_folder_made_anew_has_other_mails_under_the_same_numbers(dovecot: Dovecot, user: str):
    dovecot.put(user, mail(1), folder="Alerts")
    memory, box = Memory(), ImapMailbox(dovecot.url(user, folder="Alerts"))
    box.empty(memory, since=LONG_AGO)
    with dovecot.signed_in(user) as client:
        client.delete_folder("Alerts")
    dovecot.put(user, mail(2), folder="Alerts")
    box.empty(memory, since=LONG_AGO)

    assert [mail(1), mail(2)] == [letter.raw for letter in memory.taken]
    assert 2 == len(memory.places)


def test_of_a_large_mail_the_beginning_is_fetched(dovecot: Dovecot, user: str):
    large = mail(1, "x" * 10_000_000)
    dovecot.put(user, large)
    memory = Memory()
    ImapMailbox(dovecot.url(user)).empty(memory, since=LONG_AGO)

    (letter,) = memory.taken
    assert (MOST_BYTES, len(large)) == (len(letter.raw), letter.size)
    assert large.startswith(letter.raw)


@pytest.mark.sampled
def test_mails_that_came_before_anything_was_told_are_left_alone(dovecot: Dovecot, user: str):
    old = few(50, 10_000)
    with dovecot.signed_in(user) as client:
        client.multiappend(
            "INBOX", [{"msg": mail(n), "date": dt.datetime(2020, 5, 1, tzinfo=dt.UTC)} for n in range(old)]
        )
    dovecot.put(user, mail(77_777))
    memory = Memory()
    emptied = ImapMailbox(dovecot.url(user)).empty(memory, since=dt.date(2020, 6, 1))

    assert 1 == emptied.read
    assert [mail(77_777)] == [letter.raw for letter in memory.taken]
    assert old == len(dovecot.holds(user))


@pytest.mark.sampled
def test_old_mails_that_stay_are_not_read_again(dovecot: Dovecot, user: str):
    """Where they cannot be moved, their numbers are known."""
    old = few(50, 10_000)
    with dovecot.signed_in(user) as client:
        client.multiappend("INBOX", [mail(n) for n in range(old)])
        client.append("INBOX", mail(77_777))
        uids = client.search()
        validity = client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"]
    memory = Memory(places={validity: dict.fromkeys(uids[:-1], MailFolder.DONE)})
    emptied = ImapMailbox(dovecot.url(user)).empty(memory, since=LONG_AGO)

    assert 1 == emptied.read
    assert [mail(77_777)] == [letter.raw for letter in memory.taken]


def test_a_read_only_folder_is_read_once_and_said(dovecot: Dovecot, user: str):
    dovecot.put(user, mail(1))
    dovecot.make_read_only(user)
    memory, box = Memory(), ImapMailbox(dovecot.url(user))
    first, second = box.empty(memory, since=LONG_AGO), box.empty(memory, since=LONG_AGO)

    assert (1, 0) == (first.read, second.read)
    assert "INBOX is read-only: what was read stays there" in (first.trouble or "")
    assert [mail(1)] == dovecot.holds(user)


def test_a_full_account_is_said_and_holds_up_nothing(dovecot: Dovecot, user: str):
    """What was read stays where it is."""
    dovecot.put(user, mail(1), mail(2))
    (dovecot.folder / "mail" / user / f".{DONE}").write_text("in the way of a folder")
    memory, box = Memory(), ImapMailbox(dovecot.url(user))
    first, second = box.empty(memory, since=LONG_AGO), box.empty(memory, since=LONG_AGO)

    assert (2, 0) == (first.read, second.read)
    assert f"cannot be moved to {DONE}: " in (first.trouble or "")
    assert 2 == len(dovecot.holds(user))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"password": "wrong"}, "the sign-in was refused: .*put user and password right", id="password"),
        pytest.param({"folder": "Nowhere"}, "Nowhere: cannot be opened: .*name a folder that is there", id="folder"),
        pytest.param({"tls": "starttls"}, "the mailbox cannot be reached: .*look at server, port and tls", id="no-tls"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(dovecot: Dovecot, user: str, change: dict[str, str], said: str):
    with pytest.raises(MailboxFailed, match=said) as failed:
        ImapMailbox(dovecot.url(user, **change)).empty(Memory(), since=LONG_AGO)
    assert "\n" not in str(failed.value)


def test_a_server_that_is_not_there_is_named():
    with pytest.raises(MailboxFailed, match=r"127\.0\.0\.1:9/INBOX: the mailbox cannot be reached"):
        ImapMailbox("imap://a:b@127.0.0.1:9/INBOX?tls=none").empty(Memory(), since=LONG_AGO)


def test_a_line_that_breaks_loses_nothing(dovecot: Dovecot, user: str):
    dovecot.put(user, mail(1), mail(2), mail(3))
    memory = Memory()

    def cut(n: int) -> None:
        if n == 1:
            dovecot.cut_off(user)

    memory.meanwhile = cut
    with pytest.raises(MailboxFailed, match="the mailbox cannot be reached"):
        ImapMailbox(dovecot.url(user)).empty(memory, since=LONG_AGO)
    memory.meanwhile = lambda _: None
    ImapMailbox(dovecot.url(user)).empty(memory, since=LONG_AGO)

    assert [mail(1), mail(2), mail(3)] == [letter.raw for letter in memory.taken]
    assert 3 == len(dovecot.holds(user, DONE))


def _certificate(folder: Path, authority: trustme.CA, *, expires: dt.datetime | None = None) -> tuple[Path, Path]:
    issued = authority.issue_cert("127.0.0.1", not_after=expires)
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    return chain, key


@pytest.mark.sampled(9)
@pytest.mark.parametrize("how", ["implicit", "starttls"])
@pytest.mark.parametrize("fault", [None, "expired", "strange"])
def test_the_line_is_encrypted_and_the_certificate_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, fault: str | None
):
    authority = trustme.CA()
    (trusted := tmp_path / "authority.pem").write_bytes(authority.cert_pem.bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    expires = dt.datetime(2024, 1, 1, tzinfo=dt.UTC) if fault == "expired" else None
    pair = _certificate(tmp_path, trustme.CA() if fault == "strange" else authority, expires=expires)
    with servers.running(certificate=pair) as server:
        box, memory = ImapMailbox(server.url("amina", tls=how)), Memory()
        if fault is None:
            server.put("amina", mail(1))
            assert 1 == box.empty(memory, since=LONG_AGO).read
        else:
            with pytest.raises(MailboxFailed, match=r"its certificate is not trusted .*; renew it, or name") as failed:
                box.empty(memory, since=LONG_AGO)
            assert isinstance(failed.value.__cause__, ssl.SSLCertVerificationError)
