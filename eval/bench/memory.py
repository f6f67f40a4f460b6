"""How much memory this process has."""

import resource
import sys
from pathlib import Path
from typing import Literal

_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes, of what getrusage tells."""


def resident(which: Literal["VmRSS", "VmHWM"]) -> int:
    """Give the bytes resident now (VmRSS) or at most so far (VmHWM); the most where that is all.

    Shared files that are mapped count too.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
    line = next(line for line in status.splitlines() if line.startswith(which))
    return int(line.split()[1]) * 1024
