"""What an index of any size costs: made articles through the real build, real questions to it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.bench.asking import Asked
from eval.bench.child import AskJob, BuildJob, Built, Job, Outcome, StartJob, run_job
from eval.bench.synthetic import MadeLanguage, write_made_articles
from eval.sets.question_set import bundled_questions
from index.articles.bundled import sample_texts
from index.models.onnx_export import open_question_encoder
from index.models.passage_encoder import Vectors
from index.models.registry import find_model
from index.storage.store import Store

_SHORTEST = 150
"""Code points of a real passage that a topic may lie at."""
_PER_TOPIC = 60
"""Passages."""
_CHANGED = 10
_ROUNDS = 3
_MADE_QUESTIONS = 100
_QUESTION_WORDS = 9


@dataclass(frozen=True, slots=True)
class Grown:
    """What an index of a size costs."""

    articles: int
    passages: int
    built: Built
    nothing: float
    """Seconds of a whole process that finds that nothing changed; median."""
    changed: float
    """Seconds of a build that brings ten changed articles in, less their embedding; median."""
    listed: float
    """Seconds to list the articles with their sizes and times, by find's own means: the limit."""
    started: float
    """Seconds of a process that only loads the models and uses each once: the limit of asking."""
    asked: Asked
    index_bytes: int
    text_bytes: int
    """Of the articles."""
    way: tuple[str, ...]
    """How each segment is searched."""


def bench_grown(
    folder: Path, passages: int, model_name: str, cache: Path, reader: str, python: Sequence[str],
    tell: Callable[[str], None],
) -> Grown:  # fmt: skip
    """Measure in a folder, where articles and index stay."""
    folder.mkdir(parents=True, exist_ok=True)
    topics = max(50, passages // _PER_TOPIC)
    vectors = folder / "real.npy"
    language = MadeLanguage(_real_vectors(vectors, model_name, cache), topics)
    news, index = folder / "articles", folder / "index"
    if not news.exists():
        tell(f"writing articles of about {passages:,} passages")
        write_made_articles(news, language, passages)
    job = BuildJob(str(index), str(news), str(vectors), topics, model_name)

    def run(work: Job, kind: type[Outcome]) -> tuple[Outcome, float]:
        began = time.perf_counter()
        outcome = run_job(python, work, kind)
        return outcome, time.perf_counter() - began

    tell("building")
    built, _ = run(job, Built)
    tell("updates of nothing, and of ten articles")
    listed, nothing, changed = [], [], []
    files = sorted(path for path in news.rglob("*.txt"))
    last = built
    for number in range(_ROUNDS):
        listed.append(_timed_list(news))
        nothing.append(run(job, Built)[1])
        for path in files[:: max(1, len(files) // _CHANGED)][:_CHANGED]:
            with path.open("a", encoding="utf-8") as file:
                file.write(f"\nAdded in round {number}, at {time.time_ns()}, of this.\n")
        last, _ = run(job, Built)
        changed.append(last.seconds - last.stages["embed"])
    tell("questions")
    started = [run(StartJob(str(cache), reader, model_name), str)[1] for _ in range(_ROUNDS)]
    questions = tuple(one.question for one in bundled_questions() if not one.history)
    made = tuple(_made_questions(files))
    asked, _ = run(AskJob(str(index), str(cache), reader, questions, questions + made), Asked)
    return Grown(
        articles=last.articles,
        passages=last.passages,
        built=built,
        nothing=_middle(nothing),
        changed=_middle(changed),
        listed=_middle(listed),
        started=_middle(started),
        asked=asked,
        index_bytes=_bytes_under(index),
        text_bytes=_bytes_under(news),
        way=_ways(index),
    )


def _real_vectors(path: Path, model_name: str, cache: Path) -> Vectors:
    if not path.exists():
        model = find_model(model_name)
        encoder = open_question_encoder(model.name, model.fingerprint, cache, lambda _: None)
        texts = [text for text in sample_texts(10_000) if len(text) >= _SHORTEST]
        np.save(path, encoder.encode(texts))
    vectors: Vectors = np.load(path)
    return vectors


def _made_questions(files: Sequence[Path]) -> list[str]:
    """Take some words of a sentence of each of some articles."""
    questions = []
    for path in files[:: max(1, len(files) // _MADE_QUESTIONS)][:_MADE_QUESTIONS]:
        words = path.read_text(encoding="utf-8").split(".")[20].split()
        questions.append(" ".join(words[:_QUESTION_WORDS]) + "?")
    return questions


def _timed_list(folder: Path) -> float:
    began = time.perf_counter()
    for path in folder.rglob("*.txt"):
        path.lstat()
    return time.perf_counter() - began


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _bytes_under(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def _ways(index: Path) -> tuple[str, ...]:
    manifest = Store(index).manifest()
    assert manifest is not None
    return tuple(segment.description for segment in manifest.segments)
