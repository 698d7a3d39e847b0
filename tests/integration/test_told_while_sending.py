"""A tick while messages are being handed over: nobody hears the same twice, and who may have heard of it hears its end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from samples.lives import Life

from alerting.app.delivery.ledger import LEASE
from alerting.domain.notify.notice import DeliveryState
from alerting.store.sql import SqlStore

HEAD = "head"
NOON = datetime(2020, 6, 3, 12, tzinfo=UTC)


@pytest.fixture
def life(tmp_path):
    """An exception of which a message waits."""
    found = Life(tmp_path)
    found.delivers = False
    assert [(HEAD, "opened", "force")] == found.tick("2020-06-03", "2020-04 5, 2020-05 12")
    return found


@pytest.fixture
def sending(life):
    """The state as the process sees it that sends."""
    store = SqlStore(life.engine(date(2020, 6, 3)).settings.database)
    yield store
    store.close()


def test_what_ends_while_it_is_handed_over_is_told_to_have_ended(life, sending):
    (taken,) = sending.queue.claim("sender", NOON, LEASE, 64)
    assert [(HEAD, "resolved", "force")] == life.tick("2020-07-02", "2020-06 5")
    # Its end waits behind it.
    assert [taken.id] == [one.id for one in sending.deliveries() if one.state is DeliveryState.PENDING][:1]
    assert [] == sending.queue.claim("another", NOON + timedelta(days=1), LEASE, 64)


def test_what_was_claimed_and_given_back_waits_as_before(life, sending):
    sending.queue.claim("sender", NOON, LEASE, 64)
    sending.queue.release("sender")
    assert [] == life.tick("2020-07-02", "2020-06 5")


def test_what_is_handed_over_is_not_told_once_more(life, sending):
    sending.queue.claim("sender", NOON, LEASE, 64)
    assert [] == life.tick("2020-06-04")
