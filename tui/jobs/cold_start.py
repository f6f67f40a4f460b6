"""Time one `byline ask` in its own process."""

import subprocess
import time
from pathlib import Path

from tui.exit_codes import Exit
from tui.jobs.python import PYTHON


def cold_start(question: str, index: Path, reader: str) -> float | None:
    """Return the milliseconds of a process that asks a question; None if it failed."""
    options = ("--index", str(index), "--reader", reader, "--json", "--")
    began = time.perf_counter()
    ended = subprocess.run(  # noqa: S603  our own command
        (*PYTHON, "-m", "tui", "ask", *options, question),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    milliseconds = 1000 * (time.perf_counter() - began)
    return milliseconds if ended.returncode in (Exit.DONE, Exit.NO_ANSWER) else None
