"""Mail servers that fail for hours or days, in simulated time, under the service and under `run`: who is told what, and when.

Each cell is a failure, a way to run and something that is due meanwhile. `./run pytest -m exhaustive` on this file tries
every cell; the ordinary suite a sample.
"""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from samples.outages import Accepted, Ends, Relay, at_step, greylists, hangs_here_and_there, puts_off, takes_few, works
from samples.services import HEAD, World
from samples.worlds import a_folder

from alerting.cli import main
from alerting.opening import SystemClock
from alerting.service.heartbeat import Heartbeat
from alerting.settings import Secret
from notifiers import email as email_channel
from notifiers.smtp.timeouts import Timeouts

#: Monday, the day on which everything goes wrong; seven in London is six by the clocks here.
DAY = datetime(2020, 7, 6, tzinfo=UTC)
BEGINS, ENDS = DAY + timedelta(hours=5), DAY + timedelta(days=1, hours=8)
FIVE_DAYS = BEGINS + timedelta(days=5)
#: By then a channel that works again has been tried.
TRIED_AGAIN = timedelta(minutes=61)
SHORT_S = 0.05

RULES = """
topics: [{{id: calls, title: Call handling, owner: contact}}]
measures:
  - {{id: answered, title: Calls answered in time, topic: calls, unit: percent, better: higher, every: day, target: 90,
     called: standard, source: figures/calls.csv}}
areas:
  - {{id: force, title: West Mercia, kind: policing, owner: contact}}
  - {{id: north, title: North, parent: force, owner: north}}
  - {{id: south, title: South, parent: force, owner: south}}
  - {{id: west, title: West, parent: force, owner: west}}
owners:
  - {{id: contact, name: Head of Contact, email: contact@example.org}}
  - {{id: north, name: "Commander, North", email: north@example.org{north}}}
  - {{id: south, name: "Commander, South", email: south@example.org{south}}}
  - {{id: west, name: "Commander, West", email: west@example.org}}
  - {{id: chief, name: Chief Officer, email: chief@example.org}}
  - {{id: second, name: Second Chief Officer, email: second@example.org}}
  - {{id: duty, name: ICT Duty, email: duty@example.org, channels: [email, copies]}}
channels: {{email: {{}}, copies: {{folder: {{}}}}}}
roles: {{operator: duty, fallback: contact}}
schedule: {{evaluate: "daily 07:00"}}
digests: {digests}
rules:
  - {{id: slow, title: Calls answered too slowly, measures: answered, when: {{target_missed: {{}}}}, remind: {remind}}}
"""
PLAIN = {"north": "", "south": "", "digests": "[]", "remind": "never"}
GOOD = 95


class Situation:
    """What is due on the day.

    Args:
        missed: area -> first and last day (of July; 0 and less of June) whose figure misses the standard.
        due: who is told something on the day, were the mail server well.
        began: the day of the tick before, at which what stands then is told.
    """

    def __init__(self, missed, due, began=date(2020, 7, 2), digest=False, **parts):
        self.missed, self.due, self.began, self.digest, self.parts = missed, due, began, digest, {**PLAIN, **parts}

    def value(self, area, day):
        """The figure of a day, another one each day."""
        first, last = self.missed.get(area, (1, 0))
        number = (day - date(2020, 6, 30)).days
        return 60 + number if first <= number <= last else GOOD

    def figures(self):
        """All of them at once: each is known from the day after on."""
        days = [date(2020, 6, 25) + timedelta(days=n) for n in range(25)]
        rows = [
            f"answered,{area},{day},{self.value(area, day)},{day + timedelta(days=1)}\n"
            for area in ("north", "south", "west")
            for day in days
        ]
        return "".join(rows)


ON = 30
SITUATIONS = {
    "new": Situation({"north": (5, ON), "south": (5, ON)}, ["north", "south"], date(2020, 7, 5)),
    "reminders": Situation(
        {"north": (-2, ON), "south": (-2, ON)}, ["north", "south"], date(2020, 6, 29), remind="weekly"
    ),
    "escalation": Situation(
        {"north": (1, ON), "south": (1, ON)},
        ["chief", "second"],
        north=", escalate: {after: 2 working days, to: chief}",
        south=", escalate: {after: 2 working days, to: second}",
    ),
    "digest": Situation(
        {"north": (1, ON), "south": (1, ON)},
        ["north", "south"],
        digest=True,
        digests='[{id: monday, every: "monday 07:30", to: [north, south]}]',
    ),
    "resolved": Situation({"north": (1, 5), "south": (5, 5), "west": (5, 5)}, ["south", "west"]),
}


class Failure:
    """How the mail server fails.

    Args:
        until: from when on it works again.
        takes: who is taken from meanwhile: nobody, somebody or everybody.
        may_keep: whose messages the server may have for all that is known: nobody's, everybody's, or all but the first's.
    """

    def __init__(self, fails, until=ENDS, *, takes="nobody", away=False, hangs=False, may_keep="", soon=timedelta()):
        self.fails, self.until, self.takes, self.away, self.hangs = fails, until, takes, away, hangs
        self.may_keep, self.soon = may_keep, soon

    def may_have_kept(self, due, who):
        """Whether the server may have what was sent to one of those who are due."""
        return self.may_keep == "everybody's" or (self.may_keep == "all but the first's" and who != due[0])


REFUSED = {"plain": "554 no", "policy": "550 5.7.1 no relaying for you", "mailbox": "550 5.1.1 no such user"}
STEPS = {"greeting": "greeting", "sign-in": "AUTH", "MAIL": "MAIL", "RCPT": "RCPT", "DATA": "DATA", "after-DATA": "dot"}
FAILURES = {
    **{
        f"{code}-at-{name}": Failure(lambda _, step=step, answer=answer: at_step(step, answer))
        for name, step in STEPS.items()
        for code, answer in REFUSED.items()
        if code != "mailbox" or name in ("RCPT", "after-DATA")
    },
    "cut-after-the-dot": Failure(lambda _: at_step("dot", Ends.CUT), may_keep="everybody's"),
    "kept-and-cut": Failure(lambda _: at_step("dot", Ends.KEPT_AND_CUT), may_keep="everybody's"),
    "hangs-at-greeting": Failure(lambda _: at_step("greeting", Ends.HANGS), hangs=True),
    "hangs-at-RCPT": Failure(lambda _: at_step("RCPT", Ends.HANGS), hangs=True),
    "hangs-after-the-dot": Failure(lambda _: at_step("dot", Ends.HANGS), hangs=True, may_keep="everybody's"),
    "greylists": Failure(lambda _: greylists(), FIVE_DAYS, takes="everybody", soon=timedelta(minutes=30)),
    "421-to-one": Failure(puts_off, DAY + timedelta(hours=20), takes="somebody"),
    "three-a-session": Failure(lambda _: takes_few, FIVE_DAYS, takes="everybody"),
    "gone-for-five-days": Failure(lambda _: works, FIVE_DAYS, away=True),
    "hangs-here-and-there": Failure(hangs_here_and_there, hangs=True, may_keep="all but the first's"),
}
CELLS = [(failure, way, situation) for failure in FAILURES for way in ("serve", "run") for situation in SITUATIONS]
#: Every third failure or so once, in every situation.
SAMPLE = CELLS[3::39][:6]


class Outage:
    """One cell: a folder, its state, its mail server and its clock."""

    def __init__(self, tmp_path, monkeypatch, failure, situation):
        self.failure, self.situation = FAILURES[failure], SITUATIONS[situation]
        self.at = BEGINS
        self.relay = Relay(lambda: self.at)
        self.broken = self.failure.fails(self.situation.due[0])
        self.folder, self.state, self.monkeypatch = tmp_path, tmp_path / "state", monkeypatch
        self.rules = RULES.format(**self.situation.parts)
        monkeypatch.setattr(email_channel, "Timeouts", self._timeouts)

    def _timeouts(self, **usual):
        """Wait as long as real ones do, unless the server hangs."""
        hangs = self.is_out and self.failure.hangs
        return Timeouts(**(dict.fromkeys(usual, SHORT_S) if hangs else usual))

    @property
    def is_out(self):
        return BEGINS <= self.at < self.failure.until

    def set(self, at):
        """Let it be another time."""
        self.at = at
        self.relay.fails = self.broken if self.is_out else works
        if self.is_out and self.failure.away:
            self.relay.leave()
        else:
            self.relay.listen()

    def moments(self):
        """The times at which something is done, from the tick before the day to the day after all is well again."""
        yield datetime.combine(self.situation.began - timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=6)
        yield datetime.combine(self.situation.began, datetime.min.time(), UTC) + timedelta(hours=6)
        last = (self.until + timedelta(days=1)).replace(hour=0, minute=0)
        more = [self.until + after for after in (timedelta(minutes=1), TRIED_AGAIN, 2 * TRIED_AGAIN)]
        days = [DAY + timedelta(days=n) for n in range((last - DAY).days + 1)]
        yield from sorted([day + timedelta(hours=6, minutes=minute) for day in days for minute in self.minutes] + more)

    @property
    def until(self):
        """From when on the server works again, or for the few minutes' failures a day later."""
        return ENDS if self.failure.takes == "everybody" else self.failure.until

    @property
    def first_try(self):
        """When something is to be sent first."""
        return DAY + timedelta(hours=6, minutes=self.digest_minute if self.situation.digest else 0)

    def is_put_off(self, at):
        """Whether something new may wait for its recipients to be known to the server."""
        news = (self.first_try, at.replace(hour=6, minute=0))
        return any(timedelta() <= at - begun < self.failure.soon for begun in news)

    # What holds

    def owed(self):
        """Messages since the day began, by reader, less marked copies."""
        found = {}
        for one in self.relay.taken:
            if one.at >= BEGINS:
                found.setdefault(one.recipient, []).append(one)
        return found

    def standing(self, area, at):
        """Whether an area's newest figure misses the standard, and which that is, at the last tick."""
        ticked = at if at.hour >= self.ticks_from else at - timedelta(days=1)
        value = self.situation.value(area, ticked.date() - timedelta(days=1))
        return value < 90, value

    def untrue(self, one: Accepted):
        """What a message says that does not hold when it arrives; a copy gives the figure of the day of which it was made."""
        area, said = re.search("North|South|West", one.subject), re.search(r"(\d+)%", one.subject)
        if area is None or said is None:
            return None
        stands, value = self.standing(area[0].lower(), one.at)
        says = not one.subject.startswith(("Resolved", "Over", "No longer"))
        if says != stands or (int(said[1]) != value and not one.is_marked):
            return f"{one.subject} at {one.at}, when it was {value}%"
        return None

    def check_copies(self):
        """A message comes twice only where the server may have taken it, and says so."""
        plain = Counter(one.mail["Message-ID"] for one in self.relay.taken if not one.is_marked)
        assert not [id_ for id_, count in plain.items() if count > 1], "a copy without a mark"
        assert self.failure.may_keep or not any(one.is_marked for one in self.relay.taken)

    def check_truth(self):
        assert not [found for one in self.relay.taken if (found := self.untrue(one))]

    def check_everybody_knows(self):
        """Who should know does, once; who has nothing to know hears nothing."""
        owed, due = self.owed(), set(self.situation.due)
        told = {who: {one.mail["Message-ID"] for one in several} for who, several in owed.items()}
        summary = {who: [f"{one.at:%d %H:%M} {one.subject}" for one in several] for who, several in owed.items()}
        if self.situation is SITUATIONS["resolved"]:
            assert "Resolved" in owed["north"][-1].subject, summary
            assert len(told["north"]) == 1, summary
            due.add("north")
            for who in ("south", "west"):
                heard = owed.get(who, [])
                assert not heard or heard[-1].subject.startswith("Resolved"), summary
                # The end alone where the server may have the beginning, and has not.
                may_have = self.failure.may_have_kept(self.situation.due, who)
                assert len(told.get(who, ())) in ((1, 2) if may_have else (0, 2)), summary
        else:
            for who in due:
                assert len(told.get(who, ())) == 1, summary
        assert told.keys() <= due, summary


class Served(Outage):
    """Under the service."""

    minutes = (0, 2, 6, 31, 75, 780)
    digest_minute = 31
    #: The hour of its schedule; `run` ticks whenever it is called.
    ticks_from = 6

    def live(self):
        """Go through all of it; note at which rings there was a sign of life."""
        watch = Secret("http://127.0.0.1:1/")
        world = World(self.folder, self.rules, self.situation.figures(), relay=self.relay.url, heartbeat_url=watch)
        self.signs = []
        self.monkeypatch.setattr(Heartbeat, "beat", lambda *_: self.signs.append(self.at))
        moments = list(self.moments())
        self.set(moments[0])
        world.start(moments[0] - timedelta(hours=1))
        self.rung = {}
        for at in moments:
            self.set(at)
            before = len(self.signs)
            self.rung[at] = world.ring(at)
            assert len(self.signs) - before <= 1
        self.store, self.world = world.store, world

    def check(self):
        try:
            self.check_copies()
            self.check_truth()
            self.check_everybody_knows()
            self.check_signs()
            self.check_operator()
        finally:
            self.world.close()

    def check_signs(self):
        """The heartbeat is silent while nothing is taken, from the first try to the first one after."""
        for at in self.rung:
            if self.failure.takes == "nobody" and self.first_try <= at < self.failure.until:
                assert at not in self.signs, f"a sign at {at} while nothing is taken"
            elif not self.is_in_between(at):
                assert at in self.signs, f"no sign at {at} though all is well"

    def is_in_between(self, at):
        """Whether it is not to be known yet that the server works again."""
        if self.failure.takes == "nobody":
            return self.failure.until <= at < self.failure.until + TRIED_AGAIN
        return self.is_put_off(at)

    def check_operator(self):
        """Over another way the operator hears of it, once."""
        copies = [path.name for path in self.state.rglob("*.eml")]
        assert all("no-messages-are-accepted-over-email" in name for name in copies), copies
        assert len(copies) == (self.failure.takes == "nobody" or bool(self.failure.soon)), copies


class Run(Outage):
    """Under `run`, as a timetable calls it."""

    minutes = (0, 10, 30, 300)
    digest_minute, ticks_from = 30, 0

    def live(self):
        files = {"rules.yaml": self.rules, "figures/calls.csv": HEAD + self.situation.figures()}
        folder = a_folder(self.folder / "rules", files)
        for name, value in {"STATE_DIR": self.state, "SMTP_URL": self.relay.url, "MAIL_FROM": "a@example.org"}.items():
            self.monkeypatch.setenv(f"ALERTING_{name}", str(value))
        self.monkeypatch.setattr(SystemClock, "now", lambda _: self.at)
        self.statuses = {}
        for at in self.moments():
            self.set(at)
            is_digest = self.situation.digest and at == DAY + timedelta(hours=6, minutes=30)
            self.statuses[at] = main(["digest" if is_digest else "run", str(folder)])

    def check(self):
        self.check_copies()
        self.check_truth()
        self.check_everybody_knows()
        self.check_statuses()

    def check_statuses(self):
        first = self.first_try
        for at, status in self.statuses.items():
            if self.failure.takes != "everybody" and first <= at < self.failure.until:
                assert status == 1, f"{status} at {at} while messages wait"
            elif not self.is_put_off(at):
                assert status == 0, f"{status} at {at} though nothing waits"


def stands(tmp_path, monkeypatch, failure, way, situation):
    outage = (Served if way == "serve" else Run)(tmp_path, monkeypatch, failure, situation)
    with outage.relay:
        outage.live()
        outage.check()


@pytest.mark.parametrize(("failure", "way", "situation"), SAMPLE, ids=map("-".join, SAMPLE))
def test_an_outage_costs_nobody_a_message(tmp_path, monkeypatch, failure, way, situation):
    stands(tmp_path, monkeypatch, failure, way, situation)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("failure", "way", "situation"), CELLS, ids=map("-".join, CELLS))
def test_no_outage_costs_anybody_a_message(tmp_path, monkeypatch, failure, way, situation):
    stands(tmp_path, monkeypatch, failure, way, situation)
