"""An organisation's own templates for notices and digests, in place of the built-in ones.

They stand in `templates/` in the rules folder. Each part of a message (its subject, its text, its HTML) has a file of its
own, and of several the first in this order counts:

    templates/rules/<rule id>/notice.subject.j2      messages about this rule alone; notices only
    templates/owners/<owner id>/notice.subject.j2    messages to this owner
    templates/channels/<channel id>/notice.subject.j2
    templates/notice.subject.j2                      every message

with `.txt.j2` for the text, `.html.j2` for the HTML and `digest` for digests. Where there is none the built-in template
counts, and it takes over where the first one fails: then the message says so in a line, and so does `Overrides.problems`.
Where either text or HTML fails, both are the built-in ones, so that they say the same.
A template may include, import and extend any other in `templates/`, by its name there, and the mail's frame,
`builtin/mail.html.j2` or `builtin/mail.txt.j2`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from alerting.domain.notify.notice import Message
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.render.own_templates.files import FOLDER, SUFFIX, WHOLE, TemplateFile, template_files
from alerting.render.own_templates.host import PASS_S, Rendered, TemplateFailed, TemplateHost
from alerting.render.own_templates.parts import html_of, subject_of, text_of, with_note
from alerting.reports.digest_views import DigestView
from alerting.reports.views import NoticeView
from alerting.wording import plain

CODE: Final = "bad-template"
#: The parts of a message, as they end in a template's name.
PARTS: Final = ("subject", "txt", "html")
_BODIES: Final = ("txt", "html")
_FINISHED: Final = {"subject": subject_of, "txt": text_of, "html": html_of}
#: Built-in templates that others may extend, and what those include.
_LENT: Final = {
    "builtin/mail.html.j2": "mail.html.j2",
    "builtin/mail.txt.j2": "mail.txt.j2",
    "mail.css": "mail.css",
    "mail_media.css": "mail_media.css",
}


class Overrides:
    """The templates of one rules folder, read on entering; a context manager around the messages of one pass.

    Args:
        folder: the rules folder; None: there are no templates.
        shown_as: the folder as the user typed it, for places in problems; default *folder* itself.
        together_s: seconds that all templates of one pass may take.
    """

    def __init__(self, folder: Path | None = None, shown_as: str | None = None, *, together_s: float = PASS_S) -> None:
        self._together_s = together_s
        self._folder = folder
        self._shown = f"{(shown_as or (folder or Path()).as_posix()).rstrip('/')}/{FOLDER}"
        self._files: Mapping[str, TemplateFile] | None = None
        self._host: TemplateHost | None = None
        self._problems: dict[Problem, None] = {}

    def __enter__(self) -> "Overrides":
        self._problems.clear()
        self._files = template_files(self._folder) if self._folder is not None else {}
        if (whole := self._files.get(WHOLE)) is not None:
            self._note_problem(TemplateFailed(file=WHOLE, line=None, reason=whole.trouble or ""))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files = None
        if self._host is not None:
            self._host.close()
            self._host = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be used since entering, each once: warnings, since the messages went out all the same."""
        return tuple(self._problems)

    @property
    def are_any(self) -> bool:
        """Whether the folder has templates of its own; known while entered."""
        return bool(self._all)

    @property
    def starts(self) -> int:
        """How many processes rendered so far."""
        return self._host.starts if self._host is not None else 0

    def overridden(
        self,
        message: Message,
        view: NoticeView | DigestView,
        *,
        rules: Collection[str] = (),
        owner: str,
        channels: Sequence[str],
    ) -> dict[str, Message]:
        """Return the message for each channel; the built-in one itself where nothing takes its place.

        Args:
            message: the built-in message.
            view: what it was made of.
            rules: ids of the rules that it is about; none for a digest.
        """
        if self._files is None:  # not entered: correct, if slower
            with self:
                return self.overridden(message, view, rules=rules, owner=owner, channels=channels)
        kind = "notice" if isinstance(view, NoticeView) else "digest"
        names: dict[str, Any] | None = None
        made: dict[tuple[str | None, ...], Message] = {}
        found: dict[str, Message] = {}
        for channel in channels:
            chosen = tuple(self._chosen(f"{kind}.{part}{SUFFIX}", rules, owner, channel) for part in PARTS)
            if not any(chosen):
                found[channel] = message
                continue
            if chosen not in made:
                names = names or _names_of(view, message)
                made[chosen] = self._made(message, view, dict(zip(PARTS, chosen, strict=True)), names)
            found[channel] = made[chosen]
        return found

    @property
    def _all(self) -> Mapping[str, TemplateFile]:
        return self._files or {}

    def _chosen(self, name: str, rules: Collection[str], owner: str, channel: str) -> str | None:
        """Return the first template there is, in the order of precedence."""
        places = [f"rules/{rule}/" for rule in rules] if len(set(rules)) == 1 else []
        places += [f"owners/{owner}/", f"channels/{channel}/", ""]
        return next((place + name for place in places if place + name in self._all), None)

    def _made(
        self,
        message: Message,
        view: NoticeView | DigestView,
        chosen: Mapping[str, str | None],
        names: Mapping[str, Any],
    ) -> Message:
        """Render the parts that are overridden; what fails stays built-in, and the message says so."""
        failures: list[tuple[str, TemplateFailed]] = []
        own: dict[str, str] = {}
        for part in PARTS:
            name = chosen[part]
            if name is None:
                continue
            try:
                own[part] = self._part(part, name, {**names, "title": own.get("subject", message.subject)}).text
            except TemplateFailed as failed:
                failures.append((part, failed))
                self._note_problem(failed)
        if any(part in _BODIES for part, _ in failures):  # text and HTML say the same: both are the built-in ones
            own = {part: words for part, words in own.items() if part not in _BODIES}
        changed = replace(message, subject=own.get("subject", message.subject), text=own.get("txt", message.text))
        if "html" in own:
            pictures = tuple(picture for picture in message.pictures if f"cid:{picture.id}" in own["html"])
            changed = replace(changed, html=own["html"], pictures=pictures)
        return with_note(changed, _note(failures), view.marking) if failures else changed

    def tried(self, part: str, name: str, view: NoticeView | DigestView, message: Message) -> Rendered:
        """Render one template as one part of a message, whomever it is for, and look for what has no place in a mail.

        Raises:
            TemplateFailed: it cannot be read or rendered, or comes out empty.
        """
        return self._part(part, name, _names_of(view, message), inspect=True)

    def _part(self, part: str, name: str, names: Mapping[str, Any], *, inspect: bool = False) -> Rendered:
        file = self._all[name]
        if file.trouble is not None:
            raise TemplateFailed(file=name, line=None, reason=file.trouble)
        if self._host is None:
            self._host = TemplateHost(_sources(self._all), self._together_s)
        written = self._host.rendered(name, names, mail=part == "html", inspect=inspect)
        finished = _FINISHED[part](written, names["marking"], names.get("summary"))
        if finished is None:
            raise TemplateFailed(file=name, line=None, reason="it comes out empty")
        return replace(written, text=finished)

    def _note_problem(self, failed: TemplateFailed) -> None:
        file = self._all.get(failed.file)
        shown = self._shown if failed.file == WHOLE else f"{self._shown}/{failed.file}"
        problem = Problem(
            place=Place(file=shown, line=failed.line or 1, column=1),
            code=CODE,
            severity=ProblemSeverity.WARNING,
            message=f"{failed.reason}; messages go out in the built-in form",
            fix=file.fix if file is not None else None,
        )
        self._problems.setdefault(problem)


def _names_of(view: NoticeView | DigestView, message: Message) -> dict[str, Any]:
    from alerting.render.own_templates.names import names_of

    return names_of(view, message)


def _sources(found: Mapping[str, TemplateFile]) -> dict[str, str]:
    lent = files("alerting.render") / "templates"
    sources = {name: (lent / file).read_text(encoding="utf-8") for name, file in _LENT.items()}
    return {**{name: file.text for name, file in found.items() if file.trouble is None}, **sources}


def _note(failures: Sequence[tuple[str, TemplateFailed]]) -> str:
    """Say in one line what is built-in that should not be."""
    first = failures[0][1]
    what = (
        "is in the plain built-in form" if any(part in _BODIES for part, _ in failures) else "has the built-in subject"
    )
    line = f", line {first.line}" if first.line is not None else ""
    more = f" And {plain.counted(len(failures) - 1, 'more template')} failed." if len(failures) > 1 else ""
    return plain.one_line(
        f"This message {what}, because its template failed: {FOLDER}/{first.file}{line}: "
        f"{plain.sentence(first.reason)}{more}"
    )
