"""Settings from the environment and from secret files."""

from pathlib import Path

import pytest

from alerting.errors import UsageError
from alerting.secrecy import hushed
from alerting.settings import listen_tokens_now, load_settings

SMTP = "smtp://alerts:hunter2@relay.example.org:587"


def test_everything_has_a_default(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    settings = load_settings()

    assert Path("rules") == settings.rules
    assert tmp_path / "state" / "alerting" == settings.state_dir
    assert f"sqlite:///{tmp_path}/state/alerting/alerting.db" == settings.database
    assert settings.smtp_url is None


def test_the_state_directory_is_for_its_owner_only():
    made = load_settings().make_state_dir()

    assert oct(made.stat().st_mode & 0o777) == "0o700"


def test_a_state_directory_that_cannot_be_made_is_one_clear_line(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "file" / "state"))

    with pytest.raises(UsageError, match=r"cannot make the state directory .*Not a directory; set ALERTING_STATE_DIR"):
        load_settings().make_state_dir()


@pytest.mark.parametrize("variable", ["ALERTING_SECRETS_DIR", "CREDENTIALS_DIRECTORY"])
@pytest.mark.parametrize("name", ["ALERTING_SMTP_URL", "alerting_smtp_url"])
def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path, variable, name):
    (tmp_path / name).write_text(f"{SMTP}\n")
    monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setenv("ALERTING_MAIL_FROM", "alerts@example.org")

    smtp_url = load_settings().smtp_url

    assert smtp_url is not None
    assert smtp_url.get_secret_value() == SMTP


def test_the_environment_wins_over_a_secret_file(monkeypatch, tmp_path):
    (tmp_path / "ALERTING_PROTECTIVE_MARKING").write_text("OFFICIAL")
    monkeypatch.setenv("ALERTING_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("ALERTING_PROTECTIVE_MARKING", "OFFICIAL-SENSITIVE")

    assert load_settings().protective_marking == "OFFICIAL-SENSITIVE"


def test_an_empty_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("ALERTING_BASE_URL", "")

    assert load_settings().base_url is None


def test_secrets_show_in_no_repr(monkeypatch):
    monkeypatch.setenv("ALERTING_SMTP_URL", SMTP)
    monkeypatch.setenv("ALERTING_MAIL_FROM", "alerts@example.org")
    monkeypatch.setenv("ALERTING_DATABASE_URL", "postgresql://engine:hunter2@db.example.org/alerting")
    settings = load_settings()

    assert "hunter2" not in repr(settings) + str(settings) + settings.database_name
    assert settings.database_name == "postgresql://engine:***@db.example.org/alerting"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        pytest.param(
            "HELO_NAME", "alerts01", r"ALERTING_HELO_NAME must be a full host name.*found 'alerts01'", id="bare"
        ),
        pytest.param(
            "HELO_NAME", "a.example.org\r\nMAIL", "ALERTING_HELO_NAME must be a full host name", id="two-lines"
        ),
        pytest.param(
            "REPLY_TO", "a@x.org;b@y.org", r"ALERTING_REPLY_TO must be one mail address.*found 'a@x", id="two"
        ),
        pytest.param(
            "REDIRECT_ALL_TO", "nobody", r"ALERTING_REDIRECT_ALL_TO must be one mail address", id="no-address"
        ),
        pytest.param("MAIL_FROM", "a@b@c.org", r"ALERTING_MAIL_FROM must be one mail address", id="two-ats"),
        pytest.param("MAIL_FROM", "A <a@x.org>\nBcc: b@y.org", r"ALERTING_MAIL_FROM must be one", id="a-header-in-it"),
        pytest.param(
            "BASE_URL", "alerts.example.org", r"ALERTING_BASE_URL must be an address .* found", id="no-scheme"
        ),
        pytest.param("DATABASE_URL", "/var/lib/a.db", r"ALERTING_DATABASE_URL must start with sqlite:///", id="path"),
        *(
            pytest.param("DATABASE_URL", url, r"ALERTING_DATABASE_URL must name a file, like sqlite:////", id=url)
            for url in ("sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///file:a?mode=memory&uri=true")
        ),
        pytest.param("DATABASE_URL", "sqlite+other:////a.db", r"ALERTING_DATABASE_URL must start with", id="driver"),
        pytest.param("BASE_URL", "https://example.org:abc/x", r"ALERTING_BASE_URL must be an address", id="port"),
        pytest.param("HEARTBEAT_URL", "https://[::1/x", r"ALERTING_HEARTBEAT_URL must be an address", id="bracket"),
        pytest.param("POLL_S", "soon", r"ALERTING_POLL_S must be a number of seconds.*found 'soon'", id="no-number"),
        pytest.param("POLL_S", "0", r"ALERTING_POLL_S must be .* above 0, at most 300; found '0'", id="no-time-at-all"),
        pytest.param("SMTP_URL", SMTP, r"ALERTING_MAIL_FROM is not; set it", id="a-relay-without-a-sender"),
        pytest.param("SMPT_URL", SMTP, r"ALERTING_SMPT_URL is no setting; did you mean ALERTING_SMTP_URL\?", id="slip"),
        pytest.param(
            "SECRETS_DIR", "/nowhere", r"ALERTING_SECRETS_DIR names /nowhere, which is not a folder", id="gone"
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_found_and_the_fix(monkeypatch, name, value, message):
    monkeypatch.setenv(f"ALERTING_{name}", value)

    with pytest.raises(UsageError, match=message):
        load_settings()


@pytest.mark.parametrize(
    "url",
    [
        "https://hunter2@relay.example.org",
        "smtp://alerts:hunter2@",
        "smtp://alerts:hunter2@relay.example.org:mail",
        "smtp://alerts:hunter2@relay.example.org?tls=ssl",
        "smtp://alerts:hunter2@relay.example.org?ssl=yes",
        "smtp://alerts:hunter2@[::1",
    ],
)
def test_a_wrong_relay_is_refused_without_showing_its_password(monkeypatch, url):
    monkeypatch.setenv("ALERTING_SMTP_URL", url)
    monkeypatch.setenv("ALERTING_MAIL_FROM", "alerts@example.org")

    with pytest.raises(UsageError, match="ALERTING_SMTP_URL must look like") as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)


IMAP, KEY = "imap://alerts:hunter2@mail.example.org/INBOX?tls=implicit", "0123456789abcdef"


@pytest.mark.parametrize(
    "url",
    [
        "imaps://alerts:hunter2@mail.example.org",
        "imap://alerts:hunter2@",
        "imap://mail.example.org/INBOX",
        "imap://alerts@mail.example.org/INBOX",
        "imap://alerts:hunter2@mail.example.org:mail",
        "imap://alerts:hunter2@mail.example.org?tls=ssl",
        "imap://alerts:hunter2@mail.example.org/INBOX#x",
        "imap://alerts:1/hunter2@mail.example.org",
        "imap://alerts:hunter2 @mail.example.org",
        "imap://alerts:hunter2@[::1",
    ],
)
def test_a_wrong_mailbox_is_refused_without_showing_its_password(monkeypatch, url):
    monkeypatch.setenv("ALERTING_IMAP_URL", url)

    with pytest.raises(UsageError, match="ALERTING_IMAP_URL must look like imap://") as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        pytest.param({"REPLY_TO": "alerts@example.org"}, "ALERTING_SECRET_KEY is not; set it to a random", id="no-key"),
        pytest.param(
            {"REPLY_TO": "alerts@example.org", "SECRET_KEY": f"{KEY} short"},
            "ALERTING_SECRET_KEY holds a key that is too short; set it",
            id="short-key",
        ),
        pytest.param({"SECRET_KEY": KEY}, "ALERTING_REPLY_TO is not; set it to the mailbox's address", id="no-address"),
    ],
)
def test_a_mailbox_asks_for_what_answers_need(monkeypatch, more, message):
    monkeypatch.setenv("ALERTING_IMAP_URL", IMAP)
    for name, value in more.items():
        monkeypatch.setenv(f"ALERTING_{name}", value)

    with pytest.raises(UsageError, match=f"ALERTING_IMAP_URL is set but {message}"):
        load_settings()


def test_a_mailbox_is_printed_without_its_password_and_keys_follow_each_other(monkeypatch, tmp_path):
    (tmp_path / "imap_url").write_text(f"{IMAP}\n")
    (tmp_path / "secret_key").write_text(f"{KEY}-new\n{KEY}-old\n")
    monkeypatch.setenv("ALERTING_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("ALERTING_MAIL_FROM", "Alerts <alerts@example.org>")
    settings = load_settings()

    assert (f"{KEY}-new", f"{KEY}-old") == settings.keys
    assert "mail.example.org" == settings.mailbox
    assert "hunter2" not in repr(settings)
    assert KEY not in repr(settings)
    assert "hunter2" in settings.secrets


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("IMAP_SERVER", "mx example", r"ALERTING_IMAP_SERVER must be a server's name .* found 'mx example'"),
        ("REPLY_TOKEN", "both", r"ALERTING_REPLY_TOKEN must be address or text; found 'both'"),
    ],
)
def test_how_answers_are_found_is_checked(monkeypatch, name, value, message):
    monkeypatch.setenv(f"ALERTING_{name}", value)

    with pytest.raises(UsageError, match=message):
        load_settings()


def test_a_variable_of_the_users_own_is_left_alone(monkeypatch):
    """Rule files may name any variable for a source's connection, also one that starts like ours."""
    monkeypatch.setenv("ALERTING_WAREHOUSE_URL", "postgresql://db.example.org/warehouse")

    assert load_settings().database_url is None


class TestListening:
    TOKEN = "0123456789abcdef0123456789abcdef"

    @pytest.fixture(autouse=True)
    def folder(self, monkeypatch, tmp_path):
        """A folder with the token of posts."""
        (tmp_path / "listen_token").write_text(self.TOKEN)
        monkeypatch.setenv("ALERTING_SECRETS_DIR", str(tmp_path))
        return tmp_path

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("8080", "127.0.0.1:8080"),
            (":8080", "127.0.0.1:8080"),
            ("localhost:8080", "127.0.0.1:8080"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:8080", "[::1]:8080"),
        ],
    )
    def test_a_port_alone_is_on_this_machine_only(self, monkeypatch, written, read):
        monkeypatch.setenv("ALERTING_LISTEN", written)

        assert read == load_settings().listen

    @pytest.mark.parametrize(
        "written",
        ["0", "65536", "x", "127.0.0.1", "::1:80", "[127.0.0.1]:80", "alerts.example.org:80", "http://h:80", "²"],
    )
    def test_what_is_no_address_to_listen_on_is_refused(self, monkeypatch, written):
        monkeypatch.setenv("ALERTING_LISTEN", written)

        with pytest.raises(
            UsageError, match=r"^ALERTING_LISTEN must be a port, or an address of this machine with one"
        ):
            load_settings()

    def test_nobody_may_post_without_a_token(self, monkeypatch, folder):
        (folder / "listen_token").unlink()
        monkeypatch.setenv("ALERTING_LISTEN", "8080")

        with pytest.raises(
            UsageError, match=r"^ALERTING_LISTEN is set but ALERTING_LISTEN_TOKEN is not; write a random"
        ):
            load_settings()

    @pytest.mark.parametrize("token", ["short", f"{TOKEN}\nshort", f"{TOKEN}ä", f'"{TOKEN}"'])
    def test_a_token_that_can_be_guessed_or_not_be_sent_is_refused_and_not_shown(self, folder, token):
        (folder / "listen_token").write_text(token)

        with pytest.raises(UsageError, match="must be a random text of at least 16 letters") as refused:
            load_settings()
        assert token not in str(refused.value)

    def test_of_several_tokens_each_is_believed_and_none_is_printed(self, folder):
        (folder / "listen_token").write_text(f"{self.TOKEN}\n{self.TOKEN[::-1]}\n")
        settings = load_settings()

        assert (self.TOKEN, self.TOKEN[::-1]) == settings.listen_tokens
        assert self.TOKEN not in repr(settings)
        assert "the *** one" == hushed(f"the {self.TOKEN[::-1]} one")

    def test_a_token_file_that_was_written_anew_counts(self, folder):
        load_settings()
        (folder / "listen_token").write_text("another-0123456789")

        assert ("another-0123456789",) == listen_tokens_now()
        assert "***" == hushed("another-0123456789")

    def test_the_environment_wins_for_the_token_too(self, monkeypatch):
        monkeypatch.setenv("ALERTING_LISTEN_TOKEN", "of-the-environment")

        assert ("of-the-environment",) == listen_tokens_now()

    def test_a_token_that_is_gone_or_no_good_is_one_clear_line(self, folder):
        (folder / "listen_token").write_text("short")
        with pytest.raises(UsageError, match=r"^the secret file .*/listen_token must be a random text"):
            listen_tokens_now()

        (folder / "listen_token").unlink()
        with pytest.raises(UsageError, match=r"^ALERTING_LISTEN_TOKEN is no longer set"):
            listen_tokens_now()
