"""The Python that Byline's own further processes run in."""

import sys

PYTHON = (sys.executable, "-P")
"""-P: the folder one stands in, of articles say, does not lend them its modules."""
