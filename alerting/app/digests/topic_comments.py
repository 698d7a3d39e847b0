"""What people said of topics and measures, by topic as declared."""

from collections.abc import Iterable

from alerting.domain.comment import About, Comment
from alerting.domain.period import Period
from alerting.domain.rule import RuleSet
from alerting.reports.digest_views import TopicComments
from alerting.reports.said import Said


def topic_comments(
    said: Said, comments: Iterable[Comment], rules: RuleSet, of: Period | None = None
) -> tuple[TopicComments, ...]:
    """Write comments by topic; of what the rules know no longer nothing is said.

    Args:
        of: the period that is spoken of anyway.
    """
    by_topic: dict[str, list[str]] = {}
    for comment in comments:
        topic = topic_of(comment, rules)
        if topic is None:
            continue
        measure = rules.measures[comment.subject].full_title if comment.about is About.MEASURE else None
        words = said.words(comment, of)
        by_topic.setdefault(topic, []).append(f"{measure}: {words}" if measure is not None else words)
    return tuple(
        TopicComments(topic=topic.title, comments=tuple(by_topic[id_]))
        for id_, topic in rules.topics.items()
        if id_ in by_topic
    )


def topic_of(comment: Comment, rules: RuleSet) -> str | None:
    """Return the id of the topic that a comment belongs to; None where the rules know it no longer."""
    if comment.about is About.MEASURE:
        measure = rules.measures.get(comment.subject)
        return None if measure is None else measure.topic
    return comment.subject if comment.subject in rules.topics else None
