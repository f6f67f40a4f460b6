from collections.abc import Mapping
from concurrent.futures import Future

import numpy as np
import pytest
from tokenizers.processors import TemplateProcessing

from qa.reader import paired
from qa.reader.candidates import TokenScores
from qa.reader.extractive import CARD_FORMAT, Card, ExtractiveReader
from qa.reader.paired import PairedReader, likeliest
from tests.qa.fakes import passage
from tests.qa.reader.tiny import IDS, TableSession, prepared

QUESTION = "who signed treaty"
PASSAGES = [passage("in prague"), passage("the north")]


def reader(starts: Mapping[str, float], max_tokens: int = 16) -> ExtractiveReader:
    card = Card(CARD_FORMAT, "table", max_tokens, ["input_ids", "attention_mask"], [], 1.0, {})
    return ExtractiveReader(card, TableSession(starts), prepared(max_tokens))


def both(fast: ExtractiveReader, accurate: ExtractiveReader) -> PairedReader:
    opening: Future[ExtractiveReader] = Future()
    opening.set_result(accurate)
    return PairedReader(fast, opening)


def margins(fast: ExtractiveReader, accurate: ExtractiveReader) -> dict[str, float]:
    found = both(fast, accurate).read(QUESTION, PASSAGES)
    return {one.span.of(PASSAGES[one.passage].text): one.margin for one in found}


def test_the_logits_of_both_readers_count() -> None:
    # The fast reader prefers the north, the accurate one Prague; [CLS] counts as well.
    found = margins(
        reader({"north": 3.0, "prague": 1.0}), reader({"north": 1.0, "prague": 4.0, "[CLS]": 1.0})
    )
    assert found["prague"] == pytest.approx(2.5 - 0.5)
    assert found["north"] == pytest.approx(2.0 - 0.5)


def test_special_tokens_of_another_kind_change_nothing() -> None:
    fast, accurate = reader({"north": 4.0}), reader({"prague": 4.0})
    expected = margins(fast, accurate)
    accurate.tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] [SEP] $B [SEP]",
        special_tokens=[("[CLS]", IDS["[CLS]"]), ("[SEP]", IDS["[SEP]"])],
    )
    assert margins(fast, accurate) == expected


def test_windows_that_differ_are_read_by_the_accurate_reader_alone() -> None:
    # The fast reader sees 12 tokens at once: the passage has two windows for it, one for the other.
    passages = [passage("in prague the north in prague the north")]
    fast, accurate = reader({"north": 3.0}, max_tokens=12), reader({"prague": 2.0})
    found = both(fast, accurate).read(QUESTION, passages)
    assert found[0].span.of(passages[0].text) == "prague"
    assert found[0].margin == pytest.approx(2.0)


SENTENCES = np.array([0, 0, 1, 1, 1, 2])


@pytest.mark.parametrize(
    ("likely", "limit", "expected"),
    [
        (1, 2, slice(0, 2)),
        (5, 2, slice(5, 6)),
        # The longest run of sentences with the answer; of equal ones the first.
        (5, 4, slice(2, 6)),
        (2, 5, slice(0, 5)),
        (3, 6, slice(0, 6)),
        # A sentence is read entirely even if it is longer.
        (4, 2, slice(2, 5)),
    ],
)
def test_the_sentences_where_an_answer_is_likely_are_read(
    likely: int, limit: int, expected: slice
) -> None:
    logits = np.where(np.arange(6) == likely, 9.0, 0.0).astype(np.float32)
    scores = TokenScores(0, np.zeros((6, 2), dtype=np.int64), logits, logits, 0.0)
    assert likeliest(scores, SENTENCES, limit) == expected


def test_tokens_of_no_sentence_are_no_reason_to_read() -> None:
    logits = np.zeros(4, np.float32)
    scores = TokenScores(0, np.zeros((4, 2), dtype=np.int64), logits, logits, 0.0)
    assert likeliest(scores, np.full(4, -1), 2) == slice(0, 4)


def test_the_accurate_reader_reads_only_sentences_where_the_fast_one_sees_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(paired, "TOKENS_READ", 3)
    text = "in prague. the north."
    passages = [passage(text, "in prague.", "the north.")]
    fast, accurate = reader({"north": 3.0}), reader({"prague": 9.0, "north": 1.0})
    found = both(fast, accurate).read(QUESTION, passages)
    assert {one.span.of(text): one.margin for one in found}["north"] == pytest.approx(2.0)
    assert "prague" not in {one.span.of(text) for one in found}
    assert accurate.session.masks[0].shape == (1, 3 + len(QUESTION.split()) + 3)


@pytest.mark.parametrize(
    ("processors", "budget", "passages"),
    # A token takes 1 ms, a window of 110 tokens 110 ms; 350 ms are about 3 of them.
    [(1, 110.0, 1), (1, 0.0, 1), (1, 210.0, 2), (2, 0.0, 2), (4, 350.0, 12)],
)
def test_a_time_is_enough_for_a_number_of_passages(
    monkeypatch: pytest.MonkeyPatch, processors: int, budget: float, passages: int
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: processors)
    assert both(reader({}), reader({})).passages_in(budget) == passages
