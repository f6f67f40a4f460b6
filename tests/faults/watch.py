"""Runs processes, without a network where possible, and logs forbidden operations."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.faults import audit
from tests.faults.processes import ROOT

BYLINE = (sys.executable, "-P", "-m", "tui")
FORBIDDEN = frozenset({"connect", "traced connect", "pickle", "foreign code", "switched on"})
_OWN_NETWORK = ("unshare", "--map-root-user", "--net")
_TRACE = ("strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg")
_TO_NETWORK = re.compile(r"(connect|sendto|sendm?msg)\(.*sa_family=AF_(?!UNIX)")
_HIDDEN = ("HF_", "TRANSFORMERS_", "ORT_", "PYTHON")
"""Prefixes of variables that would hide what Byline itself switches off."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that a process did."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Watch:
    """Runs processes and keeps their logs in a folder."""

    folder: Path
    variables: Mapping[str, str]
    """Environment variables of their home."""

    def command(self, *argv: str) -> list[str]:
        """Return a command with what watches it."""
        return [*own_network(), *_tracing(self.folder), *argv]

    @property
    def environment(self) -> dict[str, str]:
        """The environment, without the variable CI, which switches off some telemetry."""
        site = self.folder / "site"
        site.mkdir(exist_ok=True)
        (site / "sitecustomize.py").write_text(audit.SITE, encoding="ascii")
        kept = {
            name: value
            for name, value in os.environ.items()
            if name != "CI" and not name.startswith(_HIDDEN)
        }
        paths = {"PYTHONPATH": f"{site}{os.pathsep}{ROOT}", audit.LOG: str(self._log)}
        return {**kept, **self.variables, **paths}

    def run(
        self, argv: Sequence[str], cwd: Path, more: Mapping[str, str] = {}
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            self.command(*argv),
            cwd=cwd, env={**self.environment, **more}, capture_output=True, text=True,
            errors="replace", check=False,
        )  # fmt: skip

    def operations(self) -> list[Operation]:
        """Return what was done; the calls that strace saw come last."""
        lines = self._log.read_text(encoding="ascii").splitlines()
        seen = [Operation(*json.loads(line)) for line in lines]
        calls = [
            Operation("traced connect", line)
            for path in sorted(self.folder.glob("calls.*"))
            for line in path.read_text(errors="replace").splitlines()
            if _TO_NETWORK.search(line)
        ]
        return seen + calls

    def forbidden(self) -> list[Operation]:
        """Return what Byline must never do."""
        return [operation for operation in self.operations() if operation.kind in FORBIDDEN]

    @property
    def _log(self) -> Path:
        return self.folder / "operations"


@cache
def own_network() -> tuple[str, ...]:
    """Return the command prefix for an isolated network; empty if there is none."""
    return _OWN_NETWORK if _works(*_OWN_NETWORK, "true") else ()


@cache
def can_trace() -> bool:
    """Whether strace works here."""
    return _works(*own_network(), *_TRACE, "-o", os.devnull, "true")


def description() -> str:
    """Describe how the processes are watched."""
    network = "an isolated network" if own_network() else "the machine's network"
    return f"in {network}, {'strace and ' if can_trace() else ''}audit hook"


def _tracing(folder: Path) -> tuple[str, ...]:
    number = len(list(folder.glob("calls.*")))
    path = folder / f"calls.{number}"
    path.touch()
    return (*_TRACE, "-o", str(path)) if can_trace() else ()


def _works(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
