"""Builds whose system calls are trapped; needs a C compiler and a kernel that allows it."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from index.storage.store import Store
from tests.faults.build_client import BuildLog
from tests.faults.injection import Trap
from tests.faults.naive_builds import Naive
from tests.faults.scenario import Scenario


@dataclass(frozen=True)
class Trapper:
    """Traps the calls of a scenario's builds."""

    scenario: Scenario
    library: str

    def build(self, store: Store, trap: Trap, naive: Naive | None = None) -> BuildLog:
        """Build with a trap on the calls of a folder, which is the store's by default."""
        folder = trap.folder or str(store.folder)
        fault = msgspec.structs.replace(trap, library=self.library, folder=folder)
        log = self.scenario.builder.build(self.scenario.job(store, naive, fault=fault))
        if log.end and log.end.startswith("untrapped"):
            pytest.skip(f"the kernel does not allow system calls to be trapped: {log.end}")
        return log


def compile_trap(scenario: Scenario) -> Trapper:
    """Compile the trap; skip the test, with the reason, if that fails."""
    compiler = os.environ.get("CC") or shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler for the trap of system calls")
    library = scenario.folder / "trap.so"
    source = Path(__file__).with_name("trap.c")
    compiled = subprocess.run(
        [compiler, "-O1", "-shared", "-fPIC", "-o", library, source],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if compiled.returncode:
        pytest.skip(f"the trap of system calls does not compile: {compiled.stderr.strip()}")
    return Trapper(scenario, str(library))
