"""Nothing that a figure, a rule, a name or a setting holds becomes a header or a recipient: looked at as bytes at the server."""

import asyncio
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from email.policy import EmailPolicy

import pytest
from samples.channels import mail_context
from samples.smtp_server import Relay, run, script
from samples.worlds import CALLS, a_folder

from alerting.demo.story import FixedClock
from alerting.domain.notify.notice import Delivery, Message
from alerting.domain.rule import Channel
from alerting.errors import UsageError
from alerting.opening import open_store
from alerting.settings import Secret, Settings
from alerting.wiring import engine_of
from notifiers import mime
from notifiers.email import Email
from notifiers.selftest import header_fault

AT = datetime(2020, 10, 15, 7, tzinfo=UTC)
#: Each would be a header `Bcc` of its own, or a recipient, where somebody reads a line break into it.
HOSTILE = {
    "crlf": "x\r\nBcc: evil@example.org",
    "cr": "x\rBcc: evil@example.org",
    "lf": "x\nBcc: evil@example.org",
    "vt": "x\x0bBcc: evil@example.org",
    "ff": "x\x0cBcc: evil@example.org",
    "u0085": "x\x85Bcc: evil@example.org",
    "u2028": "x\u2028Bcc: evil@example.org",
    "u2029": "x\u2029Bcc: evil@example.org",
    "nul": "x\0\r\nBcc: evil@example.org",
    "end-of-head": "x\r\n\r\nBcc: evil@example.org",
    "dot-alone": "x\r\n.\r\nMAIL FROM:<evil@example.org>\r\n",
    "folded": "x\r\n Bcc: evil@example.org",
    "encoded-word": "=?utf-8?q?x=0ABcc:_evil=40example.org?=",
    "encoded-word-with-crlf": "=?utf-8?q?x=0D=0ABcc:_evil=40example.org?=",
    "encoded-word-in-base64": "=?utf-8?b?eApCY2M6IGV2aWxAZXhhbXBsZS5vcmc=?=",
    "encoded-word-in-another-charset": "=?utf-7?q?x+AAo-Bcc:_evil=40example.org?=",
    "encoded-word-cut-in-two": "=?utf-8?q?x?= =?utf-8?q?=0ABcc:_evil=40example.org?=",
    "encoded-word-among-letters": "é=?utf-8?q?x=0ABcc:_evil=40example.org?=é",
    "encoded-word-made-by-cleaning": "=\0?utf-8?q?x=0ABcc:_evil=40example.org?=",
    "half-a-character": "x\ud80d\ud80aBcc: evil@example.org",
    "long": "x" * 3000 + "\r\nBcc: evil@example.org",
    "long-and-accented": "é" * 500 + "\nBcc: evil@example.org",
}
USUAL = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "References", "List-Id", "X-Note", "MIME-Version", "Content-Type",
]  # fmt: skip


def header_names(content):
    """Read the names as the bytes spell them: by lines that any program might see."""
    head = content.split(b"\r\n\r\n")[0]
    lines = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return [line.split(b":")[0].decode("ascii") for line in lines if line[:1] not in (b" ", b"\t")]


def a_message(**changes):
    message = Message(
        subject="subject", text="text", html="<p>html</p>",
        headers=(("References", "<a@example.org>"), ("List-Id", "Notices <n.example.org>"), ("X-Note", "note")),
    )  # fmt: skip
    return replace(message, **changes)


def at_server(message, *, mail_from="Alerts <alerts@example.org>", reply_to="Analyst <analyst@example.org>", owner="o"):
    """Send a message and return all that the server took and heard."""
    delivery = Delivery(
        id="d1", notice_id="n1", owner=owner, channel="email", address="owner@example.org",
        message_id="d1@example.org", message=message,
    )  # fmt: skip

    async def sent():
        async with Relay((script(),)) as server:
            context = mail_context(
                channel=Channel(id="email", kind="email"), smtp_url=server.url(), mail_from=mail_from,
                reply_to=reply_to, out_dir=None,
            )  # fmt: skip
            async with Email(context) as way:
                await way.send(delivery, message, at=AT)
            return server.ledger, [said for heard in server.heard for said in heard]

    return run(sent())


def with_(place, text):
    match place:
        case "text":
            return {"text": f"{text}\n"}
        case "html":
            return {"html": f"<p>{text}</p>"}
        case "X-Note" | "List-Id":
            kept = [(name, value) for name, value in a_message().headers if name != place]
            return {"headers": (*kept, (place, text))}
    return {place: text}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("place", ["subject", "text", "html", "X-Note"])
def test_a_text_in_a_message_makes_no_header_and_no_recipient(place, text):
    if place == "X-Note" and len(text) > 900 and text.isascii():
        text = text[-800:]  # longer ones are refused

    ledger, said = at_server(a_message(**with_(place, text)))

    (taken,) = ledger
    assert sorted(USUAL) == sorted(header_names(taken.content))
    assert ("MAIL FROM:<alerts@example.org>", "RCPT TO:<owner@example.org>") == (taken.sender, taken.recipient)
    assert ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"] == [line.split(" ")[0] for line in said]


NAMES = {id_: text.replace("@", " at ").replace("<", "(").replace(">", ")") for id_, text in HOSTILE.items()}
PASSABLE = {id_: name for id_, name in NAMES.items() if not re.search(r"[\0-\x1f]", name)}


@pytest.mark.parametrize("setting", ["mail_from", "reply_to"])
@pytest.mark.parametrize("text", PASSABLE.values(), ids=PASSABLE)
def test_a_name_in_a_setting_makes_no_header(setting, text):
    ((taken,), _) = at_server(a_message(), **{setting: f"{text} <alerts@example.org>"})

    assert sorted(USUAL) == sorted(header_names(taken.content))
    assert "MAIL FROM:<alerts@example.org>" == taken.sender


@pytest.mark.parametrize("setting", ["mail_from", "reply_to"])
@pytest.mark.parametrize("text", [NAMES[id_] for id_ in NAMES if id_ not in PASSABLE])
def test_a_name_of_several_lines_is_refused_in_a_setting(setting, text):
    with pytest.raises(UsageError, match=f"ALERTING_{setting.upper()}"):
        at_server(a_message(), **{setting: f"{text} <alerts@example.org>"})


def test_the_names_of_headers_and_recipients_are_read_as_bytes_would_be():
    """Without it, the tests above could not fail."""
    assert ["A", "Bcc", "B"] == header_names(b"A: x\r\nBcc: y\rB: z\r\n folded\r\n\r\nbody")


# --- through the rules, the figures and the settings ---


def a_world(tmp_path, text, url):
    """A folder where everything that may hold a text holds *text*, as far as a folder may."""
    quoted = json.dumps(text)
    rules = CALLS.replace("title: Call handling", f"title: {quoted}")
    for title in ("999 calls answered within 10 seconds\n", "West Mercia", "North", "999 calls answered too slowly\n"):
        line_end = "\n" * title.endswith("\n")
        rules = rules.replace(f"title: {title}", f"title: {json.dumps(title.strip() + ' ' + text)}{line_end}")
    rules = rules.replace("name: Head of Contact", f"name: {quoted}").replace('"Commander, North"', quoted)
    rules = rules.replace('sentence: "{value}', f'sentence: "{{value}} {quoted[1:-1]}')
    rules += f"    why: {quoted}\n"
    figures = "measure,area,period,value,published,note\n" + "".join(
        f'answered,{area},2020-06,83,2020-07-02,"{text}"\n' for area in ("force", "north", "south")
    )
    folder = a_folder(tmp_path / "rules", {"rules.yaml": rules, "figures/calls.csv": figures})
    settings = Settings(
        state_dir=tmp_path / "state", smtp_url=Secret(url), mail_from="alerts@example.org", protective_marking=text
    )
    return engine_of(folder, settings, FixedClock(datetime.combine(date(2020, 7, 3), time(7), UTC)))


def told(tmp_path, text):
    async def sent():
        async with Relay((script(),)) as server:
            engine = await asyncio.to_thread(a_world, tmp_path, text, server.url())
            store = open_store(engine.settings)
            try:
                engine.tick(store, date(2020, 7, 3))
                engine.digest(store, date(2020, 7, 3))
                await engine.deliver(store)
            finally:
                store.close()
            return sorted(server.ledger, key=lambda taken: (taken.recipient, len(taken.content)))

    return run(sent())


THROUGH = [
    "encoded-word", "encoded-word-with-crlf", "encoded-word-in-base64", "encoded-word-cut-in-two",
    "encoded-word-among-letters",
]  # fmt: skip


@pytest.mark.sampled(2, each=False)
@pytest.mark.parametrize("name", THROUGH)
def test_titles_names_reasons_and_markings_make_no_header(tmp_path, name):
    """Line breaks do not pass the rule files' own check; encoded words are plain text to them."""
    usual = told(tmp_path / "usual", "plain")
    found = told(tmp_path / "hostile", HOSTILE[name])

    assert len(usual) >= 6
    assert [header_names(taken.content) for taken in usual] == [header_names(taken.content) for taken in found]
    assert [taken.recipient for taken in usual] == [taken.recipient for taken in found]


@pytest.mark.sampled(3, each=False)
@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in THROUGH and not name.startswith("long")])
def test_a_marking_with_line_breaks_makes_no_header(tmp_path, name):
    marking = HOSTILE[name].replace("\0", "\x01")  # no variable of the environment holds NUL

    async def sent():
        async with Relay((script(),)) as server:
            engine = await asyncio.to_thread(a_world, tmp_path, "plain", server.url())
            settings = replace(engine.settings, protective_marking=marking)
            engine.installation = replace(engine.installation, settings=settings)
            store = open_store(engine.settings)
            try:
                engine.tick(store, date(2020, 7, 3))
                await engine.deliver(store)
            finally:
                store.close()
            return server.ledger

    ledger = run(sent())

    assert 3 == len(ledger)
    assert all("Bcc" not in header_names(taken.content) for taken in ledger)


# --- this Python's own e-mail package ---


@pytest.fixture
def looked_at_anew():
    """It is looked at once in a process."""
    header_fault.cache_clear()
    yield
    header_fault.cache_clear()


@pytest.mark.usefixtures("looked_at_anew")
def test_this_python_writes_mails_that_hold_the_headers_they_were_given():
    assert None is header_fault()


@pytest.mark.usefixtures("looked_at_anew")
def test_case_244_a_python_that_lets_texts_make_headers_sends_no_mail(monkeypatch):
    """A package that decodes encoded words when it writes a subject, as releases before the fix of 2024 did."""
    written = EmailPolicy.fold_binary

    def leaky(self, *args, **options):
        found = written(self, *args, **options)
        return found.replace(b"Subject:", b"Bcc: probe@example.org\r\nSubject:") if b"probe=40" in found else found

    monkeypatch.setattr(EmailPolicy, "fold_binary", leaky)

    with pytest.raises(
        UsageError, match=r"no mail is sent: .* put headers into a mail \(found Bcc\); install a current"
    ):
        at_server(a_message())


@pytest.mark.usefixtures("looked_at_anew")
def test_case_244_texts_that_were_not_cleaned_would_be_noticed(monkeypatch):
    monkeypatch.setattr(mime, "one_line", lambda text: text)

    with pytest.raises(UsageError, match="no mail is sent: this Python's e-mail package"):
        at_server(a_message())


@pytest.mark.usefixtures("looked_at_anew")
def test_case_244_a_python_that_cannot_write_a_mail_says_so(monkeypatch):
    def broken(*_, **__):
        raise AttributeError("'NoneType' object has no attribute 'encode'")

    monkeypatch.setattr(EmailPolicy, "fold_binary", broken)

    with pytest.raises(UsageError, match=r"cannot write a mail .* install a current release of Python"):
        at_server(a_message())
