"""A lap timer."""

import time


class Stopwatch:
    """A timer that starts when it is created."""

    def __init__(self) -> None:
        self._lap = time.perf_counter()

    def lap(self) -> float:
        """Return the milliseconds since the previous lap, or since creation."""
        last, self._lap = self._lap, time.perf_counter()
        return 1000 * (self._lap - last)
