from collections.abc import Mapping
from concurrent.futures import Future

import numpy as np
import pytest
from tokenizers.processors import TemplateProcessing

from qa.reader.candidates import TokenScores
from qa.reader.extractive import CARD_FORMAT, Card, ExtractiveReader
from qa.reader.paired import PairedReader, mixed
from tests.qa.fakes import passage
from tests.qa.reader.tiny import IDS, TableSession, prepared

QUESTION = "who signed treaty"
PASSAGES = [passage("in prague"), passage("the north")]


def reader(starts: Mapping[str, float]) -> ExtractiveReader:
    card = Card(CARD_FORMAT, "table", 16, ["input_ids", "attention_mask"], [], 1.0, {})
    return ExtractiveReader(card, TableSession(starts), prepared(16))


def margins(fast: ExtractiveReader, accurate: ExtractiveReader) -> dict[str, float]:
    opening: Future[ExtractiveReader] = Future()
    opening.set_result(accurate)
    found = PairedReader(fast, opening).read(QUESTION, PASSAGES)
    return {one.span.of(PASSAGES[one.passage].text): one.margin for one in found}


def test_the_logits_of_both_readers_count() -> None:
    # The fast reader prefers the north, the accurate one Prague; [CLS] counts as well.
    both = margins(
        reader({"north": 3.0, "prague": 1.0}), reader({"north": 1.0, "prague": 4.0, "[CLS]": 1.0})
    )
    assert both["prague"] == pytest.approx(2.5 - 0.5)
    assert both["north"] == pytest.approx(2.0 - 0.5)


def test_special_tokens_of_another_kind_change_nothing() -> None:
    fast, accurate = reader({"north": 4.0}), reader({"prague": 4.0})
    expected = margins(fast, accurate)
    accurate.tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] [SEP] $B [SEP]",
        special_tokens=[("[CLS]", IDS["[CLS]"]), ("[SEP]", IDS["[SEP]"])],
    )
    assert margins(fast, accurate) == expected


def scores(number: int, start: int, logit: float) -> TokenScores:
    offsets = np.array([[start, start + 2], [start + 3, start + 5]])
    logits = np.full(2, logit, np.float32)
    return TokenScores(number, offsets, logits, logits, 0.0)


def test_windows_that_differ_are_read_by_the_accurate_reader_alone() -> None:
    longer = scores(1, 0, 1.0)
    longer.offsets[1, 1] += 1
    fast = [scores(0, 0, 1.0), longer, scores(2, 6, 1.0)]
    accurate = [scores(0, 0, 2.0), scores(1, 0, 2.0), scores(2, 0, 2.0), scores(3, 0, 2.0)]
    means = [float(each.starts[0]) for each in mixed(fast, accurate)]
    assert means == pytest.approx([1.5, 2.0, 2.0, 2.0])
