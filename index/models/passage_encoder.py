"""Passages to vectors, through sentence-transformers; torch is loaded only when there is work."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from index.articles.passages import ModelLimit
from index.errors import ModelUnavailable, reason_of
from index.models.cpu_attention import use_matmul_attention, use_torch_attention
from index.models.cpu_tuning import (
    LENGTHS,
    has_fast_bfloat16,
    keep_freed_memory,
    pack_linear_layers,
    unpack_linear_layers,
)
from index.models.registry import Model, go_offline

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]
"""Shape (texts, dimension), each row of length 1."""
Precision = Literal["bfloat16", "float32"]

PARITY = 0.999
"""Least cosine between a text's bfloat16 and float32 vectors for bfloat16 to be used."""
_PARITY_TEXTS = (
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
    """An embedding model as the build uses it."""

    model: Model

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode a batch of passages; shape (texts, dimension), rows of length 1."""
        loaded, _ = self._loaded
        return encode_batch(loaded, texts, self.model.prompts.passage)

    @property
    def precision(self) -> Precision:
        """bfloat16 where the processor has it and the vectors stay the same, else float32."""
        return self._loaded[1]

    @cached_property
    def max_tokens(self) -> int:
        """Tokens that the model can see, special ones counted in."""
        configured = _configured_limit(self.model)
        return configured or longest_input(self._loaded[0])

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens that the model takes each text for."""
        prompted = [self.model.prompts.passage + text for text in texts]
        encoded = self._tokenizer.encode_batch(prompted)
        return [len(one.ids) for one in encoded]

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
        return (loaded, "bfloat16") if _to_bfloat16(loaded) else (loaded, "float32")


_UNLIMITED = 1 << 20
"""Tokens; what a model without a limit of its own is taken for."""


def load_model(model: Model) -> "SentenceTransformer":
    """Load a checked model in float32, from safetensors, never with code of its own."""
    go_offline()
    _quieten()
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(
            str(model.folder),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        ).eval()
    except Exception as error:  # whatever libraries make of a folder that they did not write
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelUnavailable(f"model {model.name!r} could not be loaded: {reason}") from error


def encode_batch(loaded: "SentenceTransformer", texts: Sequence[str], prompt: str) -> Vectors:
    """Encode texts in one batch; the rows are normalised in float32."""
    multiple = math.gcd(LENGTHS, longest_input(loaded))  # never past what the model sees
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


def longest_input(loaded: "SentenceTransformer") -> int:
    """Give the tokens that a loaded model can see, special ones counted in."""
    limit = loaded.max_seq_length
    return int(limit) if limit and math.isfinite(limit) else _UNLIMITED


def tokenizer_json(loaded: "SentenceTransformer") -> str:
    """Give the model's fast tokenizer as JSON. Raises ModelUnavailable where it has none."""
    backend = getattr(loaded.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ModelUnavailable("the model has no fast tokenizer (tokenizer.json)")
    return str(backend.to_str())


def _to_bfloat16(loaded: "SentenceTransformer") -> bool:
    """Turn the model to bfloat16 where that is fast here and changes nothing that matters."""
    import torch

    if not has_fast_bfloat16():
        return False
    exact = encode_batch(loaded, _PARITY_TEXTS, "")
    network = loaded.transformers_model
    loaded.to(torch.bfloat16)
    pack_linear_layers(loaded)
    if network is not None:
        use_matmul_attention(network)
    if float((encode_batch(loaded, _PARITY_TEXTS, "") * exact).sum(axis=1).min()) >= PARITY:
        return True
    unpack_linear_layers(loaded)
    if network is not None:
        use_torch_attention(network)
    loaded.to(torch.float32)
    return False


class _Limit(msgspec.Struct):
    max_seq_length: int | None = None


def _configured_limit(model: Model) -> int:
    """Read the limit without loading the model; 0 where it does not say."""
    path = model.folder / model.transformer / "sentence_bert_config.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Limit).max_seq_length or 0
    except (OSError, msgspec.MsgspecError):
        return 0


def _quieten() -> None:
    """Keep the libraries' own progress bars and advice off the person's screen."""
    import logging

    from huggingface_hub.utils.tqdm import disable_progress_bars
    from transformers.utils import logging as transformers_logging

    disable_progress_bars()
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
