"""`alerting inbox`: what came by mail is listed with what was made of it, done after all, or let be."""

import json
from datetime import UTC, datetime

import pytest
from samples.lives import Life

from alerting.app.answers.intake import Intake, Mailroom
from alerting.cli import main
from alerting.ports.mailbox import Letter, MailUid
from alerting.replies.token import Purpose, sign

KEY, ALERT = "0123456789abcdef-of-a-test", "r/m/force/2020-05"


def answer(token, words, sender="head@example.org", number=1):
    head = (
        f"From: {sender}\nTo: alerts+{token}@example.org\nSubject: Re: Crimes\nMessage-ID: <{number}@x.example.org>\n"
    )
    return f"{head}\n{words}\n".encode()


@pytest.fixture
def life(tmp_path, monkeypatch):
    found = Life(tmp_path)
    found.tick("2020-06-02", "2020-05 14")
    monkeypatch.setenv("ALERTING_STATE_DIR", str(found.state))
    monkeypatch.setenv("ALERTING_RULES", str(found.folder))
    return found


def take(life, *mails):
    """Take mails in as if they lay in a mailbox."""
    with life.opened("2020-06-02") as (engine, store):
        told = next(one for one in store.deliveries() if one.owner == "head")
        token = sign(KEY.encode(), told.id, told.address, Purpose.ANSWER)
        intake = Intake(
            rules=engine.rules, store=store, defaults=engine.installation.message_defaults, mailbox="here/INBOX",
            room=Mailroom(keys=(KEY,), own=frozenset(), server="", in_text=False),
            now_in=lambda _: (engine.installation.today(), datetime(2020, 6, 2, 9, tzinfo=UTC)),
        )  # fmt: skip
        for uid, mail in enumerate(mails, 1):
            raw = mail(token)
            intake.take(Letter(place=MailUid(validity=1, uid=uid), raw=raw, size=len(raw)))
    return intake.entries


def test_what_did_nothing_is_listed_with_why_and_may_be_done_after_all(life, capsys):
    (entry,) = take(life, lambda token: answer(token, "ok\n\nAt home today.", "home@example.net"))
    assert 0 == main(["inbox", "list"])
    assert f"not acted on  {entry.id}" in (said := capsys.readouterr().out)
    assert "nothing: its sender is nobody in the rules" in said
    main(["inbox", "show", entry.id[:6]])
    assert "asks for: acknowledge" in (said := capsys.readouterr().out)
    assert said.endswith("\n\nAt home today.\n")

    assert 0 == main(["inbox", "apply", entry.id, "--person", "head"])
    assert f"acknowledged {ALERT}" in capsys.readouterr().out
    assert ["head"] == [one.acknowledgement.person for one in life.alerts()]
    assert 2 == main(["inbox", "apply", entry.id, "--person", "head"])
    assert f"mail {entry.id} was acted on already: acknowledged {ALERT}" in capsys.readouterr().err


def test_what_was_dropped_is_left_out(life, capsys):
    (entry,) = take(life, lambda token: answer(token, "hello", "home@example.net"))
    main(["inbox", "drop", entry.id])
    capsys.readouterr()
    main(["inbox", "list"])
    assert "No mails.\n" == capsys.readouterr().out
    main(["inbox", "list", "--all", "--format", "json"])

    (found,) = json.loads(capsys.readouterr().out)["mails"]
    assert ("dropped", "comment", "hello", "home@example.net") == tuple(
        found[k] for k in ("standing", "act", "comment", "from")
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "nothing"], 'no mail "nothing"; `alerting inbox list --all` names them'),
        (["drop", "nothing"], 'no mail "nothing"'),
        (["apply", "nothing", "--person", "nobody"], 'no owner "nobody"'),
    ],
)
def test_what_is_not_there_is_named(life, capsys, words, said):
    assert life.alerts()
    assert 2 == main(["inbox", *words])
    assert said in capsys.readouterr().err


def test_a_mail_without_a_message_or_words_cannot_be_done(life, capsys):
    entries = take(
        life,
        lambda _: answer("x" * 28, "ok", "home@example.net", 1),
        lambda token: answer(token, "", "home@example.net", 2),
        lambda token: answer(token, "ok", "head@example.org", 3),
    )
    for entry, said in zip(
        entries, ["shows no message that it answers", "asks for nothing", "was acted on"], strict=True
    ):
        assert 2 == main(["inbox", "apply", entry.id, "--person", "head"])
        assert said in capsys.readouterr().err
    assert 2 == main(["inbox", "drop", entries[-1].id])


def test_a_mail_at_which_the_program_fails_is_laid_aside_and_stops_nothing(life, monkeypatch, capsys):
    """The place where it lay is what it is known by."""

    def fails(raw, **_):
        if b"worst" in raw:
            raise RuntimeError("never seen")
        return read(raw, **_)

    from alerting.app.answers import intake

    read = intake.read_mail
    monkeypatch.setattr(intake, "read_mail", fails)
    entries = take(life, lambda token: answer(token, "worst"), lambda token: answer(token, "ok", number=2))

    assert ["aside", "acted"] == [one.standing.value for one in entries]
    main(["inbox", "list"])
    assert "the program failed at it (RuntimeError: never seen)" in capsys.readouterr().out
