"""Running the battery's worker modules in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import TypeVar

import msgspec

ROOT = Path(__file__).parents[2]
TIMEOUT = 900.0
"""Seconds after which a process that does not answer counts as hung."""
Result = TypeVar("Result")


def run_module(
    name: str, job: msgspec.Struct, kind: type[Result], **variables: str
) -> list[Result]:
    """Run a module that reads a job as JSON; return the lines of JSON that it writes.

    `variables` are added to its environment.
    """
    ended = subprocess.run(
        [sys.executable, "-m", f"tests.faults.{name}"],
        input=msgspec.json.encode(job), stdout=subprocess.PIPE, cwd=ROOT, check=True,
        env={**os.environ, **variables},
    )  # fmt: skip
    return [msgspec.json.decode(line, type=kind) for line in ended.stdout.splitlines()]
