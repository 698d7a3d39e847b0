"""No password can be read anywhere: not in an error, a log, a traceback or a repr, whatever form its address has."""

import asyncio
import json
import re
from contextlib import closing
from urllib.parse import quote

import pytest
import structlog
from samples.channels import mail_context
from samples.services import THURSDAY, World

from alerting.cli import main
from alerting.domain.rule import Channel
from alerting.errors import AlertingError
from alerting.log import configured
from alerting.opening import open_store
from alerting.secrecy import hushed, keep_secret
from alerting.service.loop import Service
from alerting.service.process import Loops
from alerting.settings import load_settings
from alerting.wiring import engine_of

#: No part of it is a word of anything else; X and Y stand on both sides of what a form puts in between.
X, Y = "qX7wvk", "Zj9pqb"
#: A port of this machine where nobody listens.
HERE = "127.0.0.1:1"
DATABASES = f"""
postgresql://u:{X}{Y}@{HERE}/d
postgresql+psycopg://u:{X}{Y}@{HERE}/d
postgresql://u:{X}@{Y}@{HERE}/d
postgresql://u:{X}:{Y}@{HERE}/d
postgresql://u:{X}/{Y}@{HERE}/d
postgresql://u:{X}?{Y}@{HERE}/d
postgresql://u:{X}#{Y}@{HERE}/d
postgresql://u:{X}&{Y}@{HERE}/d
postgresql://u:{X}%40{Y}@{HERE}/d
postgresql://u:{X}%2F{Y}@{HERE}/d
postgresql://u:{X}%zz{Y}@{HERE}/d
postgresql://u:{X} {Y}@{HERE}/d
postgresql://u:{X}'{Y}@{HERE}/d
postgresql://u:{X}\\{Y}@{HERE}/d
postgresql://u:{X}é{Y}@{HERE}/d
postgresql://u:{X}[{Y}]@{HERE}/d
postgresql://:{X}{Y}@{HERE}/d
postgresql://u@v:{X}{Y}@{HERE}/d
postgresql://u/v:{X}{Y}@{HERE}/d
postgresql://u:{X}{Y}@{HERE}/d@e
postgresql://u:{X}{Y}@[::1]:1/d
postgresql://u:{X}{Y}@h:{X}/d
postgresql://u:{X}{Y}@{HERE}/d?sslmod=x
postgresql://{HERE}/d?user=u&password={X}{Y}
postgresql://{HERE}/d?user=u&password={X}@{Y}
postgresql://{HERE}/d?user=u&password={X}:{Y}@
postgresql://{HERE}?user=u&password={X}@{Y}
postgresql://{HERE}?user=u:a&password={X}@{Y}
postgresql://{HERE}/d?user=u&PASSWORD={X}{Y}
postgresql://{HERE}/d?user=u&PassWord={X}{Y}
postgresql://{HERE}/d?user=u&p%61ssword={X}{Y}
postgresql://{HERE}/d?user=u&password={X}%26{Y}
postgresql://{HERE}/d?user=u&password={X}+{Y}
postgresql://{HERE}/d?user=u&password={X}={Y}
postgresql://{HERE}/d?user=u&password={X};{Y}
postgresql://{HERE}/d?user=u&pasword={X}{Y}
postgresql://{HERE}/d?user=u&sslpassword={X}{Y}&sslkey=/nowhere
postgresql://{HERE}/d?user=u&passfile=/{X}/{Y}
postgresql://{HERE}/d?user=u&options=-c%20a.b={X}{Y}
postgresql://{HERE}/d?host=127.0.0.1&user=u&password={X}&password={Y}
postgresql:///d?host=/nowhere&user=u&password={X}{Y}
postgresql://u:{X}{Y}@127.0.0.1,127.0.0.1:1/d
postgresql+nodriver://u:{X}{Y}@{HERE}/d
postgres://u:{X}{Y}@{HERE}/d
mysql://u:{X}{Y}@{HERE}/d
u:{X}{Y}@{HERE}/d
host=127.0.0.1 user=u password={X}{Y}
sqlite+pysqlcipher://:{X}{Y}@/{{tmp}}/d.db
sqlite:///{{tmp}}/nowhere/../d.db?password={X}{Y}
""".strip().splitlines()
RELAYS = f"""
smtp://u:{X}{Y}@{HERE}
smtp://u:{X}@{Y}@{HERE}
smtp://u:{X}:{Y}@w@{HERE}
smtp://u:{X}/{Y}@{HERE}
smtp://u:12/{X}@{Y}
smtp://u:12?{X}@{Y}
smtp://u:12#{X}@{Y}
smtp://u:{X}%40{Y}@{HERE}
smtp://u:{X}[{Y}@{HERE}
smtp://u:{X} {Y}@{HERE}
smtp://u:{X}{Y}@{HERE}?tls={X}
smtp://u:{X}{Y}@{HERE}?password={X}
smtp://u@v:{X}{Y}@{HERE}
smtps://u:{X}{Y}@{HERE}
smtp://u:{X}{Y}@:1
smtp://u:{X}{Y}@h:{Y}
u:{X}{Y}@{HERE}
""".strip().splitlines()
MAILBOXES = f"""
imap://u:{X}{Y}@{HERE}
imap://u:{X}{Y}@{HERE}/INBOX?tls=none
imap://u:{X}@{Y}@{HERE}
imap://u:{X}/{Y}@{HERE}
imap://u:{X}?{Y}@{HERE}
imap://u:{X}#{Y}@{HERE}
imap://u:{X}%40{Y}@{HERE}
imap://u:{X} {Y}@{HERE}
imap://:{X}{Y}@{HERE}
imap://u:{X}{Y}@h:{Y}
imap://u:{X}{Y}@{HERE}?tls={X}
imaps://u:{X}{Y}@{HERE}
u:{X}{Y}@{HERE}
""".strip().splitlines()
OTHERS = [
    ("ALERTING_BASE_URL", f"https://u:{X}{Y}@alerts.example.org"),
    ("ALERTING_MAIL_FROM", f"smtp://u:{X}{Y}@{HERE}"),
    ("ALERTING_REPLY_TO", f"postgresql://u:{X} {Y}@{HERE}"),
    ("ALERTING_POLL_S", f"postgresql://{HERE}/d?password={X}{Y}"),
    ("ALERTING_RULES", f"postgresql://u:{X}{Y}@{HERE}/d"),
    ("ALERTING_HEARTBEAT_URL", f"https://u:{X}{Y}@127.0.0.1:1/{X}"),
    ("ALERTING_HEARTBEAT_URL", f"https://127.0.0.1:1/{X}/{Y}"),
    ("ALERTING_SECRET_KEY", f"{X}{Y}"),
    ("ALERTING_SMPT_URL", f"smtp://u:{X}{Y}@{HERE}"),
    ("ALERTING_WAREHOUSE_URL", f"postgresql://u:{X}{Y}@{HERE}/d"),
]
FORMS = [("ALERTING_DATABASE_URL", url) for url in DATABASES] + [("ALERTING_SMTP_URL", url) for url in RELAYS]
FORMS += [("ALERTING_IMAP_URL", url) for url in MAILBOXES] + OTHERS


@pytest.mark.parametrize(("variable", "value"), FORMS, ids=str)
def test_no_form_of_a_setting_lets_its_password_out(monkeypatch, tmp_path, capsys, variable, value):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALERTING_MAIL_FROM", "alerts@example.org")
    monkeypatch.setenv(variable, value.replace("{tmp}", str(tmp_path)))
    log, said = configured(), []
    try:
        settings = load_settings()
        said += [repr(settings), str(settings), settings.database_name, str(settings.notes)]
        log.info("service.started", database=settings.database_name, **settings.notes)
        with closing(open_store(settings)):
            pass
    except Exception as error:
        log.exception("state.failed", error=hushed(str(error)))
        if isinstance(error, AlertingError):
            said += [str(error), repr(error)]
    status = [main(["db", "upgrade"]), main(["check"])]
    told = "\n".join([*said, *capsys.readouterr()])

    assert {*status} <= {0, 1, 2}
    assert not re.search(f"{X}|{Y}", told), told
    assert "alerting: " in told


def test_there_are_sixty_forms_and_more():
    assert 60 <= len(set(FORMS))


def _refuse(password):
    raise ValueError(f"cannot sign in with {password!r} ({quote(password, safe='')})")


@pytest.mark.parametrize("password", ["qX7wvkZj9pqb", "qX7wvk@Zj9pqb", "qX7 wvk'Zj9\\pqb", "é&qX7wvk=Zj9pqb+"])
def test_a_known_password_is_taken_out_of_whatever_others_say(password, capsys):
    """A server may repeat what it was sent, a driver what it was given."""
    keep_secret([password, f"\0alerts\0{password}"])
    log = configured()
    try:
        _refuse(password)
    except ValueError:
        log.exception("delivery.broken", replies=[f"535 what is {password}?"], of={"user": ("alerts", password)})
    error = AlertingError(f"535 {password} is wrong")

    told = capsys.readouterr().err + str(error) + hushed(repr(password)) + hushed(quote(password))
    assert "ValueError: cannot sign in with" in told
    assert not re.search("wvk|pqb", told), told


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("postgresql://u:abc@h/d", "postgresql://u:***@h/d"),
        ("see 'https://u:a@b@h/x' and mail me@example.org", "see 'https://u:***@h/x' and mail me@example.org"),
        ("connection to host=h password='a b' user=u failed", "connection to host=h password=*** user=u failed"),
        ("https://h:8443/path?page=2&api_key=abc&x=1", "https://h:8443/path?page=2&api_key=***&x=1"),
        ("FATAL: password authentication failed for user u", "FATAL: password authentication failed for user u"),
        ("figures.csv:3:7: value = 12, must be below 9", "figures.csv:3:7: value = 12, must be below 9"),
    ],
)
def test_what_looks_like_a_password_is_taken_out_and_nothing_else(text, hidden):
    assert hidden == hushed(text)


def test_a_short_password_counts_where_it_stands_alone():
    keep_secret(["test", "abc"])

    assert "the latest *** of abc" == hushed("the latest test of abc")


def test_a_password_that_is_printed_anyway_blackens_nothing(monkeypatch):
    monkeypatch.setenv("ALERTING_DATABASE_URL", "postgresql://alerting:alerting@127.0.0.1:1/alerting")

    assert "postgresql://alerting:***@127.0.0.1:1/alerting" == load_settings().database_name
    assert "alerting" == hushed("alerting")


def test_the_service_says_at_its_start_what_nothing_acts_on(monkeypatch, tmp_path, capsys):
    world = World(tmp_path)
    with world.sink:
        pass
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("ALERTING_WAREHOUSE_URL", f"postgresql://u:{X}@h/d")
    monkeypatch.setenv("ALERTING_LISTEN_TOKEN", Y * 4)
    settings = load_settings()
    with closing(open_store(settings)) as store:
        engine = engine_of(world.folder, settings, world.start(THURSDAY).clock)
        service = Service(engine, store, lambda: engine, configured())
        service.stopping.set()
        asyncio.run(Loops(service).run(1))
    world.close()
    structlog.reset_defaults()

    said = capsys.readouterr().err
    started = json.loads(said.splitlines()[0])
    assert ["ALERTING_WAREHOUSE_URL"] == started["not_settings"]
    assert not re.search(f"{X}|{Y}", said)


def test_what_a_notifier_is_made_from_shows_no_password(tmp_path):
    channel = Channel(id="mail", kind="email", settings={})
    context = mail_context(
        channel=channel, smtp_url=f"smtp://u:{X}{Y}@{HERE}", mail_from="a@example.org", reply_to=None, out_dir=tmp_path
    )

    assert X not in repr(context)
