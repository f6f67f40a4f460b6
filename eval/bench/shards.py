"""Whether an index in shards answers as one index does, and what a Ray cluster costs.

python -m eval.bench.shards                     100,000 made passages in 4 shards, 1,000 questions
python -m eval.bench.shards --articles FOLDER   real articles, with the real models
python -m eval.bench.shards --ray               also on a Ray cluster on this machine
"""

import argparse
import hashlib
import random
import re
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from platformdirs import user_cache_path

from eval.bench.synthetic import SyntheticEncoder, SyntheticLanguage, write_synthetic_articles
from index.articles.bundled import sample_texts
from index.articles.files import resolve_roots
from index.build.events import Summary
from index.build.merge_policy import MergePolicy
from index.build.partition import WHOLE
from index.build.pipeline import BuildRequest, build
from index.cluster.connection import connected
from index.models.onnx_export import open_question_encoder
from index.models.passage_encoder import PassageEncoder, normalised
from index.models.question_encoder import QuestionEncoder
from index.models.registry import DEFAULT_MODEL, find_model
from index.models.tuned_encoder import TunedEncoder
from index.shards.build import build_shards
from index.shards.store import ShardedStore
from index.storage.store import OpenIndex, Store
from qa.answers import Answered
from qa.bot import Bot
from qa.reader.export import open_reader
from qa.reader.protocol import FirstSentenceReader
from qa.reader.shipped import FAST_READER

_TOP = 10
_MODELS = user_cache_path("byline") / "models"
_SEED = 11
_EXACT = MergePolicy(ivf_threshold=10**9)
"""No cells: vectors are searched exactly, in one index as in shards."""
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class Asked:
    """What a question found in an index."""

    passages: tuple[tuple[str, int, int], ...]
    """Path, line and column of the first ten, fused."""
    texts: tuple[str, ...]
    answers: tuple[tuple[str, str, int], ...] | None
    """Text, file and line of each; None if it was not read."""
    milliseconds: float
    """Of the search and of fetching the passages."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--answers", type=int, default=1_000, help="of these, how many are read")
    parser.add_argument("--plain", action="store_true", help="answer by first sentences, unread")
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--cells", action="store_true", help="large segments by cells, not exactly")
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--embed", type=int, default=0, help="with --ray, how many passages")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), given)


def _measure(folder: Path, given: argparse.Namespace) -> None:
    articles = given.articles or folder / "articles"
    model = find_model(DEFAULT_MODEL)
    encoder: PassageEncoder
    asking: QuestionEncoder
    if given.articles:
        encoder = TunedEncoder(model, _MODELS)
        asking = open_question_encoder(model.name, model.fingerprint, _MODELS, print)
    else:
        chance = np.random.default_rng(_SEED)
        real = normalised(chance.normal(size=(300, 384)).astype(np.float32))
        language = SyntheticLanguage(real, max(4, given.passages // 200))
        print(f"{write_synthetic_articles(articles, language, given.passages):,} articles made")
        encoder = asking = SyntheticEncoder(language)
    policy = MergePolicy() if given.cells else _EXACT
    request = BuildRequest(model, resolve_roots((str(articles),)), merge_policy=policy)
    one, sharded = Store(folder / "one"), ShardedStore(folder / "sharded")
    began = time.perf_counter()
    *_, summary = build(one, request, encoder)
    assert isinstance(summary, Summary)
    print(f"one index: {summary.passages:,} passages, {time.perf_counter() - began:.0f} s")
    began = time.perf_counter()
    list(build_shards(sharded, request, encoder, given.shards))
    print(f"{given.shards} shards, one after another: {time.perf_counter() - began:.0f} s")
    questions = _questions(articles, given.questions)
    asker = _Asker(asking, given.answers, given.plain)
    expected = asker.ask(one, questions)
    print(f"asked one index {len(questions):,} questions", flush=True)
    found = asker.ask(sharded, questions)
    _compare("shards in one process", expected, found)
    if given.ray:
        with connected(None):
            _on_cluster(sharded, asker, questions, expected, found)
            if given.embed:
                _throughput(folder / "embedding", sample_texts(given.embed))


def _questions(articles: Path, count: int) -> list[str]:
    """Return some words of random sentences of random articles, in their order."""
    chance = random.Random(_SEED)  # noqa: S311
    paths = sorted(path for path in articles.rglob("*") if path.is_file())
    found: list[str] = []
    while len(found) < count:
        text = chance.choice(paths).read_text(encoding="utf-8", errors="replace")
        words = _WORD.findall(chance.choice(text.split(".")))
        if len(words) >= 4:
            chosen = sorted(chance.sample(range(len(words)), min(len(words), 6)))
            found.append(" ".join(words[place] for place in chosen) + "?")
    return found


@dataclass(frozen=True)
class _Asker:
    encoder: QuestionEncoder
    answers: int
    is_plain: bool
    """Whether the answers are the first sentences of passages, which needs no model."""

    def ask(self, store: Store, questions: Sequence[str]) -> list[Asked]:
        """Ask all questions of an index; the first ones are answered too."""
        with closing(store.open()) as index:
            return self._ask(index, questions)

    def _ask(self, index: OpenIndex, questions: Sequence[str]) -> list[Asked]:
        reader = open_reader(FAST_READER, _MODELS, print) if self.answers else FirstSentenceReader()
        bot = Bot.from_index(index, self.encoder, reader, None)
        for question in questions[:5]:
            bot.find(question)
        return [
            self._asked(bot, question, number < self.answers)
            for number, question in enumerate(questions)
        ]

    def _asked(self, bot: Bot, question: str, is_read: bool) -> Asked:
        began = time.perf_counter()
        found = bot.find(question)
        spent = 1000 * (time.perf_counter() - began)
        catalog = bot.index.generation.catalog
        stored = catalog.passages(found.ranking.fused[:_TOP])
        places = [(one, catalog.article(one.article_id).found.path) for one in stored]
        answers = None
        if is_read:
            reply = bot.ask(question)
            shown = reply.answers if isinstance(reply, Answered) else reply.rejected
            answers = tuple(
                (each.text, each.citations[0].file, each.citations[0].answer.line) for each in shown
            )
        return Asked(
            tuple((path, one.passage.line, one.passage.column) for one, path in places),
            tuple(one.passage.text for one in stored),
            answers,
            spent,
        )


def _compare(name: str, expected: Sequence[Asked], found: Sequence[Asked]) -> None:
    """Print how many questions found the same, and where the others differ."""
    pairs = list(zip(expected, found, strict=True))
    same = sum(one.passages == other.passages for one, other in pairs)
    read = [pair for pair in pairs if pair[0].answers is not None]
    answers = sum(one.answers == other.answers for one, other in read)
    times = [median(each.milliseconds for each in side) for side in (expected, found)]
    print(f"{name}:")
    print(f"  the first {_TOP} passages, in order: {same:,} of {len(pairs):,} questions equal")
    print(f"  all answers: {answers:,} of {len(read):,} questions equal")
    print(f"  search and fetch, p50: {times[0]:.1f} ms in one index, {times[1]:.1f} ms here")
    for one, other in pairs:
        if one.passages != other.passages:
            both = zip(one.passages, other.passages, strict=False)
            differing = [place for place, (a, b) in enumerate(both, 1) if a != b]
            kind = "copies change places" if one.texts == other.texts else "passages differ"
            print(f"    differs at {differing}: {kind}")


def _on_cluster(
    store: ShardedStore, asker: _Asker, questions: Sequence[str], expected: Sequence[Asked],
    local: Sequence[Asked],
) -> None:  # fmt: skip
    """Ask the shards of Ray actors; print what that costs."""
    from index.cluster.serve import ClusterStore

    found = asker.ask(ClusterStore(store.folder), questions)
    _compare("shards of Ray actors", expected, found)
    spent = [median(each.milliseconds for each in side) for side in (expected, local, found)]
    print(
        f"  overhead, p50: {spent[2] - spent[0]:.1f} ms over one index, "
        f"{spent[2] - spent[1]:.1f} ms over shards in one process"
    )


def _throughput(folder: Path, texts: Sequence[str]) -> None:
    """Embed texts in one process with two threads, and in two actors with one each."""
    import ray
    from ray.util import ActorPool

    from index.cluster.steps import Embedding, ShardJob

    model = find_model(DEFAULT_MODEL)
    keyed = [(hashlib.sha256(text.encode()).digest(), text) for text in texts]
    pieces = [keyed[start : start + 128] for start in range(0, len(keyed), 128)]
    encoder = TunedEncoder(model, _MODELS)
    job = ShardJob(folder, WHOLE, BuildRequest(model), encoder)
    alone = Embedding(encoder)
    alone.embed(job, pieces[0][:8])
    began = time.perf_counter()
    for piece in pieces:
        alone.embed(job, piece)
    one = len(keyed) / (time.perf_counter() - began)
    actors = [ray.remote(num_cpus=1)(Embedding).remote(encoder) for _ in range(2)]
    ray.get([actor.embed.remote(job, pieces[0][:8]) for actor in actors])
    began = time.perf_counter()
    list(
        ActorPool(actors).map_unordered(lambda actor, piece: actor.embed.remote(job, piece), pieces)
    )
    two = len(keyed) / (time.perf_counter() - began)
    print(f"embedding {len(keyed):,} passages: one process with 2 threads {one:.0f} passages/s,")
    print(f"  two actors with 1 thread each {two:.0f} passages/s: {two / one:.2f}")


if __name__ == "__main__":
    main()
