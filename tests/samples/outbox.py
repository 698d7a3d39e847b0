"""Messages that wait, a clock that is set, and a relay that answers as it is told."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from alerting.app.delivery.deliver import deliver
from alerting.app.delivery.refused import Notes
from alerting.app.notices.compose import EXPIRY
from alerting.domain.notify.notice import Delivery, Message, Notice, NoticeKind
from alerting.domain.refusal import Stage
from alerting.errors import DeliveryFailed
from alerting.ports import Receipt
from alerting.store.sql import SqlStore
from notifiers.smtp.answers import refusal_in

START = datetime(2020, 10, 15, 7, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.at = START

    def now(self):
        return self.at


class Relay:
    """Answers each address with the same failure, or takes what comes; keeps what it took."""

    kind = "relay"
    connections = 4
    reply = "250 ok"

    def __init__(self, answer):
        self.answer, self.asked, self.taken = answer, {}, []

    def __call__(self):
        return self

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        pass

    async def knock(self):
        outcome = self.answer("")
        if isinstance(outcome, DeliveryFailed) and outcome.channel:
            raise outcome

    async def send(self, delivery, message, *, at, before_data=None):
        self.asked[delivery.address] = self.asked.get(delivery.address, 0) + 1
        outcome = self.answer(delivery.address)
        if isinstance(outcome, DeliveryFailed) and not outcome.unknown:
            raise outcome
        await before_data()
        if isinstance(outcome, DeliveryFailed):
            raise outcome
        self.taken.append((delivery.address, message.subject))
        return Receipt(reply=self.reply)


def takes(_address):
    return None


def refuses(reply, at="", **facts):
    """Refuse every address that has *at* in it."""
    return lambda address: failed(reply, **facts) if at in address else None


def failed(reply, **facts):
    """What a mail server's refusal becomes; what does not begin with a code is no answer."""
    early = Stage.CONNECTION if facts.get("channel") else Stage.RECIPIENT
    refusal = refusal_in(Stage.MESSAGE if facts.get("unknown") else early, reply)
    return DeliveryFailed(reply, refusal=refusal, **facts)


class Outbox:
    def __init__(self, url):
        self.clock = Clock()
        self.store = SqlStore(url)
        self.store.upgrade()
        self.number = 0
        #: The subjects of all that was ever taken.
        self.taken = []

    def queue(self, *owners, **facts):
        for owner in owners:
            self.number += 1
            notice = Notice(id=f"n{self.number}", kind=NoticeKind.EXCEPTIONS, owner=owner, at=self.clock.at)
            delivery = Delivery(
                id=f"d{self.number}", notice_id=notice.id, owner=owner,
                message_id=f"d{self.number}@example.org", message=Message(subject=f"{self.number}", text="", html=""),
                **({"channel": "email", "address": f"{owner}@example.org", "expires_at": self.clock.at + EXPIRY} | facts),
            )  # fmt: skip
            with self.store.begin() as state:
                state.outbox.save([notice], [delivery])

    def hand_over(
        self, answer=takes, *, after=timedelta(), ignore_backoff=False, exclusive=True, undelivered=lambda _: None, ask=None,
        ill=lambda _: None, others=None, **options,
    ):  # fmt: skip
        self.clock.at += after
        self.relay = Relay(answer)
        coming = deliver(
            self.store,
            {"email": self.relay, **(others or {})},
            self.clock,
            ignore_backoff=ignore_backoff,
            exclusive=exclusive,
            notes=Notes(undelivered=ask or (lambda failures, _: undelivered(failures)), ill=ill),
            **options,
        )
        try:
            self.report = asyncio.run(coming)
        finally:
            self.taken += [subject for _, subject in self.relay.taken]
        return [subject for _, subject in self.relay.taken]

    def outlive(self, lease):
        """Let time go by until what is claimed now is free, by the clock here and by the database's."""
        self.clock.at += lease + timedelta(seconds=1)
        with self.store.begin() as state:
            connection = state.alerts._connection
            if connection.dialect.name == "postgresql":  # leases follow the server's clock, which nobody can set
                gone = text("UPDATE delivery SET lease_until = lease_until - :by WHERE token IS NOT NULL")
                connection.execute(gone, {"by": lease + timedelta(seconds=1)})

    def states(self):
        return [one.state.value for one in self.store.deliveries()]

    def down(self):
        return {id_: one.down_since for id_, one in self.store.queue.channels().items()}
