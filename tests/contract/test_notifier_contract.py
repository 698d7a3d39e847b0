"""What every kind of notifier must hold; its cases stand in its own test file, tests/unit/notifiers/test_NAME.py, as `CASES`."""

import asyncio
import logging
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from samples.channels import mail_context
from samples.outbox import Outbox
from samples.plugin_cases import Failure, cases_of
from samples.smtp_server import run

from alerting.app.delivery.deliver import deliver
from alerting.domain.notify.notice import Delivery, DeliveryState, Message
from alerting.domain.rule import Channel, Owner
from alerting.errors import DeliveryFailed
from alerting.plugins import discover
from notifiers.folder import Folder

AT = datetime(2020, 10, 15, 7, 30, tzinfo=UTC)
KINDS = discover("notifiers", "kind")
CASES = [
    pytest.param(kind, case, id=f"{kind}-{case.id}")
    for kind, cases in cases_of("notifiers", "notifiers").items()
    for case in cases
]
TAKEN = [one for one in CASES if one.values[1].fails is None]
FAILING = [one for one in CASES if one.values[1].fails is not None]


def by_address(kind):
    return getattr(KINDS[kind], "by_address", True)


def notifier_of(kind, far):
    channel = Channel(id="way", kind=kind, settings=far.settings, by_address=by_address(kind))
    return KINDS[kind](a_context(channel, far.out_dir, far.smtp_url, far.secrets))


def a_folder(out_dir):
    return Folder(a_context(Channel(id="kept", kind="folder"), out_dir, None))


def a_context(channel, out_dir, smtp_url, secrets=None):
    return mail_context(channel=channel, smtp_url=smtp_url, out_dir=out_dir, secrets=dict(secrets or {}))


def a_delivery(case, number=0, **changes):
    message = Message(subject=f"Offences: {number}", text="text", html="<p>html</p>")
    delivery = Delivery(
        id=f"d{number}", notice_id="n", owner="owner", channel="way", address=case.address,
        message_id=f"d{number}@example.org", message=message,
    )  # fmt: skip
    return replace(delivery, **changes)


async def noted():
    """What the outbox does right before the message leaves, where it writes that down."""


async def handed_over(notifier, *deliveries, before_data=noted):
    """Return, of each, what came: the reply, or the failure."""

    async def one(delivery):
        try:
            return (await notifier.send(delivery, delivery.message, at=AT, before_data=before_data)).reply
        except DeliveryFailed as failure:
            return failure

    try:
        async with notifier:
            return await asyncio.gather(*map(one, deliveries))
    except DeliveryFailed as failure:
        return [failure for _ in deliveries]


def tried(kind, case, tmp_path, *deliveries, **options):
    """Return what came of each, and what the far side holds."""

    async def all_tried():
        async with case.far_side(tmp_path) as far:
            came = await handed_over(notifier_of(kind, far), *deliveries, **options)
            return came, sorted(far.taken())

    return run(all_tried())


def failure_of(error):
    return Failure(**{one.name: getattr(error, one.name) for one in fields(Failure)})


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_case_of_every_way_that_it_can_go(kind):
    """Where the far side can say no by itself, it says so for good once, and for now."""
    failures = [one.values[1].fails for one in FAILING if one.values[0] == kind]
    said_no = {failure.permanent for failure in failures if failure.answered and not failure.channel}

    assert kind in {one.values[0] for one in TAKEN}
    assert any(failure.permanent for failure in failures)
    assert any(failure.channel and not failure.answered for failure in failures)
    assert said_no in (set(), {True, False})


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_described_in_all_that_it_takes(kind):
    assert [] == [one.name for one in fields(KINDS[kind].Settings) if not one.metadata.get("description")]


@pytest.mark.parametrize(("kind", "case"), TAKEN)
def test_a_message_that_is_taken_is_there_and_has_a_receipt(kind, case, tmp_path):
    (reply,), taken = tried(kind, case, tmp_path, a_delivery(case))

    assert ["Offences: 0"] == taken
    assert reply
    assert [] == [words for words in case.says if words not in reply], reply


@pytest.mark.parametrize(("kind", "case"), FAILING)
def test_a_message_that_is_not_taken_says_whose_matter_that_is(kind, case, tmp_path):
    (failure,), taken = tried(kind, case, tmp_path, a_delivery(case))

    assert isinstance(failure, DeliveryFailed)
    assert case.fails == failure_of(failure)
    assert case.says
    assert [] == [words for words in case.says if words not in str(failure)], str(failure)
    assert case.fails.unknown or [] == taken


@pytest.mark.parametrize(("kind", "case"), TAKEN)
def test_several_at_once_are_all_there(kind, case, tmp_path):
    several = [a_delivery(case, number) for number in range(7)]

    came, taken = tried(kind, case, tmp_path, *several)

    assert [] == [one for one in came if not isinstance(one, str)]
    assert [one.message.subject for one in several] == taken


@pytest.mark.parametrize(("kind", "case"), TAKEN)
def test_nothing_has_left_when_it_is_written_down_that_it_leaves(kind, case, tmp_path):
    held = []

    async def noted_once():
        async with case.far_side(tmp_path) as far:

            async def note():
                held.append(list(far.taken()))

            return await handed_over(notifier_of(kind, far), a_delivery(case), before_data=note)

    run(noted_once())

    assert [[]] == held


class NotOurs(Exception):
    """Somebody else hands the message over."""


@pytest.mark.parametrize(("kind", "case"), TAKEN)
def test_where_it_cannot_be_written_down_nothing_leaves(kind, case, tmp_path):
    async def refused():
        raise NotOurs

    async def stopped():
        async with case.far_side(tmp_path) as far:
            with pytest.raises(NotOurs):
                await handed_over(notifier_of(kind, far), a_delivery(case), before_data=refused)
            return list(far.taken())

    assert [] == run(stopped())


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_knocking_finds_out_whether_the_channel_works_and_hands_nothing_over(kind, case, tmp_path):
    async def knocked():
        async with case.far_side(tmp_path) as far:
            try:
                async with notifier_of(kind, far) as notifier:
                    await notifier.knock()
            except DeliveryFailed as failure:
                return failure.channel, list(far.taken())
            return False, list(far.taken())

    shut = case.fails is not None and case.fails.channel
    assert (shut, []) == run(knocked())


@pytest.mark.parametrize(("kind", "case"), TAKEN)
def test_an_owner_without_an_address_is_reached_where_none_is_needed(kind, case, tmp_path):
    nobodys = Owner(id="control-room", name="Control Room", email=None)
    address = Channel(id="way", kind=kind, by_address=by_address(kind)).address_of(nobodys)
    if by_address(kind):
        assert address is None
        return
    _, taken = tried(kind, case, tmp_path, a_delivery(case, owner=nobodys.id, address=address))
    assert ["Offences: 0"] == taken


def expected_ends(fails):
    """Where a delivery may stand after one pass; a refusal that was answered may turn out to be the channel's fault."""
    if fails is None:
        return {DeliveryState.ACCEPTED}
    if not fails.permanent:
        return {DeliveryState.PENDING}
    return {DeliveryState.REJECTED, DeliveryState.PENDING} if fails.answered else {DeliveryState.REJECTED}


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_the_outbox_keeps_what_came_of_it_and_other_channels_get_theirs(kind, case, tmp_path):
    async def passed(outbox):
        async with case.far_side(tmp_path) as far:
            ways = {"way": lambda: notifier_of(kind, far), "kept": lambda: a_folder(tmp_path / "kept")}
            await deliver(outbox.store, ways, outbox.clock)

    outbox = Outbox(f"sqlite:///{tmp_path / 'state.db'}")
    outbox.queue("owner", channel="way", address=case.address)
    outbox.queue("other", channel="kept")
    run(passed(outbox))
    delivery, other = outbox.store.deliveries()
    ill = [one.id for one in outbox.store.queue.channels().values() if not one.works]
    outbox.store.close()

    fails = case.fails or Failure()
    assert delivery.state in expected_ends(case.fails)
    assert (1, fails.unknown) == (delivery.attempts, delivery.may_be_there)
    assert [] == [words for words in case.says if words not in delivery.last_reply]
    assert (fails.permanent and fails.answered) or (ill == ["way"]) == fails.channel
    assert DeliveryState.ACCEPTED is other.state


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_no_secret_is_in_what_it_says_of_itself_or_of_a_failure(kind, case, tmp_path, caplog):
    async def said():
        async with case.far_side(tmp_path) as far:
            notifier = notifier_of(kind, far)
            (came,) = await handed_over(notifier, a_delivery(case))
            secrets = {*case.secrets, *far.secrets.values()}
            return secrets, [repr(notifier), str(came), repr(came), repr(getattr(came, "refusal", None))]

    with caplog.at_level(logging.DEBUG):
        secrets, texts = run(said())

    assert [] == [secret for secret in secrets if any(secret in text for text in (*texts, caplog.text))]
