from collections.abc import Sequence

import numpy as np
import pytest

from eval.measure.dev_pipeline import Asked
from eval.measure.fit_confidence import Best, best_of, choose_threshold, fit, right_of
from eval.metrics.squad import Floats, auroc, calibration_error
from index.errors import BadRequest
from qa.answering.confidence import FEATURES, Calibration, confidences, scores
from qa.training.data import GoldAnswer, Row
from tests.qa.fakes import CALIBRATION

GOLD = "Karel Schwarzenberg"
OTHERS = ("Warsaw", "ten rockets", "in May")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (GOLD, 1.0),
        ("Schwarzenberg", 1.0),
        ("minister Karel Schwarzenberg", 1.0),
        # Two words of six: 2 · 2 / (2 + 6) is one half, and of seven it is less.
        ("Czech foreign minister Mr Karel Schwarzenberg", 1.0),
        ("Czech foreign minister and prince Karel Schwarzenberg", 0.0),
        ("Warsaw", 0.0),
        ("", 0.0),
    ],
)
def test_an_answer_is_right_that_shares_half_of_its_words(text: str, right: float) -> None:
    assert right_of(text, ["Prague", GOLD]) == right
    assert right_of(text, []) == 0


def asked(number: int, margins: Sequence[float], found: bool, answerable: bool = True) -> Asked:
    """A question whose first answer is right, where it was found; other features tell nothing."""
    chance = np.random.default_rng(number)
    features = chance.normal(size=(len(margins), len(FEATURES)))
    features[:, 0] = margins
    gold = (GoldAnswer(GOLD, 0),) if answerable else ()
    texts = (GOLD if found else "Prague", *OTHERS)[: len(margins)]
    return Asked(Row(str(number), "squad2", GOLD, "Who?", gold), not found, texts, features)


def separable(count: int) -> list[Asked]:
    """Right answers have margins over 1, wrong ones under -1; a third lack the right one."""
    chance = np.random.default_rng(5)
    made = []
    for number in range(count):
        found = number % 3 > 0
        margins = [*chance.uniform(-6, -1, 4)]
        if found:
            margins[0] = chance.uniform(1, 6)
        made.append(asked(number, margins, found))
    return made


def noisy(seed: int, count: int = 800) -> list[Asked]:
    """Margins of right and wrong answers overlap; half of the questions lack the right one."""
    chance = np.random.default_rng(seed)
    made = []
    for number in range(count):
        found = bool(chance.random() < 0.5)
        margins = chance.normal(-1.0, 1.5, 4)
        margins[0] += 2.5 * found
        made.append(asked(seed * count + number, list(margins), found))
    return made


def best(some: Sequence[Asked], calibration: Calibration) -> tuple[Floats, Floats]:
    """The confidence of each question's best answer, and whether it is right."""
    judged = [best_of(one, calibration) for one in some]
    return np.array([one.confidence for one in judged]), np.array([one.right for one in judged])


def test_what_can_be_told_apart_is_told_apart() -> None:
    learnt, other = separable(120), separable(300)[120:]
    calibration = fit(learnt)
    for one in other:
        found = confidences(scores(one.features, calibration), calibration)
        sure = [text for text, chance in zip(one.texts, found, strict=True) if chance > 0.5]
        assert sure == ([] if one.left_out else [GOLD])
        assert one.left_out or found.argmax() == 0
        # So the threshold lies between what is right and what is not.
        assert (found.max() >= calibration.threshold) != one.left_out


def test_confidence_on_other_questions_is_what_it_says() -> None:
    calibration = fit(noisy(1))
    chances, right = best(noisy(2), calibration)
    assert calibration_error(chances, right) < 0.06
    assert auroc(chances, right.astype(bool)) > 0.7
    # Only the margin tells anything, and the higher it is, the surer.
    weights = np.abs(calibration.weights)
    assert calibration.weights[0] > 0.5
    assert weights[0] > 3 * weights[1:].max()


def test_unanswerable_questions_take_part_in_the_weights_alone() -> None:
    answerable = noisy(3)
    # Written to mislead: as sure as right answers are, and wrong.
    misleading = [asked(9000 + i, [1.5, -1.0, -1.0], False, answerable=False) for i in range(400)]
    without, with_them = fit(answerable), fit([*answerable, *misleading])
    assert with_them.weights[0] < without.weights[0]
    for calibration in (without, with_them):
        chances, right = best(answerable, calibration)
        # A logistic regression is right on the average over what it was fitted to.
        assert chances.mean() == pytest.approx(right.mean(), abs=0.01)


def test_questions_without_any_answer_are_left_out() -> None:
    some = noisy(4, 200)
    nothing = Asked(some[0].row, True, (), np.zeros((0,)))
    assert fit([nothing, *some, nothing]) == fit(some)


@pytest.mark.parametrize(("found", "chance"), [(True, 9 / 10), (False, 1 / 10)])
@pytest.mark.parametrize("answers", [1, 4])
def test_where_all_best_answers_are_right_or_wrong_the_chance_is_laplace_s(
    found: bool, chance: float, answers: int
) -> None:
    # Eight of eight: (8 + 1) / (8 + 2).
    some = [asked(i, [5.0, -3.0, -4.0, -5.0][:answers], found) for i in range(8)]
    calibration = fit(some)
    chances, right = best(some, calibration)
    assert set(right) == {float(found)}
    assert chances == pytest.approx([chance] * 8, abs=1e-4)
    # All that is right is answered, and all that is wrong is not.
    assert (chances >= calibration.threshold).all() == found


@pytest.mark.parametrize("some", [[], [Asked(noisy(1, 1)[0].row, True, (), np.zeros((0,)))]])
def test_of_nothing_nothing_can_be_fitted(some: list[Asked]) -> None:
    unanswerable = asked(1, [2.0, 1.0], False, answerable=False)
    for questions in (some, [*some, unanswerable]):
        with pytest.raises(BadRequest, match="there is nothing to fit to"):
            fit(questions)


def logit(confidence: float) -> float:
    """The margin that the fakes' calibration takes for so sure."""
    return float(np.log(confidence / (1 - confidence)))


def test_the_best_answer_is_judged_whole() -> None:
    one = asked(1, [-1.0, 0.0, -9.0], found=True)
    # The second is the surest; two words of three are gold: 2 · 2 / (3 + 2).
    assert best_of(one, CALIBRATION) == Best(0.5, 0.0, 0.0, 0.0, False)
    swapped = Asked(one.row, True, ("Warsaw", GOLD, "in May"), one.features)
    assert best_of(swapped, CALIBRATION) == Best(0.5, 1.0, 1.0, 1.0, True)
    partly = Asked(one.row, False, ("Warsaw", "Mr Karel Schwarzenberg", "in May"), one.features)
    assert best_of(partly, CALIBRATION) == Best(0.5, 0.8, 0.0, 1.0, False)
    nothing = Asked(one.row, True, (), np.zeros((0,)))
    assert best_of(nothing, CALIBRATION) == Best(0.0, 0.0, 0.0, 0.0, True)


@pytest.mark.parametrize(("left_out", "refused"), [(True, 1.0), (False, 0.0)])
def test_an_answer_gains_its_overlap_and_a_refusal_what_was_left_out(
    left_out: bool, refused: float
) -> None:
    judged = Best(0.5, 0.8, 0.0, 1.0, left_out)
    assert [judged.gain(threshold) for threshold in (0.4, 0.5, 0.6)] == [0.8, 0.8, refused]


def sure_of(*questions: tuple[bool, float]) -> list[Asked]:
    """Questions by whether their gold could be found, and how sure the one answer is."""
    return [asked(i, [logit(sure)], found) for i, (found, sure) in enumerate(questions)]


def test_the_threshold_lies_under_what_is_right_and_over_what_is_not() -> None:
    # At 0.2 and under everything is answered; from 0.85 on nothing.
    some = sure_of((True, 0.81), (True, 0.9), (False, 0.22), (False, 0.1))
    assert choose_threshold(some, CALIBRATION) == 0.25
    # From 0.15 on the two halves gain 1 + 0.5, from 0.35 on 0.5 + 0.5, from 0.65 on 0.5 + 1.
    some = sure_of((True, 0.31), (True, 0.9), (False, 0.62), (False, 0.1))
    assert choose_threshold(some, CALIBRATION) == 0.15


def test_of_thresholds_about_as_good_the_lowest_is_taken() -> None:
    found = [(True, 0.9)] * 200
    # One more refused of 100 at 0.45 gains next to nothing; of five it gains much.
    some = sure_of(*found, *[(False, 0.12)] * 99, (False, 0.42))
    assert choose_threshold(some, CALIBRATION) == 0.15
    some = sure_of(*found, *[(False, 0.12)] * 4, (False, 0.42))
    assert choose_threshold(some, CALIBRATION) == 0.45


def test_the_weights_are_those_of_the_features_and_the_threshold_a_probability() -> None:
    calibration = fit(noisy(5, 200))
    assert len(calibration.weights) == len(FEATURES)
    assert all(isinstance(one, float) for one in calibration.weights)
    assert 0 < calibration.threshold < 1
    assert calibration.threshold == choose_threshold(noisy(5, 200), calibration)
