"""A tokenizer with a dozen words, and a session with logits from a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from qa.reader.spans import Floats
from qa.reader.windows import prepare_tokenizer

WORDS = (
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]"),
    *("who", "signed", "the", "treaty", "in", "prague", "north", "of", "##s", "##ing"),
    *(".", ",", '"'),
)
IDS = {word: number for number, word in enumerate(WORDS)}


def word_piece() -> Tokenizer:
    """A tokenizer with BERT's layout: [CLS] question [SEP] passage [SEP]."""
    tokenizer = Tokenizer(WordPiece(dict(IDS), unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", IDS["[CLS]"]), ("[SEP]", IDS["[SEP]"])],
    )
    return tokenizer


def prepared(max_tokens: int) -> Tokenizer:
    tokenizer = word_piece()
    prepare_tokenizer(tokenizer, max_tokens)
    return tokenizer


@dataclass
class TableSession:
    """Stands in for an exported model: a token's logits are those of its word, or 0."""

    starts: Mapping[str, float] = field(default_factory=dict)
    ends: Mapping[str, float] = field(default_factory=dict)
    masks: list[NDArray[np.int64]] = field(default_factory=list)
    """The attention mask of each call."""
    names: list[list[str]] = field(default_factory=list)
    """The names of the inputs of each call."""

    def run(self, outputs: None, inputs: Mapping[str, NDArray[np.int64]]) -> Sequence[Floats]:
        assert outputs is None
        self.masks.append(inputs["attention_mask"])
        self.names.append(list(inputs))
        return [_table(column)[inputs["input_ids"]] for column in (self.starts, self.ends)]


def _table(column: Mapping[str, float]) -> Floats:
    return np.array([column.get(word, 0) for word in WORDS], dtype=np.float32)
