"""Passages made by hand, and small libraries of articles that are indexed with the fake encoder."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from index.articles.files import Root
from index.articles.passages import Passage
from index.articles.spans import Span
from index.build.events import Summary
from index.build.pipeline import BuildRequest, build
from index.models.passage_encoder import Vectors
from index.storage.catalog import StoredPassage
from index.storage.store import Store
from qa.answering.confidence import FEATURES, Calibration
from qa.bot import Bot
from qa.reader.protocol import Candidate, Reader
from qa.retrieval.retriever import Hit
from tests.fakes import FakeEncoder, fake_model

CALIBRATION = Calibration((1.0, *[0.0] * (len(FEATURES) - 1)), 0.0, 1.0, 0.0, 0.0, 0.5, 0.5)
"""The logistic of the reader's margin alone; no test hangs on the weights that ship."""
FEW = 6
"""Candidates of a reader that returns few."""


@dataclass
class TableEncoder:
    """A QuestionEncoder that looks each text's vector up."""

    table: Mapping[str, Sequence[float]]
    calls: list[list[str]] = field(default_factory=list)

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(list(texts))
        return np.array([self.table[text] for text in texts], dtype=np.float32)


def passage(text: str, *sentences: str, line: int = 1, column: int = 1) -> Passage:
    """A passage with these sentences in order; with none named, all of it is one."""
    spans, at = [], 0
    for sentence in sentences or (text,):
        at = text.index(sentence, at)
        spans.append(Span(at, at + len(sentence)))
    return Passage(text, 0, len(text.encode()), line, column, tuple(spans))


def stored(number: int, article: int, one: Passage | str) -> StoredPassage:
    """A passage as a generation would hold it."""
    made = passage(one) if isinstance(one, str) else one
    return StoredPassage(number, article, made, bytes(32))


def retrieved(
    one: StoredPassage, *duplicates: StoredPassage, title: str = "", similarity: float = 0.5
) -> Hit:
    """A passage as a retriever would give it."""
    return Hit(one, title, similarity, duplicates)


@dataclass
class Library:
    """A folder of articles and its index."""

    folder: Path
    encoder: FakeEncoder = field(default_factory=FakeEncoder)

    @property
    def news(self) -> Path:
        return self.folder / "news"

    @property
    def store(self) -> Store:
        return Store(self.folder / "index")

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.news / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def index(self) -> Summary:
        self.encoder = FakeEncoder()
        request = BuildRequest(fake_model(), (Root(str(self.news), str(self.news.resolve())),))
        *_, last = build(self.store, request, self.encoder)
        assert isinstance(last, Summary)
        return last

    @contextmanager
    def bot(self, threshold: float = 0.0, reader: Reader | None = None) -> Iterator[Bot]:
        asked = reader or SentenceReader()
        bot = Bot.from_index(self.store.open(), FakeEncoder(), asked, threshold)
        try:
            bot.calibration = CALIBRATION
            yield bot
        finally:
            bot.close()


@dataclass
class SentenceReader:
    """A Reader that gives whole sentences, the surer the more words they share with the question.

    The very words of the question are surely right.
    """

    reads: list[int] = field(default_factory=list)
    """How many passages it was given, each time that it was asked."""

    def read(
        self, question: str, passages: Sequence[Passage], _contexts: Sequence[str] = ()
    ) -> list[Candidate]:
        self.reads.append(len(passages))
        wanted = set(question.lower().split())
        found = [
            Candidate(index, span, span, 12.0 * _shared(wanted, span.of(one.text)) - 4.0, 0.0)
            for index, one in enumerate(passages)
            for span in one.sentences
        ]
        return sorted(found, key=lambda candidate: -candidate.margin)


class FewSentences(SentenceReader):
    """A SentenceReader that returns few candidates, because scoring many takes long."""

    def read(
        self, question: str, passages: Sequence[Passage], _contexts: Sequence[str] = ()
    ) -> list[Candidate]:
        return super().read(question, passages)[:FEW]


def _shared(wanted: set[str], text: str) -> float:
    words = set(text.lower().split())
    return len(wanted & words) / max(1, len(wanted | words))


@dataclass
class MarkingReader:
    """A reader that marks some words wherever a sentence has them, and is sure of it."""

    words: str

    def read(
        self,
        _question: str,
        passages: Sequence[Passage],
        _contexts: Sequence[str] = (),
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> list[Candidate]:
        if not is_wanted():
            raise CancelledError
        found = []
        for index, one in enumerate(passages):
            for sentence in one.sentences:
                at = sentence.of(one.text).find(self.words)
                if at != -1:
                    span = Span(at, at + len(self.words)).shifted(sentence.start)
                    found.append(Candidate(index, span, sentence, 8.0, 0.0))
        return found
