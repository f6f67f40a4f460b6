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

ASKED = "who signed treaty"
MOST = 16
"""Tokens of a window; so a passage has 10 in each, 4 of them in the next one too."""
ALL_INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
PRAGUE = {"prague": 5.0}


def reader(
    session: TableSession, max_tokens: int = MOST, inputs: list[str] | None = None
) -> ExtractiveReader:
    card = Card(CARD_FORMAT, "table", max_tokens, inputs or ALL_INPUTS, "float32", {})
    return ExtractiveReader(card, session, prepared(max_tokens))


def told(candidates: list[Candidate], passages: list[Passage]) -> list[tuple[int, str, float]]:
    """Passage, words and margin of what is likelier than no answer."""
    return [
        (one.passage, one.span.of(passages[one.passage].text), one.margin)
        for one in candidates
        if one.margin > 0
    ]


def test_an_answer_is_the_text_where_its_tokens_stand() -> None:
    passages = [passage("😀 It was signed\r\n in  North of  PRAGUE , they say.")]
    session = TableSession({"north": 4.0}, {"prague": 5.0})
    found = reader(session, 32).read(ASKED, passages)
    assert told(found, passages)[0] == (0, "North of  PRAGUE", 9.0)
    assert found[0].sentence == passages[0].sentences[0]


def test_the_margin_is_over_the_logits_of_the_first_token() -> None:
    passages = [passage("signed in prague")]
    session = TableSession({**PRAGUE, "[CLS]": 3.0}, {**PRAGUE, "[CLS]": 1.0})
    assert reader(session).read(ASKED, passages)[0].margin == 10 - 4


def test_the_likeliest_of_all_passages_comes_first() -> None:
    passages = [passage("the north"), passage("the treaty"), passage("in prague")]
    session = TableSession({"north": 2.0, "treaty": 1.0, "prague": 3.0})
    found = reader(session).read(ASKED, passages)
    # A word's start logit is its margin: every end's is 0.
    assert told(found, passages) == [(2, "prague", 3.0), (0, "north", 2.0), (1, "treaty", 1.0)]
    assert [one.margin for one in found] == sorted((one.margin for one in found), reverse=True)


def test_a_word_is_given_whole_where_the_model_marks_a_piece() -> None:
    passages = [passage("the Treatys of")]
    found = reader(TableSession({"treaty": 5.0}, {"treaty": 5.0})).read(ASKED, passages)
    assert told(found, passages)[0] == (0, "Treatys", 10.0)


def test_punctuation_alone_is_no_answer() -> None:
    passages = [passage("the , treaty")]
    found = reader(TableSession({",": 5.0}, {",": 5.0})).read(ASKED, passages)
    assert all(len(one.span) and one.span.of("the , treaty") != "," for one in found)


def test_an_answer_in_the_overlap_of_two_windows_comes_once() -> None:
    # Tokens 6 to 9 of the passage are in the first window and in the second.
    words = [*["the"] * 7, "prague", *["in"] * 8]
    passages = [passage(" ".join(words))]
    session = TableSession(PRAGUE, PRAGUE)
    found = reader(session).read(ASKED, passages)
    assert sum(len(mask) for mask in session.masks) == 2
    assert told(found, passages).count((0, "prague", 10.0)) == 1


def test_an_answer_that_a_window_cuts_is_read_whole_in_the_next() -> None:
    # The first window ends behind "of", token 9; the second begins with token 6.
    words = [*["the"] * 8, "north", "of", "prague", *["in"] * 5]
    passages = [passage(" ".join(words))]
    session = TableSession({"north": 5.0}, {"of": 1.0, "prague": 5.0})
    found = reader(session).read(ASKED, passages)
    assert told(found, passages)[0] == (0, "north of prague", 10.0)
    assert "north of" not in [words for _, words, _ in told(found, passages)]


def test_of_spans_that_overlap_only_the_best_is_kept() -> None:
    text = "the north of prague in the treaty signed in prague the north of the treaty in north"
    passages = [passage(text), passage(text)]
    session = TableSession({"north": 3.0, "the": 2.0}, {"prague": 3.0, "treaty": 2.0})
    found = reader(session).read(ASKED, passages)
    for number in (0, 1):
        spans = sorted((one.span.start, one.span.end) for one in found if one.passage == number)
        assert len(spans) > 5
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
    # The same place in another passage is another answer.
    assert told(found, passages)[:2] == [(0, "north of prague", 6.0), (1, "north of prague", 6.0)]


def test_an_answer_never_crosses_a_sentences_border() -> None:
    passages = [passage("the north. of prague.", "the north.", "of prague.")]
    found = reader(TableSession({"north": 5.0}, {"prague": 5.0})).read(ASKED, passages)
    assert told(found, passages)[:2] == [(0, "north", 5.0), (0, "of prague", 5.0)]
    for one in found:
        assert one.sentence in passages[0].sentences
        assert one.sentence.start <= one.span.start < one.span.end <= one.sentence.end


def test_a_heading_is_no_answer() -> None:
    passages = [passage("prague\nthe treaty", "the treaty")]
    found = reader(TableSession(PRAGUE, PRAGUE)).read(ASKED, passages)
    assert {one.span.of(passages[0].text) for one in found} <= {"the", "treaty", "the treaty"}
    assert found


def test_a_passage_without_sentences_has_no_answer() -> None:
    bare = Passage("signed in prague", 0, 16, 1, 1, ())
    found = reader(TableSession(PRAGUE, PRAGUE)).read(ASKED, [bare, passage("in prague")])
    assert {one.passage for one in found} == {1}


def test_without_passages_the_model_is_not_asked() -> None:
    session = TableSession(PRAGUE, PRAGUE)
    assert reader(session).read(ASKED, []) == []
    assert reader(session).read(ASKED, [passage("")]) == []
    assert session.masks == []


def test_only_what_the_model_takes_is_given_to_it() -> None:
    session = TableSession(PRAGUE, PRAGUE)
    reader(session, inputs=ALL_INPUTS[:2]).read(ASKED, [passage("in prague")])
    reader(session).read(ASKED, [passage("in prague")])
    assert session.names == [ALL_INPUTS[:2], ALL_INPUTS]


def test_each_window_has_its_own_logits_as_long_as_its_tokens() -> None:
    session = TableSession({word: float(number) for number, word in enumerate(WORDS)}, PRAGUE)
    one = reader(session, 64)
    texts = ["the treaty " * size for size in (3, 20, 1, 19, 9, 20)]
    every = windows(one.tokenizer, ASKED, texts, 64)
    for window, (starts, ends) in zip(every, one.logits(every), strict=True):
        # The table's start logit of a token is its number.
        np.testing.assert_array_equal(starts, window.ids)
        assert len(ends) == len(window.ids)


def test_each_passage_is_read_by_itself_and_nothing_is_padded() -> None:
    session = TableSession()
    sizes = [40, 10, 39, 40, 3, 10]
    reader(session, 64).read(ASKED, [passage("the " * size) for size in sizes])
    # 5 tokens besides the passage's, and its end.
    read = sorted((size + 6 for size in sizes), reverse=True)
    assert sorted((mask.shape for mask in session.masks), reverse=True) == [(1, n) for n in read]
    assert all(mask.all() for mask in session.masks)


@pytest.mark.parametrize("size", [2, 4])
def test_a_reader_whose_files_have_another_size_is_not_opened(
    tmp_path_factory: pytest.TempPathFactory, size: int
) -> None:
    folder = tmp_path_factory.mktemp("reader")
    (folder / "reader.onnx").write_bytes(b"abc")
    card = Card(
        CARD_FORMAT, "table", MOST, ALL_INPUTS, "float32", {"reader.onnx": FileRecord(size, "")}
    )
    with pytest.raises(ModelUnavailable, match="missing or damaged"):
        ExtractiveReader.open(folder, card)
