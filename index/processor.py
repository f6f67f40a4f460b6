"""What the processor can do."""

import platform
from pathlib import Path


def processor_flags() -> set[str]:
    """Give the processor's features by Linux's names; none where they are not known."""
    if platform.system() != "Linux":
        return set()
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    return set(text.split())
