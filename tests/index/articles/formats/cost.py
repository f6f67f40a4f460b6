"""What indexing files of a format costs, next to embedding their passages alone.

python -m tests.index.articles.formats.cost [FORMAT…]
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from index.articles.bundled import sample_texts
from index.articles.files import resolve_roots
from index.articles.formats import isolation
from index.build.events import Summary
from index.build.pipeline import BuildRequest, build
from index.models.passage_encoder import PassageEncoder, Precision, Vectors
from index.models.registry import DEFAULT_MODEL, find_model
from index.models.tuned_encoder import TunedEncoder
from index.storage.store import Store
from tests.index.articles.formats.real_shapes import MAKERS
from tui.paths import model_cache

_FILES = 12


@dataclass
class TimedEncoder:
    """An encoder that knows how long it embedded."""

    encoder: PassageEncoder
    seconds: float = 0.0
    """Of the processor, in all threads."""

    @property
    def max_tokens(self) -> int:
        return self.encoder.max_tokens

    @property
    def precision(self) -> Precision:
        return self.encoder.precision

    def count(self, texts: Sequence[str]) -> list[int]:
        return self.encoder.count(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        began = time.process_time()
        found = self.encoder.encode(texts)
        self.seconds += time.process_time() - began
        return found


@dataclass(frozen=True)
class Cost:
    """What a build took, in seconds of the processor."""

    passages: int
    in_all: float
    """Its process and that of the parsers, with the start of that."""
    embedding: float

    @property
    def ratio(self) -> float:
        return self.in_all / self.embedding


def cost(folder: Path, suffix: str, encoder: PassageEncoder) -> Cost:
    """Index new files of a format."""
    choose, articles = random.Random(suffix), folder / suffix
    articles.mkdir()
    for number in range(_FILES):
        (articles / f"{number}.{suffix}").write_bytes(MAKERS[suffix](choose, 2))
    timed = TimedEncoder(encoder)
    request = BuildRequest(find_model(DEFAULT_MODEL), resolve_roots((str(articles),)))
    isolation.close()
    before = _spent()
    *_, summary = build(Store(folder / f"{suffix}.index"), request, timed)
    isolation.close()
    assert isinstance(summary, Summary)
    return Cost(summary.embedded, _spent() - before, timed.seconds)


def _spent() -> float:
    """The seconds of the processor of this process and of those that ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def main(suffixes: Sequence[str]) -> None:
    """Print the cost of each format."""
    encoder = TunedEncoder(find_model(DEFAULT_MODEL), model_cache())
    encoder.encode(sample_texts(8))
    with tempfile.TemporaryDirectory() as folder:
        for suffix in suffixes:
            found = cost(Path(folder).resolve(), suffix, encoder)
            click.echo(
                f"{suffix}: {found.ratio:.2f} times embedding alone; {found.passages} passages, "
                f"{found.in_all:.1f} s and {found.embedding:.1f} s of the processor"
            )


if __name__ == "__main__":
    main(sys.argv[1:] or ["pdf", "html", "docx", "epub"])
