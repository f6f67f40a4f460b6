"""What an index of any size costs: synthetic articles, the real build, real questions."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from eval.bench.asking import AskBench
from eval.bench.child import AskJob, BuildBench, BuildJob, StartJob, run_job
from eval.bench.synthetic import SyntheticLanguage, write_synthetic_articles
from eval.sets.question_set import bundled_questions
from index.articles.bundled import sample_texts
from index.models.onnx_export import open_question_encoder
from index.models.passage_encoder import Vectors
from index.models.registry import find_model
from index.storage.store import Store

_MIN_LENGTH = 150
"""Code points of a real passage that topics lie at."""
_PER_TOPIC = 60
"""Passages."""
_CHANGED = 10
"""Articles that an update finds changed."""
_ROUNDS = 3
_SYNTHETIC_QUESTIONS = 100
_QUESTION_WORDS = 9


@dataclass(frozen=True, slots=True)
class SizeBench:
    """What an index of a size costs."""

    articles: int
    passages: int
    built: BuildBench
    no_op: float
    """Seconds of a process that finds nothing changed; median."""
    changed: float
    """Seconds of an update of ten changed articles, without their embedding; median."""
    listed: float
    """Seconds to list the articles with their sizes and times: the reference of a no-op update."""
    started: float
    """Seconds of a process that loads the models and uses each once: the reference of asking."""
    asked: AskBench
    index_bytes: int
    text_bytes: int
    """Of the articles."""
    segments: tuple[str, ...]
    """How each segment is searched."""


def bench_size(
    folder: Path, passages: int, model_name: str, cache: Path, reader: str, python: Sequence[str],
    on_progress: Callable[[str], None],
) -> SizeBench:  # fmt: skip
    """Measure in a folder, which keeps the articles and the index."""
    folder.mkdir(parents=True, exist_ok=True)
    topics = max(50, passages // _PER_TOPIC)
    vectors = folder / "real.npy"
    language = SyntheticLanguage(_real_vectors(vectors, model_name, cache), topics)
    articles, index = folder / "articles", folder / "index"
    if not articles.exists():
        on_progress(f"writing articles of about {passages:,} passages")
        write_synthetic_articles(articles, language, passages)
    job = BuildJob(str(index), str(articles), str(vectors), topics, model_name)
    on_progress("building")
    built = run_job(python, job, BuildBench)
    on_progress("updates: nothing changed, ten articles changed")
    listed, no_op, changed = [], [], []
    files = sorted(articles.rglob("*.txt"))
    for number in range(_ROUNDS):
        listed.append(_seconds(lambda: [path.lstat() for path in articles.rglob("*.txt")]))
        no_op.append(_seconds(lambda: run_job(python, job, BuildBench)))
        for path in _sample(files, _CHANGED):
            with path.open("a", encoding="utf-8") as file:
                file.write(f"\nAdded in round {number}, at {time.time_ns()}, of this.\n")
        updated = run_job(python, job, BuildBench)
        changed.append(updated.seconds - updated.stages["embed"])
    on_progress("questions")
    start = StartJob(str(cache), reader, model_name)
    started = [_seconds(lambda: run_job(python, start, str)) for _ in range(_ROUNDS)]
    questions = tuple(one.question for one in bundled_questions() if not one.history)
    searched = questions + tuple(map(_synthetic_question, _sample(files, _SYNTHETIC_QUESTIONS)))
    asked = run_job(python, AskJob(str(index), str(cache), reader, questions, searched), AskBench)
    manifest = Store(index).manifest()
    assert manifest is not None
    return SizeBench(
        articles=updated.articles,
        passages=updated.passages,
        built=built,
        no_op=median(no_op),
        changed=median(changed),
        listed=median(listed),
        started=median(started),
        asked=asked,
        index_bytes=_bytes_under(index),
        text_bytes=_bytes_under(articles),
        segments=tuple(segment.description for segment in manifest.segments),
    )


def _real_vectors(path: Path, model_name: str, cache: Path) -> Vectors:
    if not path.exists():
        model = find_model(model_name)
        encoder = open_question_encoder(model.name, model.fingerprint, cache, lambda _: None)
        texts = [text for text in sample_texts(10_000) if len(text) >= _MIN_LENGTH]
        np.save(path, encoder.encode(texts))
    vectors: Vectors = np.load(path)
    return vectors


def _sample(files: Sequence[Path], count: int) -> Sequence[Path]:
    """Return files at equal distances."""
    return files[:: max(1, len(files) // count)][:count]


def _synthetic_question(path: Path) -> str:
    """Return some words of a sentence of an article."""
    words = path.read_text(encoding="utf-8").split(".")[20].split()
    return " ".join(words[:_QUESTION_WORDS]) + "?"


def _seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _bytes_under(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
