"""Sources of readers: Byline's own, one that the user trained, or any other by name or path."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.articles.paths import expanded
from index.errors import ModelUnavailable, summary_of
from index.models.registry import find_transformer
from qa.reader.encoders import encoder_folder
from qa.reader.shipped import RECORD_FILE, SHIPPED, load_trained, read_record

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_VOCABULARIES = (
    "tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "sentencepiece.bpe.model"
)  # fmt: skip
_MAX_INT8_DIFFERENCE = 2.0
"""Of Byline's readers. With 1.1 the fast one reads as well on AVX2 as in float32 (exact match 68.8,
not 68.2, on 154 gold passages of SQuAD dev); with 2.9, one scale for a matrix, it does not (59.7).
With 1.4 the accurate one was measured to answer as its card says."""
_MAX_TOKENS = 512
"""Limit for models that would take more: the cost of attention grows with the square."""


@dataclass(frozen=True)
class Loaded:
    """A question-answering network and what it takes."""

    network: "PreTrainedModel"
    tokenizer_json: str
    max_tokens: int
    inputs: tuple[str, ...]
    max_int8_difference: float | None
    """Of a logit in int8, over sample texts, with which it was measured to answer as well; an
    export beyond it is made in float32. None if it was not measured."""


@dataclass(frozen=True, slots=True)
class Source(ABC):
    """A reader on disk."""

    name: str
    """As the user gave it."""
    folder: Path
    fingerprint: str
    """Distinguishes it from every other reader."""

    @abstractmethod
    def load(self, cache: Path) -> Loaded:
        """Load it; `cache` is the folder of prepared models. Raises ModelUnavailable."""


def find_reader(name: str, *, from_hub: bool = True) -> Source:
    """Find a reader of Byline's own, one that `qa.training` made, or another by name or path.

    Of the two that `byline` stands for, this is the fast one. A name that is not on disk is
    downloaded from the hub if `from_hub`. Raises ModelUnavailable.
    """
    if not name:
        raise ModelUnavailable("the name of the reader is empty; omit --reader for Byline's own")
    folder = SHIPPED.get(name) or expanded(name)
    if name in SHIPPED or (folder / RECORD_FILE).is_file():
        return TrainedSource(name, folder, read_record(folder).sha256)
    return TransformerSource(name, *find_transformer(name, from_hub=from_hub))


class TrainedSource(Source):
    """A reader that `qa.training` made."""

    def load(self, cache: Path) -> Loaded:
        """Load it. Raises ModelUnavailable."""
        with encoder_folder(read_record(self.folder).over, cache) as encoder:
            network = load_trained(self.folder, encoder)
            tokenizer = (encoder / "tokenizer.json").read_text(encoding="utf-8")
        has_types = getattr(network.config, "type_vocab_size", 0) > 1
        inputs = _INPUTS if has_types else _INPUTS[:2]
        return Loaded(network, tokenizer, _MAX_TOKENS, inputs, _MAX_INT8_DIFFERENCE)


class TransformerSource(Source):
    """Any other question-answering transformer."""

    def load(self, cache: Path) -> Loaded:
        """Load it. Raises ModelUnavailable."""
        if not any((self.folder / file).is_file() for file in _VOCABULARIES):
            raise ModelUnavailable(f"reader {self.name!r} has no tokenizer (tokenizer.json)")
        try:
            tokenizer, network, missing = _from_pretrained(self.folder)
        except Exception as error:  # the libraries raise anything for a malformed folder
            message = f"reader {self.name!r} could not be loaded: {summary_of(error, 300)}"
            raise ModelUnavailable(message) from error
        if missing:
            fault = f"was not trained to answer questions: it has no {min(missing)}"
            raise ModelUnavailable(f"reader {self.name!r} {fault}")
        if not tokenizer.is_fast:
            raise ModelUnavailable(f"reader {self.name!r} has no fast tokenizer (tokenizer.json)")
        inputs = tuple(name for name in _INPUTS if name in tokenizer.model_input_names)
        max_tokens = min(tokenizer.model_max_length, _positions(network), _MAX_TOKENS)
        tokenizer_json = tokenizer.backend_tokenizer.to_str()
        return Loaded(network.eval(), tokenizer_json, max_tokens, inputs, None)


def _from_pretrained(folder: Path) -> "tuple[Any, PreTrainedModel, set[str]]":
    """Return the tokenizer, the network, and the names of weights that the folder lacks."""
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    settings = {"local_files_only": True, "trust_remote_code": False}
    tokenizer = AutoTokenizer.from_pretrained(str(folder), **settings)
    network, report = AutoModelForQuestionAnswering.from_pretrained(
        str(folder),
        **settings,
        use_safetensors=True,
        attn_implementation="eager",
        output_loading_info=True,
    )
    return tokenizer, network, report["missing_keys"]


def _positions(network: "PreTrainedModel") -> int:
    """Return how many tokens a network has positions for."""
    config = network.config
    positions = int(getattr(config, "max_position_embeddings", _MAX_TOKENS))
    # RoBERTa and its relatives count positions from after that of the padding.
    offset = config.pad_token_id + 1 if "roberta" in config.model_type else 0
    return positions - offset
