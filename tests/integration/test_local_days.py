"""Days and times in messages are those of the schedule's zone, also in the hour after midnight in summer."""

from datetime import date, time

import pytest
from samples.lives import Life

from alerting.app.notices.operator import ill_note
from alerting.domain.channel_health import ChannelHealth

HALF_PAST_MIDNIGHT = time(0, 30)


@pytest.fixture
def life(tmp_path):
    """An exception that is told at half past midnight on 3 June 2020, in London; 2 June in UTC."""
    return Life(tmp_path)


def test_what_is_told_of_a_source_is_as_of_the_local_day(life):
    life.tick("2020-06-03", "2020-04 5, 2020-05 twelve", at=HALF_PAST_MIDNIGHT)

    assert "Figures as known on 3 June 2020" in life.message("data")


def test_the_first_digest_goes_seven_local_days_back(life):
    life.set(more='digests: [{id: monday, every: "monday 07:30", to: [each_owner]}]')
    life.tick("2020-06-03", "2020-04 5, 2020-05 12", at=HALF_PAST_MIDNIGHT)

    with life.opened("2020-06-03", HALF_PAST_MIDNIGHT) as (engine, store):
        (digest,) = engine.digest(store, date(2020, 6, 3)).deliveries
    assert "27 May to 3 June 2020" in digest.message.text


def test_a_channel_that_takes_nothing_does_so_since_a_local_time(life):
    life.tick("2020-06-03", "2020-04 5", at=HALF_PAST_MIDNIGHT)
    engine = life.engine(date(2020, 6, 3), HALF_PAST_MIDNIGHT)

    channel = ChannelHealth(id="email", down_since=engine.clock.now())
    _, message = ill_note(
        channel, engine.rules.owners["head"], engine.installation.message_defaults, engine.clock.now()
    )
    assert "since 00:30 on 3 June 2020." in message.text
