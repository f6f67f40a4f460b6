"""Passages to vectors, with sentence-transformers; torch is loaded only when there is work."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from index.articles.passages import ModelLimit
from index.errors import ModelUnavailable, reason_of, summary_of
from index.models.cpu_attention import use_matmul_attention
from index.models.cpu_tuning import (
    PAD_MULTIPLE,
    has_fast_bfloat16,
    keep_freed_memory,
    pack_linear_layers,
)
from index.models.registry import Model, go_offline

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]
"""Shape (texts, dimension), each row of length 1."""
Precision = Literal["bfloat16", "float32", "int8"]

MIN_COSINE = 0.999
"""Between a text's vectors in a lower precision and in float32, for the lower to be used."""
_COMPARED_TEXTS = (
    "The harbour board voted on Tuesday to rebuild the breakwater before next winter.",
    "Who signed the agreement, and when does it come into force?",
    "Fourteen more interceptors are to be in the ground by 2017, at a cost of $1 billion.",
)


class PassageEncoder(ModelLimit, Protocol):
    """What a build needs of an embedding model."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode a batch of texts."""

    @property
    def precision(self) -> Precision:
        """The arithmetic that the vectors are computed in."""


@dataclass(frozen=True)
class SentenceEncoder:
    """An embedding model as a build uses it; loaded when first needed."""

    model: Model

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode a batch of passages; shape (texts, dimension), rows of length 1."""
        loaded, _ = self._loaded
        return encode_batch(loaded, texts, self.model.prompts.passage)

    @property
    def precision(self) -> Precision:
        """bfloat16 if it is fast here and the vectors stay the same, else float32."""
        return self._loaded[1]

    @cached_property
    def max_tokens(self) -> int:
        """Tokens that the model can see, including special ones."""
        return _configured_limit(self.model) or max_input_tokens(self._loaded[0])

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has for the model."""
        prompted = [self.model.prompts.passage + text for text in texts]
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(prompted)]

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        from tokenizers import Tokenizer

        path = self.model.folder / self.model.transformer / "tokenizer.json"
        if path.is_file():
            try:
                tokenizer = Tokenizer.from_file(str(path))
            except Exception as error:  # tokenizers raises nothing narrower
                raise ModelUnavailable(f"{path} cannot be read: {reason_of(error)}") from error
        else:
            tokenizer = Tokenizer.from_str(tokenizer_json(self._loaded[0]))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _loaded(self) -> "tuple[SentenceTransformer, Precision]":
        keep_freed_memory()
        loaded = load_model(self.model)
        if not has_fast_bfloat16():
            return loaded, "float32"
        exact = encode_batch(loaded, _COMPARED_TEXTS, "")
        _to_bfloat16(loaded)
        rounded = encode_batch(loaded, _COMPARED_TEXTS, "")
        if float((rounded * exact).sum(axis=1).min()) >= MIN_COSINE:
            return loaded, "bfloat16"
        return load_model(self.model), "float32"  # the weights in memory are rounded


_UNLIMITED = 1 << 20
"""Tokens that a model without a limit is said to see."""


def load_model(model: Model) -> "SentenceTransformer":
    """Load a checked model in float32, from safetensors, never with custom code."""
    go_offline()
    _silence_libraries()
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(
            str(model.folder),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        ).eval()
    except Exception as error:  # the libraries raise anything for a malformed folder
        message = f"model {model.name!r} could not be loaded: {summary_of(error)}"
        raise ModelUnavailable(message) from error


def encode_batch(loaded: "SentenceTransformer", texts: Sequence[str], prompt: str) -> Vectors:
    """Encode texts in one batch; the rows are normalised in float32."""
    multiple = math.gcd(PAD_MULTIPLE, max_input_tokens(loaded))  # never pad past the limit
    vectors = loaded.encode(
        list(texts),
        prompt=prompt,
        batch_size=len(texts) or 1,
        show_progress_bar=False,
        processing_kwargs={"text": {"pad_to_multiple_of": multiple}},
    )
    return normalised(np.asarray(vectors, dtype=np.float32))


def normalised(vectors: Vectors) -> Vectors:
    """Scale each row to length 1; a row of zeros stays."""
    exact = vectors.astype(np.float64)
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    return np.asarray(exact / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def max_input_tokens(loaded: "SentenceTransformer") -> int:
    """Return how many tokens a loaded model can see, including special ones."""
    limit = loaded.max_seq_length
    return int(limit) if limit and math.isfinite(limit) else _UNLIMITED


def tokenizer_json(loaded: "SentenceTransformer") -> str:
    """Return the model's fast tokenizer as JSON. Raises ModelUnavailable if it has none."""
    backend = getattr(loaded.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ModelUnavailable("the model has no fast tokenizer (tokenizer.json)")
    return str(backend.to_str())


def _to_bfloat16(loaded: "SentenceTransformer") -> None:
    """Convert a model to bfloat16, which rounds its weights, and make it fast on a CPU."""
    import torch

    loaded.to(torch.bfloat16)
    pack_linear_layers(loaded)
    if loaded.transformers_model is not None:
        use_matmul_attention(loaded.transformers_model)


class _Limit(msgspec.Struct):
    max_seq_length: int | None = None


def _configured_limit(model: Model) -> int | None:
    """Read the limit without loading the model; None if the configuration has none."""
    path = model.folder / model.transformer / "sentence_bert_config.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Limit).max_seq_length
    except (OSError, msgspec.MsgspecError):
        return None


def _silence_libraries() -> None:
    """Keep the libraries' own progress bars and advice off the screen."""
    import logging

    from huggingface_hub.utils.tqdm import disable_progress_bars
    from transformers.utils import logging as transformers_logging

    disable_progress_bars()
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
