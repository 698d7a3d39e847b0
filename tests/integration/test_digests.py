"""Digests from figures to mails: what the figures say, what failed, what is held and what comes due, for whom."""

import re
from datetime import date

import pytest
from samples.worlds import CALLS, a_folder, an_engine

from alerting.app.alerts import actions as care
from alerting.app.alerts import silences
from alerting.app.digests.draft import month_draft
from alerting.app.digests.make import digest_pages, digests_named
from alerting.errors import UsageError
from alerting.opening import open_store

HEAD = "measure,area,period,value,published\n"
AREAS = ("force", "north", "south")


def calls(*months):
    """Figures for the force, the north and the south: (month, day published, three values)."""
    return HEAD + "".join(
        f"answered,{area},{month},{value},{day}\n"
        for month, day, *values in months
        for area, value in zip(AREAS, values, strict=True)
    )


SUMMER = calls(
    ("2020-05", "2020-06-02", 94, 95, 91), ("2020-06", "2020-07-02", 88, 83, 92), ("2020-07", "2020-08-04", 87, 84, 93)
)
FLEET = """
topics: [{id: fleet, title: Fleet, theme: Support, owner: contact, include: INCLUDE}]
measures:
  - {id: hired, title: Vehicles on hire, topic: fleet, unit: count, better: lower, every: month, source: figures/fleet.csv}
rules:
  - {id: many, title: Many vehicles, measures: hired, when: {outside_range: {to: 50}}, notify: [measure_owner]}
"""


def a_fleet(include="month_and_quarter", *figures):
    """A second topic with figures of its own: (month, day published, value)."""
    lines = "".join(f"hired,force,{month},{value},{day}\n" for month, day, value in figures)
    return {"fleet.yaml": FLEET.replace("INCLUDE", include), "figures/fleet.csv": HEAD + lines}


@pytest.fixture
def pages(tmp_path):
    """Write a folder and read each owner's digest of a day after ticks on given days."""

    def read(on, *, rules=CALLS, files=None, ticks=(), then=None):
        files = {"rules.yaml": rules, "figures/calls.csv": SUMMER} | (files or {})
        folder = a_folder(tmp_path / "rules", files)
        for day in (*ticks, on):
            engine = an_engine(folder, tmp_path / "state", day)
            store = open_store(engine.settings)
            report = engine.tick(store, day)
            with store.begin() as state:
                state.outbox.accept([one.id for one in report.deliveries], engine.installation.instant(day))
            store.close()
        store = open_store(engine.settings)
        if then is not None:
            then(engine, store)
        made = digest_pages(
            engine.rules,
            engine.enquiries.read(),
            store,
            on,
            engine.installation.instant(on),
            engine.installation.message_defaults,
            digests_named(engine.rules, ()),
        )
        found = {page.owner: " ".join(page.message.text.split()) for page in made}
        store.close()
        return found

    return read


def test_a_row_gives_the_newest_figure_with_its_period_line_and_change(pages):
    text = pages(date(2020, 8, 5))["contact"]

    row = "- ! Concern, critical: 999 calls answered within 10 seconds 87% Jul 2020, standard 90%, −1 point on Jun 2020"
    assert f"=== Call handling === 1 concern {row}" in text


def test_exceptions_stand_under_their_topics_the_one_with_the_worst_first(pages):
    """Under one theme, the milder of two topics although it is declared first stands last; its lines stay together."""
    fleet = a_fleet("month_and_quarter", ("2020-07", "2020-08-04", 51))
    rules = CALLS.replace("title: Call handling", "title: Call handling, theme: Support")

    text = pages(date(2020, 8, 5), rules=rules, files=fleet)["contact"]

    counts = "=== Support === 2 concerns; topics by their worst line"
    assert f"{counts} Call handling - ! Concern, critical: 999 calls" in text
    assert text.index(" Fleet - ! Concern, warning: Vehicles on hire 51") > text.index("Call handling - ! Concern")


def test_money_names_its_area_even_the_topmost(pages):
    """A total of the budget is not the money of the organisation."""
    fleet = a_fleet("month_and_quarter", ("2020-07", "2020-08-04", 51))
    fleet["fleet.yaml"] = fleet["fleet.yaml"].replace("unit: count", "unit: currency")

    text = pages(date(2020, 8, 5), files=fleet)["contact"]

    assert "Vehicles on hire, West Mercia: £51 in July 2020" in text
    assert "- ! Concern, warning: Vehicles on hire, West Mercia £51" in text
    assert "999 calls answered within 10 seconds 87%" in text


def test_parts_that_do_not_add_up_stand_among_what_is_wrong_with_the_figures(pages):
    measure = "unit: count, better: lower, every: month, source: figures/fleet.csv"
    rules = FLEET.replace("INCLUDE", "month_and_quarter").replace("measures: hired", "measures: hired/all")
    rules = rules.replace(measure, f"{measure}, items: {{all: All, cars: Cars, vans: Vans}}, total: all")
    counts = {"all": 40, "cars": 20, "vans": 19}
    figures = HEAD + "".join(f"hired/{name},force,2020-07,{n},2020-08-04\n" for name, n in counts.items())

    text = pages(date(2020, 8, 5), files={"fleet.yaml": rules, "figures/fleet.csv": figures})["contact"]

    assert "its 2 parts add up to 39, 1 less (rows 3 to 4)" in text


def test_an_areas_owner_reads_of_that_area_alone(pages):
    mine = pages(date(2020, 8, 5))["south-commander"]

    assert (
        "=== As expected (1) === - Jul 2020: 999 calls answered within 10 seconds (South) 93% (+1 point on Jun 2020)."
        in mine
    )
    assert mine.startswith("Nothing exceptional ")
    assert "North" not in mine
    assert "West Mercia" not in mine


def test_what_was_told_before_goes_on_and_what_is_new_is_new(pages):
    text = pages(date(2020, 8, 5), ticks=(date(2020, 7, 3),))["north-commander"]

    assert text.startswith("1 concern Monday digest")
    assert "North 84% Going on, Jul 2020, standard 90%, +1 point on Jun 2020, since Jun 2020" in text


def test_what_was_checked_names_the_newest_figures(pages):
    text = pages(date(2020, 8, 5))["contact"]

    assert "1 of 1 figures judged, of periods to 31 July 2020." in text


@pytest.mark.parametrize("areas", ["", "    areas: {kind: policing}\n"], ids=["areas unknown", "areas declared"])
def test_a_source_that_failed_is_never_counted_as_judged(pages, areas):
    rules = CALLS.replace("    unit: percent\n", f"    unit: percent\n{areas}")

    found = pages(date(2020, 8, 5), rules=rules, files={"figures/calls.csv": ""})

    assert {"contact", "north-commander", "south-commander"} == set(found)
    for text in found.values():
        assert "0 of " in text
        assert "1 source could not be read, so there may be more" in text
        assert "othing exceptional" not in text
        assert "1 measure was not judged" in text
        assert ": 999 calls answered within 10 seconds" in text.partition("Not known, one by one")[2]


@pytest.mark.parametrize("areas", ["", "    areas: {kind: policing}\n"], ids=["areas unknown", "areas declared"])
def test_what_was_open_when_its_source_failed_still_goes_on(pages, areas):
    rules = CALLS.replace("    unit: percent\n", f"    unit: percent\n{areas}")
    pages(date(2020, 7, 3), rules=rules)

    found = pages(date(2020, 7, 20), rules=rules, files={"figures/calls.csv": ""})

    for owner, place in (("contact", ""), ("north-commander", ", North")):
        assert found[owner].startswith("1 not known, 1 source failed ")
        assert "=== Open, as last known (1) ===" in found[owner]
        assert re.search(
            rf"Not known, critical: 999 calls answered within 10 seconds{place}: \d\d%, Jun 2020", found[owner]
        )
        assert "Its source could not be read, so it is not known how it stands." in found[owner]
    assert "as last known" not in found["south-commander"]


def test_a_failed_source_leaves_the_judging_of_others_alone(pages):
    files = a_fleet("month_and_quarter", ("2020-07", "2020-08-04", 60)) | {"figures/calls.csv": ""}

    text = pages(date(2020, 8, 5), files=files)["contact"]

    assert "1 of 1 figures judged, of periods to 31 July 2020; 1 measure not judged at all" in text
    assert "Concern, warning: Vehicles on hire 60 Jul 2020, highest accepted 50" in text


def test_that_figures_are_late_or_not_is_no_verdict_on_them(pages):
    rules = CALLS.replace(
        "    when: {target_missed: {}}", "    when: {not_fresh: {}}\n    notify: [area_owner]"
    ).replace("    source: figures", "    expected: 5 days\n    source: figures")

    text = pages(date(2020, 8, 5), rules=rules)["contact"]

    assert "- 1 is watched for lateness only: 999 calls answered within 10 seconds." in text


def test_a_late_figure_is_named_beside_the_newest_one(pages):
    rules = CALLS.replace("    source: figures", "    expected: 5 days\n    source: figures")

    text = pages(date(2020, 9, 10), rules=rules)["contact"]

    assert "- 1 has no figure for August 2020, due by 5 September 2020: 999 calls answered within 10 seconds." in text
    assert "999 calls answered within 10 seconds: 87%, standard 90%, Jul 2020" in text


def test_refused_cells_are_named_to_those_whose_figures_they_are(pages):
    files = a_fleet("month_and_quarter", ("2020-07", "2020-08-04", "many"))

    found = pages(date(2020, 8, 5), files=files)

    assert 'figures/fleet.csv, row 2, column value: "many" is no number' in " ".join(found["contact"].split())
    assert "figures/fleet.csv" not in found["north-commander"]


HOLDS = """
holds: [{id: h, match: {measures: [answered], areas: [north]}, from: 2020-06-01, until: 2020-08-20, reason: Being tested}]
"""


def test_a_hold_in_force_is_told_with_its_end_to_those_whose_figures_it_holds(pages):
    found = pages(date(2020, 8, 5), files={"holds.yaml": HOLDS})

    assert (
        "=== Held: shown, not judged === - 999 calls answered within 10 seconds, until 20 August 2020: Being tested."
        in (found["north-commander"])
    )
    assert "- 1 is held: 999 calls answered within 10 seconds (North)." in found["north-commander"]
    assert "Held: shown" not in found["south-commander"]
    assert "20 August 2020: The last day of a hold: 999 calls" in found["north-commander"]


def test_a_hold_that_is_over_is_not_told(pages):
    assert "Held: shown" not in pages(date(2020, 8, 21), files={"holds.yaml": HOLDS})["north-commander"]


SILENCE = """
silences: [{id: s, match: {rules: [slow], areas: [north]}, from: 2020-07-01, until: 2020-08-20, reason: Planned for}]
"""


def test_a_figure_that_a_check_holds_is_told_with_what_it_fails(pages):
    rules = CALLS.replace("target: 90", "target: 90\n    checks: {change: at most 10}")
    figures = calls(("2020-07", "2020-08-04", 97, 94, 93), ("2020-08", "2020-09-02", 8, 93, 92))

    text = pages(date(2020, 9, 5), rules=rules, files={"figures/calls.csv": figures})["contact"]

    fails = "8 after 97 is a change of more than 10"
    assert f"- 1 is held by a check: 999 calls answered within 10 seconds: {fails}." in text


def test_a_silence_in_force_is_told_with_its_end_and_how_many_exceptions_it_mutes(pages):
    found = pages(date(2020, 8, 5), files={"silences.yaml": SILENCE})

    assert (
        "=== Silenced: judged, messages held back === - 999 calls answered within 10 seconds (1 exception open), "
        "until 20 August 2020: Planned for." in found["north-commander"]
    )
    assert "Silenced" not in found["south-commander"]
    assert "Silenced" not in pages(date(2020, 8, 21), files={"silences.yaml": SILENCE})["north-commander"]


def test_what_people_said_and_silenced_by_command_stands_in_the_digest(pages):
    on, alert = date(2020, 8, 5), "slow/answered/north/2020-06"

    def looked_after(engine, store):
        now = engine.clock.now()
        care.comment(engine.rules, store, alert, "contact", now, "twelve call handlers start on 2 November")
        silences.silence(engine.rules, store, alert, date(2020, 8, 31), "known", "contact", now, on)

    found = pages(on, then=looked_after)

    assert "Said: Head of Contact, 5 August 2020: twelve call handlers start on 2 November." in found["north-commander"]
    assert "within 10 seconds (1 exception open), until 31 August 2020: Known." in found["north-commander"]
    assert "twelve call handlers" not in found["south-commander"]


DUE = """
rules:
  - {id: aim, title: Ninety-five by autumn, measures: answered, areas: [force], severity: info,
     when: {target_missed: {at_least: 95, due: 2020-09-01}}}
  - {id: way, title: On the way, measures: answered, areas: [force], severity: info, until: 2020-08-31,
     when: {below_trajectory: {milestones: [
       {date: 2020-05-31, value: 70}, {date: 2020-09-04, value: 75}, {date: 2020-12-31, value: 80}]}}}
"""


@pytest.mark.parametrize(
    ("line", "day"),
    [
        pytest.param(
            "Figures for August 2020 are due: 999 calls answered within 10 seconds.", "3 September 2020", id="figures"
        ),
        pytest.param(
            "A standard is due: 999 calls answered within 10 seconds, 95%.", "1 September 2020", id="a target"
        ),
        pytest.param(
            "A milestone of a plan: 999 calls answered within 10 seconds, 75%.", "4 September 2020", id="a milestone"
        ),
        pytest.param("The last day of a rule: On the way.", "31 August 2020", id="a rule's end"),
    ],
)
def test_what_falls_due_in_thirty_days_is_named(pages, line, day):
    rules = CALLS.replace("    source: figures", "    expected: 3 days\n    source: figures")

    text = pages(date(2020, 8, 5), rules=rules, files={"due.yaml": DUE})["contact"]

    assert f"- {day}: {line}" in text
    assert "31 December 2020" not in text


QUARTERLY = """
measures:
  - {id: crimes, title: Crimes, topic: calls, unit: count, better: lower, every: month, target: 10, source: crimes}
sources: {crimes: {csv: figures/crimes.csv}}
rules:
  - {id: sum, title: Crimes by quarter, measures: crimes, every: quarter, when: {target_missed: {due: 2020-09-01}}}
"""


def test_the_target_of_a_coarser_period_is_that_of_all_its_months(pages):
    files = {"due.yaml": QUARTERLY, "figures/crimes.csv": "measure,area,period,value\ncrimes,force,2020-06,9\n"}
    text = pages(date(2020, 8, 5), files=files)["contact"]
    assert "A target is due: Crimes, 30." in text


@pytest.mark.parametrize(
    ("cells", "due"),
    [
        pytest.param(",12", False, id="a-printed-change"),
        pytest.param("*,", False, id="withheld"),
        pytest.param("many,", False, id="refused"),
        pytest.param("5,", False, id="a-figure"),
        pytest.param(",", True, id="nothing"),
    ],
)
def test_what_came_without_a_figure_is_not_due_any_more(pages, cells, due):
    measure = "measures: [{id: crimes, title: Crimes, topic: calls, unit: count, better: lower, every: month,"
    measure += " expected: 20 days, source: figures/crimes.csv}]\n"
    rule = "rules: [{id: r, title: R, measures: crimes, when: {target_missed: {at_most: 900}}}]\n"
    rows = f"crimes,force,2020-06,9,\ncrimes,force,2020-07,{cells}\n"
    head = "measure,area,period,value,change_same_period_last_year\n"
    text = pages(date(2020, 8, 15), files={"due.yaml": measure + rule, "figures/crimes.csv": head + rows})["contact"]
    assert ("Figures for July 2020 are due: Crimes." in text) is due


def test_a_rule_in_shadow_is_its_authors_alone(pages):
    rules = CALLS.replace(
        "severity: critical", "severity: critical\n    status: shadow\n    author: south-commander"
    ).replace("to: [each_owner]", "to: [each_owner, contact]")

    found = pages(date(2020, 8, 5), rules=rules)

    assert {"contact", "south-commander"} == set(found)
    assert "0 of 0 figures judged." in found["contact"]
    assert "below the standard" not in found["contact"]
    assert "3 of 3 figures judged" in found["south-commander"]
    assert "standard 90%, −1 point on Jun 2020, tried out in shadow" in found["south-commander"]
    assert (
        "below the standard of 90%, since Jun 2020, tried out in shadow, and 1 more area." in found["south-commander"]
    )


def test_a_withdrawn_alert_is_told_to_those_who_were_told_of_it(pages):
    pages(date(2020, 8, 4))
    other = CALLS.replace("id: slow", "id: other").replace("target_missed: {}", "target_missed: {at_least: 10}")

    found = pages(date(2020, 8, 5), rules=other)

    assert "=== No longer watched (1) ===" in found["north-commander"]
    assert "No longer watched" not in found["south-commander"]


@pytest.mark.parametrize(
    ("include", "june", "july", "in_july", "in_september"),
    [
        pytest.param("month_and_quarter", 40, 30, True, True, id="month_and_quarter"),
        pytest.param("quarter", 40, 60, False, True, id="quarter, though exceptional"),
        pytest.param("quarter_unless_exceptional", 40, 30, False, True, id="quarter_unless_exceptional, normal"),
        pytest.param("quarter_unless_exceptional", 40, 60, True, True, id="quarter_unless_exceptional, exceptional"),
        pytest.param("exceptional_only", 40, 30, False, False, id="exceptional_only, normal"),
        pytest.param("exceptional_only", 40, 60, True, True, id="exceptional_only, exceptional"),
        pytest.param("monthly_increase", 40, 41, True, False, id="monthly_increase, risen in July"),
        pytest.param("monthly_increase", 40, 40, False, False, id="monthly_increase, not risen"),
        pytest.param("quarter_unless_updated", 40, 30, True, True, id="quarter_unless_updated, a figure came"),
    ],
)
def test_a_topic_stands_in_digests_by_its_inclusion(pages, include, june, july, in_july, in_september):
    files = a_fleet(include, ("2020-06", "2020-07-03", june), ("2020-07", "2020-08-04", july))

    for on, expected in ((date(2020, 8, 5), in_july), (date(2020, 10, 2), in_september)):
        text = pages(on, files=files)["contact"]
        assert (expected or july > 50) == (": Vehicles on hire " in text), (
            "an exception is told whatever its topic's inclusion"
        )
        assert expected != ("Not due in this summary: Fleet." in text)


def test_a_topic_without_news_waits_for_the_quarter(pages):
    files = a_fleet("quarter_unless_updated", ("2020-07", "2020-08-04", 30))

    text = pages(date(2020, 8, 20), files=files)["contact"]

    assert "Not due in this summary: Fleet." in text


def test_an_exception_is_told_whatever_its_topics_inclusion(pages):
    files = a_fleet("quarter", ("2020-07", "2020-08-04", 60))

    text = pages(date(2020, 8, 5), files=files)["contact"]

    assert "Concern, warning: Vehicles on hire 60 Jul 2020, highest accepted 50" in text


def test_a_topic_whose_figures_never_came_is_named_apart(pages):
    rules = (
        a_fleet()["fleet.yaml"].replace("    {id", "    {id").replace("every: month,", "every: month, areas: [force],")
    )

    text = pages(date(2020, 8, 5), files=a_fleet() | {"fleet.yaml": rules})["contact"]

    assert "Without any figure so far: Fleet." in text


@pytest.fixture
def draft(tmp_path):
    folder = a_folder(
        tmp_path / "rules",
        {"rules.yaml": CALLS, "figures/calls.csv": SUMMER}
        | a_fleet("quarter", ("2020-06", "2020-07-03", 40), ("2020-07", "2020-08-04", 60)),
    )

    def written(period, on):
        engine = an_engine(folder, tmp_path / "state", on)
        named = engine.rules.calendar.parse_exact(period) if period else None
        return month_draft(engine.rules, engine.enquiries.read(), on, named, None)

    return written


def test_a_draft_is_about_its_month_as_known_on_the_day(draft):
    june = draft("2020-06", date(2020, 8, 5))

    assert ("June 2020", True) == (june.month, june.ends_quarter)
    assert [
        "Vehicles on hire: 40 in June 2020, not above the highest accepted value of 50",
        "999 calls answered within 10 seconds: 88% in June 2020, down 6 points on May 2020 (94%), below the standard of 90%",
    ] == [line.figures[0].text for line in june.lines]
    assert ["No exceptional volumes", "Exceptions in West Mercia (88%) and North (83%)"] == [
        line.commentary for line in june.lines
    ]


def test_a_draft_leaves_out_what_waits_for_the_quarter(draft):
    july = draft(None, date(2020, 8, 5))

    assert ("July 2020", ["Call handling"], ("Fleet",)) == (
        july.month, [line.topic for line in july.lines], july.not_included,
    )  # fmt: skip


def test_a_quarters_draft_is_that_of_its_last_month(draft):
    assert "June 2020" == draft("2020/21-Q1", date(2020, 8, 5)).month


@pytest.mark.parametrize(
    ("period", "why"),
    [
        pytest.param("2020-08", "August 2020 is not over on 2020-08-05", id="not over"),
        pytest.param("2019/20", "a draft is about a month or a quarter, not 2019/20", id="a year"),
    ],
)
def test_a_draft_is_about_a_month_that_is_over(draft, period, why):
    with pytest.raises(UsageError, match=why):
        draft(period, date(2020, 8, 5))


@pytest.mark.parametrize("called", ["staffing limit", "average need", "usual number"])
def test_a_range_that_is_missed_is_called_what_its_rule_calls_it(pages, called):
    fleet = a_fleet("month_and_quarter", ("2020-06", "2020-07-03", 40), ("2020-07", "2020-08-04", 60))
    rules = fleet["fleet.yaml"].replace("outside_range: {to: 50}", f"outside_range: {{to: 50, called: {called}}}")
    text = pages(date(2020, 8, 5), files=fleet | {"fleet.yaml": rules})["contact"]
    assert f"Vehicles on hire 60 Jul 2020, {called} 50" in text
