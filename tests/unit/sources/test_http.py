"""Figures from web servers, asked over real lines on loopback; numbered as the matrix of hostile sources has them."""

import atexit
import contextlib
import gzip
import json
import logging
import os
import socket
import ssl
import struct
import time
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from urllib.parse import quote

import httpx2
import pytest
import trustme
from samples.plugin_cases import SourceCase
from samples.web_server import Reply, web_server
from samples.worlds import a_folder, an_engine

from alerting.domain.rule import Source
from alerting.errors import SourceUnavailable
from alerting.rulefile import load_rules
from alerting.sources import http
from alerting.sources.http import HttpSource
from alerting.sources.web import web_address, web_pages
from alerting.sources.web.kept_answers import Answer, KeptAnswers

AS_OF = date(2020, 10, 7)
TOKEN, KEY = "t0ken-of-nobody", "?key=k3y-of-nobody"
ROWS = [
    {"measure": "m", "area": "force", "period": "2020-07", "value": 12},
    {"measure": "m", "area": "north", "period": "2020-07", "value": 7.5},
]
CSV = b"measure,area,period,value\nm,force,2020-07,12\nm,north,2020-07,7.5\n"
READ = {("force", "2020-07"): 12.0, ("north", "2020-07"): 7.5}
RULES = """
topics: [{{id: t, title: Topic, owner: boss}}]
sources: {{s: {{http: {{url_from: API_URL, private: true, {settings}}}, owner: boss, {keys}}}}}
areas: [{{id: force, title: Force, owner: boss}}, {{id: north, title: North, parent: force}}]
owners: [{{id: boss, name: Boss, email: boss@example.org}}]
measures: [{{id: m, title: Offences, topic: t, unit: count, better: lower, every: month, source: s}}]
rules: [{{id: a, title: A, measures: m, when: {{target_missed: {{at_most: 1000}}}}}}]
"""


def json_reply(document, **headers):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Reply(body=body, headers={"Content-Type": "application/json", **headers})


def csv_reply(body=CSV, **headers):
    return Reply(body=body, headers={"Content-Type": "text/csv", **headers})


KEPT = contextlib.ExitStack()
atexit.register(KEPT.close)  # before its thread is stopped under it


def standing_server():
    """A server for the contract suite, which is there before any test and goes with the process."""
    server = KEPT.enter_context(web_server())
    server.says("/json" + KEY, json_reply(ROWS))
    server.says("/nested" + KEY, json_reply({"data": ROWS[:1], "links": {"next": "/nested2"}}))
    server.says("/nested2", json_reply({"data": ROWS[1:], "links": {"next": None}}))
    server.says("/csv" + KEY, csv_reply())
    server.says(
        "/html" + KEY, Reply(body=b"<!doctype html><title>Sign in</title>", headers={"Content-Type": "text/html"})
    )
    server.says("/401" + KEY, Reply(status=401, body=f"no such token: {TOKEN}".encode()))
    return server


STANDING = standing_server()
SOUND = (("m", "force", "2020-07", 12.0), ("m", "north", "2020-07", 7.5))


def case(name, path, settings=None, *, rows=None, says=()):
    web = {"url_from": "API_URL", "private": True, "token_from": "API_TOKEN"} | (settings or {})
    named = {"url_from": STANDING.address + path + KEY, "token_from": TOKEN}
    return SourceCase(
        id=name, settings={"http": web}, lay=lambda _: None, rows=rows, says=says, named=named, secrets=(TOKEN, KEY[5:])
    )


CASES = [
    case("json", "/json", rows=SOUND),
    case("pages", "/nested", {"rows": "data", "next": "links.next"}, rows=SOUND),
    case("csv", "/csv", {"format": "csv"}, rows=SOUND),
    case("a-page-for-people", "/html", says=("API_URL", "a web page came, and no figures", "mend the address")),
    case("not-let-in", "/401", says=("API_URL", "does not let us in (status 401)", "API_TOKEN")),
]


@pytest.fixture
def server():
    with web_server() as found:
        yield found


@cache
def trusting(_trusted, make):
    return make()


@pytest.fixture(autouse=True)
def _what_is_trusted_is_read_once(monkeypatch):
    """The machine's certificates take longer to read than a page; a test that names others has those."""
    make, named = httpx2.create_ssl_context, ("SSL_CERT_FILE", "SSL_CERT_DIR")
    monkeypatch.setattr(httpx2, "create_ssl_context", lambda: trusting(tuple(map(os.environ.get, named)), make))


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(web_pages, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(web_pages, "MOST_TRIES", 3)


class Asked:
    """A source as the commands read it, again and again."""

    def __init__(self, tmp_path, monkeypatch, server, settings="format: json", keys="missing: []", path="/f"):
        monkeypatch.setenv("API_URL", server.address + path)
        monkeypatch.setenv("API_TOKEN", TOKEN)
        self.state = tmp_path / "state"
        self.folder = a_folder(tmp_path / "rules", {"r.yaml": RULES.format(settings=settings, keys=keys)})

    def read(self):
        engine = an_engine(self.folder, self.state, AS_OF)
        answer = engine.enquiries.evaluate(AS_OF, every_period=True, text="all")
        self.said = "\n".join(map(str, answer.problems))
        found = [one.finding for one in answer.found]
        self.reasons = {(one.area, str(one.period)): one.reason and one.reason.value for one in found}
        return {(one.area, str(one.period)): one.value for one in found if one.value is not None}


@pytest.fixture
def asked(tmp_path, monkeypatch, server):
    return lambda *args, **more: Asked(tmp_path, monkeypatch, server, *args, **more)


def source(server, path="/f", **settings):
    web = {"url": server.address + path, "private": True} | settings
    return Source(
        id="s", kind="http", settings={"http": web}, secrets={"token_from": TOKEN} if "token_from" in settings else {}
    )


def trouble(of):
    with pytest.raises(SourceUnavailable) as caught:
        HttpSource().read(of, [])
    return str(caught.value)


# -- what is read --


def test_json_is_read_wherever_the_rows_stand(asked, server):
    server.says("/f", json_reply({"result": {"items": ROWS}}))
    one = asked("rows: result.items")
    assert (READ, "") == (one.read(), one.said)


def test_what_is_nested_in_a_row_has_a_name_with_a_point(asked, server):
    nested = [{"measure": "m", "area": {"name": "Force", "code": "007"}, "period": "2020-07", "value": {"n": 12}}]
    server.says("/f", json_reply(nested))
    assert {("force", "2020-07"): 12.0} == asked(keys="columns: {area: area.name, value: value.n}").read()


def test_three_pages_are_one_source_and_links_may_be_relative(asked, server):
    """Each row keeps its page and its place there."""
    server.says("/f", json_reply({"data": ROWS[:1], "links": {"next": "?page=2"}}))
    server.says("/f?page=2", json_reply({"data": [], "links": {"next": f"{server.address}/f3"}}))
    server.says("/f3", json_reply({"data": [ROWS[1], ROWS[0] | {"period": "2020-08", "value": "about 9"}]}))
    one = asked("rows: data, next: links.next")
    assert READ == one.read()
    assert "(API_URL), page 3:2:" in one.said and '"about 9" is no number' in one.said


@pytest.mark.parametrize("token", ["c=2&x/y", 2])
def test_three_pages_by_a_token_or_a_number_in_a_parameter_of_the_first_address(asked, server, token):
    second = quote(str(token), safe="")
    server.says("/f?size=1", json_reply({"data": ROWS[:1], "meta": {"next": token}}))
    server.says(f"/f?size=1&cursor={second}", json_reply({"data": ROWS[1:], "meta": {"next": "last"}}))
    server.says("/f?size=1&cursor=last", json_reply({"data": [], "meta": {"next": None}}))
    one = asked("rows: data, next: meta.next, next_parameter: cursor", path="/f?size=1")
    assert (READ, "") == (one.read(), one.said)
    assert 3 == len(server.asked)


def test_a_token_that_comes_again_is_noticed(server):
    server.says("/f", json_reply({"data": ROWS, "next": "x"}))
    server.says("/f?cursor=x", json_reply({"data": ROWS, "next": "x"}))
    said = trouble(source(server, rows="data", next="next", next_parameter="cursor"))
    assert "page 2 names as the next one a page that has come already" in said


def test_csv_is_read_as_files_are(asked, server):
    server.says(
        "/f", csv_reply(b"\xef\xbb\xbfArea;Period;measure;value\r\nforce;2020-07;m;12\r\nnorth;2020-07;m;7,5\r\n")
    )
    assert READ == asked("format: csv").read()


def test_a_cell_is_named_with_its_row(asked, server):
    server.says("/f", csv_reply(CSV + b"m,force,2020-08,about 9\n"))
    one = asked("format: csv")
    assert READ == one.read()
    assert "(API_URL):4:" in one.said and "row 4, column value" in one.said


@pytest.mark.parametrize("form", ["json", "csv"])
def test_packed_answers_are_unpacked(asked, server, form):
    plain = json.dumps(ROWS).encode() if form == "json" else CSV
    server.says("/f", Reply(body=gzip.compress(plain), headers={"Content-Encoding": "gzip"}))
    assert READ == asked(f"format: {form}").read()


def test_no_rows_are_no_figures_and_no_failure(asked, server):
    """89: nothing is resolved by an empty answer."""
    server.says("/f", json_reply([]))
    one = asked()
    assert {} == one.read()
    assert "no-figures" in one.said


# -- what has not changed --


@pytest.mark.parametrize("known", [{"ETag": '"v1"'}, {"Last-Modified": "Wed, 07 Oct 2020 06:00:00 GMT"}])
def test_what_has_not_changed_is_not_sent_again(asked, server, known):
    server.says("/f", json_reply(ROWS, **known))
    one = asked()
    assert READ == one.read() == one.read()
    assert [False, True] == [
        bool({"if-none-match", "if-modified-since"} & headers.keys()) for _, headers in server.asked
    ]
    server.says("/f", json_reply(ROWS[:1], ETag='"v2"'))
    assert {("force", "2020-07"): 12.0} == one.read()


def test_what_is_kept_is_for_its_owner_and_damaged_it_is_asked_for_anew(asked, server):
    server.says("/f", json_reply(ROWS, ETag='"v1"'))
    one = asked()
    one.read()
    (kept,) = (one.state / "cache" / "sources" / "http").iterdir()
    assert (0o600, 0o700) == (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777)
    assert TOKEN.encode() not in kept.read_bytes() and server.address.encode() not in kept.read_bytes()
    kept.write_bytes(kept.read_bytes().replace(b"2020-07", b"2020-06", 1))
    assert READ == one.read()
    assert not [headers for _, headers in server.asked if "if-none-match" in headers]


def test_half_an_answer_is_not_kept(asked, server):
    """A server that says no length may have broken off; what it has is as it was, all the same."""
    server.says("/f", lambda handler: handler.wfile.write(b'HTTP/1.1 200 OK\r\nETag: "v1"\r\n\r\n[{"measure"'))
    one = asked()
    assert {} == one.read()
    assert "it is no JSON there" in one.said or "it breaks off there" in one.said
    server.says("/f", json_reply(ROWS, ETag='"v1"'))
    assert READ == one.read()


def test_a_csv_of_unknown_length_has_to_end_its_last_line(server):
    begin = b"HTTP/1.1 200 OK\r\n\r\n"
    server.says("/f", lambda handler: handler.wfile.write(begin + CSV[:-2]))
    assert "its last line has no end" in trouble(source(server, format="csv"))
    server.says("/f", lambda handler: handler.wfile.write(begin + CSV))
    assert 2 == len(HttpSource().read(source(server, format="csv"), []).columns["value"])


def test_what_another_token_was_given_is_not_taken(tmp_path):
    kept = KeptAnswers(tmp_path)
    kept.keep(Answer(body=b"x", etag="1"), "https://example.org", "Bearer one")
    assert (b"x", None) == (
        kept.of("https://example.org", "Bearer one").body, kept.of("https://example.org", "Bearer two"),
    )  # fmt: skip


def test_the_content_of_a_source_is_that_of_its_answers(server):
    server.says("/f", json_reply(ROWS), json_reply(ROWS), json_reply(ROWS[:1]))
    of = source(server)
    assert HttpSource().content(of, []) == HttpSource().read(of, []).content() != HttpSource().content(of, [])


# -- 86 to 88, 104, 109, 118: what fails --


def cut_short(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + json.dumps(ROWS).encode())


def cut_chunk(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + json.dumps(ROWS).encode())


def reset(handler):
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def no_http(handler):
    handler.wfile.write(b"220 mail.example.org ESMTP\r\n")


@pytest.mark.parametrize("failing", [cut_short, cut_chunk, reset, no_http, Reply(status=503), Reply(status=429)])
def test_86_88_what_fails_once_is_asked_for_again(asked, server, failing):
    server.says("/f", failing, json_reply(ROWS))
    assert READ == asked().read()


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(status=500), "has trouble of its own (status 500); asked 3 times, and again at the next reading"),
        (Reply(status=429, headers={"Retry-After": "86400"}), "asks for fewer questions (status 429); asked 1 time, and"),
        (Reply(status=429, headers={"Retry-After": "soon"}), "asks for fewer questions (status 429); asked 3 times"),
        (Reply(status=404), "has nothing there (status 404); mend the address"),
        (Reply(status=403), "does not let us in (status 403); see whether the token in API_TOKEN is right"),
        (Reply(status=204), "answers with status 204"),
        (Reply(status=206, body=b"[]"), "answers with status 206"),
        (Reply(status=304), "answers with status 304"),
        (Reply(headers={"Content-Encoding": "br"}), "packs its answer as br"),
        (Reply(body=gzip.compress(b"[]")[:-4], headers={"Content-Encoding": "gzip"}), "is cut off"),
        (Reply(body=b"[]", headers={"Content-Encoding": "gzip"}), "the line broke before all"),
        (cut_short, "the line broke before all of the answer had come"),
        (no_http, "the line broke before all of the answer had come"),
        (Reply(body=b"<html>Sign in</html>"), "a web page came, and no figures"),
        (json_reply(b"<?xml version='1.0'?>"), "a web page came, and no figures"),
        (json_reply(b""), "it breaks off there (line 1, column 1)"),
        (json_reply(b'[{"measure": "m", "ar'), "it breaks off there (line 1"),
        (json_reply(b'[{"measure": m}]'), "it is no JSON there (line 1, column 14)"),
        (json_reply(b"\xff\xfe[\x00]\x00"), "is not UTF-8"),
        (json_reply(b"[" * 100_000), "is nested too deeply"),
        (json_reply(b'[{"value": 1, "value": 2}]'), 'the key "value" stands twice in one row'),
        (json_reply({"data": ROWS}), "no list of rows in the answer; it has data: say in `rows` under which key"),
        (json_reply({"error": "x", "message": "y"}), "it has error, message"),
        (json_reply([ROWS[0], ["m"]]), "row 2 is a list, and no object with a key for each column"),
        (json_reply([{"name": "m", "area": "force", "value": 1}]), 'no column "measure"; the header has name, area, value'),
    ],
)  # fmt: skip
def test_86_what_fails_for_good_says_what_and_what_to_do(asked, server, reply, says):
    server.says("/f", reply)
    one = asked("token_from: API_TOKEN")
    assert {} == one.read()
    assert says in one.said and "(API_URL)" in one.said
    assert TOKEN not in one.said and "Traceback" not in one.said


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "Wed, 07 Oct 2020 07:00:07 GMT", "Date": "Wed, 07 Oct 2020 07:00:00 GMT"}, 7.0),
        ({"Retry-After": "Wed, 07 Oct 2020 06:00:00 GMT", "Date": "Wed, 07 Oct 2020 07:00:00 GMT"}, 0.0),
        ({"Retry-After": "Wednesday, 07-Oct-20 07:00:07 GMT", "Date": "Wed, 07 Oct 2020 07:00:00 GMT"}, 7.0),
        ({"Retry-After": "soon"}, None), ({"Retry-After": ""}, None), ({}, None), ({"Retry-After": "-3"}, None),
    ],
)  # fmt: skip
def test_86_when_to_ask_again_is_a_number_of_seconds_or_a_time_by_the_servers_clock(headers, wait_s):
    assert wait_s == web_pages._retry_after_s({name.lower(): value for name, value in headers.items()})


def test_86_a_time_to_come_by_no_clock_of_its_own_is_counted_by_ours():
    at = datetime.now(UTC) + timedelta(seconds=90)
    assert 80 < web_pages._retry_after_s({"retry-after": format_datetime(at, usegmt=True)}) < 91


def test_86_a_server_that_is_not_there(asked, server):
    one = asked()
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        server.address = f"http://127.0.0.1:{free.getsockname()[1]}"
        of = source(server)
    assert "takes no call; asked 3 times, and again at the next reading" in trouble(of)
    assert one is not None


def test_86_a_name_that_nobody_knows(monkeypatch, server):
    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(web_address.socket, "getaddrinfo", unknown)
    assert "nobody knows a machine called figures.example.org" in trouble(
        source(server, url="https://figures.example.org/")
    )


def test_87_a_server_that_says_nothing_is_given_up(monkeypatch, server):
    monkeypatch.setattr(web_pages, "READ_S", 0.05)
    server.says("/f", lambda handler: handler.rfile.read(1))
    assert "does not answer in time; asked 3 times" in trouble(source(server))


def test_87_a_server_that_never_comes_to_an_end_is_given_up(monkeypatch, server):
    monkeypatch.setattr(web_pages, "PATIENCE_S", 0.2)

    def drips(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                handler.wfile.write(b" ")
                time.sleep(0.01)

    server.says("/f", drips)
    assert "has not sent all after 0.2 seconds" in trouble(source(server))


def test_88_a_page_that_is_missing_is_all_that_is_missing(asked, server):
    server.says("/f", json_reply({"data": ROWS[:1], "next": "/f2"}))
    server.says("/f2", Reply(status=500))
    one = asked("rows: data, next: next")
    assert {} == one.read()
    assert "status 500" in one.said


@pytest.mark.parametrize("back", ["/f", "?", "/f#again"])
def test_pages_that_go_round_are_noticed(server, back):
    server.says("/f", json_reply({"data": ROWS, "next": "/f2"}))
    server.says("/f2", json_reply({"data": ROWS, "next": back if back != "?" else "/f2"}))
    assert "page 2 names as the next one a page that has come already" in trouble(
        source(server, rows="data", next="next")
    )


def test_pages_without_end_are_given_up(monkeypatch, server):
    monkeypatch.setattr(http, "MOST_PAGES", 5)
    for n in range(6):
        server.says(f"/{n}", json_reply({"data": ROWS, "next": f"/{n + 1}"}))
    assert "more than 5 pages" in trouble(source(server, "/0", rows="data", next="next"))


# -- 91 to 97, 102, 107: what rows hold --


@pytest.mark.parametrize(
    ("cell", "value", "reason"),
    [
        ("12", 12.0, None), ("12.5", 12.5, None), ('"12.5"', 12.5, None), ('"1,234"', 1234.0, None), ("1.2e1", 12.0, None),
        ("null", None, None), ('""', None, None), ("-0.0", 0.0, None), ('"[c]"', None, "suppressed"),
        ("1e400", None, "refused"), ("NaN", None, "refused"), ("Infinity", None, "refused"), ("true", None, "refused"),
        ('"about 12"', None, "refused"), ('"1.234,5"', None, "refused"), ("[12]", None, "refused"), ('"12%"', None, "refused"),
        ("9007199254740993", 9007199254740992.0, None), ("1" * 500, None, "refused"), ("0." + "1" * 500, 0.1111111111111111, None),
    ],
)  # fmt: skip
def test_92_107_cells_of_any_type_are_figures_or_refused(asked, server, cell, value, reason):
    row = '{"measure": "m", "area": "force", "period": "2020-%s", "value": %s}'
    server.says("/f", json_reply(f"[{row % ('06', 1)},{row % ('07', cell)}]".encode()))
    one = asked()
    found = one.read()
    assert value == found.get(("force", "2020-07"))
    assert reason in (None, one.reasons.get(("force", "2020-07")))
    assert (reason == "refused") == ("refused-cell" in one.said)


@pytest.mark.parametrize("name", ["NA", "null", "None", "007", "1e5", "true"])
@pytest.mark.parametrize("form", ["json", "csv"])
def test_94_areas_are_names_whatever_they_look_like(asked, server, name, form):
    row = {"measure": "m", "area": name, "period": "2020-07", "value": 12}
    server.says("/f", json_reply([row]) if form == "json" else csv_reply(CSV.replace(b"force", name.encode())))
    read = asked(f"format: {form}", f'names: {{"{name}": force}}').read()
    assert 12.0 == read["force", "2020-07"]


def test_93_rows_without_a_name_are_counted(asked, server):
    server.says(
        "/f", json_reply([ROWS[0], ROWS[1] | {"area": None}, {"measure": "m", "value": 5, "period": "2020-08"}])
    )
    one = asked()
    assert {("force", "2020-07"): 12.0} == one.read()
    assert "2 rows have a figure and no area" in one.said


@pytest.mark.parametrize(
    ("periods", "read"), [(["07/13/2020"], False), (["13/07/2020"], True), (["07/10/2020", "07/13/2020"], False)]
)
def test_104_dates_are_day_first_and_others_are_refused(asked, server, periods, read):
    server.says("/f", json_reply([ROWS[0] | {"period": period} for period in periods]))
    one = asked()
    assert read == bool(one.read())
    assert read == ("bad-period" not in one.said)


def test_96_97_another_shape_half_way_down_is_named(asked, server):
    server.says("/f", json_reply({"data": ROWS, "next": "/2"}))
    renamed = [
        {"metric": "m", "area": "force", "period": "2020-08", "value": "twelve"},
        ROWS[0] | {"period": "2020-09", "value": "nine"},
    ]
    server.says("/2", json_reply({"data": renamed}))
    one = asked("rows: data, next: next")
    assert READ == one.read()
    assert (
        "1 row has a figure and no measure" in one.said and '"nine" is no number' in one.said and "page 2" in one.said
    )


def test_105_ten_times_the_rows_are_read(asked, server):
    months = [f"{1990 + n // 12}-{n % 12 + 1:02d}" for n in range(360)]
    server.says(
        "/f",
        json_reply([{"measure": "m", "area": a, "period": p, "value": 1} for a in ("force", "north") for p in months]),
    )
    assert 720 == len(asked().read())


def test_106_half_characters_stop_nothing(asked, server):
    """Python reads them and nothing can write them."""
    row = rb'{"measure": "m", "area": "force", "period": "2020-07", "value": 12, "note": "\ud800 new", "\udc00": 1}'
    server.says("/f", json_reply(b"[" + row + b"," + row.replace(b'"force"', rb'"nor\udfffth"') + b"]"))
    one = asked()
    assert {("force", "2020-07"): 12.0} == one.read()
    assert "unclaimed-area" in one.said


def test_96_a_nested_key_that_is_another_ones_name_is_refused(server):
    server.says("/f", json_reply([ROWS[0] | {"a.b": 1, "a": {"b": 2}}]))
    assert 'the key "a.b" stands twice in row 1' in trouble(source(server))


def test_91_fewer_rows_than_a_whole_load_has_are_not_used(asked, server):
    server.says("/f", json_reply(ROWS))
    one = asked(keys="rows: at least 3")
    assert {} == one.read()
    assert "2 rows, and a whole load has at least 3" in one.said


def test_decimal_commas_of_texts_are_read_where_the_source_says_so(asked, server):
    server.says("/f", json_reply([ROWS[0] | {"value": "1.234,5"}]))
    assert {("force", "2020-07"): 1234.5} == asked(keys="decimal: comma").read()


# -- 106, 112: bounds --


@pytest.mark.parametrize("packed", [False, True])
def test_106_112_an_answer_without_end_stops_at_the_limit(monkeypatch, server, packed):
    monkeypatch.setattr(web_pages, "LARGEST_BYTES", 1024**2)
    body = b" " * (3 * 1024**2)
    server.says(
        "/f", Reply(body=gzip.compress(body), headers={"Content-Encoding": "gzip"}) if packed else Reply(body=body)
    )
    assert "sends more than 1 MiB; ask for less at once" in trouble(source(server))


def test_106_pages_together_stop_at_the_limit(monkeypatch, server):
    monkeypatch.setattr(web_pages, "LARGEST_BYTES", 500)
    server.says("/f", json_reply({"data": ROWS, "next": "/2", "pad": " " * 200}))
    server.says("/2", json_reply({"data": ROWS, "pad": " " * 200}))
    assert "sends more than" in trouble(source(server, rows="data", next="next"))


# -- who is asked --


@pytest.mark.parametrize(
    "leads", ["http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "https://example.org/f", "//example.org/f", "ftp://127.0.0.1/f",
              "http://127.0.0.1:1/f"],
)  # fmt: skip
@pytest.mark.parametrize("how", ["redirect", "next"])
def test_no_other_server_is_asked_wherever_an_answer_leads(server, leads, how):
    if how == "redirect":
        server.says("/f", Reply(status=302, headers={"Location": leads}))
    else:
        server.says("/f", json_reply({"data": ROWS, "next": leads}))
    said = trouble(source(server, rows="data", next="next", token_from="API_TOKEN"))
    assert "another server" in said and "which is not asked" in said
    assert 1 == len(server.asked)


def test_a_redirect_on_the_same_server_is_followed_but_not_for_ever(server):
    server.says("/f", Reply(status=307, headers={"Location": "/g"}))
    server.says("/g", Reply(status=301, headers={"Location": "h?x=1"}))
    server.says("/h?x=1", json_reply(ROWS))
    assert 2 == len(HttpSource().read(source(server), []).columns["value"])
    server.says("/h?x=1", Reply(status=302, headers={"Location": "/f"}))
    assert "leads on more than 5 times" in trouble(source(server))


@pytest.mark.parametrize(
    ("machine", "private", "says"),
    [
        ("127.0.0.1", False, "write `private: true`"), ("10.1.2.3", False, "write `private: true`"),
        ("192.168.0.1", False, "write `private: true`"), ("100.64.0.1", False, "write `private: true`"),
        ("::1", False, "write `private: true`"), ("::ffff:127.0.0.1", False, "write `private: true`"),
        ("64:ff9b::7f00:1", False, "write `private: true`"), ("fd00::1", False, "write `private: true`"),
        ("169.254.169.254", True, "holds no figures for anybody"), ("fe80::1", True, "holds no figures for anybody"),
        ("0.0.0.0", True, "holds no figures for anybody"), ("224.0.0.1", True, "holds no figures for anybody"),
        ("::ffff:169.254.169.254", True, "holds no figures for anybody"),
    ],
)  # fmt: skip
def test_machines_inside_the_network_are_asked_only_where_the_source_says_so(
    monkeypatch, server, machine, private, says
):
    """A name may lead anywhere, and to several machines: one that may not be asked is enough."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in ("93.184.216.34", machine)]
    monkeypatch.setattr(web_address.socket, "getaddrinfo", lambda *_, **__: found)
    said = trouble(source(server, url="http://figures.example.org/f", private=private))
    assert says in said and f"figures.example.org is {machine}" in said
    assert [] == server.asked


def test_a_name_that_leads_elsewhere_a_moment_later_leads_nobody_there(monkeypatch, server):
    """The machine that was looked at is the one that is asked; its name goes along."""
    machines, port = iter(["127.0.0.1", "10.0.0.1"]), int(server.address.rpartition(":")[2])
    look_up = socket.getaddrinfo
    monkeypatch.setattr(
        web_address.socket, "getaddrinfo",
        lambda host, *more, **named: look_up(next(machines) if host.endswith("org") else host, *more, **named),
    )  # fmt: skip
    server.says("/f", json_reply(ROWS))
    HttpSource().read(source(server, url=f"http://figures.example.org:{port}/f"), [])
    assert [f"figures.example.org:{port}"] == [headers["host"] for _, headers in server.asked]


# -- secrets --


def test_the_token_goes_along_and_stands_nowhere_else(asked, server, caplog):
    server.says("/f", json_reply(ROWS))
    with caplog.at_level(logging.DEBUG):
        one = asked("token_from: API_TOKEN")
        assert READ == one.read()
    assert [f"Bearer {TOKEN}"] == [headers["authorization"] for _, headers in server.asked]
    assert TOKEN not in caplog.text + one.said
    assert READ == asked("token_from: API_TOKEN, header: X-API-Key").read()
    assert (TOKEN, False) == (server.asked[-1][1]["x-api-key"], "authorization" in server.asked[-1][1])


def test_a_password_in_a_secret_address_signs_in(asked, server, monkeypatch):
    server.says("/f", json_reply(ROWS))
    one = asked()
    monkeypatch.setenv("API_URL", server.address.replace("://", "://reader:p%40ss-of-nobody@") + "/f")
    assert READ == one.read()
    assert server.asked[-1][1]["authorization"].startswith("Basic ")
    server.says("/f", Reply(status=401))
    assert {} == one.read()
    assert "p%40ss" not in one.said and "p@ss" not in one.said and "reader" not in one.said


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"url": "http://example.org/f", "private": False, "token_from": "API_TOKEN"}, "would go over an open line; write https://"),
        ({"url": "https://reader:word@example.org/f"}, "holds a password, which belongs in no rule file"),
        ({"url": "file:///etc/passwd"}, "is none of the web; write it like https://example.org/figures"),
        ({"url": "http:///f"}, "is none of the web"),
        ({"url": "http://exa mple.org:port/"}, "is none of the web"),
    ],
)  # fmt: skip
def test_addresses_that_cannot_be_meant_are_refused_before_anybody_is_asked(server, settings, says):
    said = trouble(source(server, **settings))
    assert says in said and "word@" not in said


def test_a_secret_that_is_not_there_is_named(asked, monkeypatch):
    one = asked()
    monkeypatch.delenv("API_URL")
    assert {} == one.read()
    assert "there is no secret API_URL, which url_from names" in one.said


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("{format: json}", "one of url and url_from says where the figures are"),
        ("{url: x, url_from: Y}", "one of url and url_from"),
        ("{url: x, format: csv, next: links.next}", "rows and next are of JSON"),
        ("{url: x, next_parameter: cursor}", "no next says where that is"),
        ("{url: x, header: X-Key}", "no token_from names one"),
        ("{url: x, format: xml}", "json"),
        ("{url: x, pages: 3}", 'unknown key "pages"'),
    ],
)
def test_settings_that_cannot_be_meant_are_errors_of_check(tmp_path, settings, says):
    rules = RULES.format(settings="format: json", keys="missing: []")
    text = rules.replace("{url_from: API_URL, private: true, format: json}", settings)
    assert text != rules
    assert says in "\n".join(map(str, load_rules(a_folder(tmp_path, {"r.yaml": text}), shown_as="rules").problems))


def test_no_server_is_asked_while_rules_are_checked(asked, server):
    one = asked()
    text = (one.folder / "r.yaml").read_text().replace("source: s}", "source: s, target: goal}")
    assert () == load_rules(a_folder(one.folder, {"r.yaml": text}), shown_as="rules").problems
    assert [] == server.asked


# -- encryption --


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def secure(authority):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    with web_server(context) as found:
        found.address = found.address.replace("127.0.0.1", "localhost")
        found.says("/f", json_reply(ROWS))
        yield found


def test_an_encrypted_line_is_believed_where_its_certificate_is(secure, authority, monkeypatch, tmp_path):
    assert "its certificate is not believed" in trouble(source(secure))
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert 2 == len(HttpSource().read(source(secure), []).columns["value"])
    secure.address = secure.address.replace("localhost", "127.0.0.1")  # a name that the certificate has not
    assert "its certificate is not believed" in trouble(source(secure))


def test_a_server_that_does_not_encrypt_is_said_to_be_none(server):
    server.address = server.address.replace("http:", "https:")
    assert "no encrypted line comes about; see whether it is https at all" in trouble(source(server))
