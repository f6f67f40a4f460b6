"""Training on groups of passages; scores and losses computed by hand."""

import math
import random
from collections.abc import Sequence

import numpy as np
import pytest

from index.articles.spans import Span
from qa.reader.windows import Window
from qa.training.batches import Target
from qa.training.courses import groups_course, groups_of, shared_loss
from qa.training.data import Example, Kind
from qa.training.settings import Groups, Settings

pytestmark = pytest.mark.usefixtures("one_thread")

GOLD = "The envoy signed it in Prague."


def missing(number: int, question: str = "Where?", kind: Kind = Kind.NEAR_MISS) -> Example:
    return Example(question, f"Miss {number} of {question}", (), kind)


def answered(question: str = "Where?") -> Example:
    return Example(question, GOLD, (Span(23, 29),), Kind.ENCYCLOPEDIC)


def chosen(
    examples: Sequence[Example], groups: int = 99, passages: int = 4, left_out: float = 0.35
) -> list[list[Example]]:
    return groups_of(examples, Groups(groups, passages, left_out), random.Random(1))


def test_a_group_is_the_passage_that_answers_and_passages_that_do_not() -> None:
    examples = [answered(), *map(missing, range(5)), missing(9, kind=Kind.SIBLING)]
    (group,) = chosen(examples, left_out=0, passages=4)
    assert group[0] == answered()
    assert len({one.passage for one in group}) == 4
    assert set(group[1:]) < set(examples)


def test_the_passage_that_answers_is_left_out_if_enough_others_remain() -> None:
    examples = [answered(), *map(missing, range(5))]
    (group,) = chosen(examples, left_out=1, passages=4)
    assert answered() not in group
    assert len(group) == 4
    # Two others are not enough.
    (group,) = chosen(examples[:3], left_out=1, passages=4)
    assert answered() in group


def test_a_question_with_one_near_miss_is_in_no_group() -> None:
    one = [answered("When?"), missing(1, "When?"), missing(1, "When?", Kind.SIBLING)]
    two = [answered(), missing(1), missing(2)]
    again = [answered("Who?"), missing(1, "Who?"), missing(1, "Who?")]
    (group,) = chosen([*one, *two, *again])
    assert {example.question for example in group} == {"Where?"}


def test_passages_of_other_kinds_are_in_no_group() -> None:
    perturbed = missing(7, kind=Kind.PERTURBED)
    (group,) = chosen([answered(), perturbed, missing(1), missing(2)], left_out=0, passages=9)
    assert perturbed not in group
    assert len(group) == 3


def test_the_number_of_groups_is_limited() -> None:
    examples = [
        one for i in range(9) for one in (answered(f"{i}?"), *(missing(k, f"{i}?") for k in (1, 2)))
    ]
    assert len(chosen(examples, groups=4)) == 4
    assert len(chosen(examples, groups=40)) == 9


def target(length: int, start: int, end: int) -> Target:
    ids = np.zeros(length, dtype=np.int64)
    window = Window(0, ids, ids, 1, np.zeros((length - 1, 2), dtype=np.int64))
    return Target(window, start, end, Kind.DEV)


def test_all_tokens_of_the_passages_of_a_question_compete_with_one_null() -> None:
    import torch

    # Two passages of [CLS] and two tokens. Above their own [CLS] the starts score 1, 0 and 3, -1,
    # the ends 0, 0 and 2, 0. The answer is the second passage's first token.
    starts = torch.tensor([[0.0, 1.0, 0.0], [2.0, 5.0, 1.0]])
    ends = torch.tensor([[1.0, 1.0, 1.0], [-1.0, 1.0, -1.0]])
    by_start = math.log(1 + math.e + 1 + math.e**3 + math.e**-1) - 3
    by_end = math.log(1 + 1 + 1 + math.e**2 + 1) - 2
    group = [target(3, 0, 0), target(3, 1, 1)]
    assert float(shared_loss(starts, ends, [group])) == pytest.approx((by_start + by_end) / 2)


def test_the_null_is_right_if_no_passage_answers() -> None:
    import torch

    scores = torch.tensor([[1.0, 2.0], [0.0, 0.0]])
    group = [target(2, 0, 0), target(2, 0, 0)]
    # The null's 0 against 1 and 0, of starts as of ends.
    expected = math.log(1 + math.e + 1)
    assert float(shared_loss(scores, scores, [group])) == pytest.approx(expected)


def test_an_answer_in_two_passages_may_be_chosen_in_either() -> None:
    import torch

    scores = torch.tensor([[0.0, 2.0], [0.0, 2.0]])
    group = [target(2, 1, 1), target(2, 1, 1)]
    expected = math.log(1 + 2 * math.e**2) - math.log(2 * math.e**2)
    assert float(shared_loss(scores, scores, [group])) == pytest.approx(expected, rel=1e-5)


def test_groups_of_a_batch_do_not_compete() -> None:
    import torch

    starts = torch.tensor([[0.0, 1.0], [0.0, 7.0], [0.0, -2.0]])
    one, other = [target(2, 1, 1)], [target(2, 1, 1), target(2, 0, 0)]
    alone = [shared_loss(starts[rows], starts[rows], [group])
             for rows, group in (([0], one), ([1, 2], other))]  # fmt: skip
    together = shared_loss(starts, starts, [one, other])
    assert float(together) == pytest.approx(float(sum(alone)) / 2)


def test_the_same_settings_make_the_same_course_and_another_order_another() -> None:
    examples = [
        one for i in range(9) for one in (answered(f"{i}?"), *(missing(k, f"{i}?") for k in (1, 2)))
    ]

    def ids(order: int) -> list[list[list[bytes]]]:
        batches = groups_course(examples, Settings(order=order, batch=2), Groups()).batches
        return [
            [[one.window.ids.tobytes() for one in group] for group in batch] for batch in batches
        ]

    assert ids(1) == ids(1) != ids(2)
    assert sorted(map(len, ids(1))) == [1, 2, 2, 2, 2]
