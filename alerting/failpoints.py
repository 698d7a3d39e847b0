"""Named places where a test can end, stop or delay the process, to see that nothing is lost: inert unless asked for.

`ALERTING_FAILPOINTS` holds `name=kill`, `name=stop`, `name=exit`, `name=raise` or `name=sleep:seconds`, several with commas.
`name@3=kill` acts at the third time the place is reached.
"""

import os
import signal
import time
from typing import Final

VARIABLE: Final = "ALERTING_FAILPOINTS"
#: Every place there is, in the order in which a run reaches them; then those of a digest and of a night.
NAMES: Final = (
    "tick_pre", "figures_read", "tick_judged", "tick_alerts", "tick_events", "tick_notices", "tick_commit_pre",
    "tick_commit_post", "claim_pre", "claim_post", "hand_over_pre", "hand_over_post", "taken_pre", "taken_post",
    "not_taken_pre", "digest_half", "digest_commit_post", "fold_commit_pre",
)  # fmt: skip
#: The same of a mail that is read.
OF_A_MAIL: Final = ("mail_fetched", "mail_noted", "mail_taken", "mail_moved")
_counts: dict[str, int] = {}


class FailpointReached(RuntimeError):
    """A test asked for this."""


def reached(name: str) -> None:
    """Do at this place what a test asks for; nothing, as a rule."""
    asked = os.environ.get(VARIABLE)
    if not asked:
        return
    _counts[name] = _counts.get(name, 0) + 1
    for part in asked.split(","):
        where, _, action = part.partition("=")
        place, _, number = where.partition("@")
        if place == name and _counts[name] == int(number or 1):
            _act(name, action)


def _act(name: str, action: str) -> None:
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif action == "exit":
        os._exit(70)
    elif action == "raise":
        raise FailpointReached(name)
    elif action.startswith("sleep:"):
        time.sleep(float(action.removeprefix("sleep:")))
    else:
        raise ValueError(f"{VARIABLE}: {action} is nothing a failpoint can do")
