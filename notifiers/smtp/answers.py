"""A mail server's answers as values: their codes, and whether they are about the hello that we gave."""

import re

from alerting.domain.refusal import Refusal, Stage

#: Class, subject and detail (RFC 3463) at the beginning of an answer's words.
_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})\b")
_ANSWER = re.compile(r"([245]\d\d)(?!\d)[ -]?(.*)", re.DOTALL)
#: A hello that is not liked is refused at the recipient by servers that say so late.
_HELLO = re.compile(r"\b(?:helo|ehlo)\b", re.IGNORECASE)


def answered_with(stage: Stage, code: int, words: str) -> Refusal:
    """Return the refusal of an answer; its enhanced code, where it has one, begins the words."""
    found = _ENHANCED.match(words)
    enhanced = (int(found[1]), int(found[2]), int(found[3])) if found else None
    about_us = _HELLO.search(words) is not None
    return Refusal(stage=stage, code=code, words=words, enhanced=enhanced, is_about_us=about_us)


def refusal_in(stage: Stage, reply: str) -> Refusal:
    """Return the refusal of a whole reply; what does not begin as a server's answer is none."""
    found = _ANSWER.match(reply)
    return Refusal(stage=stage, words=reply) if found is None else answered_with(stage, int(found[1]), found[2])
