"""Answers by mail, the whole way: a notice goes out, a reply comes back, and what it asks for is done once."""

import asyncio

import pytest
from samples.answers import KEY, OURS, Correspondence, Post, reply
from samples.dovecot import Dovecot

from alerting.cli import main
from alerting.domain.inbox import Standing
from alerting.domain.rule_record import called_false
from alerting.errors import MailboxFailed
from alerting.replies.token import sign
from alerting.settings import Secret

ALERT = "r/m/force/2020-05"
ESCALATES = ", escalate: {after: 2 working days, to: chief}"


@pytest.fixture
def life(tmp_path, dovecot: Dovecot, request):
    name = "".join(letter for letter in request.node.name if letter.isalnum())[:60]
    with Correspondence(tmp_path, dovecot, name, rule=", remind: daily", head=ESCALATES) as found:
        yield found


@pytest.fixture
def told(life):
    """The notice that the head was sent on 2 June."""
    life.tick("2020-06-02", "2020-05 14")
    (mail,) = life.post.to("head")
    return mail


def test_a_reply_acknowledges_and_stops_reminder_and_escalation(life, told):
    life.arrives(reply(told, "ok\n\nMore staff from July."))
    (entry,) = life.read("2020-06-02")

    assert (Standing.ACTED, f"acknowledged {ALERT}", "head") == (entry.standing, entry.outcome, entry.person)
    assert [("acknowledged", "head", "by mail", "More staff from July.")] == life.events(ALERT)
    assert [] == [told for day in (3, 4, 5, 8) for told in life.tick(f"2020-06-{day:02}")]
    assert "Head of Performance, 2 June 2020, by mail: More staff from July." in life.digest("2020-06-08")


@pytest.mark.usefixtures("told")
def test_without_an_answer_it_is_reminded_and_passed_on(life):
    """What the answer above stopped."""
    found = [told for day in (3, 4, 5, 8) for told in life.tick(f"2020-06-{day:02}")]

    assert {("head", "reminded", "force"), ("chief", "escalated", "force")} <= set(found)


def test_explain_says_by_whom_and_by_which_way(life, told, capsys, monkeypatch):
    life.arrives(reply(told, "Noted"))
    life.read("2020-06-02")
    monkeypatch.setenv("ALERTING_STATE_DIR", str(life.state))
    main(["explain", ALERT, "--rules", str(life.folder)])

    assert "ACKNOWLEDGED by head (by mail)" in capsys.readouterr().out


def test_a_deputy_answers_for_the_owner_and_is_named(life, told):
    life.set(head=f"{ESCALATES}, deputy: chief")
    life.write()
    life.arrives(reply(told, "ok", sender="Chief Officer <CHIEF@example.org>"))
    life.read("2020-06-02")

    assert [("acknowledged", "chief", "by mail, for Head of Performance", None)] == life.events(ALERT)


def test_a_mail_that_is_found_again_does_nothing(life, told):
    mail = reply(told, "Looking into it")
    life.arrives(mail, mail)
    life.read("2020-06-02")
    life.arrives(mail)
    life.read("2020-06-03")

    assert 1 == len(life.events(ALERT))


@pytest.mark.parametrize(
    "sender",
    [
        "north@example.org",
        "stranger@example.net",
        "Head of Performance <evil@example.net>",
        "",
        "a@b.c, head@example.org",
    ],
)
def test_nobody_else_acts_with_a_token(life, told, sender):
    before = len(life.post.mails)
    life.arrives(reply(told, "ok", sender=sender or "undisclosed"))
    (entry,) = life.read("2020-06-02")

    assert Standing.ACTED is not entry.standing
    assert [] == life.events(ALERT)
    assert {"north@example.org"} >= {recipient for _, recipient, _ in life.post.mails[before:]}


def test_a_token_in_capitals_is_the_same(life, told):
    life.arrives(reply(told, "ok", To=str(told["Reply-To"]).upper()))
    life.read("2020-06-02")

    assert 1 == len(life.events(ALERT))


@pytest.mark.parametrize("change", ["cut", "changed", "none", "another key"])
def test_a_token_that_is_not_the_messages_own_opens_nothing(life, told, change):
    local, _, domain = str(told["Reply-To"]).partition("@")
    name, _, token = local.partition("+")
    (delivery,) = [one for one in _deliveries(life) if one.owner == "head"]
    another = sign(b"a key that is another", delivery.id, delivery.address)
    swapped = token[:-1] + ("a" if token[-1] != "a" else "b")
    wrong = {"cut": token[:-1], "changed": swapped, "none": "", "another key": another}[change]
    life.arrives(reply(told, "ok", To=f"{name}+{wrong}@{domain}"))
    life.read("2020-06-02")

    assert [] == life.events(ALERT)


def _deliveries(life):
    with life.opened("2020-01-01") as (_, store):
        return store.deliveries()


def test_an_old_key_is_believed_as_long_as_it_is_there(life, told):
    life.settings["secret_key"] = Secret(f"a-new-key-of-16-and-more {KEY}")
    life.arrives(reply(told, "ok"))
    life.read("2020-06-02")
    assert 1 == len(life.events(ALERT))

    life.settings["secret_key"] = Secret("a-new-key-of-16-and-more")
    life.arrives(reply(told, "A comment."))
    life.read("2020-06-02")
    assert 1 == len(life.events(ALERT))


def test_what_has_ended_is_not_acknowledged_nor_what_opened_since(life, told):
    life.tick("2020-07-02", "2020-06 5")
    life.tick("2020-08-03", "2020-07 15")
    life.arrives(reply(told, "ok"))
    (entry,) = life.read("2020-08-03")
    (new,) = life.alerts()

    assert Standing.NOT_ACTED is entry.standing
    assert [] == life.events(ALERT) + life.events(new.id)
    assert "what it answers has ended" in life.post.to("head")[-1].get_body(("plain",)).get_content()


def test_the_mailboxs_own_server_is_believed_about_a_forged_sender(life, told):
    life.arrives(reply(told, "ok", Authentication_Results="mx.example.org; dmarc=fail header.from=example.org"))
    before = len(life.post.mails)
    (entry,) = life.read("2020-06-02")

    assert "does not come from its sender's domain" in entry.outcome
    assert [] == life.events(ALERT)
    assert before == len(life.post.mails)


def test_not_mine_tells_the_maintainer_and_changes_nothing_else(life, told):
    life.set(more="roles: {maintainer: duty}")
    life.write()
    life.arrives(reply(told, "Not mine!\nAsk the north."))
    life.read("2020-06-02")
    (mail,) = life.post.to("duty")

    assert "Head of Performance: not mine" in str(mail["Subject"])
    assert [True, True] == [words in mail.get_body(("plain",)).get_content() for words in (ALERT, "Ask the north.")]
    assert [] == life.events(ALERT)


def test_a_false_alarm_is_taken_on_and_kept_as_one(life, told):
    life.arrives(reply(told, "False alarm.\nThe clocks were wrong."))
    (entry,) = life.read("2020-06-02")

    assert (Standing.ACTED, "false alarm") == (entry.standing, entry.act)
    assert [("acknowledged", "head", "by mail", "The clocks were wrong.")] == life.events(ALERT)
    assert {ALERT} == called_false_in(life)


def called_false_in(life):
    with life.opened("2020-01-01") as (_, store), store.begin() as state:
        return set(called_false(state.alerts.acknowledgements_and_comments()))


def test_what_has_ended_or_is_taken_on_may_still_be_called_a_false_alarm(life, told):
    life.arrives(reply(told, "ok"))
    life.read("2020-06-02")
    life.arrives(reply(told, "false alarm"))
    life.read("2020-06-02")
    life.tick("2020-07-02", "2020-06 5")
    life.arrives(reply(told, "false alarm"))
    (*_, entry) = life.read("2020-07-02")

    assert (Standing.ACTED, {ALERT}) == (entry.standing, called_false_in(life))
    assert ["acknowledged", "commented", "commented"] == [kind for kind, *_ in life.events(ALERT)]


def test_what_cannot_be_understood_is_answered_once_a_day_and_by_nobody(life, told):
    """The answer has no return path and says that a program wrote it, so that nobody's program answers it."""
    life.arrives(reply(told, ""), reply(told, ""))
    life.read("2020-06-02")
    (envelope, recipient, mail) = life.post.mails[-1]

    assert 2 == len(life.post.to("head"))
    assert ("<>", "head@example.org", "auto-replied") == (envelope, recipient, mail["Auto-Submitted"])
    assert "nothing is written in it" in mail.get_body(("plain",)).get_content()
    life.arrives(reply(told, ""))
    life.read("2020-06-03")
    assert 3 == len(life.post.to("head"))


def test_our_own_mail_coming_back_is_not_answered(life, told):
    life.arrives(reply(told, ""))
    life.read("2020-06-02")
    before = len(life.post.mails)
    life.arrives(*(mail.as_bytes() for mail in life.post.to("head")))
    life.read("2020-06-03")

    assert before == len(life.post.mails)
    assert [] == life.events(ALERT)


def test_a_bundles_items_are_chosen_by_their_numbers(life):
    life.rules = (
        life.rules.replace("%(more)s", "", 1)
        .replace(
            "measures:\n",
            "measures:\n  - {id: n, title: Other, topic: t, unit: count, better: lower, every: month, target: 10, source: calls}\n",
        )
        .replace("rules: [", "rules: [{id: o, title: Others, measures: n, when: {target_missed: {}}}, ")
    )
    life.figures |= {("force", "2020-05"): "14"}
    life.write()
    figures = life.folder / "figures/m.csv"
    figures.write_text(figures.read_text() + "n,force,2020-05,30\n")
    life.write = lambda: None
    life.tick("2020-06-02")
    (mail,) = life.post.to("head")
    life.arrives(reply(mail, "ok 2\nseen"), reply(mail, "ok 3"))
    life.read("2020-06-02")
    text = mail.get_body(("plain",)).get_content()

    assert text.index("1. Other") < text.index("2. Crimes")
    assert "ok 2 3 for some" in " ".join(text.split())
    assert [("acknowledged", "head", "by mail", "seen")] == life.events(ALERT)[:1]
    assert [] == [kind for kind, *_ in life.events("o/n/force/2020-05") if kind == "acknowledged"]


def test_where_there_are_no_plus_addresses_the_token_stands_in_the_text(life):
    life.settings["reply_token"] = "text"
    life.tick("2020-06-02", "2020-05 14")
    (told,) = life.post.to("head")
    assert OURS == str(told["Reply-To"])

    life.arrives(reply(told, "ok", In_Reply_To="<other@example.org>", References=""))
    life.read("2020-06-02")
    assert [] == life.events(ALERT)
    life.arrives(reply(told, "ok"))
    life.read("2020-06-02")
    assert [("acknowledged", "head", "by mail", None)] == life.events(ALERT)


@pytest.mark.usefixtures("told")
def test_a_reply_to_a_digest_does_nothing_and_is_told_how_to(life):
    life.set(more='digests: [{id: monday, every: "monday 07:30", to: [head]}]')
    life.digest("2020-06-08")
    life.read("2020-06-08")
    digest = life.post.to("head")[-1]
    life.arrives(reply(digest, "ok"))
    (entry,) = life.read("2020-06-08")

    assert Standing.NOT_ACTED is entry.standing
    assert [] == life.events(ALERT)
    assert "reply to the notice that told you of it" in life.post.to("head")[-1].get_body(("plain",)).get_content()


def test_buttons_open_a_mail_that_acts(told):
    page = told.get_body(("html",)).get_content()

    assert f"mailto:{told['Reply-To']}?subject=Re%3A%20" in page.replace("&#43;", "+")
    assert "&amp;body=ok" in page
    assert "To answer, reply to this mail with a first line of ok or not mine" in " ".join(
        told.get_body(("plain",)).get_content().split()
    )


def test_without_a_mailbox_nothing_is_promised(life):
    del life.settings["imap_url"]
    life.tick("2020-06-02", "2020-05 14")
    (told,) = life.post.to("head")

    assert "mailto:" not in told.as_string()
    assert "To answer" not in told.as_string()
    assert None is told["Reply-To"]


@pytest.mark.usefixtures("told")
def test_a_mailbox_that_is_gone_holds_up_nothing(life):
    life.settings["imap_url"] = Secret("imap://a:b@127.0.0.1:9/INBOX?tls=none")
    with pytest.raises(Exception, match=r"127\.0\.0\.1:9/INBOX: the mailbox cannot be reached"):
        life.read("2020-06-03")
    assert [("head", "reminded", "force")] == life.tick("2020-06-03")


def test_a_mailbox_that_is_gone_is_found_out_before_anybody_is_told_anything(life):
    life.settings["imap_url"] = Secret("imap://a:b@127.0.0.1:9/INBOX?tls=none")
    life.write()
    with pytest.raises(MailboxFailed, match="the mailbox cannot be reached"):
        life.read("2020-06-01")


def test_before_anybody_is_told_anything_no_mail_is_touched(life):
    life.write()
    life.arrives(b"From: head@example.org\r\nMessage-ID: <early@example.org>\r\n\r\nok\r\n")
    life.read("2020-06-01")
    assert 1 == len(life.server.holds(life.user))


class AnswersAtOnce(Post):
    """Lets whoever gets a mail answer it at once."""

    def __init__(self, life):
        super().__init__()
        self.life = life

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        said = await super().handle_DATA(server, session, envelope)
        if self.mails[-1][2]["Auto-Submitted"] == "auto-generated":
            await asyncio.to_thread(self.life.arrives, reply(self.mails[-1][2], "ok"))
        return said


def test_the_whole_way_is_tried_once(life, monkeypatch, capsys):
    life.controller.handler = AnswersAtOnce(life)
    life.tick("2020-06-02", "2020-05 5")
    for name, value in {
        "STATE_DIR": str(life.state), "SMTP_URL": life.smtp, "MAIL_FROM": "alerts@example.org", "SECRET_KEY": KEY,
        "IMAP_URL": life.settings["imap_url"].get_secret_value(), "POLL_S": "0.1",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"ALERTING_{name}", value)

    assert 0 == main(["notify", "test", "head", "--reply", "--rules", str(life.folder), "--wait", "60"])
    assert "An answer from head@example.org came and was read: acknowledge" in capsys.readouterr().out
    life.controller.handler.life.arrives = lambda *_: None
    assert 1 == main(["notify", "test", "head", "--reply", "--rules", str(life.folder), "--wait", "0"])
    assert "No answer came: look at ALERTING_REPLY_TO" in capsys.readouterr().err
    monkeypatch.delenv("ALERTING_IMAP_URL")
    assert 2 == main(["notify", "test", "head", "--reply", "--rules", str(life.folder)])
    assert "set ALERTING_IMAP_URL" in capsys.readouterr().err
