"""What a tick did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from alerting.domain.alert import AlertEvent
from alerting.domain.notify.notice import Delivery, Notice
from alerting.domain.notify.planned import Suppressed
from alerting.domain.problem import Problem
from alerting.evaluation.engine import Evaluation


@dataclass(frozen=True, kw_only=True, eq=False)
class TickReport:
    """What a tick did, or with `dry_run` would have done."""

    as_of: date
    #: Verdicts on each series' newest period, by state.
    counts: Mapping[str, int]
    #: Events by kind.
    happened: Mapping[str, int]
    notices: tuple[Notice, ...]
    deliveries: tuple[Delivery, ...]
    #: Events nobody is told of: the rule or the owner is gone.
    untold: tuple[AlertEvent, ...]
    #: What was held back, and why.
    suppressed: tuple[Suppressed, ...]
    problems: tuple[Problem, ...]
    has_errors: bool
    evaluation: Evaluation
