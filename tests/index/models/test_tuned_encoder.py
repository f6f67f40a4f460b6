from pathlib import Path

import msgspec
import numpy as np
import pytest

from index.models import tuned_encoder
from index.models.onnx_export import ensure_export, folder_of
from index.models.passage_encoder import SentenceEncoder
from index.models.question_encoder import PASSAGES_FILE, Card
from index.models.registry import Model, find_model
from index.models.tuned_encoder import TunedEncoder
from tests.real import Home

pytestmark = pytest.mark.slow

PASSAGES = [
    "The envoy signed the radar treaty in Prague on a rainy morning in July.",
    "Thieves took ten pocket watches and a tower clock from the museum.",
    "The harbour was closed for repairs; its cranes are new.",
]


@pytest.fixture(scope="session")
def exported(real: Home) -> tuple[Model, Path, Card]:
    """The default model, and the cache with the exports that were made for it."""
    model = find_model("all-MiniLM-L6-v2")
    return model, real.cache, ensure_export(model, real.cache)


def test_vectors_are_about_those_of_the_model(exported: tuple[Model, Path, Card]) -> None:
    model, cache, card = exported
    encoder, original = TunedEncoder(model, cache), SentenceEncoder(model)
    vectors = encoder.encode(PASSAGES)
    assert vectors.shape == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (vectors * original.encode(PASSAGES)).sum(axis=1).min() >= 0.95
    assert encoder.encode([]).shape == (0, 384)
    assert (encoder.max_tokens, encoder.count(PASSAGES)) == (256, original.count(PASSAGES))
    assert encoder.precision == {"float32": "float32", "torch in bfloat16": "bfloat16"}.get(
        card.passages[0].way, "int8"
    )


def test_a_passage_has_the_same_vector_alone_and_among_others(
    exported: tuple[Model, Path, Card],
) -> None:
    model, cache, _ = exported
    encoder = TunedEncoder(model, cache, few=True)
    alone = np.concatenate([encoder.encode([passage]) for passage in PASSAGES])
    np.testing.assert_array_equal(encoder.encode(PASSAGES), alone)


def test_the_fastest_of_the_export_and_torch_is_kept(exported: tuple[Model, Path, Card]) -> None:
    model, cache, card = exported
    chosen, *others = card.passages
    times = [trial.milliseconds for trial in others if trial.milliseconds is not None]
    assert chosen.milliseconds is not None
    # A more exact way is preferred if it takes at most a tenth more.
    assert chosen.milliseconds <= 1.1 * min(times)
    has_file = (folder_of(model.fingerprint, cache) / PASSAGES_FILE).is_file()
    assert has_file == card.has_passages == (not chosen.way.startswith("torch"))


@pytest.mark.parametrize(("few", "uses_torch"), [(False, True), (True, False)])
def test_where_torch_is_faster_it_embeds_all_but_a_few_passages(
    exported: tuple[Model, Path, Card], monkeypatch: pytest.MonkeyPatch, few: bool, uses_torch: bool
) -> None:
    model, cache, card = exported
    files = {name: record for name, record in card.files.items() if "passages" not in name}
    without = msgspec.structs.replace(card, files=files)
    monkeypatch.setattr(tuned_encoder, "ensure_export", lambda *_: without)
    encoder = TunedEncoder(model, cache, few=few)
    assert isinstance(encoder._fastest, SentenceEncoder) == uses_torch


def test_a_model_that_cannot_be_exported_embeds_with_torch(
    exported: tuple[Model, Path, Card], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, cache, card = exported
    failed = msgspec.structs.replace(card, failure="it did")
    monkeypatch.setattr(tuned_encoder, "ensure_export", lambda *_: failed)
    assert isinstance(TunedEncoder(model, cache, few=True)._fastest, SentenceEncoder)
