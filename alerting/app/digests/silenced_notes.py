"""What a digest says of silences: what they keep quiet about, who made them, which end soon, and which match nothing."""

from collections.abc import Sequence

from alerting.app.alerts.silences import ends_soon, matches
from alerting.app.digests.alert_snapshot import AlertSnapshot
from alerting.domain.alert import SeriesKey
from alerting.domain.rule import Silence
from alerting.domain.silencing import on_series
from alerting.reports.digest_views import SilencedNote
from alerting.reports.due_dates import named
from alerting.reports.morning import DigestReader, MorningReport
from alerting.wording.dates import day_words
from alerting.wording.plain import counted


def silenced_notes(
    morning: MorningReport, alerts: AlertSnapshot, reader: DigestReader, keys: Sequence[SeriesKey]
) -> tuple[SilencedNote, ...]:
    """Return the silences in force on any of the reader's series, and those that the reader made themselves."""
    rules, day = morning.rules, morning.day
    found = []
    for silence in alerts.silences:
        if not silence.holds(day):
            continue
        muted = [key for key in keys if on_series(key, rules, [silence])]
        if not muted and silence.person == reader.owner:
            muted = [key for key in morning.by_key if on_series(key, rules, [silence])]
        about = _title(muted, morning) if muted else None
        if about is None and not matches(silence, rules) and _answers_for(silence, reader, morning):
            about = f"Nothing: no rule watches what silence {silence.id} is about"
        if about is not None:
            open_ = sum(len(alerts.open_by_key.get(key, ())) for key in muted)
            found.append(_note(silence, about, open_, morning, soon=ends_soon(silence, day)))
    return tuple(found)


def _answers_for(silence: Silence, reader: DigestReader, morning: MorningReport) -> bool:
    """Whether a reader made a silence; for one of the rules folder whoever looks after the rules."""
    return reader.owner == (silence.person or morning.rules.roles.maintainer)


def _title(keys: Sequence[SeriesKey], morning: MorningReport) -> str:
    return named(list(dict.fromkeys(morning.rules.measures[key.measure].title for key in keys)))


def _note(silence: Silence, about: str, open_: int, morning: MorningReport, *, soon: bool) -> SilencedNote:
    standing = f" ({counted(open_, 'exception')} open)" if open_ else ""
    owner = morning.rules.owners.get(silence.person or "")
    until = day_words(silence.until) if silence.until is not None else None
    if until is not None and soon:
        until = f"{until}, soon: what still stands then is told"
    return SilencedNote(
        title=f"{about}{standing}", until=until, reason=silence.reason, person=owner.name if owner else silence.person
    )
