"""Options of the test run and what it prints last; `tests/conftest.py` hands them to pytest."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--faults",
        choices=("quick", "small", "large"),
        default="quick",
        help="Size of the fault battery: quick, small (four times as much) or large (hours).",
    )
    parser.addoption(
        "--fault-count", type=int, default=0, help="How often each fault is tried; 0: by the size."
    )
    parser.addoption("--fault-seed", type=int, default=7, help="Seed of the fault battery.")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    figures = [
        f"{report.nodeid.split('::')[0].removeprefix('tests/faults/')}: {line}"
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        for name, line in report.user_properties
        if name == "figure"
    ]
    if figures:
        terminalreporter.section("figures of the fault battery")
    for line in figures:
        terminalreporter.write_line(line)
