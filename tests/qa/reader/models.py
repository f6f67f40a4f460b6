"""Tiny question-answering models of random weights, saved as such models are published."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.processors import RobertaProcessing

from index.models.registry import go_offline
from qa.reader.export import open_reader
from qa.reader.extractive import ExtractiveReader

POSITIONS = 64
_SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    # Large enough that logits are as large as a trained model's.
    "initializer_range": 0.5,
}
_BERT = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_ROBERTA = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
_WORDS = ("who", "signed", "the", "treaty", "in", "prague", "said", "of", "a", "to", ".", ",")


def save_bert(folder: Path, kind: str = "BertForQuestionAnswering") -> Any:  # noqa: ANN401
    go_offline()
    from transformers import BertConfig, BertTokenizerFast

    vocab = {word: number for number, word in enumerate(_BERT + _WORDS)}
    BertTokenizerFast(vocab=vocab).save_pretrained(folder)
    config = BertConfig(vocab_size=len(vocab), max_position_embeddings=POSITIONS, **_SIZES)
    return _saved(kind, config, folder)


def save_roberta(folder: Path) -> Any:  # noqa: ANN401
    """Positions count from 2, there are no types, and two tokens separate the texts."""
    go_offline()
    from transformers import PreTrainedTokenizerFast, RobertaConfig

    # In byte-level tokenizers a word includes the space before it.
    words = (*_ROBERTA, *(f"Ġ{word}" for word in _WORDS))
    vocab = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(WordLevel(vocab, unk_token="<unk>"))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=True)
    tokenizer.post_processor = RobertaProcessing(("</s>", 2), ("<s>", 0))
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", pad_token="<pad>", cls_token="<s>",
        sep_token="</s>", model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(folder)  # fmt: skip
    config = RobertaConfig(
        vocab_size=len(vocab), max_position_embeddings=POSITIONS + 2, type_vocab_size=1,
        pad_token_id=1, bos_token_id=0, eos_token_id=2, **_SIZES,
    )  # fmt: skip
    return _saved("RobertaForQuestionAnswering", config, folder)


def _saved(kind: str, config: Any, folder: Path) -> Any:  # noqa: ANN401
    import torch
    import transformers

    torch.manual_seed(7)
    network = getattr(transformers, kind)(config).eval()
    network.save_pretrained(folder)
    return network


@dataclass(frozen=True)
class Made:
    """A model, its export, and the reader opened from it."""

    model: Path
    network: Any
    cache: Path
    reader: ExtractiveReader
    notices: list[str]

    @property
    def folder(self) -> Path:
        (folder,) = self.cache.iterdir()
        return folder


def make(folder: Path, save: Callable[[Path], Any]) -> Made:
    notices: list[str] = []
    network = save(folder / "model")
    reader = open_reader(str(folder / "model"), folder / "cache", notices.append)
    return Made(folder / "model", network, folder / "cache", reader, notices)
