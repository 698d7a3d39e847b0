"""Looking for whole loads of sources that are judged as soon as these are there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerting.app.engine import Engine
from alerting.domain.rule import Source
from alerting.ports.state import Store

#: How often files are looked at, and what must be asked for anew to be seen.
FILES_EVERY, OTHERS_EVERY = timedelta(seconds=30), timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was found of a source when it was looked at last; `content`: None where it lies in no file."""

    at: datetime
    posted: datetime | None
    content: str | None
    #: Whether all that it holds was judged, or can only change with its content or a post.
    is_settled: bool
    is_new: bool


@dataclass(eq=False)
class LoadWatch:
    """Remembers what was seen of each source, so that nothing is read again that has not changed."""

    store: Store
    _seen: dict[str, _Seen] = field(default_factory=dict)

    def due(self, engine: Engine, now: datetime) -> Sequence[str]:
        """Return the sources with a whole load that no tick has judged."""
        sources = [source for source in engine.rules.sources.values() if source.on_load]
        if not sources:
            return ()
        with self.store.begin() as state:
            posted = {source.id: state.loads.posted(source.id) for source in sources}
        asked = [source for source in sources if self._is_to_be_read(source, posted[source.id], engine, now)]
        if not asked:
            return ()
        found = engine.look_for_loads(self.store, [source.id for source in asked])
        for source in asked:
            is_new = source.id in found.new
            by_time = source.complete is not None and (source.complete.marker or source.complete.quiet_s)
            self._seen[source.id] = _Seen(
                at=now,
                posted=posted[source.id],
                content=found.files.get(source.id),
                is_settled=not is_new and not (by_time and source.id in found.partial),
                is_new=is_new,
            )
        return found.new

    def _is_to_be_read(self, source: Source, posted: datetime | None, engine: Engine, now: datetime) -> bool:
        seen = self._seen.get(source.id)
        if seen is None or seen.is_new or now < seen.at:
            return True
        if posted != seen.posted:
            return True
        if seen.content is None:
            only_posts = source.complete is not None and source.complete.posted
            return not only_posts and now - seen.at >= OTHERS_EVERY
        if now - seen.at < FILES_EVERY:
            return False
        return not seen.is_settled or engine.enquiries.content_of(self.store, source.id) != seen.content
