"""The ONNX export of an embedding model: made once per model, checked, kept in the user's cache."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from index.articles.bundled import sample_texts
from index.disk.durable_files import record_files
from index.errors import ModelUnavailable
from index.models.onnx_runtime import finish, write_onnx, write_tokenizer
from index.models.passage_encoder import (
    PARITY,
    encode_batch,
    load_model,
    longest_input,
    tokenizer_json,
)
from index.models.quantization import has_fast_int8, quantise
from index.models.question_encoder import (
    CARD_FORMAT,
    CARDS,
    MODEL_FILE,
    TOKENIZER_FILE,
    Card,
    OnnxQuestionEncoder,
    QuestionEncoder,
    TorchQuestionEncoder,
)
from index.models.registry import Model, find_model

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

LEAST_COSINE = 0.9999
"""To the original model, over real text, of an export in float32; below it it is not used."""
_BLOCK = 16
"""Weights that share a scale: the fewest, so that vectors stay what they are."""
_COMPARED = 16
"""Texts that it is looked for in, each by itself in the original; the export pads them."""
_KNOWN_INPUTS = ("input_ids", "attention_mask", "token_type_ids")

Notice = Callable[[str], None]


def open_question_encoder(
    name: str, fingerprint: str, cache: Path, notice: Notice
) -> QuestionEncoder:
    """Open the question encoder of the model that an index was built with.

    The export is made where the cache lacks it; `notice` is told of what takes long or falls back.
    Raises ModelUnavailable where the model is not on this machine, or is another than it was.
    """
    folder = cache / fingerprint
    card = CARDS.read(folder)
    if card != CARDS.blank and not card.failure:
        return OnnxQuestionEncoder.open(folder, card)
    model = find_model(name)
    if model.fingerprint != fingerprint:
        raise ModelUnavailable(
            f"the index was built with another {name!r} than the one here now; "
            "run `byline index --full`"
        )
    if card == CARDS.blank:
        notice("preparing the model for questions, once")
        card = ensure_export(model, cache)
    if card.failure:
        notice(f"the model could not be exported ({card.failure}); asking takes longer")
        return TorchQuestionEncoder.open(model)
    return OnnxQuestionEncoder.open(folder, card)


def ensure_export(model: Model, cache: Path) -> Card:
    """Export a model for questions unless the cache has it; the card says how that went."""
    return CARDS.ensure(
        cache / model.fingerprint, lambda made: _export(model, load_model(model), made)
    )


def is_exported(model_fingerprint: str, cache: Path) -> bool:
    """Tell whether the cache has a model's export, or the note that there can be none."""
    return CARDS.has(cache / model_fingerprint)


def export_failure(model_fingerprint: str, cache: Path) -> str:
    """Tell why a model could not be exported; empty where it was, or was not tried."""
    return CARDS.read(cache / model_fingerprint).failure


def export_faults(folder: Path) -> list[str]:
    """Tell what keeps a cached export from being used, by size and SHA-256."""
    if not CARDS.has(folder):
        return ["the model is not prepared for questions yet; the next question does that"]
    return CARDS.faults(folder)


def _failed(reason: str) -> Card:
    return msgspec.structs.replace(CARDS.blank, format=CARD_FORMAT, failure=reason)


def _export(model: Model, loaded: "SentenceTransformer", folder: Path) -> Card:
    try:
        card = _exported(model, loaded, folder)
    except OSError:  # a full disk says nothing of the model
        raise
    except Exception as error:  # noqa: BLE001  (whatever torch's exporter or onnxruntime raises)
        told = " ".join(str(error).split())
        return _failed(f"{type(error).__name__}: {told:.120}" if told else type(error).__name__)
    least = PARITY if card.precision == "int8" else LEAST_COSINE
    if not card.cosine >= least:
        return _failed(f"cosine {card.cosine:.5f} to the original, under {least}")
    return card


def _exported(model: Model, loaded: "SentenceTransformer", folder: Path) -> Card:
    exact = folder / "exact.onnx"
    inputs = _write_onnx(loaded, exact)
    write_tokenizer(tokenizer_json(loaded), folder / TOKENIZER_FILE)
    draft = Card(
        format=CARD_FORMAT,
        dimension=int(loaded.get_embedding_dimension() or 0),
        max_tokens=longest_input(loaded),
        prompt=model.prompts.question,
        inputs=inputs,
        precision="int8",
        cosine=0.0,
        files={},
    )
    cosine = _finished_in_int8(loaded, exact, folder, draft) if has_fast_int8() else 0.0
    if not cosine >= PARITY:
        finish(exact, folder / MODEL_FILE)
        draft = msgspec.structs.replace(draft, precision="float32")
        cosine = _least_cosine(loaded, OnnxQuestionEncoder.open(folder, draft))
    exact.unlink()
    return msgspec.structs.replace(draft, cosine=cosine, files=record_files(folder))


def _finished_in_int8(
    loaded: "SentenceTransformer", exact: Path, folder: Path, draft: Card
) -> float:
    """Finish a network whose weights take a byte each; gives its cosine to the original."""
    quantised = folder / "int8.onnx"
    quantise(exact, quantised, _BLOCK)
    finish(quantised, folder / MODEL_FILE)
    quantised.unlink()
    return _least_cosine(loaded, OnnxQuestionEncoder.open(folder, draft))


def _write_onnx(loaded: "SentenceTransformer", path: Path) -> list[str]:
    import torch

    # Eager attention makes the smaller graph: no guard against rows of nothing but padding.
    if loaded.transformers_model is not None:
        loaded.transformers_model.set_attn_implementation("eager")
    features = loaded.preprocess(["An export needs an example.", "Two."])
    inputs = [name for name in _KNOWN_INPUTS if name in features]

    class Embed(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.loaded = loaded

        def forward(self, *values: torch.Tensor) -> torch.Tensor:
            return self.loaded(dict(zip(inputs, values, strict=True)))["sentence_embedding"]

    write_onnx(Embed(), {name: features[name] for name in inputs}, ["vector"], path)
    return inputs


def _least_cosine(loaded: "SentenceTransformer", exported: OnnxQuestionEncoder) -> float:
    texts = sample_texts(_COMPARED)
    original = np.concatenate(
        [encode_batch(loaded, [text], exported.card.prompt) for text in texts]
    )
    return float((original * exported.encode(texts)).sum(axis=1).min())
