"""The size and the seed of the fault battery, the figures that it prints, and shared fixtures."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.faults.scenario import Scenario, prepare_scenario
from tests.faults.trapper import Trapper, compile_trap

Figure = Callable[[str], None]
FEW = 5
"""Least number of times that `quick` does what others do more often."""


@dataclass(frozen=True)
class Battery:
    """The size of a run, and its seed."""

    size: str
    """`quick`, `small` or `large`."""
    count: int
    """From `--fault-count`; 0 if the size decides."""
    seed: int

    @property
    def large(self) -> bool:
        return self.size == "large"

    def pick(self, small: int, large: int) -> int:
        """Return how often something is done; `quick` does a quarter, but at least FEW."""
        if self.count:
            return self.count
        if self.large:
            return large
        return max(small // 4, min(small, FEW)) if self.size == "quick" else small

    def chance(self, name: str) -> random.Random:
        """Return a source of randomness for one purpose."""
        return random.Random(f"{name} {self.seed}")


@pytest.fixture(scope="session")
def battery(pytestconfig: pytest.Config) -> Battery:
    return Battery(
        pytestconfig.getoption("--faults"),
        pytestconfig.getoption("--fault-count"),
        pytestconfig.getoption("--fault-seed"),
    )


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Return a function that has a line printed after the run, with the name of its test."""
    return lambda line: record_property("figure", line)


@pytest.fixture(scope="session")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scenario]:
    with prepare_scenario(tmp_path_factory.mktemp("scenario")) as scenario:
        yield scenario


@pytest.fixture(scope="session")
def trapper(scenario: Scenario) -> Trapper:
    return compile_trap(scenario)
