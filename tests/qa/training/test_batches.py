from collections import Counter

import pytest
from tokenizers import Tokenizer

from index.articles.spans import Span
from qa.reader.shipped import encoder_folder
from qa.training.batches import MAX_TOKENS, Target, targets_of
from qa.training.data import Example, Kind

CLS = 101


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(encoder_folder() / "tokenizer.json"))


def example(passage: str, *answers: str, question: str = "Who signed?") -> Example:
    starts = [passage.index(one) for one in answers]
    spans = tuple(Span(at, at + len(one)) for at, one in zip(starts, answers, strict=True))
    return Example(question, passage, spans, Kind.ENCYCLOPEDIC)


def learnt(tokenizer: Tokenizer, target: Target) -> str:
    """Decode the answer of a target; empty if it is [CLS]."""
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
        # An answer may start or end within a token; all of the token is learnt.
        ("zza Ri", "##zza rice"),
        ("été", "ete"),
    ],
)
def test_the_tokens_learnt_are_those_of_the_answer(
    tokenizer: Tokenizer, answer: str, decoded: str
) -> None:
    passage = "The radar cost 1,500. In the été Condoleezza Rice signed it in Prague."
    (target,) = targets_of(example(passage, answer))
    assert learnt(tokenizer, target) == decoded
    assert target.kind is Kind.ENCYCLOPEDIC


def test_the_first_of_several_answers_is_learnt_and_the_start_token_if_there_is_none(
    tokenizer: Tokenizer,
) -> None:
    (two,) = targets_of(example("Rice signed it in Prague.", "Prague", "Rice"))
    (none,) = targets_of(example("No."))
    assert learnt(tokenizer, two) == "prague"
    assert (none.start, none.end) == (0, 0)
    assert learnt(tokenizer, none) == ""


def test_a_window_without_the_answer_counts_as_unanswerable(tokenizer: Tokenizer) -> None:
    filler = " ".join(f"word {i} of it" for i in range(100))
    made = targets_of(example(f"{filler} In Prague. {filler}", "In Prague."))
    assert len(made) > 2
    assert all(len(one.window.ids) <= MAX_TOKENS for one in made)
    words = Counter(learnt(tokenizer, one) for one in made)
    assert set(words) == {"", "in prague."}
    holding = ["prague" in tokenizer.decode(one.window.ids.tolist()) for one in made]
    assert holding == [bool(one.end) for one in made]


def test_an_answer_cut_by_a_window_is_not_learnt_there(tokenizer: Tokenizer) -> None:
    filler = " ".join(f"word {i} of it" for i in range(100))
    passage = f"start {filler} end"
    assert {learnt(tokenizer, one) for one in targets_of(example(passage, passage))} == {""}
