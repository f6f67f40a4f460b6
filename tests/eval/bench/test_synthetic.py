from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from eval.bench.synthetic import SyntheticEncoder, SyntheticLanguage, write_synthetic_articles
from index.models.passage_encoder import Vectors, normalised


@pytest.fixture(scope="module")
def language() -> SyntheticLanguage:
    real: Vectors = np.random.default_rng(0).normal(size=(30, 48)).astype(np.float32)
    return SyntheticLanguage(normalised(real), 20)


@pytest.fixture(scope="module")
def texts(language: SyntheticLanguage) -> list[str]:
    return list(language.articles(4, 60))


def test_articles_are_reproducible(language: SyntheticLanguage, texts: list[str]) -> None:
    again = SyntheticLanguage(language.real, language.topics)
    assert list(again.articles(4, 60)) == texts
    np.testing.assert_array_equal(again.encode(texts[:3]), language.encode(texts[:3]))


def test_words_follow_zipfs_law(texts: list[str]) -> None:
    counts = [count for _, count in Counter(" ".join(texts).lower().split()).most_common()]
    # The frequency of rank r is about 1 / (r + 2.7), less the share of the topics.
    assert 4 < counts[0] / counts[30] < 20
    assert sum(count == 1 for count in counts) > len(counts) / 4


def test_texts_of_one_topic_are_similar(language: SyntheticLanguage, texts: list[str]) -> None:
    vectors = language.encode([part for text in texts for part in text.split("\n\n")])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    article = np.repeat(np.arange(60), 4)
    similarities = vectors @ vectors.T
    same = (article[:, None] == article[None, :]) & ~np.eye(240, dtype=bool)
    assert similarities[same].mean() > similarities[~same & ~np.eye(240, dtype=bool)].mean() + 0.15


def test_articles_are_written_in_subfolders(language: SyntheticLanguage, tmp_path: Path) -> None:
    count = write_synthetic_articles(tmp_path / "news", language, 100)
    files = sorted((tmp_path / "news").rglob("*.txt"))
    assert len(files) == count
    assert files[0].parent.name == "0000"
    assert len(files[0].read_text(encoding="utf-8").split("\n\n")) == 8


def test_the_encoder_of_a_build_encodes_like_the_language(
    language: SyntheticLanguage, texts: list[str]
) -> None:
    encoder = SyntheticEncoder(language)
    np.testing.assert_array_equal(encoder.encode(texts[:2]), language.encode(texts[:2]))
    assert encoder.count(["a" * 50]) == [12]
