"""The process that renders an organisation's own templates: sandboxed, limited, and killed where it does not behave.

`python -c "…; from alerting.render.own_templates.child import main; main()"` talks over its standard input, a socket: first it
gets every template's text, then a job at a time. It opens no file once it has begun: its limits forbid it.
"""

import math
import resource
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any, Final

from css_inline import CSSInliner
from jinja2 import StrictUndefined, TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.exceptions import SecurityError
from jinja2.loaders import FunctionLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from alerting.render.own_templates.protocol import encoded, receive
from alerting.render.own_templates.unwanted_html import unwanted_in
from alerting.render.own_templates.visible_text import words_of
from alerting.wording import plain

#: Seconds of the processor that one template may take.
CPU_S: Final = 1.0
MEMORY_BYTES: Final = 256 * 1024 * 1024
#: What one template may write.
OUTPUT_BYTES: Final = 200_000
#: Standard input, output and error: no further file or connection can be opened.
_OPEN_FILES: Final = 3
_LONGEST_MESSAGE: Final = 200
#: Filters that would answer differently each time, or print words from figures as markup.
_NO_FILTERS: Final = ("random", "safe")
_NO_GLOBALS: Final = ("lipsum", "cycler", "joiner")
_DIGITS: Final = 10
#: Uses string literals, formats and a name that is not there.
_FIRST: Final = (
    "{{ 'é'|urlize|wordwrap|pprint|tojson }}{{ '%.2f'|format(1.5) }}{% include 'x' ignore missing %}{{ x.y }}"
)


class TooMuch(Exception):
    """A template writes more than it may."""


class _Compiled(BytecodeCache):
    """Compiled templates, kept for the life of the process; each job gets templates without any state of an earlier one."""

    def __init__(self) -> None:
        self._kept: dict[str, CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.code


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox without what could turn escaping off."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        off = tree.find(nodes.ScopedEvalContextModifier)
        if off is not None:
            raise TemplateSyntaxError("autoescape cannot be changed", off.lineno, name, filename)
        return tree


def environment_of(sources: Mapping[str, str], *, escaping: bool) -> ImmutableSandboxedEnvironment:
    """Return what compiles and renders *sources*, whose names are all that can be included, imported or extended.

    Args:
        escaping: every value is printed as HTML shows it, whatever the file is called that prints it.
    """

    def source(name: str) -> tuple[str, str, None] | None:
        return (sources[name], name, None) if name in sources else None

    environment = _Environment(
        loader=FunctionLoader(source),
        bytecode_cache=_Compiled(),
        undefined=StrictUndefined,
        autoescape=escaping,
        finalize=finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    for name in _NO_FILTERS:
        del environment.filters[name]
    for name in _NO_GLOBALS:
        del environment.globals[name]
    environment.filters.update(
        counted=plain.counted,
        fact=plain.fact,
        listed=plain.listed,
        number=plain.number,
        sentence=plain.sentence,
        wrapped=plain.wrapped,
    )
    return environment


def finalized(value: object) -> object:
    """Write a value as a reader expects it: nothing for None, no control characters, no thirteenth digit."""
    if value is None:
        return ""
    if isinstance(value, float):
        return _number(value)
    return plain.cleaned(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "n/a"
    if value == 0:
        return "0"
    digits = max(_DIGITS - 1 - math.floor(math.log10(abs(value))), 0)
    written = f"{value:.{min(digits, 20)}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def rendered(environment: ImmutableSandboxedEnvironment, job: Mapping[str, Any]) -> dict[str, Any]:
    """Render one template; of a mail's HTML with its styles inline, also say what a reader sees, and what should not be there.

    All that looks into what a template wrote happens here, where it can be ended.

    Raises:
        TooMuch: it writes more than it may.
    """
    fresh = environment.overlay()  # modules that templates import keep what they set; none of it may reach another mail
    text = "".join(_within_limit(fresh.get_template(job["template"]).generate(job["context"])))
    if job["mail"]:
        text = CSSInliner(minify_css=True, load_remote_stylesheets=False).inline(text)
    text = plain.cleaned(text)
    if len(text.encode("utf-8")) > OUTPUT_BYTES:
        raise TooMuch
    words = words_of(text) if job["mail"] else ""
    return {"text": text, "words": words, "unwanted": unwanted_in(text) if job["inspect"] and job["mail"] else []}


def _within_limit(chunks: Iterator[str]) -> Iterator[str]:
    left = OUTPUT_BYTES
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise TooMuch
        yield chunk


def answer_to(environments: Mapping[bool, ImmutableSandboxedEnvironment], job: Mapping[str, Any]) -> dict[str, Any]:
    """Do one job: `{"text", "words", "unwanted"}`, or `{"error", "file", "line", "fatal"}` with the innermost template's place."""
    name = job["template"]
    try:
        return rendered(environments[job["mail"]], job)
    except TooMuch:
        return _error(name, None, f"it writes more than {OUTPUT_BYTES // 1000} kB")
    except MemoryError as error:
        return _error(*_place(error, name), f"it needs more than {MEMORY_BYTES // 2**20} MB of memory", fatal=True)
    except RecursionError as error:
        return _error(*_place(error, name), "it goes too deep: it nests too far, or includes or calls itself")
    except TemplateNotFound as error:
        place = _place(error, name)
        return _error(*place, f'there is no template "{error.name}"')
    except TemplateSyntaxError as error:
        return _error(error.name or name, error.lineno, error.message or "this cannot be read")
    except SecurityError as error:
        return _error(*_place(error, name), f"this is not allowed: {error}")
    except Exception as error:  # noqa: BLE001  # whatever a template can raise is its author's to mend
        return _error(*_place(error, name), str(error) or type(error).__name__)


def _place(error: BaseException, name: str) -> tuple[str, int | None]:
    """Return file and line of the innermost template in an error's traceback."""
    place: tuple[str, int | None] = (name, None)
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(".j2"):
            place = (file, trace.tb_lineno)
        trace = trace.tb_next
    return place


def _error(file: str, line: int | None, message: str, *, fatal: bool = False) -> dict[str, Any]:
    words = plain.shortened(plain.one_line(message[: 10 * _LONGEST_MESSAGE]), _LONGEST_MESSAGE)
    return {"error": words, "file": file, "line": line, "fatal": fatal}


def main() -> None:
    """Serve one parent until it hangs up."""
    # A service manager tells every process of a service to stop; what the parent has begun it still finishes.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    line = socket.socket(fileno=sys.stdin.fileno())
    sources = receive(line)
    if sources is None:
        return
    environments = {mail: environment_of(sources, escaping=mail) for mail in (False, True)}
    # What jinja2 and Python import when first needed must be there before no file can be opened.
    first = environment_of({"x.j2": _FIRST}, escaping=True)
    answer_to({True: first}, {"template": "x.j2", "context": {}, "mail": True, "inspect": True})
    _limit()
    line.sendall(encoded({"ready": True}))
    while (job := receive(line)) is not None:
        signal.setitimer(signal.ITIMER_PROF, CPU_S)
        answer = answer_to(environments, job)
        signal.setitimer(signal.ITIMER_PROF, 0)
        line.sendall(encoded(answer))
        if answer.get("fatal"):
            return


def _limit() -> None:
    """Take from this process what no template needs. The timer's signal ends it, also within one long calculation."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (value, value))
