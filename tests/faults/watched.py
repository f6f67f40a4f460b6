"""Processes run without a network, where that can be had, and watched for what they may not do."""

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

ROOT = Path(__file__).parents[2]
BYLINE = (sys.executable, "-P", "-m", "tui")
FORBIDDEN = frozenset({"connect", "traced connect", "pickle", "foreign code", "switched on"})
_OWN_NETWORK = ("unshare", "--map-root-user", "--net")
_TRACE = ("strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg")
_TO_NETWORK = re.compile(r"(connect|sendto|sendm?msg)\(.*sa_family=AF_(?!UNIX)")
_PERSONS = ("HF_", "TRANSFORMERS_", "ORT_", "PYTHON")
"""What the variables begin with that would hide what Byline itself switches off."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a process did."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Watch:
    """A folder that keeps what the processes run under it did."""

    folder: Path
    variables: Mapping[str, str]
    """Of the home that they run in."""

    def command(self, *argv: str) -> list[str]:
        """Give a command with what it is watched by."""
        return [*own_network(), *_tracing(self.folder), *argv]

    @property
    def environment(self) -> dict[str, str]:
        """What they run in. A CI is hidden: some telemetry is off there."""
        site = self.folder / "site"
        site.mkdir(exist_ok=True)
        (site / "sitecustomize.py").write_text(audit.SITE, encoding="ascii")
        kept = {
            name: value
            for name, value in os.environ.items()
            if name != "CI" and not name.startswith(_PERSONS)
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

    def deeds(self) -> list[Deed]:
        """Give what was done, the calls that strace saw last."""
        lines = self._log.read_text(encoding="ascii").splitlines()
        seen = [Deed(*json.loads(line)) for line in lines]
        calls = [
            Deed("traced connect", line)
            for path in sorted(self.folder.glob("calls.*"))
            for line in path.read_text(errors="replace").splitlines()
            if _TO_NETWORK.search(line)
        ]
        return seen + calls

    def forbidden(self) -> list[Deed]:
        """Give what Byline never may do."""
        return [deed for deed in self.deeds() if deed.kind in FORBIDDEN]

    @property
    def _log(self) -> Path:
        return self.folder / "deeds"


@cache
def own_network() -> tuple[str, ...]:
    """Give what puts a process into a network of its own, without a way out; or nothing."""
    return _OWN_NETWORK if _works(*_OWN_NETWORK, "true") else ()


@cache
def can_trace() -> bool:
    """Tell whether strace can be had."""
    return _works(*own_network(), *_TRACE, "-o", os.devnull, "true")


def how() -> str:
    """Tell what the processes are watched by."""
    own = "a network of their own" if own_network() else "the machine's network"
    return f"in {own}, {'strace and ' if can_trace() else ''}audit hook"


def _tracing(folder: Path) -> tuple[str, ...]:
    number = len(list(folder.glob("calls.*")))
    path = folder / f"calls.{number}"
    path.touch()
    return (*_TRACE, "-o", str(path)) if can_trace() else ()


def _works(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
