import pytest
from tokenizers import Tokenizer

from index.articles.spans import Span
from qa.reader.encoders import minilm_folder
from qa.training.groups import Example, Group
from qa.training.pack import MAX_TOKENS, pack
from qa.training.train_packed import Packed

CLS = 101


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))


def example(passage: str, answer: str | None = None, context: str = "") -> Example:
    start = passage.index(answer) if answer else 0
    return Example(passage, Span(start, start + len(answer)) if answer else None, context)


def learnt(tokenizer: Tokenizer, packed: Packed, number: int = 0) -> str:
    """Decode the answer of a window; empty if it is [CLS]."""
    first, last = packed.targets[number].tolist()
    ids = packed.window(number).tolist()
    if not last:
        assert (first, ids[0]) == (0, CLS)
        return ""
    return str(tokenizer.decode(ids[first : last + 1]))


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
        (None, ""),
    ],
)
@pytest.mark.parametrize("context", ["", "The radar in Prague"])
def test_the_tokens_learnt_are_those_of_the_answer(
    tokenizer: Tokenizer, answer: str | None, decoded: str, context: str
) -> None:
    passage = "The radar cost 1,500. In the été Condoleezza Rice signed it in Prague."
    made = pack([Group("Who signed?", (example(passage, answer, context),))], tokenizer)
    assert learnt(tokenizer, made) == decoded


def test_an_answer_is_never_taken_from_the_title(tokenizer: Tokenizer) -> None:
    made = pack([Group("Where?", (example("It is in Prague.", "Prague", "Prague"),))], tokenizer)
    window = made.window(0).tolist()
    title, passage = (
        at for at, token in enumerate(window) if token == tokenizer.token_to_id("prague")
    )
    assert made.seconds[0] == title < made.firsts[0] < passage == made.targets[0, 0]


def test_the_passages_of_a_question_are_next_to_each_other(tokenizer: Tokenizer) -> None:
    two = Group("Who?", (example("Rice signed.", "Rice"), example("It rained.")))
    made = pack([two, Group("When?", (example("In May."),))], tokenizer)
    assert made.groups.tolist() == [0, 0, 1]
    assert [learnt(tokenizer, made, number) for number in range(3)] == ["rice", "", ""]


def test_a_window_without_all_of_the_answer_counts_as_unanswerable(tokenizer: Tokenizer) -> None:
    filler = " ".join(f"word {i} of it" for i in range(100))
    made = pack(
        [Group("Where?", (example(f"{filler} In Prague. {filler}", "In Prague."),))], tokenizer
    )
    windows = range(len(made.ends))
    assert len(windows) > 2
    assert all(len(made.window(number)) <= MAX_TOKENS for number in windows)
    holding = ["prague" in tokenizer.decode(made.window(number).tolist()) for number in windows]
    assert [bool(learnt(tokenizer, made, number)) for number in windows] == holding
    every = pack([Group("Where?", (example(filler, filler),))], tokenizer)
    assert not every.targets.any()
