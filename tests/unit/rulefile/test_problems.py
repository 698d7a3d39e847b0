"""Mistakes, one at a time: the code, the place (what stands there), and what to do."""

# ruff: noqa: E501 - tables have a row a line, and YAML stands as people write it

import json

import pytest
from samples.rule_folders import BASE, RULES

from alerting.app.authoring.codes import all_codes

RULE = RULES.rstrip("\n")


def rule(**changed):
    """One rule in block style with keys replaced (a key with None is left out)."""
    keys = {"id": "calls-target", "title": "Too slow", "measures": "calls", "when": "{target_missed: {}}"} | changed
    lines = [f"{key.rstrip('_')}: {value}" for key, value in keys.items() if value is not None]
    return "rules:\n  - " + "\n    ".join(lines) + "\n"


def measure(keys, **others):
    return BASE + f"  - {{id: m, title: M, unit: count, better: lower, every: month, source: calls, {keys}}}\n", others


#: id -> (files changed, code, what stands at the place, part of message and fix)
RULE_CASES = {
    "unknown-key": (rule(severty="info"), "unknown-key", "severty", 'did you mean "severity"?'),
    "unknown-key-like-none": (rule(zzzz="1"), "unknown-key", "zzzz", 'unknown key "zzzz"'),
    "unknown-key-after-a-comma": (rule(when="{target_missed: {due: 2020-12-01, as agreed}}"), "unknown-key", "as agreed", "into quotes"),
    "missing-key": (rule(title=None), "missing-key", "id:", '"title" is missing'),
    "no-measures-selected": (rule(measures="{tags: []}"), "bad-value", "{tags", "selects nothing"),
    "unknown-measure": (rule(measures="cals"), "unknown-measure", "cals", 'did you mean "calls"?'),
    "unknown-measure-in-a-list": (rule(measures="[calls, cals]"), "unknown-measure", "cals", 'no measure "cals"'),
    "family-for-a-measure": (rule(measures="crime", when="{outside_limits: {limits: published}}"), "unknown-measure", "crime", "{items_of: crime}"),
    "unknown-family": (rule(measures="{items_of: calls}"), "unknown-measure", "calls", "no measure with items"),
    "unknown-tag": (rule(measures="{tags: [goold]}"), "unknown-tag", "goold", 'did you mean "gold"?'),
    "unknown-topic": (rule(measures="{topic: contct}"), "unknown-topic", "contct", 'did you mean "contact"?'),
    "unknown-area": (rule(areas="[force, nroth]"), "unknown-area", "nroth", 'did you mean "north"?'),
    "one-unknown-area": (rule(areas="everywhere"), "unknown-area", "everywhere", "there are: force, north, south"),
    "unknown-parent-area": (rule(areas="{children_of: nowhere}"), "unknown-area", "nowhere", 'no area "nowhere"'),
    "unknown-kind": (rule(areas="{kind: policin}"), "unknown-area", "policin", 'did you mean "policing"?'),
    "two-ways-of-areas": (rule(areas="{kind: policing, children_of: force}"), "bad-value", "{kind", "exactly one"),
    "unknown-owner": (rule(notify="[heed]"), "unknown-owner", "heed", 'did you mean "head"?'),
    "owner-name-misspelt": (rule(notify="area_owners"), "unknown-owner", "area_owners", 'did you mean "area_owner"?'),
    "nobody-named": (rule(notify="[]"), "bad-value", "[]", "tells nobody"),
    "unknown-area-under-notify": (rule(notify="{nroth: [head]}"), "unknown-area", "nroth", 'did you mean "north"?'),
    "unknown-author": (rule(author="someone"), "unknown-owner", "someone", 'no owner "someone"'),
    "unknown-condition": (rule(when="{target_mised: {}}"), "unknown-condition", "target_mised", 'did you mean "target_missed"?'),
    "condition-without-braces": (rule(when="target_missed"), "wrong-type", "target_missed", "write {target_missed: {}}"),
    "no-condition": (rule(when="{}"), "wrong-type", "{}", "found an empty mapping"),
    "two-conditions": (rule(when="{target_missed: {}, not_fresh: {}}"), "bad-value", "not_fresh", "all_of: or any_of:"),
    "parameter-of-a-part": (rule(when="{any_of: [{not: {run: {of: published, lenght: 3}}}]}"), "unknown-key", "lenght", 'did you mean "length"?'),
    "parameter-missing": (rule(when="{run: {length: 3}}"), "missing-key", "length", '"of" is missing'),
    "parameter-of-the-wrong-type": (rule(when="{run: {of: published, length: 2.5}}"), "wrong-type", "2.5", "expected a whole number"),
    "truth-for-a-number": (rule(when="{run: {of: published, length: true}}"), "wrong-type", "true", "found true"),
    "word-out-of-several": (rule(when="{run: {of: published, side: top}}"), "bad-value", "top", "above | below | either"),
    "unknown-limits": (rule(when="{outside_limits: {limits: publishd}}"), "unknown-limits", "publishd", 'did you mean "published"?'),
    "unknown-limits-method": (rule(when="{outside_limits: {limits: {publishd: {}}}}"), "unknown-limits", "publishd", 'did you mean "published"?'),
    "limits-as-a-number": (rule(when="{outside_limits: {limits: 3}}"), "wrong-type", "3", "the name of limits"),
    "limits-out-of-kind": (rule(when="{average_moved: {limits: published}}"), "condition-does-not-fit", "average_moved", "needs rebased_average"),
    "amount": (rule(when="{change: {versus: previous_period, rises_by: a lot}}"), "wrong-type", "a lot", "`25 %`"),
    "word-for-a-target-on-a-condition": (rule(when="{target_missed: {at_least: 90, called: standard}}"), "unknown-key", "called", "write called: standard there"),
    "word-for-a-target-on-a-step": (rule(when="{target_missed: {at_least: [{from: 2020-04, value: 1, called: standard}]}}"), "unknown-key", "called", "stands on its measure"),
    "word-for-a-target-beside-areas": (rule(when="{target_missed: {at_least: {north: 5, called: standard}}}"), "unknown-area", "called", "stands on its measure"),
    "level-in-percent": (rule(when="{target_missed: {at_least: 90 %}}"), "wrong-type", "90 %", "write 90"),
    "level-with-comma": (rule(when='{target_missed: {at_least: "1,234"}}'), "wrong-type", '"1,234"', "write 1234"),
    "level-with-leading-zero": (rule(when="{target_missed: {at_least: 017}}"), "wrong-type", "017", "write 17"),
    "level-by-unknown-area": (rule(when="{target_missed: {at_least: {nroth: 5, default: 3}}}"), "unknown-area", "nroth", "north"),
    "level-dated-twice": (rule(when="{target_missed: {at_least: [{from: 2020-04, value: 1}, {from: 2020-04-01, value: 2}]}}"), "bad-value", "2020-04-01", "two values begin"),
    "no-such-day": (rule(when="{target_missed: {due: 2020-02-30}}"), "bad-value", "2020-02-30", "write it like 2020-12-01"),
    "month-for-a-day": (rule(when="{target_missed: {due: 2020-12}}"), "bad-value", "2020-12", "expected a day"),
    "calendar-quarter": (rule(from_="2020-Q3"), "bad-value", "2020-Q3", "2020/21-Q3 or 2019/20-Q3"),
    "number-for-a-day": (rule(from_="2020"), "wrong-type", "2020", "found the number 2020"),
    "bands-with-a-gap": (rule(when="{band: {bands: [{red: below 15}, {amber: 16 to 20}, {green: 20 or more}]}}"), "bad-value", "16 to 20", "from 15 to 16"),
    "bands-overlap": (rule(when="{band: {bands: [{red: below 15}, {amber: 14 to 20}, {green: 20 or more}]}}"), "bad-value", "14 to 20", "overlap"),
    "bands-without-an-end": (rule(when="{band: {bands: [{red: below 15}, {amber: 15 to 20}]}}"), "bad-value", "[{red", "end with `20 or more`"),
    "bands-without-a-beginning": (rule(when="{band: {bands: [{red: 15 to 20}, {amber: 20 or more}]}}"), "bad-value", "[{red", "begin with `below 15`"),
    "band-in-other-words": (rule(when="{band: {bands: [{red: under 15}, {green: 15 or more}]}}"), "bad-value", "under 15", "`below 15`"),
    "band-twice": (rule(when="{band: {bands: [{red: below 15}, {red: 15 or more}]}}"), "bad-value", "red: 15", 'called "red"'),
    "band-unknown": (rule(when="{band: {bands: [{red: below 15}, {green: 15 or more}], exception_from: amber}}"), "condition-does-not-fit", "band", 'no band "amber"'),
    "grace-in-months": (rule(when="{not_fresh: {grace: 2 months}}"), "bad-value", "2 months", "write days or weeks"),
    "no-width": (rule(when="{outside_limits: {limits: {xmr: {sigmas: 0}}}}"), "bad-value", "0}", "must be above 0"),
    "baseline-of-one": (rule(when="{outside_limits: {limits: {xmr: {baseline: 1}}}}"), "bad-value", "1}", "2 or more"),
    "severity": (rule(severity="high"), "bad-value", "high", "info | warning | critical"),
    "severity-of-one-side": (rule(severity="{worse: info}"), "missing-key", "worse", '"better" is missing'),
    "for-nothing": (rule(for_="0"), "bad-value", "0", "at least 1"),
    "for-text": (rule(for_='"2"'), "wrong-type", '"2"', 'found the text "2"'),
    "finer-period": (rule(every="day"), "bad-value", "day", "write month or a longer period"),
    "until-before-from": (rule(from_="2020-10-01", until="2020-09-30"), "bad-value", "2020-09-30", "before from 2020-10-01"),
    "list-for-text": (rule(title="[a]"), "wrong-type", "[a]", "expected text, found a list"),
    "empty-text": (rule(title='" "'), "bad-value", '" "', "found empty text"),
    "line-end-in-a-title": (rule(title='"a\\nb"'), "bad-value", '"a', "a line end, control character"),
    "writing-turned-round-in-a-title": (rule(title='"a\\u202eb"'), "bad-value", '"a', "U+202E"),
    "no-id": (rule(id="Calls over target"), "bad-value", "Calls over", "write calls-over-target"),
    "was-itself": (rule(was="calls-target"), "bad-value", "calls-target", "still there"),
    "shadow-without-author": (rule(status="shadow"), "nobody-told", "shadow", "write `author:`"),
    "nobody-told": (rule(measures="crime/rape", when="{outside_limits: {limits: published}}", notify="measure_owner"), "nobody-told", "measure_owner", "leads to no owner"),
    "not-a-list": ("rules: {id: x}\n", "wrong-type", "{id", "begin each item with a hyphen"),
    "no-mapping": ("rules: [just text]\n", "wrong-type", "just text", "expected a mapping"),
    "no-such-section": (rule() + "quarters: []\n", "unknown-key", "quarters", "known keys: areas, breaks"),
}  # fmt: skip

BASE_CASES = {
    "minimum-above-maximum": ("minimum: 5, maximum: 4", "bad-value", "5,", "above the maximum"),
    "target-out-of-reach": ("maximum: 100, target: 101", "bad-value", "101", "0 to 100"),
    "unit": ("topic: contact, called: goal", "bad-value", "goal", "target | standard"),
    "decimals": ("decimals: 7", "bad-value", "7", "at most 6"),
    "per-of-zero": ("per: 0", "bad-value", "0", "above 0"),
    "covers": ("covers: a year", "wrong-type", "a year", "like `12 months`"),
    "rolling-in-halves": ("rolling: 2 weeks", "bad-value", "2 weeks", "no whole number of its periods"),
    "expected": ("expected: {working_days: 5}", "unknown-key", "working_days", 'did you mean "working_day"?'),
    "expected-in-working-days": ("expected: 5 working days", "bad-value", "5 working days", "{working_day: 5}"),
    "expected-on-a-slip-of-a-weekday": ("expected: {weekday: thrusday}", "bad-value", "thrusday", 'did you mean "thursday"?'),
    "expected-on-no-day-of-a-month": ("expected: {day: 32}", "bad-value", "32", "at most 31"),
    "expected-on-no-dates": ("expected: {dates: []}", "bad-value", "[]", "at least one day"),
    "expected-on-other-dates": ("expected: {dates: [12/11/2020]}", "bad-value", "12/11/2020", "like 2020-12-01"),
    "expected-in-an-unknown-area": ("expected: {default: 5 days, nowhere: 9 days}", "unknown-area", "nowhere", "there are"),
    "expected-of-nothing": ("expected: {}", "wrong-type", "{}", "a delay like `5 days`"),
    "check-of-a-range-upside-down": ("checks: {value: 9 to 1}", "bad-value", "9 to 1", "the lesser number first"),
    "check-of-no-range": ("checks: {value: 100}", "bad-value", "100}", "write `0 to 100`"),
    "check-of-no-change": ("checks: {change: 50 %}", "bad-value", "50 %", "write `at most 50 %`"),
    "check-that-nobody-knows": ("checks: {valeu: 0 to 1}", "unknown-key", "valeu", 'did you mean "value"?'),
    "check-of-areas-of-means": ("aggregate: mean, checks: {areas_add_up: true}", "bad-value", "{areas", "remove areas_add_up"),
    "check-of-items-without-a-total": ("checks: {items_add_up: true}", "bad-value", "{items", "write items: and total:"),
    "check-of-no-number-of-rows": ("checks: {rows: 20}", "bad-value", "20}", "write `at least 20`"),
    "settles-after-centuries": ("settles_after: 99999 days", "bad-value", "99999 days", "more than ten years"),
    "sentence-without-value": ("sentence: Crime rose", "bad-value", "Crime rose", "{value}"),
    "sentence-with-a-slip": ('sentence: "{valeu} crimes"', "bad-value", '"{valeu}', "there are {value}"),
    "link": ("link: www.example.org", "bad-value", "www.example", "https://"),
    "script-link": ('link: "javascript:alert(1)"', "bad-value", '"javascript', "https://"),
    "currency": ("currency: pounds", "bad-value", "pounds", "like GBP"),
    "ratio-of-unknown": ("of: {numerator: crime/al, denominator: calls}", "unknown-measure", "crime/al", 'did you mean "crime/all"?'),
    "unknown-total": ("items: {a: A, b: B}, total: c", "unknown-measure", "c}", "there are: a, b"),
    "total-of-nothing": ("total: c", "bad-value", "c}", "needs items"),
    "item-key": ("items: {a: {title: A, unt: count}}", "unknown-key", "unt", 'did you mean "unit"?'),
    "item-without-title": ("items: {a: {unit: count}}", "missing-key", "unit", '"title" is missing'),
    "item-minimum": ("items: {a: {title: A, minimum: 9, maximum: 3}}", "bad-value", "9,", "above the maximum"),
    "item-id": ("items: {a/b: A}", "bad-value", "a/b", "is no id"),
    "tags-of-numbers": ("tags: [2020]", "wrong-type", "2020", '"2020"'),
}  # fmt: skip


def drawn(problems):
    """Code, what stands at the place, and the line; notes about what is not acted on are beside the point."""
    found = [problem for problem in problems if problem.code != "not-acted-on"]
    return [(p.code, (p.source_line or "")[p.place.column - 1 :], str(p)) for p in found]


@pytest.mark.parametrize(("text", "code", "at", "says"), RULE_CASES.values(), ids=RULE_CASES)
def test_a_mistake_in_a_rule_is_one_problem_at_its_place(check, text, code, at, says):
    base = BASE.replace("every: month, target", "every: month, expected: 5 days, target")

    ((found, there, line),) = drawn(check(rules=text, base=base))

    assert (code, True, True) == (found, there.startswith(at), says in line), line


@pytest.mark.parametrize(("keys", "code", "at", "says"), BASE_CASES.values(), ids=BASE_CASES)
def test_a_mistake_in_a_measure_is_one_problem_at_its_place(check, keys, code, at, says):
    base, _ = measure(keys)

    ((found, there, line),) = drawn(check(base=base))

    assert (code, True, True) == (found, there.startswith(at), says in line), line


OTHER_CASES = {
    "topic-owner": ("topics:\n  - {id: t, title: T, owner: nobody}\n", "unknown-owner", "nobody", 'no owner "nobody"'),
    "include": ("topics:\n  - {id: t, title: T, include: monthly_increas}\n", "bad-value", "monthly_increas", 'did you mean "monthly_increase"?'),
    "area-in-itself": ("areas:\n  - {id: a, title: A, parent: b, owner: head}\n  - {id: b, title: B, parent: a}\n", "bad-value", "b,", "a > b > a"),
    "area-of-another-kind": ("areas:\n  - {id: a, title: A, parent: force, kind: unit}\n", "bad-value", "unit", '"policing"'),
    "area-called-all": ("areas:\n  - {id: all, title: All, owner: head}\n", "bad-value", "all", "meaning of its own"),
    "owner-called-area_owner": ("owners:\n  - {id: area_owner, name: X}\n", "bad-value", "area_owner", "meaning of its own"),
    "ids-apart-by-capitals": ("owners:\n  - {id: Head, name: X}\n", "duplicate-id", "Head", "differs from"),
    "deputy": ("owners:\n  - {id: x, name: X, deputy: y}\n", "unknown-owner", "y}", 'no owner "y"'),
    "channel-of-an-owner": ("owners:\n  - {id: x, name: X, channels: pigeon}\n", "unknown-channel", "pigeon", 'no channel "pigeon"'),
    "kind-of-channel": ("channels:\n  room: {teems: {}}\n", "unknown-channel", "teems", "no kind of channel"),
    "channel-setting": ("channels:\n  archive: {folder: {pth: x}}\n", "unknown-key", "pth", 'did you mean "path"?'),
    "channel-by-id-alone": ("channels:\n  pigeon: {}\n", "unknown-channel", "pigeon", "no kind of channel"),
    "kind-of-source": ("sources:\n  s: {cvs: figures/calls.csv}\n", "unknown-source", "cvs", 'did you mean "csv"?'),
    "source-of-no-kind": ("sources:\n  s: {owner: head}\n", "missing-key", "{owner", "what kind of source"),
    "source-as-text": ("sources:\n  s: figures/calls.csv\n", "wrong-type", "figures", "expected a mapping"),
    "source-name-of-nothing": ("sources:\n  s: {csv: figures/calls.csv, names: {Old: cals}}\n", "unknown-measure", "cals", 'did you mean "calls"?'),
    "limits-called-like-nothing": ("limits:\n  x: {previous: {}}\n", "unknown-limits", "previous", "no limits"),
    "limits-parameter": ("limits:\n  x: {xmr: {sigma: 2}}\n", "unknown-key", "sigma", 'did you mean "sigmas"?'),
    "schedule-by-number": ('schedule: {evaluate: "0 7 * * 1-5"}\n', "bad-value", '"0 7', "name weekdays"),
    "schedule-of-words": ("schedule: {evaluate: every morning}\n", "bad-value", "every", "mon-fri 07:00"),
    "time-zone": ("schedule: {timezone: Europe/Worcester}\n", "bad-value", "Europe", "Europe/London"),
    "year-start": ("schedule: {financial_year_starts: 4}\n", "bad-value", "4", "name of a month"),
    "digest-without-time": ("digests:\n  - {id: d, to: head}\n", "missing-key", "id", "when the digest goes out"),
    "digest-without-meetings": ("digests:\n  - {id: d, to: head, before: 2 working days}\n", "missing-key", "before", "meetings"),
    "digest-to-nobody": ("digests:\n  - {id: d, to: heed, every: monday 07:30}\n", "unknown-owner", "heed", 'did you mean "head"?'),
    "hold-without-end": ("holds:\n  - {id: h, match: {tags: gold}, from: 2020-01, reason: R}\n", "missing-key", "id", '"until" is missing'),
    "hold-of-everything": ("holds:\n  - {id: h, match: {}, until: 2020-01, reason: R}\n", "bad-value", "{}", "matches everything"),
    "hold-of-no-list": ("holds:\n  - {id: h, match: {tags: []}, until: 2020-01, reason: R}\n", "bad-value", "[]", "matches nothing"),
    "hold-backwards": ("holds:\n  - {id: h, match: {tags: gold}, from: 2020-03, until: 2020-01, reason: R}\n", "bad-value", "2020-01", "before from"),
    "note-of-unknown": ("notes:\n  - {match: {rules: calls-targt}, say: S}\n", "unknown-rule", "calls-targt", 'did you mean "calls-target"?'),
    "two-roles": ("roles: {operator: heed}\n", "unknown-owner", "heed", 'did you mean "head"?'),
}  # fmt: skip


@pytest.mark.parametrize(("text", "code", "at", "says"), OTHER_CASES.values(), ids=OTHER_CASES)
def test_a_mistake_elsewhere_is_one_error_at_its_place(check, text, code, at, says):
    errors = [problem for problem in check(more=text) if problem.severity.value == "error"]

    ((found, there, line),) = drawn(errors)

    assert (code, True, True) == (found, there.startswith(at), says in line), line


@pytest.mark.parametrize("day", ["2020-12-01", '"2020-12-01"', "'2020-12-01'"])
def test_a_day_may_stand_in_quotes(rules_of, day):
    loaded = rules_of(rules=rule(when=f"{{target_missed: {{due: {day}}}}}"))
    assert "2020-12-01" == str(loaded.rules[0].when.due)


@pytest.mark.parametrize(
    "address",
    [
        "x", "x@example", "a@b@example.org", "a@example.org;b@example.org", "a@example.org, b@example.org",
        "Chief <chief@example.org>", "chief(home)@example.org", '"chief"@example.org', "chief@example..org", ".c@example.org",
        "c.@example.org", "c..d@example.org", "chief@[127.0.0.1]", "chief@example.org.", "chief@-example.org", "ch ef@example.org",
        "chief@exämple。org", "chief@example.123", f"{'a' * 65}@example.org", f"a@{'b.' * 130}org", "chief@example.org\nBcc: x@example.org",
    ],
)  # fmt: skip
def test_an_address_is_one_plain_address(check, address):
    (problem,) = check(more=f"owners:\n  - {{id: x, name: X, email: {json.dumps(address)}}}\n")

    assert ("bad-value", 29) == (problem.code, problem.place.column)


@pytest.mark.parametrize(
    "address", ["a@example.org", "first.last+tag@sub.example.co.uk", "o'neill@example.org", "x@xn--exmple-cua.org"]
)
def test_plain_addresses_are_taken(rules_of, address):
    assert address == rules_of(more=f'owners:\n  - {{id: x, name: X, email: "{address}"}}\n').owners["x"].email


def test_every_code_is_explained():
    used = {code for _, code, _, _ in [*RULE_CASES.values(), *OTHER_CASES.values()]} | {
        c for _, c, _, _ in BASE_CASES.values()
    }

    assert used <= all_codes().keys()
