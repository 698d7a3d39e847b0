"""A channel's settings name its secrets; the environment or a file holds them, and nobody reads them anywhere else."""

from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from samples.worlds import a_folder, an_engine

from alerting.app.delivery.channel_secrets import missing_secrets, secrets_for
from alerting.app.delivery.notifier_factory import notifiers_of
from alerting.domain.place import Place
from alerting.domain.rule import Channel
from alerting.errors import UsageError
from alerting.secrecy import hushed
from alerting.settings import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSettings:
    url_from: str | None = field(default=None, metadata={"description": "Where it listens", "secret": True})
    colour: str | None = field(default=None, metadata={"description": "Of its messages"})


class Room:
    kind = "room"
    Settings = RoomSettings
    asks = ("base_url", "heartbeat_url")
    connections = 1

    def __init__(self, context):
        self.context = context


CHANNEL = Channel(
    id="ops",
    kind="room",
    settings={"url_from": "OPS_URL", "colour": "red"},
    place=Place(file="r.yaml", line=7, column=3),
)


def an_installation(tmp_path):
    folder = a_folder(tmp_path / "rules", {"rules.yaml": "owners: [{id: head, name: Head, email: head@example.org}]"})
    return an_engine(folder, tmp_path / "state", date(2020, 10, 15)).installation


@pytest.fixture(autouse=True)
def secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTING_SECRETS_DIR", str(tmp_path))
    monkeypatch.delenv("OPS_URL", raising=False)
    return tmp_path


def test_a_secret_is_read_from_the_environment_and_hushed_from_then_on(monkeypatch):
    monkeypatch.setenv("OPS_URL", "https://room.example.org/k3y-of-it")
    assert {"url_from": "https://room.example.org/k3y-of-it"} == secrets_for(CHANNEL, Room)
    assert "k3y-of-it" not in hushed("cannot reach https://room.example.org/k3y-of-it")


def test_a_secret_is_read_from_a_file_unless_the_environment_has_it(secrets, monkeypatch):
    (secrets / "OPS_URL").write_text("by-file-0\n", encoding="utf-8")
    assert {"url_from": "by-file-0"} == secrets_for(CHANNEL, Room)
    monkeypatch.setenv("OPS_URL", "by-name-1")
    assert {"url_from": "by-name-1"} == secrets_for(CHANNEL, Room)


def test_one_that_is_not_there_is_named_with_line_key_and_fix():
    with pytest.raises(
        UsageError, match=r"r.yaml:7:3: channel ops: there is no secret OPS_URL, which url_from names; set"
    ):
        secrets_for(CHANNEL, Room)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("OPS_URL", None, "there is no secret OPS_URL, which url_from names", id="missing"),
        pytest.param("OPS_URL", "", "is empty", id="an empty file"),
        pytest.param("../OPS_URL", None, "is no name of a secret", id="a way out of the folder"),
        pytest.param("ops url", None, "is no name of a secret", id="no name"),
    ],
)
def test_check_is_told_of_each(secrets, tmp_path, name, content, said):
    if content is not None:
        (secrets / "OPS_URL").write_text(content, encoding="utf-8")
    rules = replace(an_installation(tmp_path).rules, channels={"ops": replace(CHANNEL, settings={"url_from": name})})
    (problem,) = missing_secrets(rules, {"room": Room})
    assert ("missing-secret", "error", CHANNEL.place) == (problem.code, problem.severity.value, problem.place)
    assert said in problem.message
    assert name == "OPS_URL" or name not in problem.message  # it may be the secret itself


def test_a_key_that_is_not_written_names_the_secret_of_its_default(monkeypatch):
    @dataclass(frozen=True, kw_only=True)
    class Settings:
        url_from: str = field(default="OPS_URL", metadata={"description": "where", "secret": True})

    class Hall:
        kind = "hall"

    Hall.Settings = Settings
    monkeypatch.setenv("OPS_URL", "by-default-0")
    assert {"url_from": "by-default-0"} == secrets_for(replace(CHANNEL, settings={}), Hall)


def test_a_channel_without_secrets_is_no_problem(tmp_path):
    rules = replace(an_installation(tmp_path).rules, channels={"ops": replace(CHANNEL, settings={"colour": "red"})})
    assert [] == list(missing_secrets(rules, {"room": Room}))
    assert {} == secrets_for(rules.channels["ops"], Room)


def test_a_notifier_is_handed_the_settings_that_it_asks_for_and_no_others(tmp_path, monkeypatch):
    monkeypatch.setenv("OPS_URL", "x-y-z-0")
    own = an_installation(tmp_path)
    own = replace(
        own,
        rules=replace(own.rules, channels={"ops": CHANNEL}),
        settings=replace(
            own.settings, smtp_url=Secret("smtp://u:p@h"), heartbeat_url=Secret("https://beat.example.org")
        ),
    )
    context = notifiers_of(own.rules.channels, own.settings, {"room": Room, "email": Room})["ops"]().context
    assert {"heartbeat_url": "https://beat.example.org"} == context.service
    assert {"url_from": "x-y-z-0"} == context.secrets
    assert "x-y-z-0" not in repr(context)
    assert "beat.example" not in repr(context)
