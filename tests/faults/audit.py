"""Logs what a process does that Byline must never do, also in the processes that it starts.

A `sitecustomize.py` on $PYTHONPATH installs it in each of them.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

LOG = "BYLINE_AUDIT"
"""Variable with the path of the log: a JSON array of kind and detail on each line."""
SITE = "import tests.faults.audit\n\ntests.faults.audit.install()\n"
SWITCHES = {
    "huggingface_hub": ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"),
    "transformers": ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"),
    "onnxruntime": ("ORT_DISABLE_TELEMETRY",),
}
"""Variables that must be 1 when a library is imported: it reads them only then."""

_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt")
_CONNECTS = ("connect", "getaddrinfo", "gethostbyname", "gethostbyaddr", "sendto", "sendmsg")
_WATCHED = frozenset({"open", "pickle.find_class", "exec", "import"}) | {
    f"socket.{name}" for name in _CONNECTS
}
"""Few of all events; some of the others occur a million times."""
_ROOT = str(Path(__file__).parents[2])
_OWN = ("<", sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), _ROOT)  # noqa: PTH120


def install() -> None:
    """Log what this process does until it ends."""
    log = os.open(os.environ[LOG], os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def log_event(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _WATCHED:
            return
        for kind, detail in _forbidden_events(event, arguments):
            os.write(log, json.dumps([kind, detail]).encode() + b"\n")

    sys.addaudithook(log_event)


def _forbidden_events(event: str, arguments: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    match event, arguments:
        case "open", [str() as path, *_] if path.endswith(_PICKLES):
            yield "pickle", path
        case "pickle.find_class", [module, name]:
            yield "pickle", f"{module}.{name}"
        case "exec", [CodeType() as code] if not code.co_filename.startswith(_OWN):
            yield "foreign code", code.co_filename
        case "import", [str() as name, str() as path, *_] if not path.startswith(_OWN):
            yield "foreign code", path
        case "import", [name, *_] if name in SWITCHES:
            switched = all(os.environ.get(switch) == "1" for switch in SWITCHES[name])
            yield ("switched off" if switched else "switched on"), name
        case _ if event.startswith("socket."):
            yield "connect", f"{event} {arguments[1:]!r}"
