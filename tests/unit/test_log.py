"""What the service logs of the problems that a tick met."""

import structlog
from structlog.testing import capture_logs

from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.log import MOST_LOGGED, log_problems


def a_problem(severity, line=1):
    place = Place(file="figures/calls.csv", line=line, column=1)
    return Problem(place=place, code="any", severity=severity, message="what was found")


def test_how_a_sound_file_was_read_is_no_warning():
    with capture_logs() as entries:
        log_problems(structlog.get_logger(), [a_problem(ProblemSeverity.NOTE)], ())

    assert [("figures.noted", "info")] == [(entry["event"], entry["log_level"]) for entry in entries]


def test_notes_take_no_refused_cells_place_among_those_that_are_logged():
    notes = [a_problem(ProblemSeverity.NOTE, line) for line in range(1, MOST_LOGGED + 1)]

    with capture_logs() as entries:
        log_problems(structlog.get_logger(), [*notes, a_problem(ProblemSeverity.ERROR, 99)], ())

    (refused,) = [entry for entry in entries if entry["event"] == "figures.problem"]
    assert ("warning", True) == (refused["log_level"], "figures/calls.csv:99:1: error[any]" in refused["problem"])
