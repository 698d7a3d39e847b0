"""What programs, gateways and habits put around a person's words, left out: banners, markings, signatures, advertisements."""

import re
from collections.abc import Sequence

from alerting.replies import phrases
from alerting.replies.told import SentWords

#: Characters of a line by which its form is told.
_FORM = 500
#: Lines that may follow "Kind regards", and their length: a name, a post, a number.
_MOST_BELOW_CLOSING, _LONGEST_BELOW_CLOSING = 12, 90
_SENTENCE = re.compile(r"(?:\S+\s+){3,}\S+[.!?…]\s*|\s*p\.?\s?s\b.*", re.IGNORECASE)
_PGP_HEADER = re.compile(r"(?:Hash|Charset|Version|Comment): .*|\s*")
_DECORATION = re.compile(r"[\s*_=~·•#|-]*")
_PICTURE = re.compile(r"\s*[\[<](?:cid|image|inline image)\b[^\]>]*[\]>]\s*", re.IGNORECASE)
_PUNCTUATION = " \t,.;:!-–—*"


def less_pgp_frame(lines: Sequence[str]) -> list[str]:
    """Return lines without the frame of a clear signature (RFC 9580, 7), what it escaped as it was."""
    kept: list[str] = []
    state = "outside"
    for line in lines:
        bare = line.strip()
        if bare == "-----BEGIN PGP SIGNED MESSAGE-----":
            state = "head"
        elif bare == "-----BEGIN PGP SIGNATURE-----":
            state = "signature"
        elif bare == "-----END PGP SIGNATURE-----":
            state = "outside"
        elif state == "head" and _PGP_HEADER.fullmatch(line):
            state = "head" if bare else "inside"
        elif state != "signature":
            kept.append(line.removeprefix("- ") if state in {"head", "inside"} else line)
    return kept


def trimmed(lines: Sequence[str], told: SentWords, *, is_first: bool) -> list[str]:
    """Return what a person says in one stretch of lines, blank lines around it left out.

    Args:
        told: the message that is answered, which may begin with a marking of the organisation's own.
        is_first: nothing is written above, so that a gateway's banner may stand there.
    """
    kept = [line for line in lines if not _PICTURE.fullmatch(line)]
    if is_first:
        kept = _less_banners(kept, told)
    kept = _less_signature(kept)
    kept = _less_advertisements(kept)
    kept = _less_small_print(kept)
    kept = _less_closing(_less_marking_below(kept))
    return _without_blank_ends(_less_decoration_below(kept))


def is_marking(line: str) -> bool:
    """Whether a line is nothing but a protective marking."""
    bare = line.strip()[:_FORM]
    return bool(bare) and bool(phrases.MARKING.fullmatch(bare) or phrases.MARKING_IN_CAPITALS.fullmatch(bare))


def _less_banners(lines: Sequence[str], told: SentWords) -> list[str]:
    left = list(lines)
    while left:
        line = left[0].strip()[:_FORM]
        if not line or _DECORATION.fullmatch(line) or is_marking(line) or told.opens_with(line):
            left.pop(0)
        elif phrases.BANNER.fullmatch(line):
            left = left[_banner_length(left) :]
        else:
            break
    return left


def _banner_length(lines: Sequence[str]) -> int:
    """Return of how many lines a banner is: those of its paragraph, as long as they go on with it."""
    length = 1
    while length < len(lines) and lines[length].strip():
        unfinished = not lines[length - 1].rstrip(" *]").endswith((".", "!", "?"))
        goes_on = phrases.BANNER_GOES_ON.search(lines[length][:_FORM])
        if not goes_on and not (unfinished and len(lines[length - 1]) > 50):
            break
        length += 1
    return length


def _less_signature(lines: Sequence[str]) -> list[str]:
    end = next((number for number, line in enumerate(lines) if phrases.SIGNATURE.fullmatch(line)), None)
    return list(lines[:end])


def _less_advertisements(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    after = False
    for line in lines:
        bare = line.strip()[:_FORM]
        if phrases.ADVERTISEMENT.fullmatch(_less_link(bare)):
            after = True
        elif not (after and (not bare or phrases.LINK.fullmatch(bare))):
            kept.append(line)
            after = False
    return kept


def _less_link(line: str) -> str:
    return re.sub(r"\s*[<(\[]https?://[^\s>)\]]*[>)\]]", "", line).strip(" *_>|")


def _less_small_print(lines: Sequence[str]) -> list[str]:
    begin = next((n for n, line in enumerate(lines) if phrases.SMALL_PRINT.fullmatch(line.strip()[:_FORM])), None)
    return list(lines[:begin])


def _less_marking_below(lines: Sequence[str]) -> list[str]:
    left = list(lines)
    while left and (not left[-1].strip() or is_marking(left[-1])):
        left.pop()
    return left


def _less_closing(lines: Sequence[str]) -> list[str]:
    """Return lines without "Kind regards" and the name, post and number below it; what goes on in sentences stays."""
    said = [number for number, line in enumerate(lines) if line.strip()]
    for number in said[1:][-_MOST_BELOW_CLOSING - 1 :]:
        if phrases.CLOSING.fullmatch(lines[number].strip(_PUNCTUATION)[:_FORM]):
            below = [lines[other] for other in said if other > number]
            if all(len(line) <= _LONGEST_BELOW_CLOSING and not _SENTENCE.fullmatch(line.strip()) for line in below):
                return list(lines[:number])
    return list(lines)


def _less_decoration_below(lines: Sequence[str]) -> list[str]:
    left = list(lines)
    while left and _DECORATION.fullmatch(left[-1]):
        left.pop()
    return left


def _without_blank_ends(lines: Sequence[str]) -> list[str]:
    said = [number for number, line in enumerate(lines) if line.strip()]
    return [line.rstrip() for line in lines[said[0] : said[-1] + 1]] if said else []
