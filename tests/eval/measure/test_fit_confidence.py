import math
from collections.abc import Sequence
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from eval.measure.fit_confidence import (
    MISLEADING,
    Best,
    Calibrations,
    best_of,
    choose_plain,
    choose_threshold,
    fit,
)
from eval.measure.predictions import Prediction
from eval.metrics.resampling import Floats
from eval.metrics.statistics import auroc, calibration_error
from index.errors import BadRequest
from qa.answering.confidence import FEATURES, Calibration, confidences, scores
from tests.qa.fakes import CALIBRATION

pytestmark = pytest.mark.slow


def predict(
    number: int, margins: Sequence[float], found: bool, answerable: bool = True
) -> Prediction:
    """Return a prediction whose first answer is right if found; other features are random."""
    chance = np.random.default_rng(number)
    features = chance.normal(size=(len(margins), len(FEATURES)))
    features[:, 0] = margins
    right = np.zeros(len(margins))
    right[:1] = found
    return judged(features, right, left_out=not found, answerable=answerable)


def judged(
    features: Floats, right: Floats, left_out: bool = False, answerable: bool = True
) -> Prediction:
    """Return a prediction whose right answers are exact and on their line, and no others."""
    return Prediction(MISLEADING, answerable, left_out, features, right, right, right, right)


NOTHING = judged(np.zeros((0,)), np.zeros(0), left_out=True)


def separable(count: int) -> list[Prediction]:
    """Right answers have margins above 1, wrong ones below -1; a third lack the right one."""
    chance = np.random.default_rng(5)
    made = []
    for number in range(count):
        found = number % 3 > 0
        margins = [*chance.uniform(-6, -1, 4)]
        if found:
            margins[0] = chance.uniform(1, 6)
        made.append(predict(number, margins, found))
    return made


def noisy(seed: int, count: int = 800) -> list[Prediction]:
    """Margins of right and wrong answers overlap; half of the questions lack the right one."""
    chance = np.random.default_rng(seed)
    made = []
    for number in range(count):
        found = bool(chance.random() < 0.5)
        margins = chance.normal(-1.0, 1.5, 4)
        margins[0] += 2.5 * found
        made.append(predict(seed * count + number, list(margins), found))
    return made


def best(predictions: Sequence[Prediction], calibration: Calibration) -> tuple[Floats, Floats]:
    """Return the confidence of the best answer to each question, and whether it is right."""
    scored = [best_of(one, calibration) for one in predictions]
    return np.array([one.confidence for one in scored]), np.array([one.right for one in scored])


def test_separable_answers_are_separated() -> None:
    learnt, other = separable(120), separable(300)[120:]
    calibration = fit(learnt)
    for one in other:
        found = confidences(scores(one.features, calibration), calibration)
        assert ((found > 0.5) == one.right).all()
        assert one.left_out or found.argmax() == 0
        # The threshold lies between right and wrong answers.
        assert (found.max() >= calibration.threshold) != one.left_out


def test_confidence_is_calibrated_on_other_questions() -> None:
    calibration = fit(noisy(1))
    chances, right = best(noisy(2), calibration)
    assert calibration_error(chances, right) < 0.06
    assert auroc(chances, right.astype(bool)) > 0.7
    # Only the margin is informative: the higher, the surer.
    weights = np.abs(calibration.weights)
    assert calibration.weights[0] > 0.5
    assert weights[0] > 3 * weights[1:].max()


def test_unanswerable_questions_count_for_the_weights_alone() -> None:
    answerable = noisy(3)
    # Meant to mislead: as confident as right answers, and wrong.
    misleading = [predict(9000 + i, [1.5, -1.0, -1.0], False, answerable=False) for i in range(400)]
    without, with_them = fit(answerable), fit([*answerable, *misleading])
    assert with_them.weights[0] < without.weights[0]
    for calibration in (without, with_them):
        chances, right = best(answerable, calibration)
        # On average a logistic regression is right on the data it was fitted to.
        assert chances.mean() == pytest.approx(right.mean(), abs=0.01)


def test_questions_without_answers_are_left_out() -> None:
    some = noisy(4, 200)
    assert fit([NOTHING, *some, NOTHING]) == fit(some)


@pytest.mark.parametrize(("found", "chance"), [(True, 9 / 10), (False, 1 / 10)])
@pytest.mark.parametrize("answers", [1, 4])
def test_if_all_best_answers_are_right_or_wrong_the_probability_is_laplaces(
    found: bool, chance: float, answers: int
) -> None:
    # Eight of eight: (8 + 1) / (8 + 2).
    some = [predict(i, [5.0, -3.0, -4.0, -5.0][:answers], found) for i in range(8)]
    calibration = fit(some)
    chances, right = best(some, calibration)
    assert set(right) == {float(found)}
    assert chances == pytest.approx([chance] * 8, abs=1e-4)
    # Right answers are given, wrong ones are not.
    assert (chances >= calibration.threshold).all() == found


@pytest.mark.parametrize("some", [[], [NOTHING]])
def test_without_an_answered_answerable_question_there_is_nothing_to_fit_to(
    some: list[Prediction],
) -> None:
    unanswerable = predict(1, [2.0, 1.0], False, answerable=False)
    for questions in (some, [*some, unanswerable]):
        with pytest.raises(BadRequest, match="nothing to fit to"):
            fit(questions)


def logit(confidence: float) -> float:
    """Return the margin that has this confidence in the fakes' calibration."""
    return float(np.log(confidence / (1 - confidence)))


def test_the_best_answer_is_scored() -> None:
    # The second has the highest confidence.
    features = predict(1, [-1.0, 0.0, -9.0], found=True).features
    exact, f1, right, line = np.array([[1, 0, 0], [1, 0.8, 0], [0, 0, 1], [0, 1, 1.0]])
    found = Prediction("span", True, True, features, exact, f1, right, line)
    assert best_of(found, CALIBRATION) == Best(0.5, 0.8, 0.0, 0.0, 1.0, True)
    assert best_of(NOTHING, CALIBRATION) == Best(0.0, 0.0, 0.0, 0.0, 0.0, True)


@pytest.mark.parametrize(("left_out", "refused"), [(True, 1.0), (False, 0.0)])
def test_an_answer_gains_its_f1_and_a_refusal_one_if_gold_was_left_out(
    left_out: bool, refused: float
) -> None:
    scored = Best(0.5, 0.8, 0.0, 0.0, 0.0, left_out)
    assert [scored.gain(threshold) for threshold in (0.4, 0.5, 0.6)] == [0.8, 0.8, refused]


def with_confidence(*questions: tuple[bool, float]) -> list[Prediction]:
    """Return predictions by whether the gold was found, and the confidence of their one answer."""
    return [predict(i, [logit(sure)], found) for i, (found, sure) in enumerate(questions)]


def test_the_threshold_lies_between_right_and_wrong_answers() -> None:
    # Up to 0.2 everything is answered; from 0.85 nothing.
    some = with_confidence((True, 0.81), (True, 0.9), (False, 0.22), (False, 0.1))
    assert choose_threshold(some, CALIBRATION) == 0.25
    # From 0.15 on the two halves gain 1 + 0.5, from 0.35 on 0.5 + 0.5, from 0.65 on 0.5 + 1.
    some = with_confidence((True, 0.31), (True, 0.9), (False, 0.62), (False, 0.1))
    assert choose_threshold(some, CALIBRATION) == 0.15


def test_the_lowest_of_similarly_good_thresholds_is_taken() -> None:
    found = [(True, 0.9)] * 200
    # At 0.45 one more of 100 refused gains little; one more of five gains much.
    some = with_confidence(*found, *[(False, 0.12)] * 99, (False, 0.42))
    assert choose_threshold(some, CALIBRATION) == 0.15
    some = with_confidence(*found, *[(False, 0.12)] * 4, (False, 0.42))
    assert choose_threshold(some, CALIBRATION) == 0.45


def test_three_in_four_of_the_answers_without_doubt_are_right() -> None:
    right, wrong = [(True, sure) for sure in (0.62, 0.72, 0.91)], (False, 0.64)
    # Of the five from 0.4 on, three are right; of the four from 0.6 on, three.
    assert choose_plain(with_confidence(*right, wrong, (False, 0.42)), CALIBRATION) == 0.45
    assert choose_plain(with_confidence(*right, wrong, (False, 0.63)), CALIBRATION) == 0.65
    assert choose_plain(with_confidence((False, 0.9), (True, 0.2)), CALIBRATION) == 0.95


def test_there_is_a_weight_per_feature_and_the_threshold_is_a_probability() -> None:
    calibration = fit(noisy(5, 200))
    assert len(calibration.weights) == len(FEATURES)
    assert all(isinstance(one, float) for one in calibration.weights)
    assert 0 < calibration.threshold <= calibration.plain < 1
    assert calibration.threshold == choose_threshold(noisy(5, 200), calibration)


def test_answers_are_scored_by_the_calibration_of_the_reading_that_they_are_of() -> None:
    surer = msgspec.structs.replace(CALIBRATION, offset=1.0, threshold=0.7)
    first = predict(1, [0.0], found=True)
    second = replace(first, is_second=True)
    one, two = Calibrations(CALIBRATION, None), Calibrations(CALIBRATION, surer)
    assert [one.best_of(each).confidence for each in (first, second)] == [0.5, 0.5]
    assert [two.best_of(each).confidence for each in (first, second)] == pytest.approx(
        [0.5, 1 / (1 + math.exp(-1))]
    )
    assert (one.threshold, two.threshold) == (CALIBRATION.threshold, 0.7)
