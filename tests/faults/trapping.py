"""Builds whose system calls are trapped, where a C compiler is there and the kernel allows it."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from index.storage.store import Store
from tests.faults.beneath import Trap
from tests.faults.building import Told
from tests.faults.naive import Naive
from tests.faults.stage import Stage


@dataclass(frozen=True)
class Trapper:
    """Traps the calls of a stage's builds."""

    stage: Stage
    library: str

    def build(self, store: Store, trap: Trap, naive: Naive = "") -> Told:
        """Build with a trap, of the store's folder where the trap names none."""
        folder = trap.folder or str(store.folder)
        beneath = msgspec.structs.replace(trap, library=self.library, folder=folder)
        told = self.stage.builder.build(self.stage.job(store, naive, beneath=beneath))
        if told.end.startswith("untrapped"):
            pytest.skip(f"the kernel lets no system call be trapped: {told.end}")
        return told


def set_trap(stage: Stage) -> Trapper:
    """Compile the trap; skips the test, with the reason, where that cannot be."""
    compiler = os.environ.get("CC") or shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler to make the trap of system calls with")
    library = stage.folder / "trap.so"
    source = Path(__file__).with_name("trap.c")
    made = subprocess.run(
        [compiler, "-O1", "-shared", "-fPIC", "-o", library, source],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip(f"the trap of system calls cannot be made: {made.stderr.strip()}")
    return Trapper(stage, str(library))
