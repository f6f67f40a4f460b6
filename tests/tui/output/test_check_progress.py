import io
import itertools
import sys

import pytest

from tui.output.check_progress import check_progress


class Screen(io.StringIO):
    """What is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_bar_tells_how_much_of_the_index_is_hashed_and_goes_before_a_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moments = itertools.count(step=2)
    monkeypatch.setattr("tui.output.check_progress.monotonic", lambda: next(moments))
    monkeypatch.setenv("TERM", "xterm")
    screen, output = Screen(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdout", output)
    progress = check_progress()
    progress.told("index", 5_000_000, 2_000_000_000)
    progress.told("index", 1_000_000_000, 2_000_000_000)
    sys.stdout.write("found\n")
    progress.clear()
    assert "Checking the index" in screen.getvalue()
    assert "1,000 of 2,000 MB" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2K")  # the line is taken away
    assert output.getvalue() == "found\n"


def test_within_a_second_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.output.check_progress.monotonic", lambda: 0.0)
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    progress = check_progress()
    progress.told("articles", 1, 2)
    progress.clear()
    assert screen.getvalue() == ""
