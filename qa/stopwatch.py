"""Time between the stages of something."""

import time


class Stopwatch:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self._lap = time.perf_counter()

    def lap(self) -> float:
        """Give the milliseconds since the last lap, or since it was made."""
        last, self._lap = self._lap, time.perf_counter()
        return 1000 * (self._lap - last)
