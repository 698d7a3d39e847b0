"""The program with a watch on its steps: `python in_steps.py SHARES COMMAND …` writes what each took to a file, as JSON.

By step: seconds of the processor, less those of the steps inside it, and MiB that the process had held at most by its end.
"""

import json
import math
import sys
import time
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

#: The function that does each step, where its caller looks it up.
AT_ONCE = {
    "opening": "alerting.wiring:engine_of", "is it the same": "alerting.app.engine:Engine._tick_again",
    "reading": "alerting.app.enquiries:Enquiries.read",
}  # fmt: skip
#: Those of modules that are loaded only where something is to be judged.
LATER = {
    "observations": "alerting.figures.tidy:observations_in",
    "what is new": "alerting.app.tick.tick:admitted",
    "panels": ("alerting.app.tick.tick:build_panels", "alerting.app.situation.situation:build_panels"),
    "judging": "alerting.app.situation.situation:evaluate_panels",
    "findings": "alerting.app.situation.evaluate:findings",
    "reconciling": "alerting.app.tick.tick:reconcile",
    "planning": "alerting.app.tick.tick:plan",
    "holding back": "alerting.app.tick.tick:hold_back",
    "composing": "alerting.app.tick.tick:compose",
    "laying out": "alerting.app.tick.tick:queued",
    "saving": "alerting.app.tick.tick:save",
    "drawing": "alerting.app.tick.tick:draw_queued",
    "knowing verdicts": "alerting.app.tick.beside_the_state:read_verdicts",
    "keeping verdicts": "alerting.app.tick.beside_the_state:write_verdicts",
}
took: dict[str, list[float]] = {}
_inside: list[float] = []


def peak_mib() -> float:
    """Return the most memory that this process has held; what the system tells of it after its end counts its parent's too."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), math.nan)


def watched(name: str, work: Callable[..., Any], before: Callable[[], object] = lambda: None) -> Callable[..., Any]:
    """Return a function that is timed under a name."""

    @wraps(work)
    def timed(*given: Any, **named: Any) -> Any:
        before()
        began = time.process_time()
        _inside.append(0.0)
        try:
            return work(*given, **named)
        finally:
            spent, within = time.process_time() - began, _inside.pop()
            if _inside:
                _inside[-1] += spent
            own = took.setdefault(name, [0.0, 0.0])
            own[0] += spent - within
            own[1] = peak_mib()

    return timed


def watch(steps: dict[str, Any], before: Callable[[], object] = lambda: None) -> None:
    """Time steps from here on."""
    for name, places in steps.items():
        for place in (places,) if isinstance(places, str) else places:
            module, _, path = place.partition(":")
            *owners, attribute = path.split(".")
            owner = import_module(module)
            for one in owners:
                owner = getattr(owner, one)
            setattr(owner, attribute, watched(name, getattr(owner, attribute), before))


def watch_later() -> None:
    """Time what comes after reading; loading it belongs to no step."""
    if LATER:
        steps = dict(LATER)
        LATER.clear()
        watch(steps)


if __name__ == "__main__":
    out, sys.argv = Path(sys.argv[1]), sys.argv[1:]
    from alerting.cli import main

    reading = AT_ONCE.pop("reading")
    watch(AT_ONCE)
    watch({"reading": reading}, watch_later)
    try:
        main()
    finally:
        out.write_text(json.dumps({"took": took, "peak_mib": peak_mib()}))
