"""A build holds one batch of vectors and texts in memory, however many there are."""

import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.articles.files import Root
from index.build.pipeline import BuildRequest, build
from index.models.passage_encoder import Precision, Vectors
from index.search.vector_file import VectorWriter
from index.storage.store import Store
from tests.fakes import fake_model

pytestmark = pytest.mark.slow

DIMENSION = 8192
VECTOR = 4 * DIMENSION
"""Bytes of a vector in float32."""
ALLOWED = 640
"""Bytes that a build may hold for each further passage."""
ARTICLE = 50
"""Passages in an article."""


class WideEncoder:
    """An encoder that makes long vectors quickly."""

    max_tokens = 256
    precision: Precision = "float32"

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text) // 5 for text in texts]

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        vectors[range(len(texts)), [hash(text) % DIMENSION for text in texts]] = 1
        return vectors


def peak(folder: Path, passages: int) -> int:
    """Return the peak bytes that Python and NumPy held while indexing some passages."""
    news = folder / str(passages)
    news.mkdir()
    for number in range(passages // ARTICLE):
        regions = (f"Ship {number} {i} left. " + "It was dark. " * 10 for i in range(ARTICLE))
        text = "\n\nAdvertisement\n\n".join(regions)
        (news / f"{number}.txt").write_text(text, encoding="utf-8")
    request = BuildRequest(fake_model(), (Root("news", str(news)),))
    store = Store(folder / f"index {passages}")
    tracemalloc.start()
    try:
        for _ in build(store, request, WideEncoder()):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module", autouse=True)
def _modules_loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    peak(tmp_path_factory.mktemp("first"), 50)


def growth(folder: Path) -> float:
    """Return the bytes of peak memory for each additional passage."""
    few, many = 100, 500
    # Each advertisement is a passage, too.
    return (peak(folder, many) - peak(folder, few)) / (2 * (many - few))


def test_an_additional_passage_takes_much_less_memory_than_its_vector(tmp_path: Path) -> None:
    assert growth(tmp_path) < ALLOWED


def test_the_measurement_finds_a_build_that_holds_its_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Vectors] = []
    put = VectorWriter.put

    def holds(self: VectorWriter, rows: list[int], vectors: Vectors) -> None:
        held.append(vectors)
        put(self, rows, vectors)

    monkeypatch.setattr(VectorWriter, "put", holds)
    assert growth(tmp_path) > VECTOR / 2
