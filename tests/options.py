"""Options of the test run; `tests/conftest.py` hands them to pytest."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=20, help="Builds to kill at random moments.")
    parser.addoption("--kill-seed", type=int, default=7, help="Seed of those moments.")
