from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.articles.spans import Span
from qa.reader.shipped import encoder_folder
from qa.reader.windows import Window
from qa.training.batches import MAX_TOKENS, Target, schedule, targets
from qa.training.data import Example, Kind
from qa.training.settings import Settings

CLS = 101
EVERYTHING = {kind.name.lower(): 1.0 for kind in Kind}


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(encoder_folder() / "tokenizer.json"))


def example(passage: str, *answers: str, question: str = "Who signed?") -> Example:
    starts = [passage.index(one) for one in answers]
    spans = tuple(Span(at, at + len(one)) for at, one in zip(starts, answers, strict=True))
    return Example(question, passage, spans, Kind.ENCYCLOPEDIC)


def learnt(tokenizer: Tokenizer, target: Target) -> str:
    """The words that a target's tokens stand for; nothing where it is [CLS]."""
    if not target.end:
        assert target.start == 0
        assert target.window.ids[0] == CLS
        return ""
    ids = target.window.ids[target.start : target.end + 1]
    return str(tokenizer.decode(ids.tolist()))


@pytest.mark.parametrize(
    ("answer", "decoded"),
    [
        ("Condoleezza Rice", "condoleezza rice"),
        ("The", "the"),
        ("Prague.", "prague."),
        ("1,500", "1, 500"),
        # An answer may begin or end within a token, which is then learnt whole.
        ("zza Ri", "##zza rice"),
        ("été", "ete"),
    ],
)
def test_the_tokens_to_learn_are_those_of_the_answer(
    tokenizer: Tokenizer, answer: str, decoded: str
) -> None:
    passage = "The radar cost 1,500. In the été Condoleezza Rice signed it in Prague."
    (target,) = targets([example(passage, answer)])
    assert learnt(tokenizer, target) == decoded
    assert target.kind is Kind.ENCYCLOPEDIC


def test_of_several_answers_the_first_is_learnt_and_without_any_the_start_token(
    tokenizer: Tokenizer,
) -> None:
    two, none = targets([example("Rice signed it in Prague.", "Prague", "Rice"), example("No.")])
    assert learnt(tokenizer, two) == "prague"
    assert (none.start, none.end) == (0, 0)
    assert learnt(tokenizer, none) == ""


def test_a_window_without_the_answer_counts_as_unanswerable(tokenizer: Tokenizer) -> None:
    filler = " ".join(f"word {i} of it" for i in range(100))
    some = targets([example(f"{filler} In Prague. {filler}", "In Prague.")])
    assert len(some) > 2
    assert all(len(one.window.ids) <= MAX_TOKENS for one in some)
    words = Counter(learnt(tokenizer, one) for one in some)
    assert set(words) == {"", "in prague."}
    holding = ["prague" in tokenizer.decode(one.window.ids.tolist()) for one in some]
    assert holding == [bool(one.end) for one in some]


def test_an_answer_that_a_window_cuts_is_not_learnt_there(tokenizer: Tokenizer) -> None:
    filler = " ".join(f"word {i} of it" for i in range(100))
    passage = f"start {filler} end"
    assert {learnt(tokenizer, one) for one in targets([example(passage, passage)])} == {""}


def target(length: int, kind: Kind, number: int = 0) -> Target:
    """A target of so many tokens, told apart by its first one."""
    ids = np.full(length, number, dtype=np.int64)
    offsets = np.zeros((0, 2), dtype=np.int64)
    return Target(Window(0, ids, np.zeros_like(ids), length, offsets), 0, 0, kind)


def numbers(batches: Sequence[Sequence[Target]]) -> list[list[int]]:
    return [[int(one.window.ids[0]) for one in batch] for batch in batches]


def settings(**values: float) -> Settings:
    return Settings(**(EVERYTHING | {"epochs": 1.0, "batch": 4} | values))  # type: ignore[arg-type]


EVERY = [target(20 + 7 * i % 60, list(Kind)[i % len(Kind)], i) for i in range(70)]


def test_every_example_is_seen_once_an_epoch() -> None:
    batches = list(schedule(EVERY, settings()))
    assert Counter(one for batch in numbers(batches) for one in batch) == Counter(range(70))
    assert sorted(map(len, batches)) == [2] + [4] * 17


@given(st.integers(0, 5), st.integers(1, 9), st.sampled_from([0.25, 1.0, 1.5, 2.0]))
def test_the_same_settings_make_the_same_schedule(order: int, batch: int, epochs: float) -> None:
    given_settings = settings(order=order, batch=batch, epochs=epochs, sentence=0.5)
    one, two = (numbers(list(schedule(EVERY, given_settings))) for _ in range(2))
    assert one == two
    assert max(map(len, one)) <= batch


def test_another_order_and_another_epoch_make_another_order() -> None:
    one, other = (numbers(list(schedule(EVERY, settings(order=order)))) for order in (1, 2))
    assert one != other
    both = numbers(list(schedule(EVERY, settings(epochs=2))))
    assert both[:18] == one
    assert both[18:] != one
    assert Counter(number for batch in both for number in batch) == Counter([*range(70)] * 2)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_kind_of_share_zero_is_never_seen_and_the_others_always(kind: Kind) -> None:
    batches = list(schedule(EVERY, settings(**{kind.name.lower(): 0.0})))
    seen = Counter(one.kind for batch in batches for one in batch)
    assert seen == Counter({other: 10 for other in Kind if other is not kind})


def test_a_share_is_about_that_part_of_a_kind_others_each_epoch() -> None:
    many = [target(30, Kind.SIBLING, i) for i in range(2000)]
    halves = [settings(sibling=0.3, epochs=epochs) for epochs in (1, 2)]
    one, both = (
        [number for batch in numbers(list(schedule(many, half))) for number in batch]
        for half in halves
    )
    # 600 expected; the standard deviation is √(2000 · 0.3 · 0.7) ≈ 20.
    assert 500 < len(one) < 700
    assert len(set(one)) == len(one)
    # Of those of the first epoch three in ten come again.
    again = [number for number, count in Counter(both).items() if count == 2]
    assert 100 < len(again) < 260


@pytest.mark.parametrize(
    ("epochs", "steps"), [(0.0, 0), (0.5, 9), (1.0, 18), (1.25, 22), (2.5, 45), (0.01, 0)]
)
def test_a_part_of_an_epoch_is_that_part_of_its_batches(epochs: float, steps: int) -> None:
    # 70 examples make 18 batches of four; 4.5 of them are rounded to 4.
    assert len(list(schedule(EVERY, settings(epochs=epochs)))) == steps


def test_a_batch_holds_windows_of_like_length() -> None:
    spread = [target(10 + i, Kind.DEV, i) for i in range(300)]
    for batch in schedule(spread, settings(batch=10)):
        lengths = [len(one.window.ids) for one in batch]
        # Ten neighbours of 300, blurred by 12 tokens.
        assert max(lengths) - min(lengths) <= 10 + 2 * 12


def test_of_no_examples_there_are_no_batches() -> None:
    assert list(schedule([], settings(epochs=2))) == []


def test_every_kind_has_its_share_in_the_settings() -> None:
    made = settings(**{kind.name.lower(): i / 10 for i, kind in enumerate(Kind)})
    assert [made.share(kind) for kind in Kind] == [i / 10 for i in range(len(Kind))]
