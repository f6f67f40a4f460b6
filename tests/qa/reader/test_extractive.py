from itertools import pairwise

import numpy as np
import pytest

from index.articles.passages import Passage
from index.disk.durable_files import FileRecord
from index.errors import ModelUnavailable
from qa.reader.extractive import CARD_FORMAT, Card, ExtractiveReader
from qa.reader.protocol import Candidate
from qa.reader.windows import windows
from tests.qa.fakes import passage
from tests.qa.reader.tiny import WORDS, TableSession, prepared

QUESTION = "who signed treaty"
MAX_TOKENS = 16
"""Of a window: 10 for a passage, 4 of which are in the next window too."""
ALL_INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
PRAGUE = {"prague": 5.0}


def reader(
    session: TableSession, max_tokens: int = MAX_TOKENS, inputs: list[str] | None = None
) -> ExtractiveReader:
    card = Card(CARD_FORMAT, "table", max_tokens, inputs or ALL_INPUTS, [], 1.0, {})
    return ExtractiveReader(card, session, prepared(max_tokens))


def likely(candidates: list[Candidate], passages: list[Passage]) -> list[tuple[int, str, float]]:
    """Passage, words and margin of the candidates that are likelier than no answer."""
    return [
        (item.passage, item.span.of(passages[item.passage].text), item.margin)
        for item in candidates
        if item.margin > 0
    ]


def test_an_answer_is_the_text_of_its_tokens() -> None:
    passages = [passage("😀 It was signed\r\n in  North of  PRAGUE , they say.")]
    session = TableSession({"north": 4.0}, {"prague": 5.0})
    found = reader(session, 32).read(QUESTION, passages)
    assert likely(found, passages)[0] == (0, "North of  PRAGUE", 9.0)
    assert found[0].sentence == passages[0].sentences[0]


def test_the_margin_is_relative_to_the_logits_of_the_first_token() -> None:
    passages = [passage("signed in prague")]
    session = TableSession({**PRAGUE, "[CLS]": 3.0}, {**PRAGUE, "[CLS]": 1.0})
    assert reader(session).read(QUESTION, passages)[0].margin == 10 - 4


def test_the_likeliest_answer_of_all_passages_comes_first() -> None:
    passages = [passage("the north"), passage("the treaty"), passage("in prague")]
    session = TableSession({"north": 2.0, "treaty": 1.0, "prague": 3.0})
    found = reader(session).read(QUESTION, passages)
    # The margin is the start logit of the word: all end logits are 0.
    assert likely(found, passages) == [(2, "prague", 3.0), (0, "north", 2.0), (1, "treaty", 1.0)]
    assert [item.margin for item in found] == sorted((item.margin for item in found), reverse=True)


def test_an_answer_is_widened_to_whole_words() -> None:
    passages = [passage("the Treatys of")]
    found = reader(TableSession({"treaty": 5.0}, {"treaty": 5.0})).read(QUESTION, passages)
    assert likely(found, passages)[0] == (0, "Treatys", 10.0)


def test_punctuation_alone_is_not_an_answer() -> None:
    passages = [passage("the , treaty")]
    found = reader(TableSession({",": 5.0}, {",": 5.0})).read(QUESTION, passages)
    assert all(len(item.span) and item.span.of("the , treaty") != "," for item in found)


def test_an_answer_in_the_overlap_of_two_windows_is_returned_once() -> None:
    # Tokens 6 to 9 of the passage are in both windows.
    words = [*["the"] * 7, "prague", *["in"] * 8]
    passages = [passage(" ".join(words))]
    session = TableSession(PRAGUE, PRAGUE)
    found = reader(session).read(QUESTION, passages)
    assert sum(len(mask) for mask in session.masks) == 2
    assert likely(found, passages).count((0, "prague", 10.0)) == 1


def test_an_answer_cut_by_a_window_is_found_in_the_next() -> None:
    # The first window ends after "of", token 9; the second begins with token 6.
    words = [*["the"] * 8, "north", "of", "prague", *["in"] * 5]
    passages = [passage(" ".join(words))]
    session = TableSession({"north": 5.0}, {"of": 1.0, "prague": 5.0})
    found = reader(session).read(QUESTION, passages)
    assert likely(found, passages)[0] == (0, "north of prague", 10.0)
    assert "north of" not in [words for _, words, _ in likely(found, passages)]


def test_of_overlapping_spans_only_the_best_is_kept() -> None:
    text = "the north of prague in the treaty signed in prague the north of the treaty in north"
    passages = [passage(text), passage(text)]
    session = TableSession({"north": 3.0, "the": 2.0}, {"prague": 3.0, "treaty": 2.0})
    found = reader(session).read(QUESTION, passages)
    for number in (0, 1):
        spans = sorted((item.span.start, item.span.end) for item in found if item.passage == number)
        assert len(spans) > 5
        assert all(span[1] <= following[0] for span, following in pairwise(spans))
    # The same offsets in another passage are another answer.
    assert likely(found, passages)[:2] == [(0, "north of prague", 6.0), (1, "north of prague", 6.0)]


def test_an_answer_never_crosses_the_end_of_a_sentence() -> None:
    passages = [passage("the north. of prague.", "the north.", "of prague.")]
    found = reader(TableSession({"north": 5.0}, {"prague": 5.0})).read(QUESTION, passages)
    assert likely(found, passages)[:2] == [(0, "north", 5.0), (0, "of prague", 5.0)]
    for item in found:
        assert item.sentence in passages[0].sentences
        assert item.sentence.start <= item.span.start < item.span.end <= item.sentence.end


def test_a_heading_is_not_an_answer() -> None:
    passages = [passage("prague\nthe treaty", "the treaty")]
    found = reader(TableSession(PRAGUE, PRAGUE)).read(QUESTION, passages)
    assert {item.span.of(passages[0].text) for item in found} <= {"the", "treaty", "the treaty"}
    assert found


def test_a_passage_without_sentences_has_no_answer() -> None:
    bare = Passage("signed in prague", 0, 16, 1, 1, ())
    found = reader(TableSession(PRAGUE, PRAGUE)).read(QUESTION, [bare, passage("in prague")])
    assert {item.passage for item in found} == {1}


def test_without_passages_the_model_does_not_run() -> None:
    session = TableSession(PRAGUE, PRAGUE)
    assert reader(session).read(QUESTION, []) == []
    assert reader(session).read(QUESTION, [passage("")]) == []
    assert session.masks == []


def test_the_model_gets_only_the_inputs_it_takes() -> None:
    session = TableSession(PRAGUE, PRAGUE)
    reader(session, inputs=ALL_INPUTS[:2]).read(QUESTION, [passage("in prague")])
    reader(session).read(QUESTION, [passage("in prague")])
    assert session.names == [ALL_INPUTS[:2], ALL_INPUTS]


def test_each_window_has_one_logit_per_token() -> None:
    session = TableSession({word: float(number) for number, word in enumerate(WORDS)}, PRAGUE)
    tested = reader(session, 64)
    texts = ["the treaty " * size for size in (3, 20, 1, 19, 9, 20)]
    every = windows(tested.tokenizer, QUESTION, texts, 64)
    for window, (starts, ends) in zip(every, tested.logits(every), strict=True):
        # The start logit of a token is its number.
        np.testing.assert_array_equal(starts, window.ids)
        assert len(ends) == len(window.ids)


def test_each_passage_is_read_alone_without_padding() -> None:
    session = TableSession()
    sizes = [40, 10, 39, 41, 3, 11]
    reader(session, 64).read(QUESTION, [passage("the " * size) for size in sizes])
    # 5 tokens before the passage's, and one after them.
    read = sorted((size + 6 for size in sizes), reverse=True)
    assert sorted((mask.shape for mask in session.masks), reverse=True) == [(1, n) for n in read]
    assert all(mask.all() for mask in session.masks)


@pytest.mark.parametrize("size", [2, 4])
def test_a_reader_with_a_file_of_another_size_is_not_opened(
    tmp_path_factory: pytest.TempPathFactory, size: int
) -> None:
    folder = tmp_path_factory.mktemp("reader")
    (folder / "reader.onnx").write_bytes(b"abc")
    card = Card(
        CARD_FORMAT, "table", MAX_TOKENS, ALL_INPUTS, [], 1.0, {"reader.onnx": FileRecord(size, "")}
    )
    with pytest.raises(ModelUnavailable, match="missing or damaged"):
        ExtractiveReader.open(folder, card)


def test_a_passage_is_read_once_for_the_same_question_and_context() -> None:
    session = TableSession(PRAGUE, PRAGUE)
    tested = reader(session)
    prague, north = passage("in prague"), passage("the north")
    first = tested.read(QUESTION, [prague])
    assert tested.read(QUESTION, [north, prague])[0].margin == first[0].margin
    assert len(session.masks) == 2
    tested.read("who signed", [prague])
    tested.read(QUESTION, [prague], ["the treaty"])
    assert len(session.masks) == 4


def test_the_passage_that_was_read_longest_ago_is_forgotten_first() -> None:
    session = TableSession(PRAGUE, PRAGUE)
    card = Card(CARD_FORMAT, "table", MAX_TOKENS, ALL_INPUTS, [], 1.0, {})
    tested = ExtractiveReader(card, session, prepared(MAX_TOKENS), remembered=2)
    for text in ("in prague", "the north", "in prague", "of treaty", "in prague"):
        tested.read(QUESTION, [passage(text)])
    assert len(session.masks) == 3
    tested.read(QUESTION, [passage("the north")])
    assert len(session.masks) == 4
