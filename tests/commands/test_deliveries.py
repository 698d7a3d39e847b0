"""`alerting deliveries`: what waits, was refused or is held is seen, sent on its way again, or ended."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from samples.worlds import CALLS, a_folder

from alerting.cli import main
from alerting.domain.notify.notice import DeliveryState
from alerting.opening import open_store
from alerting.settings import load_settings

FIGURES = "measure,area,period,value\nanswered,force,2020-06,88\nanswered,north,2020-06,83\n"
FORCE = "slow/answered/force/2020-06"


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """A state after a tick whose two messages nobody has taken: no mail server is named."""
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    folder = a_folder(tmp_path / "rules", {"r.yaml": CALLS, "figures/calls.csv": FIGURES})
    main(["run", str(folder), "--as-of", "2020-07-05"])
    return folder


@pytest.fixture
def said(capsys):
    """Run `alerting deliveries …`; return its exit status, what it prints and what it complains of."""

    def run(*arguments):
        capsys.readouterr()
        status = main(["deliveries", *arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture
def listed(said):
    def run(*arguments):
        return json.loads(said("list", "--format", "json", *arguments)[1])["deliveries"]

    return run


def stands(delivery, state, **columns):
    """Let a delivery stand elsewhere, as after another hand-over."""
    store = open_store(load_settings())
    with store.begin() as transaction:
        (entry,) = transaction.outbox.entries(tuple(DeliveryState), like=delivery)
        transaction.outbox.save_deed(
            replace(entry.delivery, state=state, **columns), datetime(2020, 7, 2, tzinfo=UTC), "550 no such user"
        )
    store.close()


def test_it_lists_what_was_not_taken_with_subject_alert_reason_and_next_try(said, listed):
    found = listed()

    assert ["contact", "north-commander"] == sorted(one["owner"] for one in found)
    force = next(one for one in found if one["owner"] == "contact")
    assert {
        "state": "waiting", "channel": "email", "address": "contact@example.org", "kind": "exceptions", "alerts": [FORCE],
        "may_be_there": False,
    }.items() <= force.items()  # fmt: skip
    assert "West Mercia" in force["subject"]
    status, text, _ = said("list")
    assert 0 == status
    assert f"waiting   {force['id']}  contact <contact@example.org> over email\n          {force['subject']}\n" in text
    assert "2 deliveries." in text


def test_only_those_asked_for_are_listed(listed, said):
    refused = listed()[0]["id"]
    stands(refused, DeliveryState.REJECTED)

    assert [refused] == [one["id"] for one in listed("--state", "refused")]
    assert "550 no such user" == listed("--state", "refused")[0]["reply"]
    assert ["north-commander"] == [one["owner"] for one in listed("--owner", "north-commander")]
    assert [] == listed("--state", "accepted")
    assert "No deliveries." in said("list", "--state", "held")[1]


def test_one_is_shown_with_its_tries_and_its_words(listed, said):
    one = listed()[0]
    said("retry", one["id"], "--person", "ict-duty", "--reason", "the relay is back")

    status, text, _ = said("show", one["id"][:8])
    assert 0 == status
    assert f"alerts: {one['alerts'][0]}" in text
    assert "pending: sent on its way again by ict-duty: the relay is back" in text
    assert f"Subject: {one['subject']}" in text
    assert "999 calls" in text


def test_what_is_not_kept_any_longer_is_not_sent_on_its_way_again(listed, said):
    old, young = listed()
    stands(old["id"], DeliveryState.EXPIRED)
    store = open_store(load_settings())
    with store.begin() as transaction:
        assert 1 == transaction.shelf.prune(datetime(2100, 1, 1, tzinfo=UTC)).messages
    store.close()

    status, _, complaint = said("retry", old["id"])
    assert 2 == status
    assert f"delivery {old['id']} is too old: its message is not kept any longer" in complaint
    assert young["id"] in said("retry", "--all")[1]
    assert [old["id"]] == [one["id"] for one in listed("--state", "expired")]
    assert 0 == said("drop", old["id"])[0]


@pytest.mark.parametrize("before", [DeliveryState.REJECTED, DeliveryState.EXPIRED, DeliveryState.PENDING])
def test_what_was_refused_expired_or_waits_is_tried_at_once_and_for_another_day(listed, said, before):
    one = listed()[0]
    yesterday = datetime.now(UTC) - timedelta(days=1)
    stands(one["id"], before, expires_at=yesterday, not_before=datetime.now(UTC) + timedelta(hours=5))

    status, text, _ = said("retry", one["id"])
    assert (0, True) == (status, text.startswith(f"On its way again: {one['id']}"))
    (now,) = listed("--state", "waiting", "--owner", one["owner"])
    assert now["next_try"] is None
    assert datetime.fromisoformat(now["expires_at"]) > datetime.now(UTC) + timedelta(hours=23)


def test_the_waits_of_what_is_retried_begin_anew(listed, said):
    one = listed()[0]["id"]
    stands(one, DeliveryState.PENDING, put_off=6)

    said("retry", one)
    store = open_store(load_settings())
    with store.begin() as transaction:
        assert [0] == [
            entry.delivery.put_off for entry in transaction.outbox.entries((DeliveryState.PENDING,), like=one)
        ]
    store.close()


def test_what_is_held_wants_a_release_and_keeps_its_mark(listed, said):
    one = listed()[0]["id"]
    stands(one, DeliveryState.HELD, unanswered_attempts=3)

    status, _, complaint = said("retry", one)
    assert 2 == status
    assert "is held, since it may have arrived: `release` sends it once more" in complaint
    assert 0 == said("release", one)[0]
    (now,) = [found for found in listed("--state", "waiting") if found["id"] == one]
    assert now["may_be_there"]


def test_what_is_dropped_is_not_tried_any_more_and_says_who_and_why(listed, said):
    one = listed()[0]["id"]

    assert 0 == said("drop", one, "--person", "ict-duty", "--reason", "told by telephone")[0]
    assert one not in [found["id"] for found in listed()]
    (dropped,) = listed("--state", "cancelled")
    assert "dropped by ict-duty: told by telephone" == dropped["reply"]
    status, _, complaint = said("retry", one)
    assert (2, True) == (status, "is cancelled: there is nothing to retry" in complaint)


def test_all_means_all_that_it_can_be_done_to(listed, said):
    one, two = (found["id"] for found in listed())
    stands(one, DeliveryState.HELD, unanswered_attempts=1)

    assert [one] == [line.split()[1] for line in said("release", "--all")[1].splitlines() if "Released" in line]
    assert 2 == said("retry", "--all")[1].count("On its way again:")
    assert {one, two} == {found["id"] for found in listed("--state", "waiting")}


def test_all_leaves_out_what_is_over_or_was_told_anew_and_says_so(state, listed, said):
    force, north = (found["id"] for found in sorted(listed(), key=lambda one: one["owner"]))
    stands(force, DeliveryState.REJECTED)
    stands(north, DeliveryState.EXPIRED)
    a_folder(state, {"figures/calls.csv": f"{FIGURES}answered,force,2020-07,95\nanswered,north,2020-07,80\n"})
    main(["run", str(state), "--as-of", "2020-08-05"])
    (anew,) = listed("--state", "waiting")
    stands(anew["id"], DeliveryState.REJECTED)

    text = said("retry", "--all")[1]
    assert [f"On its way again: {anew['id']}"] == [
        line.partition("  ")[0] for line in text.splitlines() if "On its" in line
    ]
    assert {f"Left out: {force}", f"Left out: {north}"} == {
        line.partition("  ")[0] for line in text.splitlines() if "Left out" in line
    }
    assert "What is left out tells of what is over, or was told anew since; name one to send it all the same." in text
    assert {force, north} == {one["id"] for one in listed() if one["state"] != "waiting"}
    assert f"On its way again: {force}" in said("retry", force)[1]


def test_one_that_cannot_be_found_changes_none(listed, said):
    one = listed()[0]["id"]

    status, _, complaint = said("drop", one, "nothing-like-it")
    assert 2 == status
    assert 'no delivery "nothing-like-it"; `alerting deliveries list` names them' in complaint
    assert 2 == len(listed("--state", "waiting"))
    assert "2 deliveries begin with" in said("drop", "")[2]


def test_neither_names_nor_all_is_a_mistake_and_so_are_both(said):
    assert 2 == said("drop")[0]
    assert 2 == said("drop", "--all", "x")[0]


def test_it_works_where_the_rules_do_not(state, listed):
    (state / "r.yaml").write_text("rules: {", encoding="utf-8")

    assert 2 == len(listed())


def test_it_says_where_a_redirected_message_really_went(listed, said, state, capsys):
    one = listed()[0]
    store = open_store(load_settings())
    with store.begin() as transaction:
        (entry,) = transaction.outbox.entries(tuple(DeliveryState), like=one["id"])
        taken = replace(entry.delivery, state=DeliveryState.ACCEPTED, redirected_to="trial@example.org")
        transaction.outbox.save_deed(taken, datetime(2020, 7, 2, tzinfo=UTC), "250 ok")
    store.close()

    (found,) = listed("--state", "accepted")
    assert ("trial@example.org", one["address"]) == (found["redirected_to"], found["address"])
    assert "over email, redirected to trial@example.org" in said("list", "--state", "accepted")[1]
    main(["explain", one["alerts"][0], "--rules", str(state)])
    explained = capsys.readouterr().out
    assert f"to trial@example.org (redirected, instead of {one['address']}): accepted" in explained


def test_what_is_told_anew_after_a_drop_did_not_open_since_the_last_tick(listed, said, state, capsys):
    assert 0 == said("drop", *(one["id"] for one in listed()))[0]
    capsys.readouterr()
    main(["run", str(state), "--as-of", "2020-07-06"])
    printed = capsys.readouterr().out
    assert "Since the last tick: nothing new." in printed
    assert "Telling Head of Contact" in printed
