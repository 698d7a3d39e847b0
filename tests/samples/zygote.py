"""A process that has everything imported and forks for each command, so that a thousand kills take minutes.

Run as `python zygote.py`; each line of stdin is {"args": […], "env": {…}, "kill_after": seconds or null}. Two lines of stdout
answer it: the child's process id, and its end: an exit status, or minus the signal that ended it.
"""

import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
import time

from quick_state import made_once

import alerting
import notifiers
from alerting.opening import memory_store
from alerting.store import schema
from notifiers.selftest import header_fault


def child(request):
    """Run one command and end."""
    os.environ.update(request["env"])
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    from alerting.cli import main

    status = 70
    try:
        status = main(request["args"])
    finally:
        os._exit(status)


def serve():
    """Fork for each request until stdin ends."""
    for package in (alerting, notifiers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." not in module.name:
                importlib.import_module(module.name)
    # What a process loads or works out once, all its children have; the tables of a new state are made of what they came to.
    schema.upgrade = made_once(schema.upgrade)
    memory_store().close()
    header_fault()
    gc.freeze()  # or a child's first round of the collector would write to every page that it shares
    print("ready", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            child(request)
        print(pid, flush=True)
        if request["kill_after"] is not None:
            time.sleep(request["kill_after"])
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    serve()
