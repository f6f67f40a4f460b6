from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.spans import Span
from index.errors import ModelUnavailable
from qa.answering.confidence import (
    FEATURES,
    Calibration,
    Features,
    answer_features,
    confidences,
    default_calibration,
    leads,
    read_calibration,
    score_answers,
    scores,
    second_calibration,
)
from qa.answering.grouping import Group
from qa.reader.protocol import Candidate
from qa.retrieval.retriever import Hit
from tests.qa.fakes import CALIBRATION, passage, retrieved, stored

IDF = {"radar": 3.0, "treati": 1.0, "sign": 4.0}
"""Terms are stems."""


def idf(term: str) -> float:
    return IDF.get(term, 0.0)


def candidate(number: int, margin: float, sharpness: float = -0.5, which: int = 0) -> Candidate:
    """Return a sentence of one of the passages below as a candidate."""
    span = FOUND[number].stored.passage.sentences[which]
    return Candidate(number, span, span, margin, sharpness)


FOUND: list[Hit] = [
    retrieved(
        stored(0, 0, passage("It rained. A treaty.", "It rained.", "A treaty.")), similarity=0.9
    ),
    retrieved(stored(1, 1, "Prague signed."), title="The radar", similarity=-0.25),
    *(retrieved(stored(i, i, "They signed.")) for i in range(2, 8)),
]


def features_of(
    *candidates: Candidate, question: str = "Who signed the radar treaty?"
) -> list[float]:
    (features,) = answer_features(question, idf, [Group(candidates)], FOUND)
    assert len(features) == len(FEATURES)
    return [float(one) for one in features]


def test_the_features_of_an_answer_are_those_of_its_best_candidate() -> None:
    # Of the weights 3 + 1 + 4, the sentence has `signed` and the title adds `radar`.
    assert features_of(candidate(1, 2.5, -0.75), candidate(0, 9.0, -0.1)) == [
        2.5, -0.75, -0.25, 1 / 2, 1.0, 4 / 8, 7 / 8, 0.0, 0.0
    ]  # fmt: skip
    # The sentence has none of the terms, the passage has `treaty`, and there is no title.
    assert features_of(candidate(0, -1.0)) == [
        -1.0, -0.5, 0.9, 1.0, 0.0, 0.0, 1 / 8, 0.0, 0.0
    ]  # fmt: skip
    assert features_of(candidate(0, -1.0, which=1))[5:7] == [1 / 8, 1 / 8]


def test_an_answer_of_entire_sentences_is_known_as_one() -> None:
    whole = replace(candidate(1, 2.5), is_whole=True)
    assert features_of(whole)[7] == 1.0


@pytest.mark.parametrize(("margin", "cut"), [(2.5, 2.5), (-90.0, -12.0), (90.0, 12.0)])
def test_the_margin_of_the_first_of_two_readers_counts(margin: float, cut: float) -> None:
    assert features_of(replace(candidate(1, 2.5), first_margin=margin))[8] == cut


def test_every_group_has_a_row() -> None:
    groups = [Group((candidate(i, 1.0),)) for i in range(5)]
    found = answer_features("signed", idf, groups, FOUND)
    assert found.shape == (5, len(FEATURES))
    assert found[:, 3].tolist() == [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]


@pytest.mark.parametrize(("margin", "cut"), [(50.0, 12.0), (-50.0, -12.0), (11.5, 11.5)])
def test_margins_and_sharpness_are_clipped_at_twelve(margin: float, cut: float) -> None:
    assert features_of(candidate(1, margin, -80.0))[:2] == [cut, -12.0]


def test_up_to_three_passages_with_a_positive_margin_count_as_agreeing() -> None:
    # Passage 3 counts once although it has two candidates; passage 4 has no positive margin.
    some = [candidate(3, 1.0), candidate(3, 0.5), candidate(4, 0.0), candidate(5, 0.1)]
    assert features_of(candidate(1, 2.0), *some)[4] == 2.0
    # The passage of the best candidate does not count.
    assert features_of(candidate(1, 2.0), candidate(1, 1.0))[4] == 0.0
    every = [candidate(i, 1.0) for i in range(2, 8)]
    assert [features_of(candidate(1, 2.0), *every[:n])[4] for n in (2, 3, 4, 6)] == [2, 3, 3, 3]


@pytest.mark.parametrize("question", ["Who was it?", "", "Prague?"])
def test_shares_are_zero_if_no_term_of_the_question_has_weight(question: str) -> None:
    assert features_of(candidate(1, 1.0), question=question)[5:7] == [0.0, 0.0]


def floats(*values: float) -> Features:
    return np.array(values, dtype=np.float64)


@pytest.mark.parametrize(
    ("scored", "expected"),
    [
        # The best leads the second; all others trail the best.
        ([1.0, 2.5, 2.0], [-1.5, 0.5, -0.5]),
        ([7.0], [4.0]),
        ([-7.0], [4.0]),
        ([2.0, 2.0], [0.0, 0.0]),
        ([0.0, 3.0, 3.0], [-3.0, 0.0, 0.0]),
        ([9.0, 0.0, 1.0], [4.0, -4.0, -4.0]),
    ],
)
def test_leads_are_over_the_best_of_the_others(scored: list[float], expected: list[float]) -> None:
    assert leads(floats(*scored)).tolist() == expected


def test_scores_and_confidences_match_values_computed_by_hand() -> None:
    calibration = Calibration(
        (1.0, 0.0, 2.0, 0.0, 0.0, 0.0, -4.0, 0.0, 0.0), 0.5, 0.5, 0.25, 1.0, 0.3, 0.6
    )
    features = np.array(
        [[3.0, 9.0, 0.25, *[9.0] * 3, 0.5, 9.0, 9.0], [1.0, 9.0, 0.0, *[9.0] * 3, 0.0, 9.0, 9.0]]
    )
    # 3 + 0.5 - 2 + 0.5 = 2; 1 + 0.5 = 1.5
    scored = scores(features, calibration)
    assert scored.tolist() == [2.0, 1.5]
    # 0.5·2 + 0.25·0.5 + 1 = 2.125; 0.5·1.5 - 0.25·0.5 + 1 = 1.625
    logistic = [1 / (1 + np.exp(-2.125)), 1 / (1 + np.exp(-1.625))]
    np.testing.assert_allclose(confidences(scored, calibration), logistic)


calibrations = st.builds(
    Calibration,
    st.just((0.0,) * len(FEATURES)),
    st.just(0.0),
    st.floats(0.01, 5),
    st.floats(0, 5),
    st.floats(-5, 5),
    st.just(0.5),
)


@given(st.lists(st.floats(-60, 60), min_size=1, max_size=9), calibrations)
def test_confidences_are_probabilities_that_rise_with_the_score(
    values: list[float], calibration: Calibration
) -> None:
    scored = floats(*values)
    probabilities = confidences(scored, calibration)
    assert probabilities.shape == scored.shape
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    ordered = probabilities[np.argsort(scored)]
    assert (np.diff(ordered) >= -1e-12).all()


@given(st.lists(st.floats(-60, 60), min_size=2, max_size=9))
def test_only_one_score_leads_by_as_much_as_the_second_trails(values: list[float]) -> None:
    found = leads(floats(*values))
    assert (found > 0).sum() <= 1
    assert found.max() == -np.sort(found)[-2] or found.max() == 0


def test_answers_are_sorted_by_confidence() -> None:
    groups = [Group((candidate(i, margin),)) for i, margin in enumerate([-1.0, 3.0, 0.5])]
    answers = score_answers("signed", idf, groups, FOUND, CALIBRATION)
    assert [one.group for one in answers] == [groups[1], groups[2], groups[0]]
    # CALIBRATION is the logistic of the margin.
    expected = [1 / (1 + np.exp(-margin)) for margin in (3.0, 0.5, -1.0)]
    assert [one.confidence for one in answers] == pytest.approx(expected)


def test_equally_confident_answers_keep_their_order() -> None:
    groups = [Group((candidate(i, 1.0),)) for i in range(4)]
    answers = score_answers("signed", idf, groups, FOUND, CALIBRATION)
    assert [one.group for one in answers] == groups


def test_no_groups_have_no_scores() -> None:
    assert score_answers("signed", idf, [], FOUND, CALIBRATION) == []


def test_a_calibration_survives_a_round_trip_to_disk(tmp_path: Path) -> None:
    path = tmp_path / "confidence.json"
    path.write_bytes(msgspec.json.encode(CALIBRATION))
    assert read_calibration(path) == CALIBRATION


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (None, "cannot be read: .*No such file"),
        (b"", "cannot be read: "),
        (b"{", "cannot be read: "),
        (b"\xff\xfe", "cannot be read: "),
        (b'{"weights": [1.0], "bias": 0.0}', "cannot be read: .*missing required field"),
        (b'{"weights": "1"}', "cannot be read: "),
        (msgspec.json.encode(msgspec.structs.replace(CALIBRATION, weights=(1.0,) * 8)), "version"),
        (msgspec.json.encode(msgspec.structs.replace(CALIBRATION, weights=(1.0,) * 10)), "version"),
    ],
)
def test_missing_or_invalid_weights_are_refused(
    tmp_path: Path, data: bytes | None, fault: str
) -> None:
    path = tmp_path / "confidence.json"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ModelUnavailable, match=f"(?s)confidence.json.*{fault}"):
        read_calibration(path)


@pytest.mark.parametrize("shipped", [default_calibration(), second_calibration()])
def test_the_shipped_weights_are_plausible(shipped: Calibration) -> None:
    assert 0 < shipped.threshold <= shipped.plain < 1
    # Confidence rises with the reader's margin and with the score.
    assert shipped.weights[0] > 0
    assert shipped.factor > 0


def test_the_shipped_weights_prefer_a_good_match() -> None:
    well = Candidate(1, Span(0, 6), FOUND[1].stored.passage.sentences[0], 10.0, -0.05)
    badly = candidate(0, -10.0, -6.0)
    question = "Who signed the radar treaty?"
    answers = score_answers(
        question, idf, [Group((badly,)), Group((well,))], FOUND, default_calibration()
    )
    assert [one.group.best for one in answers] == [well, badly]
    assert answers[0].confidence > 0.5 > answers[1].confidence


def test_an_answer_in_the_article_of_the_previous_question_gets_a_bonus() -> None:
    groups = [Group((candidate(i, margin),)) for i, margin in enumerate([1.0, 1.5, -3.0])]
    topic = FOUND[0].stored.article_id
    assert topic != FOUND[1].stored.article_id
    answers = score_answers("signed", idf, groups, FOUND, CALIBRATION, topic)
    # 1.0 plus the bonus of 0.8 beats 1.5; CALIBRATION is the logistic of the score.
    assert [one.group for one in answers][:2] == [groups[0], groups[1]]
    assert answers[0].confidence == pytest.approx(1 / (1 + np.exp(-1.8)))
    assert answers[1].confidence == pytest.approx(1 / (1 + np.exp(-1.5)))
