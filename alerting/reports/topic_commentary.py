"""What is said of several of a topic's measures at once: where they are exceptional, and how many are not written out."""

from collections.abc import Sequence

from alerting.domain.titles import joined
from alerting.reports.topic_measures import WrittenMeasure
from alerting.wording.plain import counted
from alerting.wording.summary import JudgedAreas, areas_words


def commentary(standings: Sequence[WrittenMeasure]) -> str:
    """Name every exceptional area, or measure where there are several, with its figure."""
    judged = [standing for standing in standings if any(one.is_judged for one in standing.series)]
    exceptional = sorted((one for one in standings if one.exceptional), key=lambda standing: -standing.worst)
    if not exceptional:
        normal = JudgedAreas(exceptional=(), normal=[one.area for s in judged for one in s.series])
        return areas_words(_areas(judged[0]) if len(judged) == 1 else normal, volumes=_are_volumes(judged))
    what = "Exceptional volumes" if _are_volumes(exceptional) else "Exceptions"
    if len(judged) == 1:
        return f"{what} in {_in_areas(exceptional[0])}"
    return f"{what}: {'; '.join(_named(standing) for standing in exceptional)}"


def _are_volumes(standings: Sequence[WrittenMeasure]) -> bool:
    return all(one.is_volume for standing in standings for one in standing.exceptional or standing.series)


def _named(standing: WrittenMeasure) -> str:
    """Name a measure with its figure, and with its exceptional areas where they are not just the topmost one."""
    title, head = standing.measure.title, standing.head
    if head is not None and [head] == standing.exceptional:
        return f"{title} ({head.brief})"
    return f"{title} in {_in_areas(standing)}"


def _in_areas(standing: WrittenMeasure) -> str:
    return joined([f"{one.area.title} ({one.brief})" for one in standing.exceptional])


def _areas(standing: WrittenMeasure) -> JudgedAreas:
    return JudgedAreas(
        exceptional=[one.area for one in standing.exceptional],
        normal=[one.area for one in standing.series if one.is_judged and one.severity is None],
        not_judged=[one.area for one in standing.series if not one.is_judged and one.figure is not None],
        complete=standing.complete,
    )


def rest_words(rest: Sequence[WrittenMeasure]) -> str:
    """Count the measures that are not written out, and those of them that are exceptional."""
    exceptional = sum(bool(standing.exceptional) for standing in rest)
    more = f"and {counted(len(rest), 'more measure')}"
    if not exceptional:
        return more
    return f"{more}, exceptional too" if exceptional == len(rest) else f"{more}, {exceptional:,} of them exceptional"
