"""The size and the seed of the fault battery, and the figures that it prints."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest

Figure = Callable[[str], None]


@dataclass(frozen=True)
class Battery:
    """How large a run is, and where its chances begin."""

    large: bool
    count: int
    """Asked for by `--fault-count`; 0 where the size decides."""
    seed: int

    def pick(self, small: int, large: int) -> int:
        """Choose how often something is done."""
        return self.count or (large if self.large else small)

    def chance(self, name: str) -> random.Random:
        """Give the source of chances of one thing that is done."""
        return random.Random(f"{name} {self.seed}")


@pytest.fixture(scope="session")
def battery(pytestconfig: pytest.Config) -> Battery:
    return Battery(
        pytestconfig.getoption("--faults") == "large",
        pytestconfig.getoption("--fault-count"),
        pytestconfig.getoption("--fault-seed"),
    )


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Give a function that has a line printed after the run, beside the name of its test."""
    return lambda line: record_property("figure", line)
