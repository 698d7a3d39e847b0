"""What a digest says of addresses from which messages came back."""

from collections.abc import Sequence

from alerting.domain.inbox import Doubt
from alerting.domain.rule import RuleSet
from alerting.reports.digest_views import DataTrouble
from alerting.reports.morning import DigestReader
from alerting.wording.dates import day_words


def doubt_views(reader: DigestReader, doubts: Sequence[Doubt], rules: RuleSet) -> tuple[DataTrouble, ...]:
    """Return the doubted addresses that concern a reader: their own; all for whoever sees everything or has a role."""
    roles = rules.roles
    sees_all = reader.sees_all or reader.owner in (roles.operator, roles.maintainer, roles.fallback)
    return tuple(_view(one, rules) for one in doubts if sees_all or one.owner == reader.owner)


def _view(doubt: Doubt, rules: RuleSet) -> DataTrouble:
    owner = rules.owners.get(doubt.owner)
    name = owner.name if owner is not None else doubt.owner
    line = f"They have come back since {day_words(doubt.since.date())}: {doubt.words}"
    return DataTrouble(source=f"Messages to {name} <{doubt.address}>", lines=(line,))
