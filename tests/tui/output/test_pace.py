import pytest

from tui.pace import Pace


def test_a_line_is_due_after_the_patience_and_then_every_five_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr("tui.pace.monotonic", lambda: now)
    pace, due = Pace.begin(1.0), []
    for now in (100.9, 101.0, 105.9, 106.0, 120.0, 124.0, 125.0):
        due += [now] * pace.is_due()
    assert due == [101.0, 106.0, 120.0, 125.0]
