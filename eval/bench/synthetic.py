"""Synthetic articles in any number, to measure large indexes without real text.

Words follow Zipf's law: those of the bundled articles, the most frequent first, then words made of
syllables. An article has one topic, and topics are as unequal as words: a third of its words are
among the topic's few, the rest among all. A text's vector is the sum of its words' directions;
rare words count more. A topic lies between two passages of the bundled articles, as the embedding
model has them, and its words around it. So passages form clusters of all sizes, where real text is.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from eval.bench.child import resident
from eval.bench.indexing import timed
from index.articles.bundled import sample_texts
from index.articles.files import resolve_roots
from index.build.pipeline import BuildRequest, build
from index.models.passage_encoder import Precision, Vectors, normalised
from index.models.registry import find_model
from index.storage.store import Store

_SEED = 7
_WORDS = 40_000
_TOPIC_WORDS = 24
_TOPIC_SHARE = 0.33
_SPREAD = 1.0
"""Length of a word's own part of its direction; its topic's part has length 1."""
_SHIFT = 2.7
"""Of the Zipf–Mandelbrot law: the word of rank r has frequency 1 / (r + shift)."""
_SENTENCE = (8, 20)
"""Words."""
_PARAGRAPH = 8
"""Sentences."""
_PASSAGES = 2.06
"""In a paragraph, with the default settings; measured."""
_FOLDER = 1000
"""Articles in a folder."""
_SYLLABLES = tuple(c + v for c in "bdfgklmnprstvz" for v in ("a", "e", "i", "o", "u", "an", "or"))
_WORD = re.compile(r"[a-z]+")

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class SyntheticLanguage:
    """Words, their frequencies, their topics and their directions."""

    real: Vectors
    """Vectors of real passages; shape (passages, dimension)."""
    topics: int

    @cached_property
    def words(self) -> list[str]:
        """All words, the most frequent first."""
        counts = Counter(_WORD.findall(" ".join(sample_texts(100_000)).lower()))
        real = [word for word, _ in counts.most_common() if len(word) > 1]
        synthetic = [_syllables(number) for number in range(_WORDS)]
        return list(dict.fromkeys(real + synthetic))[:_WORDS]

    @cached_property
    def directions(self) -> Vectors:
        """The direction of each word, scaled by its weight; shape (words, dimension)."""
        chance = np.random.default_rng(_SEED)
        own = normalised(chance.normal(size=(_WORDS, self.real.shape[1])).astype(np.float32))
        topical = self._centres(chance)[chance.integers(self.topics, size=_WORDS)]
        for words, centre in zip(self.topic_words, self._centres(chance), strict=True):
            topical[words] = centre
        weights = np.log(np.arange(_WORDS) + _SHIFT) / np.log(_WORDS)
        return np.asarray((topical + _SPREAD * own) * weights[:, None] ** 2, dtype=np.float32)

    @cached_property
    def topic_words(self) -> Ints:
        """The words of each topic; shape (topics, words of a topic)."""
        chance = np.random.default_rng(_SEED + 1)
        return chance.integers(200, _WORDS, size=(self.topics, _TOPIC_WORDS))

    def _centres(self, chance: np.random.Generator) -> Vectors:
        first, second = chance.integers(len(self.real), size=(2, self.topics))
        share = chance.uniform(0.5, 1.0, size=(self.topics, 1)).astype(np.float32)
        return normalised(share * self.real[first] + (1 - share) * self.real[second])

    def articles(self, paragraphs: int, count: int) -> Iterator[str]:
        """Yield the texts of `count` articles with this many paragraphs each."""
        chance = np.random.default_rng(_SEED + 2)
        frequencies = 1 / (np.arange(_WORDS) + _SHIFT)
        cumulative = np.cumsum(frequencies / frequencies.sum())
        popularity = np.cumsum(1 / (np.arange(self.topics) + 10))
        popularity /= popularity[-1]
        for _ in range(count):
            topic = np.searchsorted(popularity, chance.random())
            lengths = chance.integers(*_SENTENCE, size=(paragraphs, _PARAGRAPH))
            total = int(lengths.sum())
            ids = np.minimum(np.searchsorted(cumulative, chance.random(total)), _WORDS - 1)
            of_topic = chance.random(total) < _TOPIC_SHARE
            drawn = chance.zipf(1.3, size=total) % _TOPIC_WORDS
            ids[of_topic] = self.topic_words[topic, drawn[of_topic]]
            yield self._text(ids.tolist(), lengths.tolist())

    def _text(self, ids: Sequence[int], lengths: Sequence[Sequence[int]]) -> str:
        words, start, paragraphs = self.words, 0, []
        for of_paragraph in lengths:
            sentences = []
            for length in of_paragraph:
                sentence = " ".join([words[i] for i in ids[start : start + length]])
                sentences.append(sentence.capitalize())
                start += length
            paragraphs.append(". ".join(sentences) + ".")
        return "\n\n".join(paragraphs) + "\n"

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words)}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts; shape (texts, dimension), rows of length 1."""
        known = [
            [self._numbers[word] for word in _WORD.findall(text.lower()) if word in self._numbers]
            for text in texts
        ]
        sums = [self.directions[words].sum(axis=0) for words in known]
        return normalised(np.asarray(sums, dtype=np.float32).reshape(len(texts), -1))


@dataclass(frozen=True)
class SyntheticEncoder:
    """The encoder of a language, for a build."""

    language: SyntheticLanguage
    max_tokens: int = 256
    precision: Precision = "float32"

    def count(self, texts: Sequence[str]) -> list[int]:
        """Estimate the tokens of each text in a real model."""
        return [2 + len(text) // 5 for text in texts]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts."""
        return self.language.encode(texts)


def write_synthetic_articles(
    folder: Path, language: SyntheticLanguage, passages: int, paragraphs: int = 8
) -> int:
    """Write articles with about this many passages in all; return how many articles."""
    count = max(1, round(passages / (paragraphs * _PASSAGES)))
    for number, text in enumerate(language.articles(paragraphs, count)):
        subfolder = folder / f"{number // _FOLDER:04}"
        if number % _FOLDER == 0:
            subfolder.mkdir(parents=True)
        (subfolder / f"{number:07}.txt").write_text(text, encoding="utf-8")
    return count


class BuildBench(msgspec.Struct, frozen=True):
    """What a build took."""

    seconds: float
    without_embedding: float
    """Seconds."""
    articles: int
    passages: int
    peak: int
    """Bytes resident, at their peak."""


def build_synthetic(index: str, articles: str, vectors: str, topics: int, model: str) -> BuildBench:
    """Build or update an index of synthetic articles, which the language of `vectors` embeds."""
    request = BuildRequest(find_model(model), resolve_roots((articles,)))
    encoder = SyntheticEncoder(SyntheticLanguage(np.load(vectors), topics))
    began = time.perf_counter()
    summary, embedding = timed(build(Store(Path(index)), request, encoder))
    seconds = time.perf_counter() - began
    sizes = summary.articles, summary.passages
    return BuildBench(seconds, seconds - embedding, *sizes, resident("VmHWM"))


def _syllables(number: int) -> str:
    parts = []
    number += len(_SYLLABLES)
    while number:
        number, part = divmod(number, len(_SYLLABLES))
        parts.append(_SYLLABLES[part])
    return "".join(parts)
