"""Figures as known at a time: what sources held when they were read is kept; what vanishes from one keeps counting."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from alerting.domain.kept_readings import ReadingRecord
from alerting.domain.period import KINDS, Period
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.figures.batches import frames_in, series_of
from alerting.figures.comparing import ReadingComparison, gone_from, latest_rows
from alerting.figures.memory import CELL, fingerprint, frame_of, observations_of, packed
from alerting.figures.observations import Observations, Reading
from alerting.ports.figures import ReadingBook

_AS_READ_BEFORE = " (as read before)"
#: Vanished figures that are listed one by one; the rest is counted.
_MOST_LISTED = 5


def remembered(reading: Reading, rules: RuleSet, readings: ReadingBook, at: datetime, *, keep: bool) -> Reading:
    """Return what was read, with the figures that sources held before and hold no more.

    Args:
        keep: write down what is new.
    """
    observations: list[Observations] = []
    problems = list(reading.problems)
    for read in reading.observations:
        observations.append(read)
        digest, before = fingerprint(read, rules), readings.of(read.source)
        last = before[-1] if before else None
        if last is not None and last.digest == digest and not last.vanished:
            continue
        known = latest_rows(frames_in(before))
        del before  # all that was kept, packed
        compared = None if known is None else ReadingComparison(known, read, rules)
        del known  # the comparison holds what it needs of it
        gone = None if compared is None else _of_measures(compared.vanished(), rules, read.source)
        missing = 0 if gone is None else gone.select(CELL).unique().height
        if keep and (last is None or last.digest != digest):
            new = frame_of(read, rules, None if compared is None else compared.changed_rows())
            record = ReadingRecord(source=read.source, at=at, digest=digest, vanished=missing, rows=packed(new))
            readings.save(record)
        if gone is not None and missing:
            old = observations_of(gone, rules, read.source, as_read_before(read.file))
            if len(old.ordinal):
                observations.append(old)
                inside = gone_from(gone, read.covers, rules.calendar.starts)
                taken_out = observations_of(inside, rules, read.source, old.file)
                problems += [_vanished(taken_out, read.file, rules)] if len(taken_out.ordinal) else []
    earlier = (read_by(rules, readings, source, at, as_read_before(source)) for source in reading.failed)
    held_before = tuple(one for one in earlier if one is not None)
    return replace(reading, observations=tuple(observations), problems=tuple(problems), held_before=held_before)


def as_read_before(file: str) -> str:
    """Name a file's figures of before in messages."""
    return f"{file}{_AS_READ_BEFORE}"


def read_before(readings: ReadingBook, source: str, at: datetime) -> Mapping[str, set[str]]:
    """Return, by measure, the areas of which a source had held a figure before an instant."""
    found: dict[str, set[str]] = {}
    for record in readings.of(source, at - timedelta(microseconds=1)):
        for measure, areas in series_of(record).items():
            found.setdefault(measure, set()).update(areas)
    return found


def as_known(rules: RuleSet, readings: ReadingBook, until: datetime) -> Reading:
    """Return the figures as they had been read by an instant.

    Raises:
        UsageError: nothing had been read by then.
    """
    used = {measure.source for measure in rules.measures.values()}
    asked = [source for source in rules.sources if source in used]
    known = [read_by(rules, readings, source, until, f"{source} as known then") for source in asked]
    observations = [one for one in known if one is not None]
    if not observations:
        raise UsageError(f"no figures had been read by {until:%Y-%m-%d}; ticks (`alerting run`) keep what they read")
    return Reading(observations=tuple(observations))


def read_by(rules: RuleSet, readings: ReadingBook, source: str, until: datetime, file: str) -> Observations | None:
    """Return a source's figures as they had been read by an instant; None: nothing had.

    Args:
        file: what they are called in messages.
    """
    known = latest_rows(frames_in(readings.of(source, until)))
    if known is None:
        return None
    return observations_of(_of_measures(known, rules, source), rules, source, file)


def _of_measures(frame: pl.DataFrame, rules: RuleSet, source: str) -> pl.DataFrame:
    """Keep the figures of measures that come from a source today: those that have moved come from another."""
    mine = [measure.id for measure in rules.measures.values() if measure.source == source]
    return frame.filter(pl.col("measure").is_in(mine))


def _vanished(old: Observations, file: str, rules: RuleSet) -> Problem:
    """Say which figures a file holds no more."""
    listed = sorted(set(_cells(old, rules)))
    shown = "; ".join(listed[:_MOST_LISTED])
    more = f" and {len(listed) - _MOST_LISTED:,} more" if len(listed) > _MOST_LISTED else ""
    many = f"{len(listed):,} figures that it held before are"
    what = f"{'1 figure that it held before is' if len(listed) == 1 else many} no longer in it:"
    return Problem(
        place=Place(file=file, line=1, column=1),
        code="vanished",
        severity=ProblemSeverity.WARNING,
        message=f"{what} {shown}{more}",
        source=old.source,
        fix=(
            "what was read before keeps counting; to take a figure back, keep its row with an empty value"
            " (what it opened stands until a later figure ends it)"
        ),
    )


def _cells(old: Observations, rules: RuleSet) -> Sequence[str]:
    measures, areas = list(rules.measures), list(rules.areas.areas)
    starts = rules.calendar.starts
    return [
        f"{measures[measure]} {areas[area]} {Period(KINDS[kind], ordinal, starts)}"
        for measure, area, kind, ordinal in zip(
            old.measure.tolist(), old.area.tolist(), old.kind.tolist(), old.ordinal.tolist(), strict=True
        )
    ]
