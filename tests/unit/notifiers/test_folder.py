"""Mails as files."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial

import pytest
from samples.channels import mail_context
from samples.lives import Life
from samples.plugin_cases import Failure, FarSide, NotifierCase

from alerting.domain.notify.notice import Delivery, Message
from alerting.domain.rule import Channel
from alerting.errors import DeliveryFailed, UsageError
from notifiers.folder import Folder

AT = datetime(2020, 10, 15, 7, 30, tzinfo=UTC)


def subjects(folder):
    mails = folder.rglob("*.eml") if folder.is_dir() else ()
    return [message_from_bytes(path.read_bytes(), policy=default)["Subject"] for path in mails]


@asynccontextmanager
async def a_place(folder, **settings):
    yield FarSide(out_dir=folder / "out", taken=lambda: subjects(folder / "out"), settings=settings)


@asynccontextmanager
async def a_taken_place(folder):
    (folder / "out").write_text("a file")
    yield FarSide(out_dir=folder / "out", taken=list)


CASES = [
    NotifierCase(id="written", far_side=a_place, says=("written to ", "/out/")),
    NotifierCase(id="written-inside", far_side=partial(a_place, path="kept"), says=("written to ", "/out/kept/")),
    NotifierCase(
        id="no-address", far_side=a_place, address="nobody", fails=Failure(permanent=True), says=("no mail address",)
    ),
    NotifierCase(
        id="no-folder", far_side=a_taken_place, fails=Failure(channel=True), says=("/out", "cannot be written")
    ),
]


def a_folder(out_dir, **settings):
    channel = Channel(id="kept", kind="folder", settings=settings)
    return Folder(
        mail_context(channel=channel, smtp_url=None, mail_from="a@example.org", reply_to=None, out_dir=out_dir)
    )


def a_delivery(**changes):
    message = Message(subject="999 calls: 83% (West Mercia)", text="text", html="<p>html</p>")
    delivery = Delivery(
        id="d1", notice_id="n1", owner="owner-default", channel="kept", address="owner@example.org",
        message_id="d1@example.org", message=message,
    )  # fmt: skip
    return replace(delivery, **changes)


def write(folder, *deliveries, at=AT):
    async def written():
        async with folder:
            return [await folder.send(delivery, delivery.message, at=at) for delivery in deliveries]

    return asyncio.run(written())


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_named_for_its_time_owner_and_subject(tmp_path):
    (receipt,) = write(a_folder(tmp_path), a_delivery())

    (name,) = names(tmp_path)
    assert name.startswith("20201015T073000-owner-default-999-calls-83-west-mercia-")
    assert f"written to {tmp_path / name}" == receipt.reply
    read = message_from_bytes((tmp_path / name).read_bytes(), policy=default)
    assert ("999 calls: 83% (West Mercia)", "<d1@example.org>") == (read["Subject"], read["Message-ID"])


def test_a_second_attempt_writes_the_same_file_again(tmp_path):
    write(a_folder(tmp_path), a_delivery())
    before = names(tmp_path)

    write(a_folder(tmp_path), a_delivery(), at=AT + timedelta(days=1))

    assert before == names(tmp_path)
    (path,) = tmp_path.iterdir()
    assert AT + timedelta(days=1) == message_from_bytes(path.read_bytes(), policy=default)["Date"].datetime


def test_two_deliveries_of_one_subject_are_two_files(tmp_path):
    write(a_folder(tmp_path), a_delivery(), a_delivery(message_id="d2@example.org"))

    assert 2 == len(names(tmp_path))


def test_no_name_leads_elsewhere(tmp_path):
    message = Message(subject="../../é\0" + "x" * 300, text="text", html="<p>html</p>")

    write(a_folder(tmp_path / "mails"), a_delivery(owner="../..", message=message))

    (name,) = names(tmp_path / "mails")
    assert name.startswith("20201015T073000-notice-x")


def test_a_channel_may_name_a_folder_inside(tmp_path):
    write(a_folder(tmp_path, path="kept/north"), a_delivery())

    assert 1 == len(names(tmp_path / "kept" / "north"))


@pytest.mark.parametrize("path", ["..", "/tmp", "kept/../../x", "link/x"])
def test_rules_write_nowhere_else(tmp_path, path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "link").symlink_to(tmp_path)

    with pytest.raises(UsageError, match=r"channel kept: path .* leads out of the output folder"):
        a_folder(tmp_path / "out", path=path)


def test_a_folder_that_cannot_be_made_keeps_everything_waiting(tmp_path):
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(DeliveryFailed, match="cannot be written") as caught:
        write(a_folder(tmp_path / "taken"), a_delivery())

    assert (False, True) == (caught.value.permanent, caught.value.channel)


def test_a_wrong_address_is_refused_alone(tmp_path):
    with pytest.raises(DeliveryFailed, match="no mail address") as caught:
        write(a_folder(tmp_path), a_delivery(address="nobody"))

    assert (True, False) == (caught.value.permanent, caught.value.channel)


def test_an_owner_without_a_mail_address_is_named_by_a_group_without_members(tmp_path):
    write(a_folder(tmp_path), a_delivery(owner="control-room", address="control-room"))

    (path,) = tmp_path.iterdir()
    to = message_from_bytes(path.read_bytes(), policy=default)["To"]
    assert (("control-room",), ()) == (tuple(group.display_name for group in to.groups), to.addresses)


def test_an_owner_who_has_a_folder_alone_is_told(tmp_path):
    life = Life(tmp_path)
    life.set(more="channels: {ops: {folder: {path: ops}}}", head=", channels: [ops]")
    life.rules = life.rules.replace(", email: head@example.org", "")
    assert life.tick("2020-06-03", "2020-04 5, 2020-05 12") == [("head", "opened", "force")]
    (delivery,) = life.report.deliveries
    assert ("ops", "head") == (delivery.channel, delivery.address)
    assert () == life.report.suppressed
