"""Which names are settings, which are slips of the pen, and which are people's own."""

import os
from pathlib import Path

import pytest

from alerting.errors import UsageError
from alerting.settings import load_settings

#: What somebody meant, and how they may have written it: letters or words changed, swapped, left out, others of the same meaning.
SLIPS = {
    "REDIRECT_ALL_TO": """REDIRECT_TO_ALL REDIRECT_ALL REDIRECT_TO REDIRECT REDIRECT_ALL_T0 REDIRECT_AL_TO REDIRECTALLTO
        ALL_REDIRECT_TO REDIRECT_MAIL_TO REDIRECT_EVERYTHING_TO DIVERT_ALL_TO SEND_ALL_TO REDIRECT_ALL_TOO RDIRECT_ALL_TO
        REDIRECT_ALL_TO_ADDRESS _REDIRECT_ALL_TO REDIRECT-ALL-TO redirect_all_to""",
    "DATABASE_URL": "DB_URL DATABASE DATABASE_URI DBURL DATABSE_URL DB DSN POSTGRES_URL URL_DATABASE DATABASE_URL_FILE",
    "HEARTBEAT_URL": "HEARTBEAT HEARTBEAT_URI HEART_BEAT_URL HARTBEAT_URL HEALTHCHECK_URL PING_URL HEARTBEAT_ADDRESS",
    "SMTP_URL": "SMPT_URL SMTP SMTP_URI SMTP_SERVER URL_SMTP SMTPURL STMP_URL SMTP_HOST MAIL_SERVER SMTP_URL_FILE SMTP_UR1",
    "MAIL_FROM": "MAILFROM FROM MAIL_FORM MAIL_SENDER SENDER FROM_ADDRESS EMAIL_FROM FROM_MAIL mail_from",
    "REPLY_TO": "REPLYTO REPLY ANSWER_TO REPLY_ADDRESS",
    "POLL_S": "POLL POLL_SECONDS POLL_INTERVAL POLLING_S POL_S BELL poll_s",
    "STATE_DIR": "STATE STATE_FOLDER STATEDIR DIR_STATE STATE_PATH",
    "SECRETS_DIR": "SECRET_DIR SECRETS SECRETS_FOLDER secrets_dir",
    "RULES": "RULE RULES_DIR RULES_PATH RUELS",
    "FIGURES": "FIGURE FIGURES_DIR FIGUERS",
    "BASE_URL": "BASE BASEURL PUBLIC_URL",
    "PROTECTIVE_MARKING": "MARKING PROTECTIVE CLASSIFICATION PROTECTIV_MARKING",
    "HELO_NAME": "HELO HELLO_NAME",
    "IMAP_URL": "IMAP IMAP_URI",
    "LISTEN": "LISTENER LISTEN_ADDRESS LISTENING BIND LISTEN_TO LISTN",
    "LISTEN_TOKEN": "LISTENTOKEN LISTENER_TOKEN TOKEN_LISTEN LISTEN_TOKEN_FILE LISTEN_TOKN",
}
OWN = """BIN WAREHOUSE_URL API_URL API_TOKEN CALLS_URL SFTP_URL SMTP_PASSWORD SMTP_PORT SMTP_SERVICE_HOST DB_PORT
    DATABASE_SERVICE_HOST PORT SERVICE_HOST PORT_8080_TCP_ADDR VERSION HOME LOG_LEVEL IMAGE TOKEN KEY NAME FIGURES_URL DATA_URL
    DATA_DIR WAREHOUSE_DATABASE_URL STAFF_URL CRIME_DATA_URL REGION"""


@pytest.mark.parametrize(("setting", "slip"), [(setting, slip) for setting, of in SLIPS.items() for slip in of.split()])
def test_a_variable_that_is_like_a_setting_is_refused_with_the_name_that_was_meant(monkeypatch, setting, slip):
    monkeypatch.setenv(f"ALERTING_{slip}", "x@example.org")

    with pytest.raises(UsageError) as refused:
        load_settings()
    assert f"ALERTING_{slip} is no setting; did you mean ALERTING_{setting}?" == str(refused.value)


@pytest.mark.parametrize(
    "variable", ["alerting_POLL_S", "Alerting_Poll_S", "ALERTNG_POLL_S", "ALERTINGPOLL_S", "ALERTING-POLL_S"]
)
def test_a_slip_in_the_prefix_is_refused_too(monkeypatch, variable):
    monkeypatch.setenv(variable, "5")

    with pytest.raises(UsageError, match=rf"^{variable} is no setting; did you mean ALERTING_POLL_S\?$"):
        load_settings()


def test_other_variables_are_peoples_own_and_noted(monkeypatch):
    """Rule files may name any variable for a source's address; a cluster adds its own beside a service of this name."""
    for name in OWN.split():
        monkeypatch.setenv(f"ALERTING_{name}", "x")
    monkeypatch.setenv("ALERTMANAGER_BASE_URL", "x")

    assert {"not_settings": sorted(f"ALERTING_{name}" for name in OWN.split())} == load_settings().notes


def test_the_poll_is_still_read_under_its_old_name(monkeypatch):
    monkeypatch.setenv("ALERTING_BELL_S", "7")
    assert 7 == load_settings().poll_s
    monkeypatch.setenv("ALERTING_POLL_S", "9")
    assert 9 == load_settings().poll_s


@pytest.fixture(params=["ALERTING_SECRETS_DIR", "CREDENTIALS_DIRECTORY"])
def folder(request, monkeypatch, tmp_path):
    """A folder of secret files, known in one of the two ways."""
    (made := tmp_path / "secrets").mkdir()
    monkeypatch.setenv(request.param, str(made))
    return made


@pytest.mark.parametrize("name", ["redirect_all_to", "ALERTING_REDIRECT_ALL_TO", "alerting_redirect_all_to"])
def test_a_secret_file_has_the_settings_name_however_the_folder_is_known(folder, name):
    (folder / name).write_text("me@example.org\n")

    assert "me@example.org" == load_settings().redirect_all_to


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("redirect_all_t0", "redirect_all_to"), ("redirect_to_all", "redirect_all_to"), ("REDIRECT_ALL_TO", "redirect_all_to"),
        ("alerting_redirect_all", "redirect_all_to"), ("smtp-url", "smtp_url"), ("smtp_url.txt", "smtp_url"),
        ("db_url", "database_url"), ("heartbeat", "heartbeat_url"), ("ALERTING_MAILFROM", "mail_from"),
    ],
)  # fmt: skip
def test_a_secret_file_that_is_like_a_setting_is_refused(folder, name, meant):
    (folder / name).write_text("x@example.org")

    with pytest.raises(UsageError) as refused:
        load_settings()
    assert f"the secret file {folder / name} is no setting; did you mean {meant}?" == str(refused.value)


def test_other_files_are_peoples_own_and_noted(folder):
    for name in ("warehouse_password", "smtp_url~", ".hidden"):
        (folder / name).write_text("x")
    (folder / "..2026_11_28").mkdir()
    (folder / "smtp").mkdir()

    assert {"not_settings": ["smtp_url~", "warehouse_password"]} == load_settings().notes


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "is empty; write the setting's value into it, or remove it", id="empty"),
        pytest.param(b" \n", "is empty", id="blank"),
        pytest.param(b"\xff\xfe\x00", "is no text in UTF-8", id="no-text"),
        pytest.param(b"x" * 100_000, "is longer than any setting", id="another-file"),
        pytest.param(b"nobody", r"must be one mail address.*; found 'nobody'", id="wrong"),
    ],
)
def test_a_secret_file_that_cannot_be_used_is_named(folder, content, message):
    """An empty one counts as unset nowhere: a first week's trial mails would go to everybody."""
    (folder / "redirect_all_to").write_bytes(content)

    with pytest.raises(UsageError, match=f"^the secret file {folder / 'redirect_all_to'} {message}"):
        load_settings()


def test_a_secret_file_behind_a_byte_order_mark_or_a_link_is_read(folder, tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"\xef\xbb\xbfme@example.org\r\n")
    (folder / "redirect_all_to").symlink_to(tmp_path / "elsewhere")

    assert "me@example.org" == load_settings().redirect_all_to


def test_two_secret_files_of_one_setting_must_agree(folder):
    (folder / "reply_to").write_text("me@example.org")
    (folder / "ALERTING_REPLY_TO").write_text("me@example.org")
    assert "me@example.org" == load_settings().reply_to

    (folder / "reply_to").write_text("you@example.org")
    with pytest.raises(UsageError, match=r"ALERTING_REPLY_TO and .*reply_to say two things of one setting; remove one"):
        load_settings()


@pytest.mark.parametrize(
    ("put", "why"),
    [
        pytest.param(
            lambda at: at.symlink_to("gone"), "cannot be read: no such file or directory", id="link-to-nothing"
        ),
        pytest.param(lambda at: at.symlink_to(at.name), "cannot be read: too many levels of", id="link-to-itself"),
        pytest.param(Path.mkdir, "is no plain file; put one with the setting's value here, or remove it", id="folder"),
        pytest.param(os.mkfifo, "is no plain file", id="pipe"),
    ],
)
def test_what_stands_in_a_secret_files_place_and_cannot_be_read_is_named(folder, put, why):
    """It counts as unset nowhere: where a mount has failed, a first week's trial mails would go to everybody."""
    put(folder / "redirect_all_to")

    with pytest.raises(UsageError, match=f"^the secret file {folder / 'redirect_all_to'} {why}"):
        load_settings()
