"""How long one `byline ask` takes as a process of its own."""

import subprocess
import time
from pathlib import Path

from tui.exit_codes import Exit
from tui.jobs.python import PYTHON


def cold_start(question: str, index: Path, reader: str) -> tuple[float, ...]:
    """Give the milliseconds of a process that asks a question; nothing where it failed."""
    options = ("--index", str(index), "--reader", reader, "--json", "--")
    began = time.perf_counter()
    ended = subprocess.run(  # noqa: S603  ours
        (*PYTHON, "-m", "tui", "ask", *options, question),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    spent = 1000 * (time.perf_counter() - began)
    return (spent,) if ended.returncode in (Exit.DONE, Exit.NO_ANSWER) else ()
