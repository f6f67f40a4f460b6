import io
import sys

import pytest

from tui.output.progress import ProgressDisplay


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Make stderr a terminal whose output is kept."""
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    return screen


def test_a_bar_shows_label_count_and_detail_until_it_is_cleared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen, output = on_screen(monkeypatch), io.StringIO()
    monkeypatch.setattr(sys, "stdout", output)
    with ProgressDisplay() as display:
        display.update("Checking the index", 1, 2, count="1,000 of 2,000 MB", detail="\x1b[31mslow")
        sys.stdout.write("found\n")
        display.clear()
    for text in ("Checking the index", "1,000 of 2,000 MB", "␛[31mslow"):
        assert text in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2K")  # the line is erased
    assert output.getvalue() == "found\n"


def test_no_bar_is_shown_before_its_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, moments = on_screen(monkeypatch), iter([0.0, 0.9, 1.0])
    monkeypatch.setattr("tui.output.progress.monotonic", lambda: next(moments))
    with ProgressDisplay(bar_delay=1.0) as display:
        display.update("Checking the articles", 1, 2)
        assert screen.getvalue() == ""
        display.update("Checking the articles", 1, 2)
    assert "Checking the articles" in screen.getvalue()


def test_a_line_is_printed_for_each_step_and_every_five_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 100.0
    monkeypatch.setattr("tui.output.progress.monotonic", lambda: now)
    with ProgressDisplay(line_delay=1.0) as display:
        for moment in (100.9, 101.0, 105.9, 106.0, 120.0, 124.0, 125.0):
            now = moment
            display.update(f"At {moment}" if moment == 124.0 else "Reading", int(moment), 2000)
    assert capsys.readouterr().err.splitlines() == [
        "Reading: 101 of 2,000",
        "Reading: 106 of 2,000",
        "Reading: 120 of 2,000",
        "At 124.0: 124 of 2,000",
        "Reading: 125 of 2,000",
    ]


def test_a_step_without_a_total_has_no_count(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressDisplay() as display:
        display.update("Preparing the reader")
        display.update("Evil \x1b[2J", detail="F1 70.0")
    assert capsys.readouterr().err.splitlines() == [
        "Preparing the reader …",
        "Evil ␛[2J …  F1 70.0",
    ]
