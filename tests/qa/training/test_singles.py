import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.training.settings import Settings
from qa.training.singles import learning_rate


@pytest.mark.parametrize("last", [0.0, 0.3])
def test_the_rate_rises_in_a_line_and_falls_in_another_to_the_last(last: float) -> None:
    settings = Settings(learning_rate=0.6, warmup=0.3, last_rate=last)
    # Of ten steps three rise, by a third each; the fourth is the first of seven that fall.
    rates = [learning_rate(step, 10, settings) / 0.6 for step in range(11)]
    falling = [6 / 7, 5 / 7, 4 / 7, 3 / 7, 2 / 7, 1 / 7, 0]
    if last:
        # By a tenth each, from 1 to 0.3.
        falling = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]
    assert rates == pytest.approx([1 / 3, 2 / 3, 1, 1, *falling])


@given(st.integers(1, 400), st.floats(0, 0.9), st.floats(0, 1))
def test_whatever_the_steps_the_rate_peaks_once_and_is_never_zero_before_the_end(
    steps: int, warmup: float, last: float
) -> None:
    settings = Settings(learning_rate=2e-4, warmup=warmup, last_rate=last)
    rates = [learning_rate(step, steps, settings) for step in range(steps)]
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert all(0 < rate <= 2e-4 * (1 + 1e-9) for rate in rates)
    assert learning_rate(steps, steps, settings) == pytest.approx(2e-4 * last)
