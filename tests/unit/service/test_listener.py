"""The listener's bounds: long heads and bodies, slow and silent clients, many lines, and what is no HTTP."""

import asyncio
import gc
import socket
import threading
import time
import tracemalloc
from pathlib import Path

import pytest
from samples.posting import BEARER, Answered, answered, listening, post, request, say

from alerting.errors import UsageError
from alerting.service.listener import BODY_BYTES, HEAD_BYTES, Listener


@pytest.fixture(scope="module")
def heard():
    with listening() as one:
        yield one


@pytest.fixture(autouse=True)
def _no_pace(heard):
    heard.clock[0] += 1_000


def open_files():
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def eventually(holds):
    for _ in range(600):
        if holds():
            return True
        time.sleep(0.05)
    return False


class TestBodies:
    def test_the_longest_that_is_read_is_read(self, heard):
        answer = say(heard.port, request(BEARER, body=b" " * BODY_BYTES))
        assert 202 == answer.status

    def test_one_that_says_it_is_longer_is_refused_before_it_comes(self, heard):
        head = request(BEARER, f"Content-Length: {10 * 1024 * 1024}")

        assert 413 == say(heard.port, head).status

    @pytest.mark.parametrize("says_how_long", [True, False])
    def test_ten_megabytes_are_refused_and_never_held(self, heard, says_how_long):
        body = b"x" * (10 * 1024 * 1024)
        how = request(BEARER, body=body) if says_how_long else _chunked(body)
        tracemalloc.start()
        try:
            answer = say(heard.port, how)
            held = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

        assert 413 == answer.status
        assert held < 2 * 1024 * 1024

    def test_a_chunked_one_is_read_as_well(self, heard):
        assert 202 == say(heard.port, _chunked(b'{"load": "in chunks"}')).status
        assert ("calls", "in chunks") == heard.noted[-1]

    def test_who_asks_whether_to_send_it_is_told_so(self, heard):
        expecting = request(BEARER, "Expect: 100-continue", "Content-Length: 15")
        with socket.create_connection(("127.0.0.1", heard.port), timeout=30) as line:
            line.sendall(expecting)
            assert b"HTTP/1.1 100 \r\n\r\n" == line.recv(100)
            line.sendall(b'{"load": "one"}')
            assert 202 == answered(line).status

        too_long = request(BEARER, "Expect: 100-continue", "Content-Length: 10000000")
        assert 413 == say(heard.port, too_long).status


class TestHeads:
    def test_one_that_is_too_long_is_refused(self, heard):
        assert 431 == say(heard.port, request(BEARER, f"X: {'x' * 2 * HEAD_BYTES}")).status
        assert 431 == say(heard.port, request(BEARER, *["X: x"] * HEAD_BYTES)).status

    def test_one_without_an_end_is_refused(self, heard):
        assert 431 == say(heard.port, b"POST /loaded/calls HTTP/1.1\r\n" + b"X: xxxxxxxx\r\n" * 100_000).status

    @pytest.mark.parametrize(
        "said",
        [
            b"\r\n\r\n\r\n",
            b"GET\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"\x00" * 100 + b"\r\n\r\n",
            b"POST /loaded/calls HTTP/1.1\r\n\r\n",
            b"POST /loaded/\xc3\xa4 HTTP/1.1\r\nHost: here\r\n\r\n",
            b"POST /loaded/calls HTTP/1.1\r\nHost: here\r\nX : y\r\n\r\n",
            b"POST /loaded/calls HTTP/1.1\r\nHost: here\r\nContent-Length: -1\r\n\r\n",
            b"POST /loaded/calls HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        ],
    )
    def test_what_is_no_http_is_refused_and_does_nothing(self, heard, said):
        before = list(heard.noted)

        with socket.create_connection(("127.0.0.1", heard.port), timeout=30) as line:
            line.sendall(said)
            line.shutdown(socket.SHUT_WR)
            assert answered(line).status in (400, 501)
        assert before == heard.noted

    def test_a_length_beside_chunks_smuggles_nothing(self, heard):
        before = list(heard.noted)
        inner = request(BEARER, path="/loaded/crime")
        say(heard.port, request(BEARER, "Transfer-Encoding: chunked", body=b"0\r\n\r\n" + inner))

        assert ("crime", None) not in heard.noted[len(before) :]

    def test_one_request_a_line(self, heard):
        before = len(heard.noted)

        assert 202 == say(heard.port, request(BEARER) + request(BEARER)).status
        assert 1 == len(heard.noted) - before

    def test_an_answer_says_nothing_of_the_program(self, heard):
        answer = post(heard.port)

        assert {
            "Date", "Content-Type", "Content-Length", "Cache-Control", "Connection",
        } == set(answer.headers)  # fmt: skip


class TestSlowOnes:
    def test_a_request_that_does_not_come_is_given_up(self):
        with listening(request_s=0.2) as heard:
            for said in (b"", b"POST", request(BEARER, "Content-Length: 100") + b"{"):
                assert 408 == say(heard.port, said).status

    def test_one_that_comes_byte_by_byte_is_given_up_as_well(self):
        """Time runs for the whole request, not from byte to byte."""
        with listening(request_s=0.5) as heard, socket.create_connection(("127.0.0.1", heard.port)) as line:
            line.settimeout(0.02)
            got = b""
            for _ in range(500):
                try:
                    line.sendall(b"x")
                    got += line.recv(4096)
                except TimeoutError:
                    continue
                except ConnectionError:
                    break
                if got:
                    break
            assert b"408" in got.split(b"\r\n")[0]

    def test_many_that_say_nothing_keep_nobody_out(self):
        with listening(most_lines=8, request_s=60) as heard:
            silent = [_silent(heard) for _ in range(40)]

            assert [202] * 5 == [post(heard.port).status for _ in range(5)]
            assert eventually(lambda: len(heard.listener._open) <= 8)
            for line in silent:
                line.close()

    def test_the_one_that_waited_the_longest_gives_way(self):
        with listening(most_lines=2, request_s=60) as heard, _silent(heard) as first, _silent(heard) as second:
            assert eventually(lambda: len(heard.listener._open) == 2)
            assert 202 == post(heard.port).status

            assert Answered(status=None) == answered(first)
            second.sendall(request(BEARER))
            assert 202 == answered(second).status

    def test_where_all_wait_for_us_one_more_is_sent_away(self):
        free = threading.Event()
        with listening(lambda *_: free.wait(30), most_lines=2) as heard:
            waiting = [threading.Thread(target=post, args=(heard.port,)) for _ in range(2)]
            for thread in waiting:
                thread.start()
            assert eventually(lambda: len(heard.listener._open) == 2 and not heard.listener._waiting)
            answer = post(heard.port)
            free.set()
            for thread in waiting:
                thread.join()

        assert (503, "10") == (answer.status, answer.headers["Retry-After"])

    def test_one_that_reads_no_answer_is_let_go(self):
        with listening(most_lines=4) as heard:
            lines = [_silent(heard) for _ in range(20)]
            for line in lines:
                line.sendall(request(BEARER))
            assert 202 == post(heard.port, path="/loaded/crime").status
            for line in lines:
                line.close()
            assert eventually(lambda: not heard.listener._open)


def test_a_desk_that_fails_at_one_request_answers_the_next(heard, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("alerting.service.posts.load_named", lambda *_: 1 / 0)
        assert 500 == post(heard.port).status
    assert "listener.broken" == heard.log.entries[-1]["event"]

    assert 202 == post(heard.port).status


def test_a_port_that_is_taken_is_one_clear_line(heard):
    other = Listener(heard.posts, heard.posts.log)

    with pytest.raises(UsageError, match=r"ALERTING_LISTEN: cannot listen on 127\.0\.0\.1 port \d+: .*in use"):
        asyncio.run(other.listen("127.0.0.1", heard.port))


def test_nothing_is_left_open_by_ten_times_as_many_posts():
    with listening() as heard:

        def some(count):
            for _ in range(count):
                post(heard.port, token="x" * 32)
                post(heard.port)
            assert eventually(lambda: not heard.listener._open)
            return open_files(), threading.active_count()

        before = some(20)
        assert before == some(200)


def test_what_was_refused_is_counted(heard):
    heard.listener.refused.clear()
    post(heard.port, token="x" * 32)
    post(heard.port, path="/loaded/nothing")
    post(heard.port)

    assert {401: 1, 404: 1} == heard.listener.refused


def _silent(heard):
    return socket.create_connection(("127.0.0.1", heard.port), timeout=30)


def _chunked(body):
    return request(BEARER, "Transfer-Encoding: chunked") + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
