"""Posts of loads: who may post, what a post may say, how often, and what is answered."""

import threading
from dataclasses import replace

import pytest
from samples.posting import BEARER, TOKEN, listening, post, request, say

from alerting.errors import UsageError
from alerting.service.listener import Head
from alerting.service.posts import LONGEST_LOAD, Paces, load_named


@pytest.fixture(scope="module")
def listener():
    with listening() as heard:
        yield heard


@pytest.fixture
def heard(listener):
    listener.noted.clear()
    listener.clock[0] += 1_000
    listener.posts.believe((TOKEN,))
    return listener


def test_a_post_is_written_down_and_taken(heard):
    answer = post(heard.port)

    assert (202, {"source": "calls", "accepted": True, "again": False}) == (answer.status, answer.said)
    assert [("calls", None)] == heard.noted


@pytest.mark.parametrize(
    "how",
    [
        (request(BEARER, body=b'{"load": "2020-10-15T06:00"}')),
        (request(BEARER, "Idempotency-Key: 2020-10-15T06:00")),
        (request(BEARER, 'Idempotency-Key: "2020-10-15T06:00"')),
        (request(BEARER, "Idempotency-Key: 2020-10-15T06:00", body=b'{"load": "2020-10-15T06:00"}')),
    ],
)
def test_a_load_that_is_posted_twice_is_one(heard, how):
    first, second = say(heard.port, how), say(heard.port, how)

    assert (202, 202) == (first.status, second.status)
    assert (False, True) == (first.said["again"], second.said["again"])
    assert {("calls", "2020-10-15T06:00")} == set(heard.noted)


class TestTokens:
    @pytest.mark.parametrize(
        "headers",
        [
            (),
            ("Authorization: Bearer",),
            ("Authorization: Bearer ",),
            (f"Authorization: Bearer {TOKEN[:-1]}",),
            (f"Authorization: Bearer {TOKEN}0",),
            (f"Authorization: Bearer {TOKEN.upper()}",),
            (f"Authorization: Basic {TOKEN}",),
            (f"Authorization: {TOKEN}",),
            (BEARER, "Authorization: Bearer of-another"),
            (f"Cookie: token={TOKEN}",),
            (f"X-Token: {TOKEN}",),
        ],
    )
    def test_without_the_token_nobody_posts_or_learns_of_a_source(self, heard, headers):
        known = say(heard.port, request(*headers))
        unknown = say(heard.port, request(*headers, path="/loaded/nothing"))

        assert 401 == known.status
        assert "Bearer" == known.headers["WWW-Authenticate"]
        assert [] == heard.noted
        assert replace(known, headers=known.headers | {"Date": ""}) == replace(
            unknown, headers=unknown.headers | {"Date": ""}
        )

    def test_a_token_in_the_address_is_none(self, heard):
        assert 401 == say(heard.port, request(path=f"/loaded/calls?token={TOKEN}")).status

    def test_the_scheme_may_be_written_in_any_letters(self, heard):
        assert 202 == say(heard.port, request(f"authorization: bearer {TOKEN}")).status

    def test_a_token_that_was_replaced_counts_no_more(self, heard):
        heard.posts.believe(("another-token-of-ours", "the-one-after-it"))

        assert 401 == post(heard.port).status
        assert 202 == post(heard.port, token="another-token-of-ours").status
        assert 202 == post(heard.port, token="the-one-after-it").status

    def test_where_there_is_no_token_nobody_is_believed(self, heard):
        heard.posts.believe(())

        assert 401 == post(heard.port).status
        assert 401 == post(heard.port, token="").status

    def test_comparing_takes_as_long_whatever_is_right_of_a_token(self, heard):
        """Each token is compared, by digests of one length, also after one that fits."""
        calls = []
        heard.posts.believe((TOKEN, "another-token-of-ours"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("alerting.service.posts.compare_digest", lambda one, other: calls.append((one, other)))
            for shown in (TOKEN, TOKEN[:-1], "x"):
                heard.posts.refuse(
                    Head(method="POST", target="/loaded/calls", headers=(("authorization", f"Bearer {shown}"),))
                )

        assert 6 == len(calls)
        assert {(32, 32)} == {(len(one), len(other)) for one, other in calls}


class TestWhere:
    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/loaded/calls?x=1", 202),
            ("/loaded/cal%6cs", 202),
            ("/loaded/figures/calls.csv", 202),
            ("/loaded/figures%2Fcalls.csv", 202),
            ("/loaded/nothing", 404),
            ("/loaded/", 404),
            ("/loaded", 404),
            ("/loaded/calls/", 404),
            ("/loaded/../loaded/calls", 404),
            ("/loaded/%2e%2e", 404),
            ("/loaded/calls%00", 404),
            ("/loaded/%ff", 404),
            ("/Loaded/calls", 404),
            ("//loaded/calls", 404),
            ("/", 404),
            ("*", 404),
            ("/health", 404),
        ],
    )
    def test_there_is_one_place_for_each_source(self, heard, path, status):
        assert status == say(heard.port, request(BEARER, path=path)).status

    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "post"])
    def test_other_methods_do_nothing(self, heard, method):
        answer = say(heard.port, request(BEARER, method=method))

        assert (405, "POST") == (answer.status, answer.headers["Allow"])
        assert (answer.said is None) == (method == "HEAD")
        assert [] == heard.noted


class TestBodies:
    @pytest.mark.parametrize(
        "body",
        [
            b"load",
            b"[]",
            b'"2020"',
            b"{",
            b"\xff\xfe",
            b"[" * 4_000,
            b'{"load": 17}',
            b'{"load": null}',
            b'{"laod": "2020"}',
            b'{"load": ""}',
            b'{"load": "a\\nb"}',
            b'{"load": "\\u0000"}',
            b'{"load": "%s"}' % (b"x" * (LONGEST_LOAD + 1)),
            b'{"load": "2020", "more": 1}',
        ],
    )
    def test_one_that_says_something_else_is_refused_with_what_to_write(self, heard, body):
        answer = say(heard.port, request(BEARER, body=body))

        assert 400 == answer.status
        assert "load" in answer.said["error"]
        assert [] == heard.noted

    def test_two_names_of_a_load_are_refused(self, heard):
        assert 400 == post(heard.port, "one", "Idempotency-Key: other").status

    @pytest.mark.parametrize("body", [b"", b" \r\n", b"{}"])
    def test_a_load_needs_no_name(self, heard, body):
        assert 202 == say(heard.port, request(BEARER, body=body)).status
        assert [("calls", None)] == heard.noted

    def test_the_longest_name_is_taken_as_it_is(self):
        name = "ü" * LONGEST_LOAD

        assert name == load_named(Head(method="POST", target="/"), f'{{"load": "{name}"}}'.encode())


class TestPaces:
    def test_some_may_come_at_once_and_then_one_a_second(self):
        clock = [100.0]
        paces = Paces(lambda: clock[0])

        assert [0] * 10 + [1] * 5 == [paces.wait_s("calls") for _ in range(15)]
        clock[0] += 0.5
        assert 1 == paces.wait_s("calls")
        clock[0] += 0.5
        assert [0, 1] == [paces.wait_s("calls") for _ in range(2)]
        clock[0] += 1_000
        assert [0] * 10 + [1] == [paces.wait_s("calls") for _ in range(11)]

    def test_one_source_takes_nothing_from_another(self):
        paces = Paces(lambda: 0.0)
        assert any(paces.wait_s("calls") for _ in range(20))

        assert 0 == paces.wait_s("crime")

    def test_what_comes_too_often_is_told_when_to_come_again(self, heard):
        answers = [post(heard.port, "one") for _ in range(11)]

        assert [202] * 10 + [429] == [answer.status for answer in answers]
        assert "1" == answers[-1].headers["Retry-After"]
        assert 10 == len(heard.noted)

    def test_who_may_not_post_uses_up_nothing(self, heard):
        for _ in range(20):
            post(heard.port, token="x" * 32)

        assert 202 == post(heard.port).status


class TestTheState:
    @pytest.mark.parametrize("error", [UsageError("the database cannot be reached"), ZeroDivisionError("broken")])
    def test_a_post_that_cannot_be_written_down_is_not_claimed(self, error):
        def failing(*_):
            raise error

        with listening(failing) as heard:
            answer = post(heard.port)

        assert (503, "30") == (answer.status, answer.headers["Retry-After"])
        assert "database" not in answer.said["error"]
        assert ["load.failed"] == [entry["event"] for entry in heard.log.entries]

    def test_one_that_takes_too_long_is_not_waited_for_and_those_behind_it_are_never_written(self):
        free, written, noted = threading.Event(), threading.Event(), []

        def slow(_source, load):
            free.wait(30)
            noted.append(load)
            written.set()
            return True

        with listening(slow, noted_within_s=0.1) as heard:
            assert [503, 503] == [post(heard.port, load).status for load in ("one", "two")]
            free.set()

        assert written.wait(30)
        assert ["one"] == noted

    def test_posts_that_hang_keep_no_other_from_being_refused(self):
        free = threading.Event()
        with listening(lambda *_: free.wait(30)) as heard:
            waiting = threading.Thread(target=post, args=(heard.port, "one"))
            waiting.start()
            assert 401 == post(heard.port, token="x" * 32).status
            free.set()
            waiting.join()


def test_nothing_of_a_post_is_logged_but_its_source(heard):
    heard.log.entries.clear()
    post(heard.port, "a-load-named-hunter2")
    post(heard.port, token="a-token-that-was-wrong", path="/loaded/calls?a=hunter2")
    say(heard.port, request(BEARER, "X: hunter2", body=b"hunter2"))

    assert [{"event": "load.posted", "source": "calls", "again": False, "log_level": "info"}] == heard.log.entries
