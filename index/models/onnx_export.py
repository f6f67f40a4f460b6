"""The ONNX export of an embedding model: made once, checked, and kept in the user's cache."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from index.articles.bundled import sample_texts
from index.disk.durable_files import record_files
from index.errors import ModelUnavailable, summary_of
from index.models.cpu_tuning import processor
from index.models.onnx_runtime import open_tokenizer, write_onnx, write_tokenizer
from index.models.passage_encoder import (
    MIN_COSINE,
    SentenceEncoder,
    Vectors,
    encode_batch,
    load_model,
    max_input_tokens,
    tokenizer_json,
)
from index.models.question_encoder import (
    CARD_FORMAT,
    CARDS,
    MODEL_FILE,
    PASSAGES_FILE,
    TOKENIZER_FILE,
    Card,
    OnnxQuestionEncoder,
    QuestionEncoder,
    TorchQuestionEncoder,
    encode_each,
    network_inputs,
)
from index.models.registry import DEFAULT_MODEL, Model, find_model
from index.models.tuning import Sample, Trial, best_time, blocks, columns, exact, write_fastest

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

MIN_COSINE_FLOAT32 = 0.9999
"""Between the vectors of a float32 export and of the original model, for it to be used."""
_BLOCK = 16
"""Weights that share a scale: the fewest possible, so that vectors hardly change."""
_SAMPLES = 16
"""Texts that an export is compared on."""
_QUESTIONS = ("Who signed the agreement?", "When is it to come into force, and why?") * 5
"""Questions that each way of computing an export is timed on."""
_QUESTION_TOKENS, _PASSAGE_TOKENS = 12, 160
"""In a question and a passage, about."""
_MAX_LOSS = 0.01
"""Of a passage's cosine to its exact vector, for the default model. With one scale per column the
sample loses 0.003. When it lost 0.02, recall@8 of the development news by vectors and parts alone
was 91.6, and 91.4 with exact vectors (`python -m eval.measure.retrieval`)."""
_KNOWN_INPUTS = ("input_ids", "attention_mask", "token_type_ids")

Notice = Callable[[str], None]


def open_question_encoder(
    name: str, fingerprint: str, cache: Path, notice: Notice
) -> QuestionEncoder:
    """Open the question encoder of the model that an index was built with.

    The export is made if the cache lacks it; `notice` gets a message before slow work and when
    there is no export. Raises ModelUnavailable if the model is missing or has changed.
    """
    folder = folder_of(fingerprint, cache)
    card = CARDS.read(folder)
    if card is not None and not card.failure:
        return OnnxQuestionEncoder.open(folder, card)
    model = find_model(name)
    if model.fingerprint != fingerprint:
        raise ModelUnavailable(
            f"the index was built with another {name!r} than the one installed; "
            "run `byline index --full`"
        )
    if card is None:
        notice("preparing the model for questions (first use only)")
        card = ensure_export(model, cache)
    if card.failure:
        notice(f"the model could not be exported ({card.failure}); questions take longer")
        return TorchQuestionEncoder(load_model(model), model.prompts.question)
    return OnnxQuestionEncoder.open(folder, card)


def ensure_export(model: Model, cache: Path) -> Card:
    """Export a model for questions unless the cache has it; the card records a failure."""
    return CARDS.ensure(
        folder_of(model.fingerprint, cache),
        lambda folder: _export(model, load_model(model), folder),
    )


def is_exported(model_fingerprint: str, cache: Path) -> bool:
    """Return whether the cache has a model's export, or a record that it failed."""
    return CARDS.exists(folder_of(model_fingerprint, cache))


def folder_of(model_fingerprint: str, cache: Path) -> Path:
    """Return the folder of a model's export for this processor, for which it was tuned."""
    return cache / f"question-{processor()}-{model_fingerprint}"


def export_faults(folder: Path) -> list[str]:
    """Return what keeps a cached export from being used."""
    return CARDS.faults(folder)


def _export(model: Model, loaded: "SentenceTransformer", folder: Path) -> Card:
    try:
        card = _write_export(model, loaded, folder)
    except OSError:  # a full disk, which is not the model's fault
        raise
    except Exception as error:  # noqa: BLE001  (whatever torch's exporter or onnxruntime raises)
        return _failed(summary_of(error, 120))
    return card


def _failed(reason: str) -> Card:
    return Card(CARD_FORMAT, 0, 0, "", [], [], [], {}, failure=reason)


def _write_export(model: Model, loaded: "SentenceTransformer", folder: Path) -> Card:
    """Write exports for questions and passages, each in the way that is fastest for it here."""
    network = folder / "exact.onnx"
    inputs = _write_onnx(loaded, network)
    write_tokenizer(tokenizer_json(loaded), folder / TOKENIZER_FILE)
    sizes = int(loaded.get_embedding_dimension() or 0), max_input_tokens(loaded)
    card = Card(CARD_FORMAT, *sizes, model.prompts.question, inputs, [], [], {})
    sample = _Texts.of(loaded, card, open_tokenizer(folder / TOKENIZER_FILE))
    ways = [exact(1 - MIN_COSINE_FLOAT32), blocks(_BLOCK, 1 - MIN_COSINE)]
    questions = write_fastest(network, folder / MODEL_FILE, ways, sample.of_questions)
    if model.fingerprint == find_model(DEFAULT_MODEL).fingerprint:
        ways.append(columns(_MAX_LOSS))
    passages = write_fastest(
        network, folder / PASSAGES_FILE, ways, sample.of_passages, 1, sample.torch(model)
    )
    network.unlink()
    files = record_files(folder)
    return msgspec.structs.replace(card, questions=questions, passages=passages, files=files)


@dataclass(frozen=True)
class _Texts:
    """Texts that an export is compared with its model on, and timed on."""

    card: Card
    tokenizer: "Tokenizer"
    texts: list[str]
    vectors: Vectors
    """Of the texts, by the model itself."""

    @classmethod
    def of(cls, loaded: "SentenceTransformer", card: Card, tokenizer: "Tokenizer") -> "_Texts":
        texts = sample_texts(_SAMPLES)
        # Each text runs alone in the original, the export pads them.
        vectors = [encode_batch(loaded, [text], card.prompt) for text in texts]
        return cls(card, tokenizer, texts, np.concatenate(vectors))

    @property
    def of_questions(self) -> Sample:
        """For questions, as they are asked."""
        return Sample(self.inputs, _QUESTION_TOKENS, self.loss, self.ask)

    @property
    def of_passages(self) -> Sample:
        """For passages, as they are indexed."""
        return Sample(self.inputs, _PASSAGE_TOKENS, self.loss, self.embed)

    @property
    def inputs(self) -> list[dict[str, NDArray[np.int64]]]:
        """The network's inputs for each text."""
        encoded = [self.tokenizer.encode(text).ids for text in self.texts]
        return [network_inputs(self.card.inputs, [ids]) for ids in encoded]

    @property
    def passages(self) -> list[str]:
        """Texts as long as passages."""
        return ["\n".join(self.texts[first : first + 4]) for first in range(0, _SAMPLES, 4)]

    def _encoder(self, session: Any) -> OnnxQuestionEncoder:  # noqa: ANN401
        return OnnxQuestionEncoder(self.card, session, self.tokenizer)

    def loss(self, session: Any) -> float:  # noqa: ANN401
        """Return 1 minus the least cosine to a vector of the model."""
        found = self._encoder(session).encode(self.texts)
        return 1.0 - float((self.vectors * found).sum(axis=1).min())

    def ask(self, session: Any) -> None:  # noqa: ANN401
        """Encode questions, as they are asked."""
        for question in _QUESTIONS:
            self._encoder(session).encode([question])

    def embed(self, session: Any) -> None:  # noqa: ANN401
        """Encode passages, as they are indexed."""
        encode_each(self._encoder(session), self.passages)

    def torch(self, model: Model) -> Trial:
        """Time the model itself over passages, in the precision that is fastest here."""
        encoder = SentenceEncoder(model)
        encoder.encode(self.passages)
        spent = best_time(lambda: encoder.encode(self.passages))
        return Trial(f"torch in {encoder.precision}", 0.0, spent)


def _write_onnx(loaded: "SentenceTransformer", path: Path) -> list[str]:
    """Write the network; returns the names of its inputs."""
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
