"""Where readers come from: Byline's own, one trained by hand, any other by name or path."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from index.articles.paths import expanded
from index.errors import ModelUnavailable
from index.models.registry import Transformer, find_transformer
from qa.reader.shipped import (
    DEFAULT_READER,
    FOLDER,
    RECORD_FILE,
    encoder_folder,
    load_trained,
    read_record,
)

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_VOCABULARIES = (
    "tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "sentencepiece.bpe.model"
)  # fmt: skip
_MOST_TOKENS = 512
"""At once, for models that would take more: the cost of attention grows with the square."""


@dataclass(frozen=True)
class Loaded:
    """A question-answering network and what it reads."""

    network: "PreTrainedModel"
    tokenizer_json: str
    max_tokens: int
    inputs: tuple[str, ...]
    int8: bool
    """Whether it was measured to lose little in int8."""


class Source(Protocol):
    """Where a reader comes from."""

    @property
    def name(self) -> str:
        """As the person calls it."""

    @property
    def fingerprint(self) -> str:
        """What tells it apart from every other reader."""

    def load(self) -> Loaded:
        """Load it. Raises ModelUnavailable."""


def find_reader(name: str, *, from_hub: bool = True) -> Source:
    """Find Byline's own reader, one that `qa.training` made, or another by name or path.

    Without `from_hub` the hub is not asked for a name not on disk. Raises ModelUnavailable.
    """
    if not name:
        raise ModelUnavailable("the reader has no name; leave --reader out for Byline's own")
    folder = FOLDER if name == DEFAULT_READER else expanded(name)
    if name == DEFAULT_READER or (folder / RECORD_FILE).is_file():
        return _Trained(name, folder, read_record(folder).sha256)
    return _Foreign(find_transformer(name, from_hub=from_hub))


@dataclass(frozen=True, slots=True)
class _Trained:
    name: str
    folder: Path
    fingerprint: str

    def load(self) -> Loaded:
        tokenizer = (encoder_folder() / "tokenizer.json").read_text(encoding="utf-8")
        return Loaded(load_trained(self.folder), tokenizer, _MOST_TOKENS, _INPUTS, int8=True)


@dataclass(frozen=True, slots=True)
class _Foreign:
    transformer: Transformer

    @property
    def name(self) -> str:
        return self.transformer.name

    @property
    def fingerprint(self) -> str:
        return self.transformer.fingerprint

    def load(self) -> Loaded:
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        if not any((self.transformer.folder / one).is_file() for one in _VOCABULARIES):
            raise ModelUnavailable(f"reader {self.name!r} has no tokenizer (tokenizer.json)")
        folder = str(self.transformer.folder)
        settings = {"local_files_only": True, "trust_remote_code": False}
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, **settings)
            network, told = AutoModelForQuestionAnswering.from_pretrained(
                folder,
                **settings,
                use_safetensors=True,
                attn_implementation="eager",
                output_loading_info=True,
            )
        except Exception as error:  # whatever libraries make of a folder that they did not write
            told = " ".join(str(error).split()) or type(error).__name__
            raise ModelUnavailable(
                f"reader {self.name!r} could not be loaded: {told:.300}"
            ) from error
        if told["missing_keys"]:
            raise ModelUnavailable(
                f"{self.name!r} was not trained to answer questions: it has no "
                f"{min(told['missing_keys'])}"
            )
        if not tokenizer.is_fast:
            raise ModelUnavailable(f"reader {self.name!r} has no fast tokenizer (tokenizer.json)")
        inputs = tuple(one for one in _INPUTS if one in tokenizer.model_input_names)
        longest = min(tokenizer.model_max_length, _positions(network), _MOST_TOKENS)
        tokenizer_json = tokenizer.backend_tokenizer.to_str()
        return Loaded(network.eval(), tokenizer_json, longest, inputs, int8=False)


def _positions(network: "PreTrainedModel") -> int:
    """Give the tokens that a network has positions for."""
    config = network.config
    positions = int(getattr(config, "max_position_embeddings", _MOST_TOKENS))
    # RoBERTa and its kin count positions from behind the padding's.
    offset = config.pad_token_id + 1 if "roberta" in config.model_type else 0
    return positions - offset
