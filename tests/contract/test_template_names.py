"""The names that templates can use are those that rules/TEMPLATES.md explains; its examples work."""

import re
from pathlib import Path

import pytest
from samples import charts, mails
from samples.rule_folders import sound_with
from samples.templates import applied, checked, folder_with

from alerting.render.notice import render_notice
from alerting.render.own_templates.names import names_of
from alerting.render.own_templates.samples import samples

PAGE = (Path(__file__).parents[2] / "rules" / "TEMPLATES.md").read_text(encoding="utf-8")
#: What a singular stands for.
LISTS = {"event": "events", "entry": "topics.entries"}


def documented():
    """Return every name of the page's tables, with what its explanation says is inside it."""
    found = set()
    for names, meaning in re.findall(r"^\| (`.*?) \| (.*) \|$", PAGE.split("## Names")[1], re.MULTILINE):
        for name in re.findall(r"`([a-z_.]+)`", names):
            head, _, rest = name.partition(".")
            path = f"{LISTS[head]}.{rest}" if rest else name
            found.add(path)
            if re.match(r"`[a-z]+`[,;]? (\(|and|`)|.*: `[a-z]+`", meaning) and "`text` is" not in meaning:
                found |= {f"{path}.{inner}" for inner in re.findall(r"`([a-z_]+)`", meaning)}
            if meaning.startswith("as in notices"):
                same = f"events.{rest}."
                found |= {f"{path}.{name.removeprefix(same)}" for name in found if name.startswith(same)}
    return found


def given(value, path=""):
    """Return every name that a context holds, lists by what is in them."""
    if isinstance(value, dict):
        inner = {f"{path}.{key}".lstrip(".") for key in value}
        return inner.union(*(given(item, f"{path}.{key}".lstrip(".")) for key, item in value.items()))
    if isinstance(value, list):
        return set().union(*(given(item, path) for item in value))
    return set()


def kinds_of(value):
    if isinstance(value, dict):
        return set().union(*(kinds_of(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(kinds_of(item) for item in value))
    return {type(value)}


ALL = [names_of(sample.view, sample.message) for kind in ("notice", "digest") for sample in samples(kind)]


def test_every_name_is_explained_and_every_explained_name_is_there():
    every = set().union(*(given(names) for names in ALL))
    # What the built-in frame is given is no promise.
    assert documented() == {name for name in every if name.split(".")[0] != "view"}


def test_templates_see_plain_values_only():
    view = mails.a_notice(charts.charted(mails.CALLS), *mails.ten_events().events)

    seen = set().union(*(kinds_of(names) for names in [*ALL, names_of(view, render_notice(view))]))

    assert {str, int, bool, type(None)} == seen


def test_a_name_is_there_whether_it_applies_or_not():
    """What does not apply is none, so that no template fails on the one message of the year that lacks it."""
    events = [set(event) for names in ALL for event in names.get("events", ())]
    entries = [set(e) for names in ALL for topic in names.get("topics", ()) for e in topic["entries"]]

    assert [events[0]] * len(events) == events
    assert [entries[0]] * len(entries) == entries


EXAMPLES = dict(re.findall(r"```jinja\n\{# templates/(\S+) #\}\n(.*?)```", PAGE, re.DOTALL))


def test_the_examples_of_the_page_pass_the_check(tmp_path):
    renamed = {
        name.replace("calls-999-target", "calls-target").replace("head-of-contact", "head"): text
        for name, text in EXAMPLES.items()
    }

    assert 3 == len(renamed)
    problems = checked(folder_with(tmp_path, renamed))
    assert [] == [problem for problem in problems if "figures-left-out" not in problem]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_the_page_works(name, tmp_path):
    outcome = applied(
        folder_with(tmp_path, {name: EXAMPLES[name]}), mails.a_notice(charts.charted(mails.REFERRALS)),
        rules=("calls-999-target",), owner="head-of-contact",
    )  # fmt: skip

    assert () == outcome.problems
    assert outcome.built_in != outcome.message


def test_the_shipped_folder_has_no_templates_of_its_own(tmp_path):
    assert not (Path(__file__).parents[2] / "rules" / "templates").exists()
    assert [] == checked(sound_with(tmp_path / "rules"))
