"""The Python interpreter of Byline's child processes."""

import sys

PYTHON = (sys.executable, "-P")
"""-P keeps the current folder, which may hold anything, out of the module search path."""
