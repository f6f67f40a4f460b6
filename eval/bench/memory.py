"""The memory of this process."""

import resource
import sys
from pathlib import Path
from typing import Literal

_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in a unit of getrusage's ru_maxrss."""


def resident(which: Literal["VmRSS", "VmHWM"]) -> int:
    """Return the bytes resident now (VmRSS) or at their peak (VmHWM); without /proc the peak.

    Mapped files that are shared count too.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT
    line = next(line for line in status.splitlines() if line.startswith(which))
    return int(line.split()[1]) * 1024
